// What the interpreter's files share: the values of all tensors, and one function per kind of operator.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace dew::graph {

/// One run. The graph has passed check(), so nothing is checked again.
struct Run {
  const Graph& graph;
  Rounding rounding;
  std::vector<std::vector<uint8_t>> values;  ///< by tensor; empty for constants

  [[nodiscard]] const Tensor& tensor(int index) const { return graph.tensors[static_cast<size_t>(index)]; }
  [[nodiscard]] int zero_point(int index) const {
    return static_cast<int>(tensor(index).quantisation.zero_point[0]);
  }
  [[nodiscard]] double scale(int index) const { return tensor(index).quantisation.scale[0]; }

  /// The bytes of an activation or a constant.
  [[nodiscard]] std::span<const uint8_t> bytes(int index) const;
  [[nodiscard]] std::span<const int8_t> int8(int index) const;
  std::span<uint8_t> out(int index) { return values[static_cast<size_t>(index)]; }
  std::span<int8_t> out_int8(int index);

  /// An element of an int8 or uint8 tensor.
  [[nodiscard]] int quantised(int index, int64_t element) const;
  void put(int index, int64_t element, int value);
};

void interpret_conv_2d(Run& run, const Op& op);
void interpret_depthwise_conv_2d(Run& run, const Op& op);
void interpret_fully_connected(Run& run, const Op& op);
void interpret_average_pool(Run& run, const Op& op);
void interpret_max_pool(Run& run, const Op& op);
void interpret_mean(Run& run, const Op& op);
void interpret_add(Run& run, const Op& op);
void interpret_sub(Run& run, const Op& op);
void interpret_mul(Run& run, const Op& op);
void interpret_div(Run& run, const Op& op);
void interpret_maximum(Run& run, const Op& op);  ///< and Minimum
void interpret_prelu(Run& run, const Op& op);
void interpret_relu(Run& run, const Op& op);
void interpret_leaky_relu(Run& run, const Op& op);
void interpret_hard_swish(Run& run, const Op& op);
void interpret_tanh(Run& run, const Op& op);
void interpret_neg(Run& run, const Op& op);
void interpret_softmax(Run& run, const Op& op);
void interpret_log_softmax(Run& run, const Op& op);
void interpret_logistic(Run& run, const Op& op);
void interpret_quantize(Run& run, const Op& op);
void interpret_dequantize(Run& run, const Op& op);
void interpret_pad(Run& run, const Op& op);
void interpret_reshape(Run& run, const Op& op);
void interpret_concatenation(Run& run, const Op& op);
void interpret_transpose(Run& run, const Op& op);
void interpret_strided_slice(Run& run, const Op& op);
void interpret_resize(Run& run, const Op& op);

/// Row-major strides in elements.
std::vector<int64_t> strides(const std::vector<int>& shape);

}  // namespace dew::graph
