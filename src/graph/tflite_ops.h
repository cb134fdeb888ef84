// Between TensorFlow Lite's operators and ours: which is which, and their options in both directions.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "graph/graph.h"
#include "tflite_generated.h"

namespace dew::graph {

/// PADV2 and SQUEEZE are read as Pad and Reshape; nothing else has two names.
std::optional<OpKind> kind_of(tflite::BuiltinOperator code);
tflite::BuiltinOperator code_of(OpKind kind);

/// Fills the fields of `to` from the file's options. Error: one sentence on what is not supported.
tl::expected<void, std::string> read_options(const tflite::Operator& from, Op& to);

/// The version that TensorFlow Lite asks of the operator with int8 tensors.
int version_of(const Graph& graph, const Op& op);

struct WrittenOptions {
  tflite::BuiltinOptions type = tflite::BuiltinOptions_NONE;
  flatbuffers::Offset<void> offset;
};
WrittenOptions write_options(flatbuffers::FlatBufferBuilder& builder, const Graph& graph, const Op& op);

}  // namespace dew::graph
