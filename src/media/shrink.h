// Scaling down by areas, three channels of 8 bits.
#pragma once

#include "media/image.h"

namespace dew::media {

/// Each pixel is the mean of the area that it covers, with shares of the pixels at its edges: OpenCV's
/// INTER_AREA to the bit (a test holds it), in about half the instructions, because the three channels of a
/// pixel are summed together. Frames of a cascade spend more time here than in the net otherwise. `width` and
/// `height` are at most the picture's.
Image shrink(const Image& image, int width, int height);

}  // namespace dew::media
