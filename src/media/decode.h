// One function a family of picture formats: bytes in, RGB out. The format has been recognised; each checks
// the limits before it decodes, and none prints.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/base.h"
#include "media/exif.h"
#include "media/format.h"
#include "media/geometry.h"
#include "media/image.h"

struct AVFrame;

namespace dew::media {

/// What decode_image was asked for.
struct DecodeRequest {
  std::string name;  ///< of the file, for errors
  MediaLimits limits;
  int at_most = 0;            ///< as decode_image's
  bool whole_limits = false;  ///< the limits hold for the whole picture though it comes smaller
};

struct Decoded {
  Image image;
  bool transparent = false;                         ///< some pixels were see-through; they stand on white now
  Orientation orientation = Orientation::kUpright;  ///< still to be applied
  Rect whole{};  ///< the size that the image has without DecodeRequest::at_most
  Shot shot{};
};

Result<Decoded> decode_jpeg(std::string_view bytes, const DecodeRequest& request);
Result<Decoded> decode_webp(std::string_view bytes, const DecodeRequest& request);
Result<Decoded> decode_tiff(std::string_view bytes, const DecodeRequest& request);
Result<Decoded> decode_heif(std::string_view bytes, const DecodeRequest& request);
Result<Decoded> decode_by_opencv(std::string_view bytes, const DecodeRequest& request);
Result<Decoded> decode_by_ffmpeg(Format format, std::string_view bytes, const DecodeRequest& request);

/// decode_image, with what it found on the way.
Result<Decoded> decode_picture(std::string_view bytes, const DecodeRequest& request);

/// decode_picture of a file.
Result<Decoded> read_picture(const fs::path& path, const DecodeRequest& request);

/// An error that names the decoder's own words, where it said any.
tl::unexpected<Error> damaged(const std::string& name, const std::string& words);
tl::unexpected<Error> cut_off(const std::string& name);

/// RGBA, 8 bits, not premultiplied, `stride` bytes a row: RGB over white.
Decoded over_white(const uint8_t* rgba, int width, int height, size_t stride);

Image blank(int width, int height);

}  // namespace dew::media
