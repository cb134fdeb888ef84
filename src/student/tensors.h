// Between LibTorch's tensors and plain arrays. For this room's LibTorch files only.
#pragma once

#include <ATen/ATen.h>

#include <span>
#include <vector>

#include "student/infer.h"

namespace dew::student {

/// The numbers of a contiguous float tensor, in place.
inline std::span<float> values(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
}

/// A copy of a float tensor's numbers, row major.
inline std::vector<float> numbers(const at::Tensor& tensor) {
  const at::Tensor rows = tensor.contiguous();
  const auto all = values(rows);
  return {all.begin(), all.end()};
}

/// A tensor that reads `numbers` where they are; it must not be written to.
inline at::Tensor borrowed(std::span<const float> numbers, at::IntArrayRef sizes) {
  return at::from_blob(const_cast<float*>(numbers.data()), sizes);  // from_blob takes no const pointer
}

/// Shows `tensor` to the observer, if there is one, with channels last.
inline void show(const Observer& observer, Point point, const at::Tensor& tensor) {
  if (!observer) return;
  const at::Tensor rows = (tensor.dim() == 4 ? tensor.permute({0, 2, 3, 1}) : tensor).contiguous();
  observer(point, values(rows), static_cast<int>(rows.size(-1)));
}

}  // namespace dew::student
