// The boards, chips and cores that a net can be made for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "target/devices.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct BoardsArgs {
  std::string name;  ///< only those whose name, chip or core has this in it; empty: all
};

struct BoardsOutcome : Outcome {
  std::vector<target::Target> found;    ///< boards and chips by name, then cores that an emulator has
  std::optional<target::Target> exact;  ///< the one that has just this name, if one has
};

/// Error (usage): nothing is called so; says what is like it.
Result<BoardsOutcome> boards(const BoardsArgs& args);

/// As a table; below it all that is known about the one that is meant.
std::string to_text(const BoardsOutcome& outcome);

Json to_json(const BoardsOutcome& outcome);

}  // namespace dew::verbs
