// The little linear algebra that the quick classifier needs: symmetric matrices, row-major, upper triangles.
#pragma once

#include <cstddef>
#include <vector>

namespace dew::label {

/// A square matrix of which only the upper triangle (columns >= row) is read or written.
struct Upper {
  explicit Upper(size_t order) : size(order), values(order * order, 0.0F) {}
  float* row(size_t i) { return values.data() + i * size; }
  [[nodiscard]] const float* row(size_t i) const { return values.data() + i * size; }
  size_t size;
  std::vector<float> values;
};

/// matrix += factor * rows' rows, where `rows` is count x matrix.size, row-major.
void add_outer(Upper& matrix, const float* rows, size_t count, float factor);

/// Cholesky: the matrix A becomes U with A = U' U. False: A is not positive definite.
bool factor_cholesky(Upper& matrix);

/// Solves U' U x = b in place; `right` is U.size x columns, row-major.
void solve_cholesky(const Upper& factor, std::vector<float>& right, size_t columns);

}  // namespace dew::label
