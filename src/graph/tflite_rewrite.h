// Operators of TensorFlow Lite that are read as others: shape arithmetic becomes constants, what cuts and
// joins tensors becomes StridedSlice, Reshape and Concatenation, and the largest value along an axis a
// MaxPool2D.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "tflite_generated.h"

namespace dew::graph {

/// Whether rewrite() knows the operator.
bool is_rewritten(tflite::BuiltinOperator code);

/// An operator of the file whose tensors have been read.
struct FileOp {
  tflite::BuiltinOperator code;
  const tflite::Operator& options;
  std::vector<int> inputs;
  std::vector<int> outputs;
};

/// If all operands are int32 constants, or if the operator is SHAPE, gives its output those values, and
/// returns true. Error: says in one sentence what is not supported.
tl::expected<bool, std::string> fold_shape(Graph& graph, const FileOp& op);

/// Adds the operators that do what `op` does, and returns true; false if it is an operator of ours. Tensors
/// in between are added at the end. Error: says in one sentence what is not supported.
tl::expected<bool, std::string> rewrite(Graph& graph, const FileOp& op);

}  // namespace dew::graph
