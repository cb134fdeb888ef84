// A 3 x 3 depthwise convolution that reads its input through a batch norm and ReLU6, forward and backward.
//
// The expanded activations are the widest tensors of a MobileNetV2. They are read as the convolution before
// left them and normalised while they are read, so that no normalised copy goes through memory, neither
// forward nor backward; the sums that the next batch norm needs of the output are taken while it is written.
// Work is divided into pictures and bands of rows: a band with all its channels fits the second-level cache,
// and is convolved in groups of 8 channels, whose nine weights stay in registers.
#pragma once

#include <cstdint>
#include <vector>

#include "student/norm_kernels.h"
#include "student/team.h"

namespace dew::student {

struct DepthwiseShape {
  int64_t pictures = 0;
  int rows = 0;  ///< of the input, as columns
  int columns = 0;
  int channels = 0;  ///< a multiple of 8
  int stride = 1;
  int pad_before = 0;
  int pad_after = 0;

  [[nodiscard]] int out_rows() const { return (rows + pad_before + pad_after - 3) / stride + 1; }
  [[nodiscard]] int out_columns() const { return (columns + pad_before + pad_after - 3) / stride + 1; }
};

/// The number of parts that the depthwise kernels divide their pictures into, whatever the number of threads.
constexpr int kDepthwiseParts = 16;

/// Weights [channels, 3, 3] as [3, 3, channels].
void pack_depthwise(const float* weights, int channels, std::vector<float>& packed);

/// y [pictures, out_rows, out_columns, channels] = depthwise(map(x)) of x [pictures, rows, columns, channels]
/// and packed weights. `moments` gets y's sums as add_moments() takes them, unless it is null.
void depthwise_forward(Team& team, const DepthwiseShape& shape, const float* x, const ChannelMap& map,
                       const std::vector<float>& weights, float* y, PartSums* moments);

/// The gradient of a stored output y: what the batch norm behind it makes of `g`, as spread_rows() does.
struct SpreadGradient {
  const float* g;
  const float* y;
  const Spread& spread;
};

/// Backward: `way` leads to the layer's input. `g` gets what mask_rows() would write there, `sums` its sums.
/// Adds to dweights [channels, 3, 3].
void depthwise_backward(Team& team, const DepthwiseShape& shape, const WayBack& way,
                        const std::vector<float>& weights, const SpreadGradient& dy, float* g, PartSums& sums,
                        float* dweights);

}  // namespace dew::student
