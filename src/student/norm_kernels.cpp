// Batch norm with ReLU6 over rows of channels.
//
// What comes from memory is read row by row; where there are sums, the rows are in the cache by then, and
// loops go by group of 8 channels whose sums stay in registers.
#include "student/norm_kernels.h"

#include <algorithm>
#include <cmath>

#include "student/lanes.h"
#include "student/layout.h"
#include "student/wide.h"

namespace dew::student {
namespace {

/// Some rows of the channels of one group: `step` floats from one to the next.
struct Column {
  const float* values;
  int64_t step;
  const float* row(int64_t r) const { return values + r * step; }
};

template <int kLanes>
[[gnu::always_inline]] inline void add_moments_group(Column x, int64_t rows, float* first, float* second) {
  typename Group<kLanes>::Lanes sum, square, value;
  load(first, sum);
  load(second, square);
  for (int64_t r = 0; r < rows; ++r) {
    load(x.row(r), value);
    sum += value;
    square += value * value;
  }
  store(sum, first);
  store(square, second);
}

/// Rows are read once and come from memory: asks for those of the next call, which follow them.
[[gnu::always_inline]] inline void expect(const float* values) {
  __builtin_prefetch(values, 0, 2);
}

template <int kLanes, bool kPlus>
[[gnu::always_inline]] inline void map_group(const float* x, const float* scale_from, const float* shift_from,
                                             float lowest, float highest, const float* plus, float* y) {
  typename Group<kLanes>::Lanes scale, shift, low, high, value, added;
  load(scale_from, scale);
  load(shift_from, shift);
  fill(lowest, low);
  fill(highest, high);
  load(x, value);
  value = value * scale + shift;
  clamp<kLanes>(low, high, value);
  if constexpr (kPlus) {
    load(plus, added);
    value += added;
  }
  store(value, y);
}

template <int kLanes, bool kPlus>
[[gnu::always_inline]] inline void mask_group(Column dy, const WayBack& way, Column x, int channel,
                                              int64_t rows, float* g, float* first, float* second) {
  typename Group<kLanes>::Lanes scale, shift, low, high, mean, sum, product, value, gradient, added;
  load(way.map->scale.data() + channel, scale);
  load(way.map->shift.data() + channel, shift);
  load(way.mean + channel, mean);
  load(first, sum);
  load(second, product);
  fill(way.map->low, low);
  fill(way.map->high, high);
  for (int64_t r = 0; r < rows; ++r) {
    load(x.row(r), value);
    load(dy.row(r), gradient);
    if constexpr (kPlus) {
      load(way.plus + channel + r * x.step, added);
      gradient += added;
    }
    pass_inside<kLanes>(low, value * scale + shift, high, gradient);
    sum += gradient;
    product += gradient * (value - mean);
    store(gradient, g + r * x.step);
  }
  store(sum, first);
  store(product, second);
}

template <int kLanes>
[[gnu::always_inline]] inline void spread_group(const float* g, const float* x, const float* scale_from,
                                                const float* slope_from, const float* offset_from,
                                                float* dx) {
  typename Group<kLanes>::Lanes scale, slope, offset, gradient, value;
  load(scale_from, scale);
  load(slope_from, slope);
  load(offset_from, offset);
  load(g, gradient);
  load(x, value);
  store(scale * gradient + (slope * value + offset), dx);
}

template <bool kPlus>
[[gnu::always_inline]] inline void map_groups(const float* x, const ChannelMap& map, const float* plus,
                                              int64_t rows, int channels, float* y, int64_t pitch) {
  const float* scale = map.scale.data();
  const float* shift = map.shift.data();
  const float low = map.low;
  const float high = map.high;
  for (int64_t r = 0; r < rows; ++r, x += channels, plus += kPlus ? channels : 0, y += pitch) {
    for (int c = 0; c < channels; c += 8) {
      expect(x + c + rows * channels);
      map_group<8, kPlus>(x + c, scale + c, shift + c, low, high, kPlus ? plus + c : nullptr, y + c);
    }
  }
}

template <bool kPlus>
[[gnu::always_inline]] inline void mask_groups(const float* dy, int64_t pitch, const WayBack& way,
                                               int64_t rows, int channels, float* g, float* sums) {
  float* products = sums + channels;
  for (int c = 0; c < channels; c += 8) {
    mask_group<8, kPlus>({dy + c, pitch}, way, {way.x + c, channels}, c, rows, g + c, sums + c, products + c);
  }
}

}  // namespace

DEW_WIDE void add_moments(const float* x, int64_t rows, int channels, float* sums) {
  for (int c = 0; c < channels; c += 8) {
    add_moments_group<8>({x + c, channels}, rows, sums + c, sums + channels + c);
  }
}

DEW_WIDE void map_rows(const float* x, const ChannelMap& map, const float* plus, int64_t rows, int channels,
                       float* y, int64_t pitch) {
  if (plus == nullptr) {
    map_groups<false>(x, map, nullptr, rows, channels, y, pitch);
  } else {
    map_groups<true>(x, map, plus, rows, channels, y, pitch);
  }
}

DEW_WIDE void mask_rows(const float* dy, int64_t pitch, const WayBack& way, int64_t rows, int channels,
                        float* g, float* sums) {
  if (way.plus == nullptr) {
    mask_groups<false>(dy, pitch, way, rows, channels, g, sums);
  } else {
    mask_groups<true>(dy, pitch, way, rows, channels, g, sums);
  }
}

DEW_WIDE void spread_rows(const float* g, const float* x, const Spread& spread, int64_t rows, int channels,
                          float* dx, int64_t pitch) {
  const float* scale = spread.scale.data();
  const float* slope = spread.slope.data();
  const float* offset = spread.offset.data();
  for (int64_t r = 0; r < rows; ++r, g += channels, x += channels, dx += pitch) {
    for (int c = 0; c < channels; c += 8) {
      expect(g + c + rows * channels);
      expect(x + c + rows * channels);
      spread_group<8>(g + c, x + c, scale + c, slope + c, offset + c, dx + c);
    }
  }
}

ChannelMap identity_map(int channels) {
  ChannelMap map;
  map.scale.assign(channels, 1.0F);
  map.shift.assign(channels, 0.0F);
  return map;
}

PartSums::PartSums(int parts, int channels)
    : channels_(channels), sums_(static_cast<size_t>(parts) * 2 * channels) {}

void PartSums::add(int part, const float* sums) {
  double* to = sums_.data() + static_cast<size_t>(part) * 2 * channels_;
  for (int i = 0; i < 2 * channels_; ++i) to[i] += sums[i];
}

Sums PartSums::total() const {
  Sums total{std::vector<double>(channels_), std::vector<double>(channels_)};
  for (size_t at = 0; at < sums_.size(); at += size_t{2} * channels_) {
    for (int c = 0; c < channels_; ++c) {
      total.first[c] += sums_[at + c];
      total.second[c] += sums_[at + channels_ + c];
    }
  }
  return total;
}

Moments moments_of(const Sums& sums, int64_t rows) {
  Moments moments{sums.first, sums.second};
  for (size_t c = 0; c < sums.first.size(); ++c) {
    double& mean = moments.mean[c];
    mean /= static_cast<double>(rows);
    moments.variance[c] = std::max(moments.variance[c] / static_cast<double>(rows) - mean * mean, 0.0);
  }
  return moments;
}

ChannelMap channel_map(const Moments& moments, const float* gamma, const float* beta, bool relu6) {
  ChannelMap map;
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    const double scale = gamma[c] / std::sqrt(moments.variance[c] + kBatchNormEpsilon);
    map.scale.push_back(static_cast<float>(scale));
    map.shift.push_back(static_cast<float>(beta[c] - moments.mean[c] * scale));
  }
  if (relu6) {
    map.low = 0.0F;
    map.high = 6.0F;
  }
  return map;
}

Spread spread_of(const Moments& moments, const ChannelMap& map, const Sums& sums, int64_t rows, float* dgamma,
                 float* dbeta) {
  // dx = scale * (g - mean(g) - x^ * mean(g x^)) with x^ = (x - mean) / deviation, sorted by powers of x.
  Spread spread{map.scale, {}, {}};
  // Constant moments are like those of infinitely many rows: one row does not change them.
  const double count = moments.constant ? std::numeric_limits<double>::infinity() : static_cast<double>(rows);
  for (size_t c = 0; c < map.scale.size(); ++c) {
    const double sum = sums.first[c];
    const double product = sums.second[c];
    const double per_deviation = 1.0 / std::sqrt(moments.variance[c] + kBatchNormEpsilon);
    dgamma[c] += static_cast<float>(product * per_deviation);
    dbeta[c] += static_cast<float>(sum);
    const double along = -map.scale[c] * product * per_deviation * per_deviation / count;
    spread.slope.push_back(static_cast<float>(along));
    spread.offset.push_back(static_cast<float>(-map.scale[c] * sum / count - along * moments.mean[c]));
  }
  return spread;
}

}  // namespace dew::student
