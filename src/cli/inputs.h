// What `dewdrop run` runs the net on: pictures, folders of them, a split of the project, raw tensors.
#pragma once
#include "cli/bridge.h"

#include <optional>
#include <string>
#include <vector>

#include "cli/verbs.h"
#include "graph/graph.h"
#include "target/target.h"

namespace dew {

/// One input tensor, and what is known of it.
struct Input {
  std::string name;                  ///< the file, the sample, or "tensor 3"
  std::optional<std::string> truth;  ///< its class by the project's labels, or by its folder's name
  target::Bytes bytes;
};

/// In the order of the command line, folders sorted by name. A picture whose folder is called like one of
/// `classes` counts as labelled so. Error: nothing there, a file that is no picture, a split without samples,
/// raw bytes that are no whole number of tensors, a model whose input is no picture.
Result<std::vector<Input>> gather_inputs(const RunArgs& args, const graph::Tensor& tensor,
                                         const std::vector<std::string>& classes, Watch& watch);

}  // namespace dew
