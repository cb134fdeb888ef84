// A 3 x 3 depthwise convolution behind a batch norm and ReLU6.
#include "student/depthwise_kernels.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

#include "student/wide.h"

namespace dew::student {
namespace {

/// As in norm_kernels.cpp: sums are taken over so many parts, whatever the number of threads.
constexpr int64_t kParts = 16;
constexpr int kTaps = 9;

/// A group of channels that is worked on together. GCC and Clang lower it to the registers there are.
template <int kLanes>
struct Group {
  typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
};

template <typename Lanes>
[[gnu::always_inline]] inline void load(const float* from, Lanes& lanes) {
  std::memcpy(&lanes, from, sizeof lanes);
}

template <typename Lanes>
[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to) {
  std::memcpy(to, &lanes, sizeof lanes);
}

template <typename Lanes>
[[gnu::always_inline]] inline void fill(float value, Lanes& lanes) {
  lanes = Lanes{} + value;
}

/// The numbers of one group of channels, and where it stands in a row of all of them.
template <int kLanes>
struct GroupView {
  float weights[kTaps][kLanes];
  const float* scale;
  const float* shift;
  int64_t pitch;  ///< floats from one pixel to the next in NHWC
};

/// Sums of one group: of the masked gradient, of it times (x - mean), and the weights' gradients.
template <int kLanes>
struct GroupSums {
  float sum[kLanes];
  float product[kLanes];
  float dweights[kTaps][kLanes];
};

/// A plane of one group, (rows + 2) x (columns + 2) pixels wide; the border stays 0.
class Plane {
 public:
  Plane(const DepthwiseShape& shape, int lanes)
      : pitch_((shape.columns + 2) * lanes), values_(static_cast<size_t>(shape.rows + 2) * pitch_) {}
  float* row(int row) { return values_.data() + static_cast<size_t>(row) * pitch_; }
  const float* row(int row) const { return values_.data() + static_cast<size_t>(row) * pitch_; }

 private:
  int pitch_;
  std::vector<float> values_;
};

template <int kLanes>
[[gnu::always_inline]] inline void normalise_row(const GroupView<kLanes>& view, const float* x, int count,
                                                 float* to) {
  typename Group<kLanes>::Lanes scale, shift, value, low, high;
  load(view.scale, scale);
  load(view.shift, shift);
  fill(0.0F, low);
  fill(6.0F, high);
  for (int i = 0; i < count; ++i) {
    load(x + i * view.pitch, value);
    value = value * scale + shift;
    value = value > low ? value : low;
    value = value < high ? value : high;
    store(value, to + i * kLanes);
  }
}

/// to[i] = sum over taps of weights[tap] * rows[ky][i * stride + kx]; `to` has pixels `pitch` apart.
template <int kLanes>
[[gnu::always_inline]] inline void convolve_row(const float (&weights)[kTaps][kLanes],
                                                const float* const (&rows)[3], int stride, int count,
                                                float* to, int64_t pitch) {
  typename Group<kLanes>::Lanes w[kTaps], value, sum;
  for (int tap = 0; tap < kTaps; ++tap) load(weights[tap], w[tap]);
  for (int i = 0; i < count; ++i) {
    fill(0.0F, sum);
#pragma GCC unroll 9
    for (int tap = 0; tap < kTaps; ++tap) {
      load(rows[tap / 3] + (i * stride + tap % 3) * kLanes, value);
      sum += w[tap] * value;
    }
    store(sum, to + i * pitch);
  }
}

/// dweights[tap] += sum over i of rows[ky][i * stride + kx] * dy[i].
template <int kLanes>
[[gnu::always_inline]] inline void correlate_row(const float* const (&rows)[3], int stride, const float* dy,
                                                 int64_t pitch, int count, float (&dweights)[kTaps][kLanes]) {
  typename Group<kLanes>::Lanes sums[kTaps], value, gradient;
  for (int tap = 0; tap < kTaps; ++tap) load(dweights[tap], sums[tap]);
  for (int i = 0; i < count; ++i) {
    load(dy + i * pitch, gradient);
#pragma GCC unroll 9
    for (int tap = 0; tap < kTaps; ++tap) {
      load(rows[tap / 3] + (i * stride + tap % 3) * kLanes, value);
      sums[tap] += value * gradient;
    }
  }
  for (int tap = 0; tap < kTaps; ++tap) store(sums[tap], dweights[tap]);
}

/// Lets `gradient` pass where the normalised value is inside ReLU6's slope, and adds it up. Loops instead of
/// Lanes: GCC 12 takes comparisons of these apart.
template <int kLanes>
[[gnu::always_inline]] inline void mask_row(const float* __restrict normalised, const float* __restrict x,
                                            const float* __restrict mean, int64_t pitch, int count,
                                            float* __restrict gradient, GroupSums<kLanes>& sums) {
  float sum[kLanes], product[kLanes];
  std::copy_n(sums.sum, kLanes, sum);
  std::copy_n(sums.product, kLanes, product);
  for (int i = 0; i < count; ++i) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const float value = normalised[i * kLanes + lane];
      const float above = value > 0.0F ? gradient[i * pitch + lane] : 0.0F;
      const float g = value < 6.0F ? above : 0.0F;
      gradient[i * pitch + lane] = g;
      sum[lane] += g;
      product[lane] += g * (x[i * pitch + lane] - mean[lane]);
    }
  }
  std::copy_n(sum, kLanes, sums.sum);
  std::copy_n(product, kLanes, sums.product);
}

template <int kLanes>
[[gnu::always_inline]] inline void normalise_plane(const DepthwiseShape& shape, const GroupView<kLanes>& view,
                                                   const float* x, Plane& plane) {
  for (int row = 0; row < shape.rows; ++row) {
    normalise_row(view, x + row * shape.columns * view.pitch, shape.columns,
                  plane.row(row + shape.pad_before) + shape.pad_before * kLanes);
  }
}

template <int kLanes>
[[gnu::always_inline]] inline void forward_group(const DepthwiseShape& shape, const GroupView<kLanes>& view,
                                                 const float* x, Plane& plane, float* y) {
  normalise_plane(shape, view, x, plane);
  for (int row = 0; row < shape.out_rows(); ++row) {
    const int top = row * shape.stride;
    const float* const rows[3] = {plane.row(top), plane.row(top + 1), plane.row(top + 2)};
    convolve_row(view.weights, rows, shape.stride, shape.out_columns(),
                 y + row * shape.out_columns() * view.pitch, view.pitch);
  }
}

/// dy at the stride's distances with zeros between, so that the gradient of the input is a convolution of
/// stride 1 with the mirrored weights, whatever the stride was.
template <int kLanes>
[[gnu::always_inline]] inline void spread_plane(const DepthwiseShape& shape, const GroupView<kLanes>& view,
                                                const float* dy, Plane& plane) {
  const int first = 2 - shape.pad_before;
  typename Group<kLanes>::Lanes value;
  for (int row = 0; row < shape.out_rows(); ++row) {
    float* to = plane.row(first + row * shape.stride) + first * kLanes;
    const float* from = dy + row * shape.out_columns() * view.pitch;
    for (int i = 0; i < shape.out_columns(); ++i) {
      load(from + i * view.pitch, value);
      store(value, to + i * shape.stride * kLanes);
    }
  }
}

template <int kLanes>
[[gnu::always_inline]] inline void backward_group(const DepthwiseShape& shape, const GroupView<kLanes>& view,
                                                  const float* x, const float* mean, const float* dy,
                                                  Plane& normalised, Plane& gradients, float* dx,
                                                  GroupSums<kLanes>& sums) {
  normalise_plane(shape, view, x, normalised);
  for (int row = 0; row < shape.out_rows(); ++row) {
    const int top = row * shape.stride;
    const float* const rows[3] = {normalised.row(top), normalised.row(top + 1), normalised.row(top + 2)};
    correlate_row(rows, shape.stride, dy + row * shape.out_columns() * view.pitch, view.pitch,
                  shape.out_columns(), sums.dweights);
  }
  float mirrored[kTaps][kLanes];
  for (int tap = 0; tap < kTaps; ++tap) std::copy_n(view.weights[kTaps - 1 - tap], kLanes, mirrored[tap]);
  spread_plane(shape, view, dy, gradients);
  for (int row = 0; row < shape.rows; ++row) {
    const float* const rows[3] = {gradients.row(row), gradients.row(row + 1), gradients.row(row + 2)};
    float* to = dx + row * shape.columns * view.pitch;
    convolve_row(mirrored, rows, 1, shape.columns, to, view.pitch);
    mask_row(normalised.row(row + shape.pad_before) + shape.pad_before * kLanes,
             x + row * shape.columns * view.pitch, mean, view.pitch, shape.columns, to, sums);
  }
}

// One function a width, so that the loader chooses once a group.
DEW_WIDE void forward_16(const DepthwiseShape& s, const GroupView<16>& v, const float* x, Plane& plane,
                         float* y) {
  forward_group<16>(s, v, x, plane, y);
}
DEW_WIDE void forward_8(const DepthwiseShape& s, const GroupView<8>& v, const float* x, Plane& plane,
                        float* y) {
  forward_group<8>(s, v, x, plane, y);
}
DEW_WIDE void backward_16(const DepthwiseShape& s, const GroupView<16>& v, const float* x, const float* mean,
                          const float* dy, Plane& normalised, Plane& gradients, float* dx,
                          GroupSums<16>& sums) {
  backward_group<16>(s, v, x, mean, dy, normalised, gradients, dx, sums);
}
DEW_WIDE void backward_8(const DepthwiseShape& s, const GroupView<8>& v, const float* x, const float* mean,
                         const float* dy, Plane& normalised, Plane& gradients, float* dx,
                         GroupSums<8>& sums) {
  backward_group<8>(s, v, x, mean, dy, normalised, gradients, dx, sums);
}

template <int kLanes>
GroupView<kLanes> group_view(const DepthwiseShape& shape, const ChannelMap& map, const float* weights,
                             int channel) {
  GroupView<kLanes> view;
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int tap = 0; tap < kTaps; ++tap) view.weights[tap][lane] = weights[(channel + lane) * kTaps + tap];
  }
  view.scale = map.scale.data() + channel;
  view.shift = map.shift.data() + channel;
  view.pitch = shape.channels;
  return view;
}

/// Where a picture starts in x and y.
int64_t in_at(const DepthwiseShape& shape, int64_t picture) {
  return picture * shape.rows * shape.columns * shape.channels;
}
int64_t out_at(const DepthwiseShape& shape, int64_t picture) {
  return picture * shape.out_rows() * shape.out_columns() * shape.channels;
}

template <int kLanes>
void forward(const DepthwiseShape& shape, const float* x, const ChannelMap& map, const float* weights,
             float* y) {
  at::parallel_for(0, shape.pictures, 1, [&](int64_t begin, int64_t end) {
    Plane plane(shape, kLanes);
    for (int channel = 0; channel < shape.channels; channel += kLanes) {
      const auto view = group_view<kLanes>(shape, map, weights, channel);
      for (int64_t picture = begin; picture < end; ++picture) {
        const float* from = x + in_at(shape, picture) + channel;
        float* to = y + out_at(shape, picture) + channel;
        if constexpr (kLanes == 16) {
          forward_16(shape, view, from, plane, to);
        } else {
          forward_8(shape, view, from, plane, to);
        }
      }
    }
  });
}

/// Sums over all channels, in double: of the gradient, of it times (x - mean), and of the weights' gradients.
struct ChannelSums {
  explicit ChannelSums(int channels) : sum(channels), product(channels), dweights(size_t{kTaps} * channels) {}
  std::vector<double> sum;
  std::vector<double> product;
  std::vector<double> dweights;  ///< [channels, 9]

  template <int kLanes>
  void add(const GroupSums<kLanes>& group, int channel) {
    for (int lane = 0; lane < kLanes; ++lane) {
      sum[channel + lane] += group.sum[lane];
      product[channel + lane] += group.product[lane];
      for (int tap = 0; tap < kTaps; ++tap)
        dweights[(channel + lane) * kTaps + tap] += group.dweights[tap][lane];
    }
  }
  void add(const ChannelSums& other) {
    const auto plus = [](std::vector<double>& to, const std::vector<double>& from) {
      std::transform(to.begin(), to.end(), from.begin(), to.begin(), std::plus<>());
    };
    plus(sum, other.sum);
    plus(product, other.product);
    plus(dweights, other.dweights);
  }
};

template <int kLanes>
ChannelSums backward(const DepthwiseShape& shape, const float* x, const std::vector<float>& mean,
                     const ChannelMap& map, const float* weights, const float* dy, float* dx) {
  std::vector<ChannelSums> parts(kParts, ChannelSums(shape.channels));
  at::parallel_for(0, kParts, 1, [&](int64_t begin, int64_t end) {
    Plane normalised(shape, kLanes);
    Plane gradients(shape, kLanes);
    for (int64_t part = begin; part < end; ++part) {
      for (int channel = 0; channel < shape.channels; channel += kLanes) {
        const auto view = group_view<kLanes>(shape, map, weights, channel);
        for (int64_t picture = shape.pictures * part / kParts; picture < shape.pictures * (part + 1) / kParts;
             ++picture) {
          GroupSums<kLanes> sums{};
          const int64_t in = in_at(shape, picture) + channel;
          const float* from = dy + out_at(shape, picture) + channel;
          if constexpr (kLanes == 16) {
            backward_16(shape, view, x + in, mean.data() + channel, from, normalised, gradients, dx + in,
                        sums);
          } else {
            backward_8(shape, view, x + in, mean.data() + channel, from, normalised, gradients, dx + in,
                       sums);
          }
          parts[part].add(sums, channel);
        }
      }
    }
  });
  for (int64_t part = 1; part < kParts; ++part) parts[0].add(parts[part]);
  return std::move(parts[0]);
}

}  // namespace

void depthwise_forward(const DepthwiseShape& shape, const float* x, const ChannelMap& map,
                       const float* weights, float* y) {
  (shape.channels % 16 == 0 ? forward<16> : forward<8>)(shape, x, map, weights, y);
}

void depthwise_backward(const DepthwiseShape& shape, const float* x, const Moments& moments,
                        const ChannelMap& map, const float* weights, const float* dy, float* dx,
                        float* dweights, float* dgamma, float* dbeta) {
  const std::vector<float> mean(moments.mean.begin(), moments.mean.end());
  const ChannelSums sums =
      (shape.channels % 16 == 0 ? backward<16> : backward<8>)(shape, x, mean, map, weights, dy, dx);
  std::transform(sums.dweights.begin(), sums.dweights.end(), dweights,
                 [](double value) { return static_cast<float>(value); });
  const int64_t rows = shape.pictures * shape.rows * shape.columns;
  spread_through_norm(x, moments, map, sums.sum, sums.product, rows, shape.channels, dx, dgamma, dbeta);
}

}  // namespace dew::student
