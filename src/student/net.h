// The net while it is trained. For this room's LibTorch files only.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <span>

#include "student/layout.h"
#include "student/trunk.h"

namespace dew::student {

/// The numbers of a contiguous float tensor, such as the flat ones below.
inline std::span<float> values(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
}

/// A net with batch norms. All numbers live in two flat tensors.
class Net {
 public:
  explicit Net(const Architecture& architecture);

  /// Random weights. He et al. (arXiv 1502.01852) by fan-out for convolutions; equal seeds give equal nets.
  /// A batch norm that a residual is added to starts with `residual_gamma`: at 0 its block adds nothing yet.
  void initialise(uint64_t seed, double residual_gamma);

  /// The mean over rows and columns of the last convolution, [n, features]: what the dense layer reads. As
  /// logits() otherwise.
  at::Tensor features(const at::Tensor& x, double momentum);

  /// Logits [n, classes] of x [n, 3, input, input] (channels last), with the batch's own mean and variance;
  /// the running statistics move by `momentum` towards them. Records what backward() needs.
  at::Tensor logits(const at::Tensor& x, double momentum);

  /// The parts of logits(): features [n, features] of what the layer `first` reads, [n, channels, rows,
  /// columns] (channels last), where the layers before it take no part (`first` begins a block, or is 0; no
  /// gradient goes to `x`); and logits of features.
  at::Tensor features_from(size_t first, const at::Tensor& x, double momentum);
  at::Tensor dense(const at::Tensor& features) const;

  [[nodiscard]] const Architecture& architecture() const { return architecture_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  /// Flat, as Layout says. Written in place only: others are views of them.
  at::Tensor parameters;
  at::Tensor gradients;  ///< backward() adds to it
  at::Tensor statistics;

 private:
  Architecture architecture_;
  Layout layout_;
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Recording> recording_;  ///< of the latest batch
  at::Tensor asks_for_gradients_;         ///< what autograd takes for the trunk's parameters
  at::Tensor dense_weight_;
  at::Tensor dense_bias_;
};

}  // namespace dew::student
