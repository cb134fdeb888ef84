// The passes: each makes the graph smaller without changing one output byte, under either rounding.
#pragma once

#include "compiler/plan.h"
#include "graph/graph.h"

namespace dew::compiler {

/// Operators on constants alone become constants.
Result<void> fold_constants(graph::Graph& graph, graph::Rounding rounding);

/// A Pad of rows and columns becomes the padding of the convolutions that read it: both pad with the zero
/// point. Saves the padded copy, in Keras' MobileNetV2 the largest tensor of all.
void fold_pads(graph::Graph& graph);

/// Relu and Relu6 become the clamp of the operator before them, where scale and zero point stay.
void fuse_activations(graph::Graph& graph);

/// Quantize at the entrance, Quantize or Dequantize at the exit: become conversions of the plan, so that
/// the arena never holds floats.
void strip_ends(graph::Graph& graph, Conversion& input, Conversion& output);

/// Operators and tensors that no output needs go.
void remove_dead(graph::Graph& graph);

/// bias' = bias - zero point * sum of the weights, for each output channel: kernels then multiply the bytes
/// as they are, and padding must hold the zero point.
std::vector<int32_t> fold_zero_point(const graph::Graph& graph, const graph::Op& op);

}  // namespace dew::compiler
