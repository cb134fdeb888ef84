// What can be said of a `.tflite` file before any of its operators is read.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tflite_generated.h"

namespace dew::graph {

/// The number of the operator's code in the public schema. Old files have it in another field than new ones.
tflite::BuiltinOperator builtin_of(const tflite::OperatorCode& code);

/// Error: the file was compiled for an accelerator (Ethos-U, Edge TPU), or has operators that are not
/// supported. All of them are named at once, each with what to do about it.
Result<void> survey(const tflite::Model& model, const tflite::SubGraph& subgraph, const std::string& name);

/// Ends an error about something that is not supported.
extern const std::string_view kSupported;

}  // namespace dew::graph
