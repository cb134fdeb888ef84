// The passes. Each makes the graph smaller without changing a single output byte, in either rounding.
#pragma once

#include "compiler/plan.h"
#include "graph/graph.h"

namespace dew::compiler {

/// Whether the tensor is what a state holds in the next run: it is read once more at the end of the run.
bool is_remembered(const graph::Graph& graph, int tensor);

/// Replaces operators that read only constants by their results.
Result<void> fold_constants(graph::Graph& graph, graph::Rounding rounding);

/// Merges a Pad of rows and columns into the convolutions that read it; both pad with the zero point. Saves
/// the padded copy, which in Keras' MobileNetV2 is the largest tensor of all.
void fold_pads(graph::Graph& graph);

/// Makes depthwise convolutions of one channel convolutions.
void turn_depthwise_of_one(graph::Graph& graph);

/// Merges Relu and Relu6 into the operator before them, if scale and zero point stay the same.
void fuse_activations(graph::Graph& graph);

/// Turns Quantize at the input, and Quantize or Dequantize at the outputs, into conversions of the plan, so
/// that the arena never holds floats. `outputs` gets one for each output.
void strip_ends(graph::Graph& graph, Conversion& input, std::vector<Conversion>& outputs);

/// Removes operators, tensors and states that no output depends on, in this run or a later one.
void remove_dead(graph::Graph& graph);

/// bias' = bias - zero point * sum of the weights, for each output channel. Kernels can then multiply the
/// bytes as they are; padding must hold the zero point.
std::vector<int32_t> fold_zero_point(const graph::Graph& graph, const graph::Op& op);

}  // namespace dew::compiler
