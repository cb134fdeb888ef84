// The parts of check(): the frame in check.cpp, one function per family of operators in check_*.cpp.
#pragma once

#include <string>

#include "graph/graph.h"

namespace dew::graph {

/// One operator being checked, with helpers that word its errors.
class OpCheck {
 public:
  OpCheck(const Graph& graph, size_t index) : graph_(graph), op_(graph.ops[index]), index_(index) {}

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const Op& op() const { return op_; }
  [[nodiscard]] const Tensor& input(size_t i) const {
    return graph_.tensors[static_cast<size_t>(op_.inputs[i])];
  }
  [[nodiscard]] const Tensor& output() const { return graph_.tensors[static_cast<size_t>(op_.outputs[0])]; }
  [[nodiscard]] bool has_input(size_t i) const { return i < op_.inputs.size() && op_.inputs[i] >= 0; }

  /// An error that names file, operator and index; `next` says what the user can do.
  [[nodiscard]] tl::unexpected<Error> fail(const std::string& what, const std::string& next = {}) const;

  /// Between `least` and `most` inputs, the first `needed` of them present, and one output.
  [[nodiscard]] Result<void> arity(size_t least, size_t most, size_t needed) const;
  /// An int8 tensor with one scale.
  [[nodiscard]] Result<void> is_int8(const Tensor& tensor, const std::string& role) const;
  /// The first input and the output are such tensors.
  [[nodiscard]] Result<void> int8_to_int8() const;
  [[nodiscard]] Result<void> same_shape(const Tensor& a, const Tensor& b) const;
  [[nodiscard]] Result<void> shape_is(const Tensor& tensor, const std::vector<int>& shape) const;
  /// For operators that only move values: input and output must have the same scale and zero point.
  [[nodiscard]] Result<void> same_quantisation(const Tensor& a, const Tensor& b) const;
  /// The input must be a constant int32 tensor with this many elements.
  [[nodiscard]] Result<void> is_constant_int32(size_t input, int64_t elements, const std::string& role) const;

 private:
  const Graph& graph_;
  const Op& op_;
  size_t index_;
};

Result<void> check_convolution(const OpCheck& at);
Result<void> check_fully_connected(const OpCheck& at);
Result<void> check_pool(const OpCheck& at);
Result<void> check_mean(const OpCheck& at);
Result<void> check_binary(const OpCheck& at);
Result<void> check_div(const OpCheck& at);
Result<void> check_relu(const OpCheck& at);
Result<void> check_prelu(const OpCheck& at);
Result<void> check_leaky_relu(const OpCheck& at);
Result<void> check_hard_swish(const OpCheck& at);
Result<void> check_tanh(const OpCheck& at);
Result<void> check_softmax(const OpCheck& at);
Result<void> check_log_softmax(const OpCheck& at);
Result<void> check_logistic(const OpCheck& at);
Result<void> check_quantize(const OpCheck& at);
Result<void> check_dequantize(const OpCheck& at);
Result<void> check_pad(const OpCheck& at);
Result<void> check_reshape(const OpCheck& at);
Result<void> check_concatenation(const OpCheck& at);
Result<void> check_transpose(const OpCheck& at);
Result<void> check_strided_slice(const OpCheck& at);
Result<void> check_resize(const OpCheck& at);

/// What to do about a tensor that should be int8.
std::string how_to_int8(DType type);

/// "[1, 48, 48, 8]".
std::string shape_text(const std::vector<int>& shape);

}  // namespace dew::graph
