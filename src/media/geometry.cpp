#include "media/geometry.h"

#include <cassert>
#include <cstdint>

namespace dew {

std::vector<Rect> tiles(int width, int height, int columns, int rows) {
  assert(columns > 0 && rows > 0);
  const int tile_width = width / columns;
  const int tile_height = height / rows;
  std::vector<Rect> grid;
  if (tile_width == 0 || tile_height == 0) return grid;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      grid.push_back({static_cast<int>(column * width / columns), static_cast<int>(row * height / rows),
                      tile_width, tile_height});
  return grid;
}

}  // namespace dew
