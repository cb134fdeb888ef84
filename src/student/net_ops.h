// The net's own operators for autograd. For this room's LibTorch files only.
#pragma once

#include <ATen/ATen.h>

namespace dew::student {

/// One batch norm's tensors, a value a channel: learned gamma and beta, running mean and variance.
struct BatchNorm {
  at::Tensor gamma, beta, mean, variance;
};

/// Batch norm of x [n, c, rows, columns] (channels last) with the batch's own moments, then ReLU6 if asked
/// for. The running ones move by `momentum` towards the batch's, its variance divided by one less than the
/// number of values, as LibTorch and Keras do. With a `momentum` of 0 the running ones are used instead, and
/// stay.
at::Tensor norm(const at::Tensor& x, const BatchNorm& batch_norm, bool relu6, double momentum);

/// A 3 x 3 depthwise convolution of relu6(batch norm(x)), in one. `weight` is [c, 1, 3, 3].
at::Tensor norm_depthwise(const at::Tensor& x, const BatchNorm& batch_norm, double momentum,
                          const at::Tensor& weight, int64_t stride, int64_t pad_before, int64_t pad_after);

}  // namespace dew::student
