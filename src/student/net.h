// The net while it is trained. For this room's LibTorch files only.
#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "student/layout.h"
#include "student/trunk.h"

namespace dew::student {

/// A net with batch norms, its numbers in two flat tensors.
class Net {
 public:
  explicit Net(const Architecture& architecture);

  /// Random weights, by He et al. (arXiv 1502.01852) by fan-out for convolutions; equal seeds give equal
  /// nets. A batch norm that a residual is added to starts with `residual_gamma`: at 0 its block adds nothing
  /// yet.
  void initialise(uint64_t seed, double residual_gamma);

  /// Features [n, features] of x [n, 3, input, input] (channels last): the mean over rows and columns of the
  /// last convolution, which the dense layer reads. Batch norms use the batch's own mean and variance, and
  /// the running statistics move by `momentum` towards them; with a `momentum` of 0 they use the running
  /// statistics, which stay. Records what backward() needs.
  at::Tensor features(const at::Tensor& x, double momentum);

  /// Logits [n, classes] of features.
  [[nodiscard]] at::Tensor dense(const at::Tensor& features) const;

  /// Both in one.
  at::Tensor logits(const at::Tensor& x, double momentum);

  [[nodiscard]] const Architecture& architecture() const { return architecture_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  /// Flat, as Layout says. They may only be written in place, since other tensors are views of them.
  at::Tensor parameters;
  at::Tensor gradients;  ///< backward() adds to it
  at::Tensor statistics;

 private:
  Architecture architecture_;
  Layout layout_;
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Recording> recording_;  ///< of the latest batch
  at::Tensor asks_for_gradients_;         ///< stands for the trunk's parameters in autograd
  at::Tensor dense_weight_;
  at::Tensor dense_bias_;
};

}  // namespace dew::student
