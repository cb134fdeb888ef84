// See the header.
#include "graph/tflite_unsigned.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "graph/check.h"

namespace dew::graph {
namespace {

constexpr uint8_t kTopBit = 0x80;  // q - 128 has the other one

bool is_unsigned(const Graph& graph, int index) {
  return index >= 0 && graph.tensors[static_cast<size_t>(index)].type == DType::kUInt8;
}

/// Quantize and Dequantize take and give uint8 as they are.
bool computes_unsigned(const Graph& graph, const Op& op) {
  if (op.kind == OpKind::kQuantize || op.kind == OpKind::kDequantize) return false;
  const auto is = [&graph](int index) { return is_unsigned(graph, index); };
  return std::any_of(op.inputs.begin(), op.inputs.end(), is) ||
         std::any_of(op.outputs.begin(), op.outputs.end(), is);
}

/// check() refuses all others; here they would overflow.
bool has_sound_zero_points(const Tensor& tensor) {
  return std::all_of(tensor.quantisation.zero_point.begin(), tensor.quantisation.zero_point.end(),
                     [](int64_t zero_point) { return zero_point >= 0 && zero_point <= 255; });
}

bool has_weights(OpKind kind) {
  return kind == OpKind::kConv2D || kind == OpKind::kDepthwiseConv2D || kind == OpKind::kFullyConnected;
}

void lower(Tensor& tensor) {
  tensor.type = DType::kInt8;
  for (int64_t& zero_point : tensor.quantisation.zero_point) zero_point -= 128;
  for (uint8_t& byte : tensor.data) byte ^= kTopBit;
}

/// Kernels multiply weights as they are, so the zero point goes into the values.
Result<void> make_symmetric(const OpCheck& at, Tensor& weights) {
  if (!weights.constant() || weights.quantisation.zero_point.size() != 1) return {};  // check() tells
  const int64_t zero_point = weights.quantisation.zero_point[0];
  const auto beyond = std::count_if(weights.data.begin(), weights.data.end(), [zero_point](uint8_t q) {
    return q - zero_point < -128 || q - zero_point > 127;
  });
  if (beyond > 0)
    return at.fail(
        fmt::format(
            "has unsigned weights with the zero point {}, of which {} of {} are further from it than int8 "
            "reaches",
            zero_point, beyond, weights.data.size()),
        how_to_int8(DType::kUInt8));
  for (uint8_t& byte : weights.data) byte = static_cast<uint8_t>(byte - zero_point);
  weights.type = DType::kInt8;
  weights.quantisation.zero_point[0] = 0;
  return {};
}

/// Gives the model's uint8 input and outputs a twin of int8 each, which the operators use in their place.
class Ends {
 public:
  explicit Ends(Graph& graph) : graph_(graph) {}

  void take_over() {
    for (const int index : graph_.inputs) add_twin(index);
    const size_t inputs = twins_.size();
    for (const int index : graph_.outputs) add_twin(index);
    for (Op& op : graph_.ops) {
      for (int& index : op.inputs) index = twin(index);
      for (int& index : op.outputs) index = twin(index);
    }
    for (State& state : graph_.states) state.to = twin(state.to);
    for (size_t i = 0; i < order_.size(); ++i) {
      const int outer = order_[i];
      if (i < inputs)
        graph_.ops.insert(graph_.ops.begin(), quantize(outer, twin(outer)));
      else
        graph_.ops.push_back(quantize(twin(outer), outer));
    }
  }

  [[nodiscard]] bool is_outer(int index) const { return twins_.count(index) > 0; }

 private:
  void add_twin(int index) {
    if (!is_unsigned(graph_, index) || graph_.tensors[static_cast<size_t>(index)].constant() ||
        is_outer(index))
      return;
    twins_[index] = static_cast<int>(graph_.tensors.size());
    order_.push_back(index);
    Tensor made = graph_.tensors[static_cast<size_t>(index)];
    lower(made);
    graph_.tensors.push_back(std::move(made));
  }
  [[nodiscard]] int twin(int index) const {
    const auto found = twins_.find(index);
    return found == twins_.end() ? index : found->second;
  }
  static Op quantize(int from, int to) {
    Op op;
    op.kind = OpKind::kQuantize;
    op.inputs = {from};
    op.outputs = {to};
    return op;
  }

  Graph& graph_;
  std::map<int, int> twins_;
  std::vector<int> order_;  ///< the tensors that have one: the input, then the outputs
};

}  // namespace

Result<void> take_over_unsigned(Graph& graph) {
  const auto computes = [&graph](const Op& op) { return computes_unsigned(graph, op); };
  if (std::none_of(graph.ops.begin(), graph.ops.end(), computes)) return {};
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.type == DType::kUInt8 && !has_sound_zero_points(tensor)) return {};
  }
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (has_weights(op.kind) && op.inputs.size() > 1 && is_unsigned(graph, op.inputs[1]))
      DEW_CHECK(make_symmetric(OpCheck(graph, i), graph.tensors[static_cast<size_t>(op.inputs[1])]));
  }
  for (State& state : graph.states) {
    if (!is_unsigned(graph, state.from)) continue;
    for (uint8_t& byte : state.initial) byte ^= kTopBit;
  }
  Ends ends(graph);
  ends.take_over();
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (is_unsigned(graph, static_cast<int>(i)) && !ends.is_outer(static_cast<int>(i)))
      lower(graph.tensors[i]);
  }
  return {};
}

}  // namespace dew::graph
