// media: decodes images and video, cuts frames and tiles, resizes.
//
// OpenCV stays behind this header. A picture is always RGB, height x width x 3, 8 bits, rows top down.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew {

/// An RGB picture, HWC, values 0...255, no row padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;  ///< height * width * 3

  [[nodiscard]] bool empty() const { return rgb.empty(); }
  bool operator==(const Image&) const = default;
};

/// Pixels, the origin at the top left.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  auto operator<=>(const Rect&) const = default;
};

/// Where a picture comes from, as a W3C media fragment: `vtest.avi#frame=15&xywh=192,0,192,192`.
/// No frame: the source is a still image. No region: the whole picture.
struct Fragment {
  std::string source;
  std::optional<int64_t> frame;
  std::optional<Rect> region;

  [[nodiscard]] std::string str() const;
  /// Error (usage): an unknown key, a number that is none, a negative or empty region.
  static Result<Fragment> parse(std::string_view text);
  bool operator==(const Fragment&) const = default;
};

/// Everything is refused before memory is spent on it.
struct MediaLimits {
  int64_t max_pixels = 64'000'000;         ///< of one picture, by its header, before decoding
  int64_t max_bytes = int64_t{256} << 20;  ///< of one image file
};

enum class MediaKind { kImage, kVideo };

struct MediaInfo {
  MediaKind kind = MediaKind::kImage;
  int width = 0;
  int height = 0;
  int64_t frames = 1;            ///< that really decode
  double frames_per_second = 0;  ///< 0 for images
};

/// True where the extension is one of an image's or a video's that we read.
std::optional<MediaKind> media_kind(const fs::path& path);

/// What can be said without decoding. Error: missing, a folder, a device, empty (zero bytes), not readable,
/// or an extension that media_kind does not know.
Result<void> check_media_file(const fs::path& path);

/// Opens the file and reads it to its end: what comes back has been decoded once. Errors name the file:
/// missing, empty (zero bytes), not what its extension says (a text file named .jpg), header larger than
/// the limits, or truncated (a video that ends before the number of frames its header promises).
Result<MediaInfo> inspect_media(const fs::path& path, const MediaLimits& limits, Watch& watch);

/// Decodes JPEG, PNG, BMP, WebP, PPM... from memory; grey becomes RGB, alpha is dropped, an EXIF orientation
/// is applied. `name` goes into errors. Error: no picture, larger than the limits, cut off, damaged (but for
/// wrong bits inside a JPEG's data, which no checksum shows).
Result<Image> decode_image(std::string_view bytes, const std::string& name, const MediaLimits& limits = {});

Result<Image> read_image(const fs::path& path, const MediaLimits& limits = {});

/// A video that is read forwards: a frame costs the frames since the last one asked for, and one before it a
/// new start. For many frames in order; seeking is inexact in most formats and is not used.
class VideoReader {
 public:
  /// Error: as inspect_media's, but for the end, which is not looked at.
  static Result<VideoReader> open(const fs::path& path, const MediaLimits& limits = {});
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;
  ~VideoReader();

  [[nodiscard]] int64_t promised_frames() const;   ///< by the header, often an estimate; 0: unknown
  [[nodiscard]] double frames_per_second() const;  ///< 0: unknown
  [[nodiscard]] int64_t next() const;              ///< number of the frame that skip() passes over
  bool skip();                                     ///< false at the end
  /// The frame of that number, from 0; valid until the next call. Error: past the end, or undecodable.
  Result<const Image*> frame(int64_t number);

 private:
  struct Inside;
  explicit VideoReader(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// Decodes one pass over the video and hands out the frames whose numbers (ascending, from 0) are asked
/// for. `give` may return an error to stop. A number past the end is an error.
Result<void> read_frames(const fs::path& path, std::span<const int64_t> numbers,
                         const std::function<Result<void>(int64_t number, const Image& frame)>& give,
                         Watch& watch);

/// The part of the picture under `region`, which must lie inside.
Image crop(const Image& image, const Rect& region);

/// Scales to width x height: area averaging down, bilinear up. Does not keep the aspect.
Image resize(const Image& image, int width, int height);

/// A columns x rows grid over width x height, row by row. All tiles have the same size (floor), as
/// vtest.avi's 768x576 in 4x3 gives 192x192; pixels left over lie between tiles, spread evenly. Empty where
/// there are more tiles than pixels.
std::vector<Rect> tiles(int width, int height, int columns, int rows);

/// A difference hash ("dHash"): bit by bit whether, in the picture scaled to 9 x 8 grey values, a pixel is
/// darker than its right neighbour. Pictures of the same scene differ in few bits; see hash_distance.
uint64_t difference_hash(const Image& image);

/// Bits in which two hashes differ, 0...64.
int hash_distance(uint64_t a, uint64_t b);

/// `quality` 1...100. Both give "" where the format cannot hold the picture (a JPEG's side ends at 65,500).
std::string encode_jpeg(const Image& image, int quality = 90);
std::string encode_png(const Image& image);

}  // namespace dew
