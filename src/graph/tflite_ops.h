// Maps TensorFlow Lite's operators and their options to ours, and back.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "graph/graph.h"
#include "tflite_generated.h"

namespace dew::graph {

/// PADV2 is read as Pad and SQUEEZE as Reshape; every other operator has one name.
std::optional<OpKind> kind_of(tflite::BuiltinOperator code);
/// Whether the reader knows what the operator means.
bool is_read(tflite::BuiltinOperator code);
tflite::BuiltinOperator code_of(OpKind kind);

/// Fills in the fields of `to` from the file's options. Error: says in one sentence what is not supported.
tl::expected<void, std::string> read_options(const tflite::Operator& from, Op& to);

/// The operator version that TensorFlow Lite requires for int8 tensors.
int version_of(const Graph& graph, const Op& op);

struct WrittenOptions {
  tflite::BuiltinOptions type = tflite::BuiltinOptions_NONE;
  flatbuffers::Offset<void> offset;
};
WrittenOptions write_options(flatbuffers::FlatBufferBuilder& builder, const Graph& graph, const Op& op);

}  // namespace dew::graph
