// Rectangles in a picture, and grids of them.
#pragma once

#include <compare>
#include <vector>

namespace dew {

/// Pixels, the origin at the top left.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  auto operator<=>(const Rect&) const = default;
};

/// A columns x rows grid over width x height, row by row. All tiles have the same size (floor), as
/// vtest.avi's 768x576 in 4x3 gives 192x192; pixels left over lie between tiles, spread evenly. Empty where
/// there are more tiles than pixels.
std::vector<Rect> tiles(int width, int height, int columns, int rows);

}  // namespace dew
