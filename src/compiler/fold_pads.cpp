// Pass: merges Pad into the convolutions that read it.
#include "compiler/passes.h"
#include "graph/graph.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

bool is_convolution(const Op& op) {
  return op.kind == OpKind::kConv2D || op.kind == OpKind::kDepthwiseConv2D;
}

/// Whether only rows and columns are padded: [[0,0],[t,b],[l,r],[0,0]].
bool pads_image(const std::vector<int>& paddings) {
  return paddings.size() == 8 && paddings[0] == 0 && paddings[1] == 0 && paddings[6] == 0 && paddings[7] == 0;
}

/// Makes the convolution read the Pad's input and do the padding itself.
void take_in(graph::Graph& graph, Op& convolution, const Op& pad, const std::vector<int>& paddings) {
  const graph::Window own = graph::window(graph, convolution);
  convolution.padding = graph::Padding::kExplicit;
  convolution.pad_top = own.pad_top + paddings[2];
  convolution.pad_bottom = own.pad_bottom + paddings[3];
  convolution.pad_left = own.pad_left + paddings[4];
  convolution.pad_right = own.pad_right + paddings[5];
  convolution.inputs[0] = pad.inputs[0];
}

}  // namespace

void fold_pads(graph::Graph& graph) {
  for (const Op& pad : graph.ops) {
    if (pad.kind != OpKind::kPad) continue;
    const auto paddings = graph::constant_int32(graph.tensors[static_cast<size_t>(pad.inputs[1])]);
    const auto quantisation = [&](int index) {
      return graph.tensors[static_cast<size_t>(index)].quantisation;
    };
    const bool same = quantisation(pad.inputs[0]).scale == quantisation(pad.outputs[0]).scale;
    if (!pads_image(paddings) || !same) continue;
    for (Op& op : graph.ops) {
      if (is_convolution(op) && op.inputs[0] == pad.outputs[0]) take_in(graph, op, pad, paddings);
    }
  }
}

}  // namespace dew::compiler
