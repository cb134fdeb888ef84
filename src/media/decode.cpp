// Recognises a picture's format and hands its bytes to the decoder for it.
#include "media/decode.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "media/files.h"
#include "media/probe.h"

namespace dew {
namespace media {
namespace {

/// The format of something that decode_image takes.
Result<Format> picture_format(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    return work_error("the picture is empty (0 bytes)", name, "get the file again from where it came");
  const auto format = recognise(bytes);
  if (format && is_picture(*format)) return *format;
  return work_error("this is not a picture that Dewdrop reads: by its first bytes it is " + looks_like(bytes),
                    name, "give a JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF, JPEG 2000 or PNM file");
}

/// The formats whose header we read ourselves.
Result<Decoded> decode_probed(Format format, std::string_view bytes, const DecodeRequest& request) {
  DEW_TRY(const ImageHeader header, probe_image(format, bytes, request.name));
  DEW_CHECK(check_pixels(header.width, header.height, request.limits, request.name));
  if (!header.complete) return cut_off(request.name);
  // OpenCV drops transparency of some PNGs and takes 16-bit BMPs for damaged; FFmpeg reads both.
  const bool by_opencv = format == Format::kPnm || (format == Format::kPng && !header.transparent);
  return by_opencv ? decode_by_opencv(bytes, request) : decode_by_ffmpeg(format, bytes, request);
}

Result<Decoded> decode_as(Format format, std::string_view bytes, const DecodeRequest& request) {
  switch (format) {
    case Format::kJpeg:
      return decode_jpeg(bytes, request);
    case Format::kWebp:
      return decode_webp(bytes, request);
    case Format::kTiff:
      return decode_tiff(bytes, request);
    case Format::kHeif:
      return decode_heif(bytes, request);
    default:
      return decode_probed(format, bytes, request);
  }
}

}  // namespace

tl::unexpected<Error> damaged(const std::string& name, const std::string& words) {
  return work_error(
      "the picture is damaged and cannot be decoded" + (words.empty() ? "" : " (" + words + ")"), name,
      "get the file again from where it came");
}

tl::unexpected<Error> cut_off(const std::string& name) {
  return work_error("the picture is cut off: its end is missing", name,
                    "get the file again from where it came");
}

Image blank(int width, int height) {
  return {width, height,
          std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width) * static_cast<size_t>(height))};
}

Decoded over_white(const uint8_t* rgba, int width, int height, size_t stride) {
  Decoded decoded{blank(width, height), false, Orientation::kUpright};
  uint8_t* to = decoded.image.rgb.data();
  for (int y = 0; y < height; ++y) {
    const uint8_t* from = rgba + static_cast<size_t>(y) * stride;
    for (int x = 0; x < width; ++x, from += 4, to += 3) {
      const int alpha = from[3];
      if (alpha != 255) decoded.transparent = true;
      for (int c = 0; c < 3; ++c)
        to[c] = static_cast<uint8_t>((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return decoded;
}

Result<Decoded> decode_picture(std::string_view bytes, const DecodeRequest& request) {
  const std::string& name = request.name;
  if (static_cast<int64_t>(bytes.size()) > std::min<int64_t>(request.limits.max_bytes, INT32_MAX))
    return limit_error(Limit::kBytes,
                       "the picture's file has " + with_commas(static_cast<int64_t>(bytes.size())) +
                           " bytes, more than the limit of " + with_commas(request.limits.max_bytes),
                       name, "make it smaller first");
  DEW_TRY(const Format format, picture_format(bytes, name));
  try {
    DEW_TRY(Decoded decoded, decode_as(format, bytes, request));
    if (format != Format::kHeif) {  // it has its own
      const std::string_view block = exif_block(format, bytes);
      decoded.shot = exif_shot(block);
      if (format != Format::kTiff) decoded.orientation = exif_orientation(block);
    }
    decoded.image = oriented(std::move(decoded.image), decoded.orientation);
    if (decoded.whole == Rect{})
      decoded.whole = {0, 0, decoded.image.width, decoded.image.height};
    else if (swaps_sides(decoded.orientation))
      std::swap(decoded.whole.width, decoded.whole.height);
    decoded.orientation = Orientation::kUpright;
    return decoded;
  } catch (const std::exception& failed) {  // std::bad_alloc, cv::Exception
    return damaged(name, printable(failed.what()));
  }
}

Result<Decoded> read_picture(const fs::path& path, const DecodeRequest& request) {
  DEW_CHECK(check_regular_file(path));
  DEW_TRY(const std::string bytes, read_file(path, request.limits.max_bytes));
  return decode_picture(bytes, request);
}

}  // namespace media

Result<Image> decode_image(std::string_view bytes, const std::string& name, const MediaLimits& limits,
                           int at_most) {
  DEW_TRY(media::Decoded decoded, media::decode_picture(bytes, {name, limits, at_most}));
  return std::move(decoded.image);
}

Result<Image> read_image(const fs::path& path, const MediaLimits& limits, int at_most) {
  DEW_TRY(media::Decoded decoded, media::read_picture(path, {media::shown(path), limits, at_most}));
  return std::move(decoded.image);
}

}  // namespace dew
