// Batch norm with ReLU6 over rows of channels.
#include "student/norm_kernels.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "student/layout.h"
#include "student/wide.h"

namespace dew::student {
namespace {

/// Sums are taken over this many parts, whatever the number of threads, and added in order: the result
/// does not depend on how the work was shared out.
constexpr int64_t kParts = 16;
/// Rows that are summed in float before a double takes over.
constexpr int64_t kFloatRows = 64;

/// Few channels make short loops, so that several rows are taken as one wide one: `times` rows of `channels`.
struct Shape {
  int64_t rows;
  int width;
  int times;
};

Shape widened(int64_t rows, int channels) {
  Shape shape{rows, channels, 1};
  while (shape.width <= 128 && shape.rows % 2 == 0) {
    shape.rows /= 2;
    shape.width *= 2;
    shape.times *= 2;
  }
  return shape;
}

std::vector<float> repeated(const std::vector<float>& values, int times) {
  std::vector<float> result;
  for (int i = 0; i < times; ++i) result.insert(result.end(), values.begin(), values.end());
  return result;
}

/// Calls work(part, first row, end row) for each part.
void in_parts(int64_t rows, const std::function<void(int64_t, int64_t, int64_t)>& work) {
  at::parallel_for(0, kParts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      work(part, rows * part / kParts, rows * (part + 1) / kParts);
    }
  });
}

DEW_WIDE void add_moments(const float* __restrict x, int64_t rows, int width, float* __restrict sum,
                          float* __restrict square) {
  for (int64_t r = 0; r < rows; ++r, x += width) {
    for (int c = 0; c < width; ++c) {
      sum[c] += x[c];
      square[c] += x[c] * x[c];
    }
  }
}

DEW_WIDE void map_relu6(const float* __restrict x, const float* __restrict scale,
                        const float* __restrict shift, int64_t rows, int width, float* __restrict y) {
  for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
    for (int c = 0; c < width; ++c) {
      const float value = x[c] * scale[c] + shift[c];
      const float above = value > 0.0F ? value : 0.0F;
      y[c] = above < 6.0F ? above : 6.0F;
    }
  }
}

DEW_WIDE void map_linear(const float* __restrict x, const float* __restrict scale,
                         const float* __restrict shift, int64_t rows, int width, float* __restrict y) {
  for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
    for (int c = 0; c < width; ++c) y[c] = x[c] * scale[c] + shift[c];
  }
}

/// Writes to g the part of dy that the activation passes on; sum += g and product += g * (x - mean).
DEW_WIDE void mask_gradients(const float* __restrict x, const float* __restrict dy,
                             const float* __restrict scale, const float* __restrict shift,
                             const float* __restrict mean, float low, float high, int64_t rows, int width,
                             float* __restrict g, float* __restrict sum, float* __restrict product) {
  for (int64_t r = 0; r < rows; ++r, x += width, dy += width, g += width) {
    for (int c = 0; c < width; ++c) {
      const float value = x[c] * scale[c] + shift[c];
      const float above = value > low ? dy[c] : 0.0F;
      const float inside = value < high ? above : 0.0F;
      g[c] = inside;
      sum[c] += inside;
      product[c] += inside * (x[c] - mean[c]);
    }
  }
}

/// g = scale * g + slope * x + offset.
DEW_WIDE void spread_gradients(const float* __restrict x, const float* __restrict scale,
                               const float* __restrict slope, const float* __restrict offset, int64_t rows,
                               int width, float* __restrict g) {
  for (int64_t r = 0; r < rows; ++r, x += width, g += width) {
    for (int c = 0; c < width; ++c) g[c] = scale[c] * g[c] + (slope[c] * x[c] + offset[c]);
  }
}

/// Two sums a channel over all rows: add(first row, rows, sum, sum) adds floats, doubles collect them.
using AddRows = std::function<void(int64_t row, int64_t rows, float* first, float* second)>;

std::pair<std::vector<double>, std::vector<double>> two_sums(const Shape& shape, int channels,
                                                             const AddRows& add) {
  const size_t width = shape.width;
  std::vector<double> parts(2 * width * kParts);
  in_parts(shape.rows, [&](int64_t part, int64_t begin, int64_t end) {
    double* to = parts.data() + 2 * width * part;
    std::vector<float> sums(2 * width);
    for (int64_t row = begin; row < end; row += kFloatRows) {
      std::fill(sums.begin(), sums.end(), 0.0F);
      add(row, std::min(kFloatRows, end - row), sums.data(), sums.data() + width);
      for (size_t i = 0; i < 2 * width; ++i) to[i] += sums[i];
    }
  });
  std::pair<std::vector<double>, std::vector<double>> result;
  result.first.assign(channels, 0.0);
  result.second.assign(channels, 0.0);
  for (int64_t part = 0; part < kParts; ++part) {
    const double* from = parts.data() + 2 * width * part;
    for (size_t i = 0; i < width; ++i) {
      result.first[i % channels] += from[i];
      result.second[i % channels] += from[width + i];
    }
  }
  return result;
}

}  // namespace

Moments measure(const float* x, int64_t rows, int channels) {
  const Shape shape = widened(rows, channels);
  auto [sum, square] =
      two_sums(shape, channels, [&](int64_t row, int64_t count, float* first, float* second) {
        add_moments(x + row * shape.width, count, shape.width, first, second);
      });
  for (int c = 0; c < channels; ++c) {
    sum[c] /= static_cast<double>(rows);
    square[c] = std::max(square[c] / static_cast<double>(rows) - sum[c] * sum[c], 0.0);
  }
  return {std::move(sum), std::move(square)};
}

ChannelMap channel_map(const Moments& moments, const float* gamma, const float* beta) {
  ChannelMap map;
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    const double scale = gamma[c] / std::sqrt(moments.variance[c] + kBatchNormEpsilon);
    map.scale.push_back(static_cast<float>(scale));
    map.shift.push_back(static_cast<float>(beta[c] - moments.mean[c] * scale));
  }
  return map;
}

void apply_map(const float* x, const ChannelMap& map, bool relu6, int64_t rows, int channels, float* y) {
  const Shape shape = widened(rows, channels);
  const auto scale = repeated(map.scale, shape.times);
  const auto shift = repeated(map.shift, shape.times);
  in_parts(shape.rows, [&](int64_t, int64_t begin, int64_t end) {
    const int64_t at = begin * shape.width;
    (relu6 ? map_relu6 : map_linear)(x + at, scale.data(), shift.data(), end - begin, shape.width, y + at);
  });
}

void backward_map(const float* x, const float* dy, const Moments& moments, const ChannelMap& map, bool relu6,
                  int64_t rows, int channels, float* dx, float* dgamma, float* dbeta) {
  const Shape shape = widened(rows, channels);
  const auto scale = repeated(map.scale, shape.times);
  const auto shift = repeated(map.shift, shape.times);
  const auto mean = repeated({moments.mean.begin(), moments.mean.end()}, shape.times);
  const float low = relu6 ? 0.0F : -std::numeric_limits<float>::infinity();
  const float high = relu6 ? 6.0F : std::numeric_limits<float>::infinity();
  const auto [sum, product] =
      two_sums(shape, channels, [&](int64_t row, int64_t count, float* first, float* second) {
        const int64_t at = row * shape.width;
        mask_gradients(x + at, dy + at, scale.data(), shift.data(), mean.data(), low, high, count,
                       shape.width, dx + at, first, second);
      });
  spread_through_norm(x, moments, map, sum, product, rows, channels, dx, dgamma, dbeta);
}

void spread_through_norm(const float* x, const Moments& moments, const ChannelMap& map,
                         const std::vector<double>& sum, const std::vector<double>& product, int64_t rows,
                         int channels, float* dx, float* dgamma, float* dbeta) {
  // dx = scale * (g - mean(g) - x^ * mean(g x^)) with x^ = (x - mean) / deviation, sorted by powers of x.
  std::vector<float> slope, offset;
  // Constant moments are those of endlessly many rows: what one row does to them is nothing.
  const double count = moments.constant ? std::numeric_limits<double>::infinity() : static_cast<double>(rows);
  for (int c = 0; c < channels; ++c) {
    const double per_deviation = 1.0 / std::sqrt(moments.variance[c] + kBatchNormEpsilon);
    dgamma[c] = static_cast<float>(product[c] * per_deviation);
    dbeta[c] = static_cast<float>(sum[c]);
    const double along = -map.scale[c] * product[c] * per_deviation * per_deviation / count;
    slope.push_back(static_cast<float>(along));
    offset.push_back(static_cast<float>(-map.scale[c] * sum[c] / count - along * moments.mean[c]));
  }
  const Shape shape = widened(rows, channels);
  const auto scale = repeated(map.scale, shape.times);
  slope = repeated(slope, shape.times);
  offset = repeated(offset, shape.times);
  in_parts(shape.rows, [&](int64_t, int64_t begin, int64_t end) {
    const int64_t at = begin * shape.width;
    spread_gradients(x + at, scale.data(), slope.data(), offset.data(), end - begin, shape.width, dx + at);
  });
}

}  // namespace dew::student
