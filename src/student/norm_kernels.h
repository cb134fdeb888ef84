// Batch norm with ReLU6 over rows of channels, forward and backward, each in two passes.
//
// A tensor in NHWC is a matrix [rows, channels] with rows = N * H * W. LibTorch takes a pass for each step of
// batch norm and another for the activation, and on nets this narrow the passes cost more than the
// convolutions; here the activation is part of both passes, and nothing is kept for the backward pass but
// the input.
#pragma once

#include <cstdint>
#include <vector>

namespace dew::student {

/// y = x * scale + shift, a pair a channel: what a batch norm does once its batch has been measured.
struct ChannelMap {
  std::vector<float> scale;
  std::vector<float> shift;
};

/// A batch's moments by channel: mean, and variance divided by the number of rows.
struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
  bool constant = false;  ///< they are not the batch's, and no gradient goes through them
};

Moments measure(const float* x, int64_t rows, int channels);

/// gamma * (x - mean) / sqrt(variance + epsilon) + beta.
ChannelMap channel_map(const Moments& moments, const float* gamma, const float* beta);

/// y = map(x), clamped to 0 ... 6 with `relu6`.
void apply_map(const float* x, const ChannelMap& map, bool relu6, int64_t rows, int channels, float* y);

/// The gradients of a batch norm from that of its output, `dy`. `dgamma` and `dbeta` have one value a
/// channel. `dx` is not `dy`.
void backward_map(const float* x, const float* dy, const Moments& moments, const ChannelMap& map, bool relu6,
                  int64_t rows, int channels, float* dx, float* dgamma, float* dbeta);

/// The second half of backward_map: `dx` holds what the activation let through of dy, `sum` and `product` are
/// its sums a channel, alone and times (x - mean).
void spread_through_norm(const float* x, const Moments& moments, const ChannelMap& map,
                         const std::vector<double>& sum, const std::vector<double>& product, int64_t rows,
                         int channels, float* dx, float* dgamma, float* dbeta);

}  // namespace dew::student
