// Loops ordered so that the innermost runs along rows and the compiler turns it into vectors.
#include "label/linear.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dew::label {
namespace {

constexpr size_t kPanel = 8;  ///< rows that one pass over the matrix takes in

/// The part of the matrix from row and column `from` on += factor * rows' rows. `rows` are `stride` apart and
/// as wide as the matrix.
void add_panel(Upper& matrix, size_t from, const float* rows, size_t stride, size_t count, float factor) {
  for (size_t i = from; i < matrix.size; ++i) {
    std::array<float, kPanel> scale{};
    std::array<const float*, kPanel> row{};
    for (size_t r = 0; r < kPanel; ++r) {
      row[r] = rows + std::min(r, count - 1) * stride;
      scale[r] = r < count ? factor * row[r][i] : 0.0F;
    }
    float* out = matrix.row(i);
    for (size_t j = i; j < matrix.size; ++j)
      out[j] += scale[0] * row[0][j] + scale[1] * row[1][j] + scale[2] * row[2][j] + scale[3] * row[3][j] +
                scale[4] * row[4][j] + scale[5] * row[5][j] + scale[6] * row[6][j] + scale[7] * row[7][j];
  }
}

/// row -= factor * other, from column `from` on.
void subtract(float* row, const float* other, float factor, size_t from, size_t to) {
  for (size_t j = from; j < to; ++j) row[j] -= factor * other[j];
}

}  // namespace

void add_outer(Upper& matrix, const float* rows, size_t count, float factor) {
  for (size_t first = 0; first < count; first += kPanel)
    add_panel(matrix, 0, rows + first * matrix.size, matrix.size, std::min(kPanel, count - first), factor);
}

bool factor_cholesky(Upper& matrix) {
  const size_t size = matrix.size;
  for (size_t first = 0; first < size; first += kPanel) {
    const size_t last = std::min(first + kPanel, size);
    for (size_t k = first; k < last; ++k) {
      float* row = matrix.row(k);
      for (size_t above = first; above < k; ++above)
        subtract(row, matrix.row(above), matrix.row(above)[k], k, size);
      if (!(row[k] > 0) || !std::isfinite(row[k])) return false;
      const float scale = 1.0F / std::sqrt(row[k]);
      for (size_t j = k; j < size; ++j) row[j] *= scale;
    }
    if (last < size) add_panel(matrix, last, matrix.row(first), size, last - first, -1.0F);
  }
  return true;
}

void solve_cholesky(const Upper& factor, std::vector<float>& right, size_t columns) {
  const size_t size = factor.size;
  const auto at = [&](size_t i) { return right.data() + i * columns; };
  for (size_t i = 0; i < size; ++i) {  // U' z = b
    const float scale = 1.0F / factor.row(i)[i];
    for (size_t c = 0; c < columns; ++c) at(i)[c] *= scale;
    for (size_t below = i + 1; below < size; ++below)
      subtract(at(below), at(i), factor.row(i)[below], 0, columns);
  }
  for (size_t i = size; i-- > 0;) {  // U x = z
    for (size_t j = i + 1; j < size; ++j) subtract(at(i), at(j), factor.row(i)[j], 0, columns);
    const float scale = 1.0F / factor.row(i)[i];
    for (size_t c = 0; c < columns; ++c) at(i)[c] *= scale;
  }
}

}  // namespace dew::label
