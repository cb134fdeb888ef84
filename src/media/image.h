// Still pictures: decode, encode, crop, scale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "media/geometry.h"

namespace dew {

/// An RGB picture, HWC, values 0...255, no row padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;  ///< height * width * 3

  [[nodiscard]] bool empty() const { return rgb.empty(); }
  bool operator==(const Image&) const = default;
};

/// What is larger is refused before memory is spent on it.
struct MediaLimits {
  int64_t max_pixels = 64'000'000;         ///< of one picture or frame, by its header
  int64_t max_bytes = int64_t{256} << 20;  ///< of one image file
  int64_t max_frames = 10'000'000;         ///< of one video file; live sources have no end
};

/// Decodes JPEG, PNG, BMP, WebP, PNM, TIFF, GIF, JPEG 2000, HEIC or AVIF from memory, recognised by its
/// content. Of an animation the first frame, of a TIFF the first page. Grey becomes RGB, transparency is put
/// on white, the orientation is applied (EXIF; HEIC and AVIF name theirs in the container). `name` goes into
/// errors. Error: not a picture, larger than the limits, cut off, damaged as far as the decoder can tell.
///
/// `at_most`: the caller needs no more than that many pixels along the shorter side, and a JPEG may come
/// decoded at 1/2, 1/4 or 1/8 with a shorter side of at least that many. The limit on pixels then holds for
/// the picture as decoded. 0: the picture comes whole.
Result<Image> decode_image(std::string_view bytes, const std::string& name, const MediaLimits& limits = {},
                           int at_most = 0);

/// decode_image of a file. Error also: missing, a folder or device, empty, not allowed to be read.
Result<Image> read_image(const fs::path& path, const MediaLimits& limits = {}, int at_most = 0);

/// The part of the picture under `region`, which must lie inside.
Image crop(const Image& image, const Rect& region);

/// Scales to width x height: area averaging down, bilinear up. Does not keep the aspect.
Image resize(const Image& image, int width, int height);

/// `quality` 1...100. Both give "" where the format cannot hold the picture (a JPEG's side ends at 65,500).
std::string encode_jpeg(const Image& image, int quality = 90);
std::string encode_png(const Image& image);

}  // namespace dew
