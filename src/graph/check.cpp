// check(): first each tensor, then the order of operators, then each operator by the rules of its family.
// Afterwards the interpreter and the compiler can index without checking.
#include "graph/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace dew::graph {
namespace {

constexpr size_t kMostTensors = 1 << 16;
constexpr int kMostRank = 5;
constexpr int64_t kMostBytes = int64_t{1} << 28;     // of one tensor
constexpr int64_t kMostAllBytes = int64_t{1} << 31;  // of all activations, which the interpreter keeps

/// "model.tflite: operator 3 (Conv2D), tensor 12 (name)", with the first operator that uses the tensor.
tl::unexpected<Error> tensor_error(const Graph& graph, size_t index, const std::string& what) {
  std::string where = graph.name + ": ";
  const auto number = static_cast<int>(index);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    const auto uses = [number](const std::vector<int>& of) {
      return std::find(of.begin(), of.end(), number) != of.end();
    };
    if (!uses(op.inputs) && !uses(op.outputs)) continue;
    where += fmt::format("operator {} ({}), ", i, op_name(op.kind));
    break;
  }
  const std::string& name = graph.tensors[index].name;
  where += fmt::format("tensor {}", index) + (name.empty() ? "" : " (" + printable(name, 60) + ")");
  return usage_error("the tensor " + what, where);
}

Result<void> check_quantisation(const Graph& graph, size_t index) {
  const Tensor& t = graph.tensors[index];
  const Quantisation& q = t.quantisation;
  if (q.scale.size() != q.zero_point.size())
    return tensor_error(graph, index, "has a different number of zero points and scales");
  for (const float scale : q.scale) {
    // A constant may have the scale 0: a channel of weights that training has switched off.
    if (!std::isfinite(scale) || scale < 0 || (scale == 0 && !t.constant()))
      return tensor_error(graph, index,
                          fmt::format("has the scale {}; a scale must be a positive number", scale));
  }
  if (t.type != DType::kInt8 && t.type != DType::kUInt8) return {};
  if (q.scale.empty()) return tensor_error(graph, index, "is not quantised: it has no scale");
  const int64_t least = t.type == DType::kInt8 ? -128 : 0;
  for (const int64_t zero_point : q.zero_point) {
    if (zero_point < least || zero_point > least + 255)
      return tensor_error(graph, index,
                          fmt::format("has the zero point {}, outside of {}", zero_point, type_name(t.type)));
  }
  if (q.scale.size() == 1) return {};
  if (q.axis < 0 || q.axis >= static_cast<int>(t.shape.size()) ||
      t.shape[static_cast<size_t>(q.axis)] != static_cast<int>(q.scale.size()))
    return tensor_error(graph, index,
                        fmt::format("has {} scales along axis {}, which does not fit its shape {}",
                                    q.scale.size(), q.axis, shape_text(t.shape)));
  return {};
}

Result<void> check_tensor(const Graph& graph, size_t index) {
  const Tensor& t = graph.tensors[index];
  if (t.shape.size() > kMostRank)
    return tensor_error(
        graph, index, fmt::format("has {} dimensions; at most {} are supported", t.shape.size(), kMostRank));
  for (const int extent : t.shape) {
    if (extent < 1)
      return tensor_error(
          graph, index,
          "has the shape " + shape_text(t.shape) + "; every extent must be known and at least 1");
  }
  if (t.bytes() > kMostBytes)
    return tensor_error(
        graph, index,
        "has the shape " + shape_text(t.shape) + ": more than " + with_commas(kMostBytes) + " bytes");
  if (t.constant() && static_cast<int64_t>(t.data.size()) != t.bytes())
    return tensor_error(graph, index,
                        fmt::format("has {} bytes of data, but its shape {} needs {}", t.data.size(),
                                    shape_text(t.shape), t.bytes()));
  return check_quantisation(graph, index);
}

bool known(const Graph& graph, int index) {
  return index >= 0 && index < static_cast<int>(graph.tensors.size());
}

tl::unexpected<Error> state_error(const Graph& graph, size_t index, const std::string& what,
                                  const std::string& next = {}) {
  const std::string& name = graph.states[index].name;
  return usage_error("the variable " + what,
                     fmt::format("{}: variable {}", graph.name, index) +
                         (name.empty() ? "" : " (" + printable(name, 60) + ")"),
                     next);
}

/// Marks the tensors that hold remembered values as made.
Result<void> check_remembered(const Graph& graph, std::vector<bool>& made) {
  for (size_t i = 0; i < graph.states.size(); ++i) {
    const int from = graph.states[i].from;
    if (!known(graph, from))
      return state_error(graph, i, fmt::format("is tensor {}, which does not exist", from));
    if (made[static_cast<size_t>(from)])
      return state_error(graph, i, fmt::format("is tensor {}, which has another value already", from));
    made[static_cast<size_t>(from)] = true;
  }
  return {};
}

/// What is remembered fits the tensor that it is remembered for.
Result<void> check_states(const Graph& graph) {
  for (size_t i = 0; i < graph.states.size(); ++i) {
    const State& state = graph.states[i];
    const Tensor& from = graph.tensors[static_cast<size_t>(state.from)];
    const Tensor& to = graph.tensors[static_cast<size_t>(state.to)];
    for (const Tensor* t : {&from, &to}) {
      if (t->type != DType::kInt8 || t->quantisation.scale.size() != 1)
        return state_error(graph, i,
                           fmt::format("holds {}; int8 with one scale is supported", type_name(t->type)),
                           how_to_int8(t->type));
    }
    if (to.constant())
      return state_error(graph, i, "is assigned the same constant in every run", "leave the variable out");
    if (from.shape != to.shape)
      return state_error(graph, i,
                         "is read with the shape " + shape_text(from.shape) +
                             " and assigned with the shape " + shape_text(to.shape));
    if (static_cast<int64_t>(state.initial.size()) != from.bytes())
      return state_error(
          graph, i,
          fmt::format("begins with {} bytes where {} are needed", state.initial.size(), from.bytes()));
  }
  return {};
}

/// Every input is made before it is used, and nothing is made twice.
Result<void> check_order(const Graph& graph) {
  if (graph.inputs.size() != 1 || graph.outputs.empty())
    return usage_error(
        fmt::format("the model has {} inputs and {} outputs; one input and at least one output "
                    "are supported",
                    graph.inputs.size(), graph.outputs.size()),
        graph.name);
  if (!known(graph, graph.inputs[0]) || graph.tensors[static_cast<size_t>(graph.inputs[0])].constant())
    return usage_error("the model's input is not an activation", graph.name);
  std::vector<bool> made(graph.tensors.size(), false);
  for (size_t i = 0; i < graph.tensors.size(); ++i) made[i] = graph.tensors[i].constant();
  made[static_cast<size_t>(graph.inputs[0])] = true;
  DEW_CHECK(check_remembered(graph, made));
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const OpCheck at(graph, i);
    for (const int index : graph.ops[i].inputs) {
      if (index == -1) continue;
      if (!known(graph, index)) return at.fail(fmt::format("takes tensor {}, which does not exist", index));
      if (!made[static_cast<size_t>(index)])
        return at.fail(fmt::format("takes tensor {} before any operator has made it", index));
    }
    for (const int index : graph.ops[i].outputs) {
      if (!known(graph, index)) return at.fail(fmt::format("makes tensor {}, which does not exist", index));
      if (made[static_cast<size_t>(index)])
        return at.fail(fmt::format("makes tensor {}, which something else has made", index));
      made[static_cast<size_t>(index)] = true;
    }
  }
  for (const int index : graph.outputs) {
    if (!known(graph, index) || !made[static_cast<size_t>(index)])
      return usage_error(fmt::format("no operator makes the model's output, tensor {}", index), graph.name);
  }
  for (size_t i = 0; i < graph.states.size(); ++i) {
    const int to = graph.states[i].to;
    if (!known(graph, to) || !made[static_cast<size_t>(to)])
      return state_error(graph, i,
                         fmt::format("takes its next value from tensor {}, which nothing makes", to));
  }
  return {};
}

Result<void> check_memory(const Graph& graph) {
  int64_t total = 0;
  for (const Tensor& t : graph.tensors) total += t.constant() ? 0 : t.bytes();
  if (total > kMostAllBytes)
    return usage_error("the activations take " + with_commas(total) + " bytes in total; at most " +
                           with_commas(kMostAllBytes) + " are supported",
                       graph.name);
  return {};
}

Result<void> check_op(const OpCheck& at) {
  switch (at.op().kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
      return check_convolution(at);
    case OpKind::kFullyConnected:
      return check_fully_connected(at);
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
      return check_binary(at);
    case OpKind::kDiv:
      return check_div(at);
    case OpKind::kPrelu:
      return check_prelu(at);
    case OpKind::kLeakyRelu:
      return check_leaky_relu(at);
    case OpKind::kHardSwish:
      return check_hard_swish(at);
    case OpKind::kTanh:
      return check_tanh(at);
    case OpKind::kStridedSlice:
      return check_strided_slice(at);
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
      return check_resize(at);
    case OpKind::kPad:
      return check_pad(at);
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
      return check_pool(at);
    case OpKind::kMean:
      return check_mean(at);
    case OpKind::kReshape:
      return check_reshape(at);
    case OpKind::kSoftmax:
      return check_softmax(at);
    case OpKind::kLogSoftmax:
      return check_log_softmax(at);
    case OpKind::kLogistic:
      return check_logistic(at);
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kNeg:
      return check_relu(at);
    case OpKind::kConcatenation:
      return check_concatenation(at);
    case OpKind::kTranspose:
      return check_transpose(at);
    case OpKind::kQuantize:
      return check_quantize(at);
    case OpKind::kDequantize:
      return check_dequantize(at);
  }
  return {};
}

}  // namespace

std::string how_to_int8(DType type) {
  if (type == DType::kUInt8)
    return "the model is quantised to unsigned bytes, as TensorFlow 1 did: convert its float model again "
           "with TensorFlow 2's TFLiteConverter, whose full integer quantisation gives int8";
  return "quantise the model to int8 (full integer quantisation)";
}

std::string shape_text(const std::vector<int>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

tl::unexpected<Error> OpCheck::fail(const std::string& what, const std::string& next) const {
  return usage_error(what, fmt::format("{}: operator {} ({})", graph_.name, index_, op_name(op_.kind)), next);
}

Result<void> OpCheck::arity(size_t least, size_t most, size_t needed) const {
  if (op_.inputs.size() < least || op_.inputs.size() > most || op_.outputs.size() != 1)
    return fail(fmt::format("has {} inputs and {} outputs", op_.inputs.size(), op_.outputs.size()));
  for (size_t i = 0; i < needed; ++i) {
    if (op_.inputs[i] < 0) return fail(fmt::format("has no input {}", i));
  }
  return {};
}

Result<void> OpCheck::is_int8(const Tensor& tensor, const std::string& role) const {
  if (tensor.type != DType::kInt8)
    return fail(fmt::format("has {} {}; int8 is supported", type_name(tensor.type), role),
                how_to_int8(tensor.type));
  if (tensor.quantisation.scale.size() != 1)
    return fail("has " + role + " with one scale per channel; activations have a single scale");
  return {};
}

Result<void> OpCheck::int8_to_int8() const {
  DEW_CHECK(is_int8(input(0), "input"));
  return is_int8(output(), "output");
}

Result<void> OpCheck::same_shape(const Tensor& a, const Tensor& b) const {
  return shape_is(a, b.shape);
}

Result<void> OpCheck::shape_is(const Tensor& tensor, const std::vector<int>& shape) const {
  if (tensor.shape == shape) return {};
  return fail("has the shape " + shape_text(tensor.shape) + " where " + shape_text(shape) + " is expected");
}

Result<void> OpCheck::same_quantisation(const Tensor& a, const Tensor& b) const {
  const float one = a.quantisation.scale[0];
  const float other = b.quantisation.scale[0];
  if (std::abs(one - other) > 1e-6F * one || a.quantisation.zero_point != b.quantisation.zero_point)
    return fail("moves values between tensors with different scales or zero points");
  return {};
}

Result<void> OpCheck::is_constant_int32(size_t input_index, int64_t elements, const std::string& role) const {
  const Tensor& t = input(input_index);
  if (t.type != DType::kInt32 || !t.constant() || t.elements() != elements)
    return fail(fmt::format("has {} that are not {} constant int32 values", role, elements));
  return {};
}

Result<void> check(const Graph& graph) {
  if (graph.tensors.size() > kMostTensors || graph.ops.size() > kMostTensors)
    return usage_error(fmt::format("the model has more than {} tensors or operators", kMostTensors),
                       graph.name);
  for (size_t i = 0; i < graph.tensors.size(); ++i) DEW_CHECK(check_tensor(graph, i));
  DEW_CHECK(check_order(graph));
  DEW_CHECK(check_states(graph));
  DEW_CHECK(check_memory(graph));
  for (size_t i = 0; i < graph.ops.size(); ++i) DEW_CHECK(check_op(OpCheck(graph, i)));
  return {};
}

}  // namespace dew::graph
