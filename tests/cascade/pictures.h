// Pictures that are easy to tell apart.
#pragma once

#include <random>

#include "media/media.h"

namespace dew::testing {

/// A scene of large blocks with a square at `x`; scenes of another seed look different.
inline Image scene(unsigned seed, int x = -1, int width = 160, int height = 120) {
  std::minstd_rand random(seed + 1);
  Image blocks{8, 6, {}};
  for (int i = 0; i < 8 * 6 * 3; ++i) blocks.rgb.push_back(static_cast<uint8_t>(40 + random() % 160));
  Image picture = resize(blocks, width, height);
  for (int row = height / 3; x >= 0 && row < 2 * height / 3; ++row)
    for (int column = x; column < std::min(width, x + width / 8); ++column)
      for (int c = 0; c < 3; ++c) picture.rgb[static_cast<size_t>((row * width + column) * 3 + c)] = 250;
  return picture;
}

}  // namespace dew::testing
