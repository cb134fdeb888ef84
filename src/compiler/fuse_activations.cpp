// Pass: merges Relu and Relu6 into the operator before them.
#include <algorithm>

#include "compiler/passes.h"

namespace dew::compiler {
namespace {

using graph::Activation;
using graph::Graph;
using graph::Op;
using graph::OpKind;

bool takes_activation(const Op& op) {
  switch (op.kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
    case OpKind::kFullyConnected:
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
      return op.activation == Activation::kNone;
    default:
      return false;
  }
}

bool read_once(const Graph& graph, int tensor) {
  int64_t readers = std::count(graph.outputs.begin(), graph.outputs.end(), tensor);
  if (is_remembered(graph, tensor)) ++readers;
  for (const Op& op : graph.ops) readers += std::count(op.inputs.begin(), op.inputs.end(), tensor);
  return readers == 1;
}

}  // namespace

void fuse_activations(Graph& graph) {
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op relu = graph.ops[i];
    if (relu.kind != OpKind::kRelu && relu.kind != OpKind::kRelu6) continue;
    const int between = relu.inputs[0];
    const auto maker = std::find_if(graph.ops.begin(), graph.ops.end(),
                                    [&](const Op& op) { return op.outputs[0] == between; });
    if (maker == graph.ops.end() || !takes_activation(*maker) || !read_once(graph, between)) continue;
    const auto& before = graph.tensors[static_cast<size_t>(between)].quantisation;
    const auto& after = graph.tensors[static_cast<size_t>(relu.outputs[0])].quantisation;
    if (before.scale != after.scale || before.zero_point != after.zero_point) continue;
    maker->activation = relu.kind == OpKind::kRelu6 ? Activation::kRelu6 : Activation::kRelu;
    maker->outputs[0] = relu.outputs[0];
    graph.ops.erase(graph.ops.begin() + static_cast<std::ptrdiff_t>(i));
    --i;
  }
}

}  // namespace dew::compiler
