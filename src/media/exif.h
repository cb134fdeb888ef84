// What a picture's metadata say: which way up it is, when and by which camera it was taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "media/format.h"
#include "media/image.h"

namespace dew::media {

/// Values of EXIF's Orientation (CIPA DC-008, 4.6.4 A): what has to be done to the stored picture.
enum class Orientation : uint8_t {
  kUpright = 1,
  kMirrored = 2,          ///< left and right change places
  kUpsideDown = 3,        ///< half a turn
  kFlipped = 4,           ///< top and bottom change places
  kTransposed = 5,        ///< rows become columns
  kTurnClockwise = 6,     ///< a quarter turn
  kAntiTransposed = 7,    ///< transposed and half a turn
  kTurnAnticlockwise = 8  ///< a quarter turn
};

/// When a picture was taken, and by what.
struct Shot {
  /// DateTimeOriginal with SubSecTimeOriginal: milliseconds since 1970 by the camera's clock, whatever its
  /// zone. Absent where there is none, or it is no date.
  std::optional<int64_t> taken;
  std::string camera;  ///< Make and Model, as far as they are there
};

/// The EXIF block of a JPEG, PNG or WebP file, a TIFF structure; of a TIFF file all of it. Empty: none.
std::string_view exif_block(Format format, std::string_view bytes);

/// Upright where the block does not say, or makes no sense.
Orientation exif_orientation(std::string_view block);

Shot exif_shot(std::string_view block);

/// True where width and height change places.
inline bool swaps_sides(Orientation orientation) {
  return orientation >= Orientation::kTransposed;
}

Image oriented(Image image, Orientation orientation);

}  // namespace dew::media
