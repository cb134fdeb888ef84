// The little linear algebra that the quick classifier needs: symmetric matrices, row-major, upper triangles.
#pragma once

#include <cstddef>
#include <vector>

namespace dew::label {

/// The upper triangle (columns >= row) of a square matrix, its rows one after the other.
struct Upper {
  explicit Upper(size_t order) : size(order), values(order * (order + 1) / 2, 0.0F) {}
  /// Only its elements from i on are there: row(i)[i], row(i)[i + 1], ...
  float* row(size_t i) { return values.data() + start(i); }
  [[nodiscard]] const float* row(size_t i) const { return values.data() + start(i); }
  size_t size;
  std::vector<float> values;

 private:
  [[nodiscard]] size_t start(size_t i) const { return i * (2 * size - i - 1) / 2; }
};

/// A row vector, and how much it counts for.
struct Weighted {
  const float* row;
  float factor;
};

/// matrix += the sum of factor * row' row over `rows`, each matrix.size wide.
void add_outer(Upper& matrix, const std::vector<Weighted>& rows);

/// out += values * rows: `rows` is count x width, row-major; `out` is as wide.
void add_product(float* out, const float* values, const float* rows, size_t count, size_t width);

/// Cholesky: the matrix A becomes U with A = U' U. False: A is not positive definite.
bool factor_cholesky(Upper& matrix);

/// Solves U' U x = b in place; `right` is U.size x columns, row-major.
void solve_cholesky(const Upper& factor, std::vector<float>& right, size_t columns);

}  // namespace dew::label
