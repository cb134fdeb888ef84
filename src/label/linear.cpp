// Everything is sums of scaled rows, eight at a time, along which the compiler makes vectors.
#include "label/linear.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dew::label {
namespace {

constexpr size_t kPanel = 8;  ///< rows that one pass takes in

// AVX2 where there is any, chosen by the loader; without fused multiplication, so that every processor rounds
// alike. Under sanitizers the choice would run before they are ready; only GCC knows this form.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define DEW_ROWS __attribute__((target_clones("avx2", "default")))
#else
#define DEW_ROWS
#endif

/// At most kPanel rows with their factors; those that are missing count for nothing.
struct Panel {
  std::array<const float*, kPanel> row{};
  std::array<float, kPanel> factor{};
  void fill(size_t count) {
    for (size_t r = count; r < kPanel; ++r) row[r] = row[0], factor[r] = 0;
  }
};

/// out[j] += the sum of factor * row[j], for j in from ... to - 1.
DEW_ROWS void add_rows(float* __restrict out, const Panel& panel, size_t from, size_t to) {
  const auto& f = panel.factor;
  const float* a = panel.row[0];
  const float* b = panel.row[1];
  const float* c = panel.row[2];
  const float* d = panel.row[3];
  const float* e = panel.row[4];
  const float* g = panel.row[5];
  const float* h = panel.row[6];
  const float* i = panel.row[7];
  for (size_t j = from; j < to; ++j)
    out[j] += ((f[0] * a[j] + f[1] * b[j]) + (f[2] * c[j] + f[3] * d[j])) +
              ((f[4] * e[j] + f[5] * g[j]) + (f[6] * h[j] + f[7] * i[j]));
}

/// out[j] -= factor * row[j].
void subtract(float* out, const float* row, float factor, size_t from, size_t to) {
  for (size_t j = from; j < to; ++j) out[j] -= factor * row[j];
}

}  // namespace

void add_outer(Upper& matrix, const std::vector<Weighted>& rows) {
  for (size_t first = 0; first < rows.size(); first += kPanel) {
    const size_t count = std::min(kPanel, rows.size() - first);
    Panel panel;
    for (size_t r = 0; r < count; ++r) panel.row[r] = rows[first + r].row;
    panel.fill(count);
    for (size_t i = 0; i < matrix.size; ++i) {
      for (size_t r = 0; r < count; ++r) panel.factor[r] = rows[first + r].factor * panel.row[r][i];
      add_rows(matrix.row(i), panel, i, matrix.size);
    }
  }
}

void add_product(float* out, const float* values, const float* rows, size_t count, size_t width) {
  for (size_t first = 0; first < count; first += kPanel) {
    const size_t together = std::min(kPanel, count - first);
    Panel panel;
    for (size_t r = 0; r < together; ++r) {
      panel.row[r] = rows + (first + r) * width;
      panel.factor[r] = values[first + r];
    }
    panel.fill(together);
    add_rows(out, panel, 0, width);
  }
}

bool factor_cholesky(Upper& matrix) {
  const size_t size = matrix.size;
  for (size_t first = 0; first < size; first += kPanel) {
    const size_t last = std::min(first + kPanel, size);
    Panel panel;
    for (size_t k = first; k < last; ++k) {
      float* row = matrix.row(k);
      for (size_t above = first; above < k; ++above)
        subtract(row, matrix.row(above), matrix.row(above)[k], k, size);
      if (!(row[k] > 0) || !std::isfinite(row[k])) return false;
      const float scale = 1.0F / std::sqrt(row[k]);
      for (size_t j = k; j < size; ++j) row[j] *= scale;
      panel.row[k - first] = row;
    }
    panel.fill(last - first);
    for (size_t i = last; i < size; ++i) {
      for (size_t r = 0; r < last - first; ++r) panel.factor[r] = -panel.row[r][i];
      add_rows(matrix.row(i), panel, i, size);
    }
  }
  return true;
}

void solve_cholesky(const Upper& factor, std::vector<float>& right, size_t columns) {
  const size_t size = factor.size;
  const auto at = [&](size_t i) { return right.data() + i * columns; };
  const auto divide = [&](size_t i) {
    for (size_t c = 0; c < columns; ++c) at(i)[c] *= 1.0F / factor.row(i)[i];
  };
  for (size_t first = 0; first < size; first += kPanel) {  // U' z = b, downwards
    const size_t last = std::min(first + kPanel, size);
    Panel panel;
    for (size_t i = first; i < last; ++i) {
      for (size_t above = first; above < i; ++above)
        subtract(at(i), at(above), factor.row(above)[i], 0, columns);
      divide(i);
      panel.row[i - first] = at(i);
    }
    panel.fill(last - first);
    for (size_t below = last; below < size; ++below) {
      for (size_t r = 0; r < last - first; ++r) panel.factor[r] = -factor.row(first + r)[below];
      add_rows(at(below), panel, 0, columns);
    }
  }
  for (size_t i = size; i-- > 0;) {  // U x = z, upwards: each row from those below
    Panel panel;
    for (size_t first = i + 1; first < size; first += kPanel) {
      const size_t count = std::min(kPanel, size - first);
      for (size_t r = 0; r < count; ++r) {
        panel.row[r] = at(first + r);
        panel.factor[r] = -factor.row(i)[first + r];
      }
      panel.fill(count);
      add_rows(at(i), panel, 0, columns);
    }
    divide(i);
  }
}

}  // namespace dew::label
