// Pass: a depthwise convolution of one channel is a convolution, whose kernels have products along the whole
// window.
#include "compiler/passes.h"
#include "graph/graph.h"

namespace dew::compiler {
namespace {

using graph::Graph;
using graph::Op;
using graph::OpKind;
using graph::Tensor;

/// [1, h, w, outputs] to [outputs, h, w, 1].
Tensor turned(const Tensor& weights) {
  Tensor made = weights;
  const auto outputs = static_cast<size_t>(weights.shape[3]);
  made.shape = {weights.shape[3], weights.shape[1], weights.shape[2], 1};
  if (made.quantisation.axis >= 0) made.quantisation.axis = 0;
  made.data.clear();
  for (size_t o = 0; o < outputs; ++o) {
    for (size_t at = o; at < weights.data.size(); at += outputs) made.data.push_back(weights.data[at]);
  }
  return made;
}

}  // namespace

void turn_depthwise_of_one(Graph& graph) {
  for (Op& op : graph.ops) {
    if (op.kind != OpKind::kDepthwiseConv2D) continue;
    if (graph.tensors[static_cast<size_t>(op.inputs[0])].shape[3] != 1) continue;
    graph.tensors.push_back(turned(graph.tensors[static_cast<size_t>(op.inputs[1])]));
    op.inputs[1] = static_cast<int>(graph.tensors.size()) - 1;
    op.kind = OpKind::kConv2D;
    op.depth_multiplier = 1;
  }
}

}  // namespace dew::compiler
