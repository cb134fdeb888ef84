// Which way up a picture is, as its metadata says.
#pragma once

#include <cstdint>
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

/// From the EXIF block of a JPEG, PNG or WebP file; upright where there is none or it makes no sense.
Orientation exif_orientation(Format format, std::string_view bytes);

Image oriented(Image image, Orientation orientation);

}  // namespace dew::media
