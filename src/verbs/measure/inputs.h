// What `run` runs the net on: pictures, folders of them, a split of the project, raw tensors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "target/target.h"
#include "verbs/measure/measure.h"

namespace dew::verbs {

/// What is known of an input before its bytes are read.
struct Input {
  std::string name;                  ///< the file, the sample, or "tensor 3"
  std::optional<std::string> label;  ///< its class by the project's labels, or by its folder's name
};

/// Takes the tensor of input `index`.
using GiveTensor = std::function<Result<void>(size_t index, target::Bytes tensor)>;

struct Inputs {
  std::vector<Input> all;
  /// Gives every tensor once, in the order that is quickest to read. One picture of several that cannot be
  /// decoded is told and not given. Error: an input that cannot be read, `give`'s, interrupted.
  std::function<Result<void>(const GiveTensor& give, Watch& watch)> read;
};

/// In the order of the arguments, folders sorted by name. A picture whose folder is called like one of
/// `classes` counts as labelled so. Error: nothing there, a split without samples, raw bytes that are no
/// whole number of tensors.
Result<Inputs> find_inputs(const RunArgs& args, const graph::Tensor& tensor,
                           const std::vector<std::string>& classes, Watch& watch);

}  // namespace dew::verbs
