// A 3 x 3 depthwise convolution that reads its input through a batch norm and ReLU6, forward and backward.
//
// The expanded activations are the widest tensors of a MobileNetV2. They are read as the convolution before
// left them and normalised on the way, so that the normalised copy never goes through memory, neither
// forward nor backward. Work goes by picture and group of 8 or 16 channels: one padded plane of a group
// fits the second-level cache, and the group's nine weights stay in registers.
#pragma once

#include <cstdint>
#include <vector>

#include "student/norm_kernels.h"

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

/// y [pictures, out_rows, out_columns, channels] from x [pictures, rows, columns, channels] and weights
/// [channels, 3, 3]: y = depthwise(relu6(map(x))).
void depthwise_forward(const DepthwiseShape& shape, const float* x, const ChannelMap& map,
                       const float* weights, float* y);

/// The gradients from that of y. dx is with respect to x, through the batch norm that `moments` and `map`
/// describe; dweights, dgamma and dbeta are as their values.
void depthwise_backward(const DepthwiseShape& shape, const float* x, const Moments& moments,
                        const ChannelMap& map, const float* weights, const float* dy, float* dx,
                        float* dweights, float* dgamma, float* dbeta);

}  // namespace dew::student
