// HEIC and AVIF by libheif. The container's own rotation and mirroring are applied; an EXIF block repeats
// them and is not a second order (ISO/IEC 23008-12, annex A.2; MIAF, 7.3.6.7).
#include <libheif/heif.h>

#include <cmath>
#include <memory>

#include "media/bytes.h"
#include "media/decode.h"
#include "media/files.h"

namespace dew::media {
namespace {

using Context = std::unique_ptr<heif_context, decltype(&heif_context_free)>;
using Handle = std::unique_ptr<heif_image_handle, decltype(&heif_image_handle_release)>;
using Pixels = std::unique_ptr<heif_image, decltype(&heif_image_release)>;
using Options = std::unique_ptr<heif_decoding_options, decltype(&heif_decoding_options_free)>;

tl::unexpected<Error> not_decoded(const heif_error& error, const std::string& name) {
  if (error.code == heif_error_Unsupported_filetype || error.code == heif_error_Unsupported_feature ||
      error.code == heif_error_Decoder_plugin_error)
    return work_error("the picture cannot be decoded (" + printable(error.message) + ")", name,
                      "convert it to JPEG or PNG; if other files of the kind fail too, install libheif's "
                      "decoders: apt-get install libde265-0 libdav1d6");
  if (error.subcode == heif_suberror_End_of_data) return cut_off(name);
  return damaged(name, printable(error.message));
}

/// The EXIF item: the distance to the TIFF structure in four bytes, then what is passed over, then the
/// structure (ISO/IEC 23008-12, annex A.2.1).
Shot shot_of(const heif_image_handle* handle) {
  constexpr size_t kLargest = 1 << 20;
  heif_item_id item = 0;
  if (heif_image_handle_get_list_of_metadata_block_IDs(handle, "Exif", &item, 1) != 1) return {};
  const size_t size = heif_image_handle_get_metadata_size(handle, item);
  if (size > kLargest) return {};
  std::string block(size, '\0');
  if (heif_image_handle_get_metadata(handle, item, block.data()).code != heif_error_Ok) return {};
  const Bytes bytes(block);
  return exif_shot(bytes.part(size_t{4} + bytes.big_endian(0, 4).value_or(0), size));
}

}  // namespace

Result<Decoded> decode_heif(std::string_view bytes, const DecodeRequest& request) {
  const Context context(heif_context_alloc(), heif_context_free);
  heif_context_set_max_decoding_threads(context.get(), 1);
  heif_error error =
      heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr);
  if (error.code != heif_error_Ok) return not_decoded(error, request.name);
  heif_image_handle* primary = nullptr;
  error = heif_context_get_primary_image_handle(context.get(), &primary);
  if (error.code != heif_error_Ok) return not_decoded(error, request.name);
  const Handle handle(primary, heif_image_handle_release);
  DEW_CHECK(check_pixels(heif_image_handle_get_width(primary), heif_image_handle_get_height(primary),
                         request.limits, request.name));
  // The coded picture may be larger than the container says; libheif holds it to the square of this.
  heif_context_set_maximum_image_size_limit(
      context.get(),
      static_cast<int>(std::ceil(std::sqrt(static_cast<double>(request.limits.max_pixels)))) + 64);
  const Options options(heif_decoding_options_alloc(), heif_decoding_options_free);
  options->convert_hdr_to_8bit = 1;
  options->strict_decoding = 1;
  heif_image* decoded = nullptr;
  error =
      heif_decode_image(primary, &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, options.get());
  if (error.code != heif_error_Ok) return not_decoded(error, request.name);
  const Pixels pixels(decoded, heif_image_release);
  const int width = heif_image_get_width(decoded, heif_channel_interleaved);
  const int height = heif_image_get_height(decoded, heif_channel_interleaved);
  int stride = 0;
  const uint8_t* const rgba = heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride);
  if (rgba == nullptr || width <= 0 || height <= 0) return damaged(request.name, "");
  DEW_CHECK(check_pixels(width, height, request.limits, request.name));
  Decoded made = over_white(rgba, width, height, static_cast<size_t>(stride));
  made.shot = shot_of(primary);
  return made;
}

}  // namespace dew::media
