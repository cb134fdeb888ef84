// Pass: turns Quantize at the input, and Quantize or Dequantize at the outputs, into conversions of the plan.
#include <algorithm>

#include "compiler/passes.h"

namespace dew::compiler {
namespace {

using graph::DType;
using graph::Graph;
using graph::Op;
using graph::OpKind;
using graph::Tensor;

/// Whether one is uint8 and the other int8 with the same scale and zero points 128 apart: only the top bit
/// differs.
bool is_flip(const Tensor& from, const Tensor& to) {
  const bool types = (from.type == DType::kUInt8 && to.type == DType::kInt8) ||
                     (from.type == DType::kInt8 && to.type == DType::kUInt8);
  const int64_t apart = from.type == DType::kUInt8 ? 128 : -128;
  return types && from.quantisation.scale == to.quantisation.scale &&
         from.quantisation.zero_point[0] == to.quantisation.zero_point[0] + apart;
}

/// Describes how `outer`, the model's own tensor, and `inner`, the one in the arena, are converted. False:
/// they cannot be.
bool convert(const Tensor& outer, const Tensor& inner, Conversion& conversion) {
  if (inner.type != DType::kInt8) return false;
  if (is_flip(outer, inner)) {
    conversion = {Conversion::Kind::kFlip, 1, 0};
    return true;
  }
  if (outer.type != DType::kFloat32) return false;
  conversion = {Conversion::Kind::kFloat, inner.quantisation.scale[0],
                static_cast<int>(inner.quantisation.zero_point[0])};
  return true;
}

int64_t readers(const Graph& graph, int tensor) {
  int64_t count = std::count(graph.outputs.begin(), graph.outputs.end(), tensor);
  if (is_remembered(graph, tensor)) ++count;
  for (const Op& op : graph.ops) count += std::count(op.inputs.begin(), op.inputs.end(), tensor);
  return count;
}

}  // namespace

namespace {

/// The conversion of one output, whose operator is erased.
Conversion strip_output(Graph& graph, int& output) {
  Conversion conversion;
  const auto last =
      std::find_if(graph.ops.begin(), graph.ops.end(), [&](const Op& op) { return op.outputs[0] == output; });
  if (last == graph.ops.end() || (last->kind != OpKind::kQuantize && last->kind != OpKind::kDequantize))
    return conversion;
  const int inner = last->inputs[0];
  const Tensor& from = graph.tensors[static_cast<size_t>(inner)];
  if (readers(graph, output) != 1 || from.constant() ||
      !convert(graph.tensors[static_cast<size_t>(output)], from, conversion))
    return {};
  output = inner;
  graph.ops.erase(last);
  return conversion;
}

}  // namespace

void strip_ends(Graph& graph, Conversion& input, std::vector<Conversion>& outputs) {
  const auto tensor = [&graph](int index) -> const Tensor& {
    return graph.tensors[static_cast<size_t>(index)];
  };
  const auto first = std::find_if(graph.ops.begin(), graph.ops.end(), [&](const Op& op) {
    return op.kind == OpKind::kQuantize && op.inputs[0] == graph.inputs[0];
  });
  if (first != graph.ops.end() && readers(graph, graph.inputs[0]) == 1 &&
      convert(tensor(first->inputs[0]), tensor(first->outputs[0]), input)) {
    graph.inputs[0] = first->outputs[0];
    graph.ops.erase(first);
  }
  for (int& output : graph.outputs) outputs.push_back(strip_output(graph, output));
}

}  // namespace dew::compiler
