// Pass: runs operators that read only constants, with the oracle.
#include "compiler/passes.h"

namespace dew::compiler {
namespace {

using graph::Graph;
using graph::Op;
using graph::OpKind;

/// Operators with one operand, which converters leave in front of weights.
bool foldable(const Op& op) {
  switch (op.kind) {
    case OpKind::kReshape:
    case OpKind::kTranspose:
    case OpKind::kPad:
    case OpKind::kQuantize:
    case OpKind::kDequantize:
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kStridedSlice:
      return true;
    default:
      return false;
  }
}

/// Runs this one operator, with its constant operand as the input.
Result<std::vector<uint8_t>> evaluate(const Graph& graph, const Op& op, graph::Rounding rounding) {
  Graph alone;
  alone.name = graph.name;
  alone.tensors = graph.tensors;
  alone.ops = {op};
  alone.inputs = {op.inputs[0]};
  alone.outputs = op.outputs;
  auto& operand = alone.tensors[static_cast<size_t>(op.inputs[0])].data;
  const std::vector<uint8_t> value = std::move(operand);
  operand.clear();
  DEW_TRY(auto values, graph::interpret(alone, value, rounding));
  return std::move(values[static_cast<size_t>(op.outputs[0])]);
}

}  // namespace

Result<void> fold_constants(Graph& graph, graph::Rounding rounding) {
  std::vector<Op> kept;
  for (const Op& op : graph.ops) {
    if (!foldable(op) || !graph.tensors[static_cast<size_t>(op.inputs[0])].constant()) {
      kept.push_back(op);
      continue;
    }
    DEW_TRY(auto value, evaluate(graph, op, rounding));
    graph.tensors[static_cast<size_t>(op.outputs[0])].data = std::move(value);
  }
  graph.ops = std::move(kept);
  return {};
}

}  // namespace dew::compiler
