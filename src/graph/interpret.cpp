// The oracle: runs a graph operator by operator and keeps every tensor. The entry point is interpret().
#include "graph/interpret.h"

#include <algorithm>
#include <new>

namespace dew::graph {
namespace {

void run_op(Run& run, const Op& op) {
  switch (op.kind) {
    case OpKind::kConv2D:
      return interpret_conv_2d(run, op);
    case OpKind::kDepthwiseConv2D:
      return interpret_depthwise_conv_2d(run, op);
    case OpKind::kFullyConnected:
      return interpret_fully_connected(run, op);
    case OpKind::kAdd:
      return interpret_add(run, op);
    case OpKind::kSub:
      return interpret_sub(run, op);
    case OpKind::kMul:
      return interpret_mul(run, op);
    case OpKind::kDiv:
      return interpret_div(run, op);
    case OpKind::kMaximum:
    case OpKind::kMinimum:
      return interpret_maximum(run, op);
    case OpKind::kPrelu:
      return interpret_prelu(run, op);
    case OpKind::kPad:
      return interpret_pad(run, op);
    case OpKind::kAveragePool2D:
      return interpret_average_pool(run, op);
    case OpKind::kMaxPool2D:
      return interpret_max_pool(run, op);
    case OpKind::kMean:
      return interpret_mean(run, op);
    case OpKind::kReshape:
      return interpret_reshape(run, op);
    case OpKind::kSoftmax:
      return interpret_softmax(run, op);
    case OpKind::kLogSoftmax:
      return interpret_log_softmax(run, op);
    case OpKind::kLogistic:
      return interpret_logistic(run, op);
    case OpKind::kLeakyRelu:
      return interpret_leaky_relu(run, op);
    case OpKind::kHardSwish:
      return interpret_hard_swish(run, op);
    case OpKind::kTanh:
      return interpret_tanh(run, op);
    case OpKind::kNeg:
      return interpret_neg(run, op);
    case OpKind::kRelu:
    case OpKind::kRelu6:
      return interpret_relu(run, op);
    case OpKind::kConcatenation:
      return interpret_concatenation(run, op);
    case OpKind::kTranspose:
      return interpret_transpose(run, op);
    case OpKind::kStridedSlice:
      return interpret_strided_slice(run, op);
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
      return interpret_resize(run, op);
    case OpKind::kQuantize:
      return interpret_quantize(run, op);
    case OpKind::kDequantize:
      return interpret_dequantize(run, op);
  }
}

}  // namespace

std::span<const uint8_t> Run::bytes(int index) const {
  const Tensor& t = tensor(index);
  return t.constant() ? std::span<const uint8_t>(t.data)
                      : std::span<const uint8_t>(values[static_cast<size_t>(index)]);
}

std::span<const int8_t> Run::int8(int index) const {
  const auto raw = bytes(index);
  return {reinterpret_cast<const int8_t*>(raw.data()), raw.size()};
}

std::span<int8_t> Run::out_int8(int index) {
  const auto raw = out(index);
  return {reinterpret_cast<int8_t*>(raw.data()), raw.size()};
}

int Run::quantised(int index, int64_t element) const {
  const uint8_t byte = bytes(index)[static_cast<size_t>(element)];
  return tensor(index).type == DType::kInt8 ? static_cast<int8_t>(byte) : byte;
}

void Run::put(int index, int64_t element, int value) {
  values[static_cast<size_t>(index)][static_cast<size_t>(element)] = static_cast<uint8_t>(value);
}

std::vector<int64_t> strides(const std::vector<int>& shape) {
  std::vector<int64_t> result(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) result[i - 1] = result[i] * shape[i];
  return result;
}

namespace {

Result<std::vector<std::vector<uint8_t>>> run_all(const Graph& graph, std::span<const uint8_t> input,
                                                  Rounding rounding, Memory& memory) {
  Run run{graph, rounding, std::vector<std::vector<uint8_t>>(graph.tensors.size())};
  const auto entrance = static_cast<size_t>(graph.inputs[0]);
  if (static_cast<int64_t>(input.size()) != graph.tensors[entrance].bytes()) {
    return usage_error("the input has " + std::to_string(input.size()) + " bytes, the model takes " +
                           std::to_string(graph.tensors[entrance].bytes()),
                       graph.name);
  }
  run.values[entrance].assign(input.begin(), input.end());
  for (size_t i = 0; i < graph.states.size(); ++i)
    run.values[static_cast<size_t>(graph.states[i].from)] = memory[i];
  for (const Op& op : graph.ops) {
    for (const int index : op.outputs)
      run.values[static_cast<size_t>(index)].resize(static_cast<size_t>(run.tensor(index).bytes()));
    run_op(run, op);
  }
  for (size_t i = 0; i < graph.states.size(); ++i)
    memory[i] = run.values[static_cast<size_t>(graph.states[i].to)];
  return std::move(run.values);
}

bool fits(const Graph& graph, const Memory& memory) {
  return memory.size() == graph.states.size() &&
         std::equal(
             memory.begin(), memory.end(), graph.states.begin(),
             [](const auto& bytes, const State& state) { return bytes.size() == state.initial.size(); });
}

}  // namespace

Memory first_memory(const Graph& graph) {
  Memory memory;
  for (const State& state : graph.states) memory.push_back(state.initial);
  return memory;
}

Result<std::vector<std::vector<uint8_t>>> interpret(const Graph& graph, std::span<const uint8_t> input,
                                                    Rounding rounding) {
  Memory memory = first_memory(graph);
  return interpret(graph, input, rounding, memory);
}

Result<std::vector<std::vector<uint8_t>>> interpret(const Graph& graph, std::span<const uint8_t> input,
                                                    Rounding rounding, Memory& memory) {
  DEW_CHECK(check(graph));
  if (!fits(graph, memory)) return usage_error("the memory is that of another net", graph.name);
  try {
    return run_all(graph, input, rounding, memory);
  } catch (const std::bad_alloc&) {
    return work_error("out of memory while interpreting the net: every activation is kept", graph.name,
                      "use a smaller net or input");
  }
}

}  // namespace dew::graph
