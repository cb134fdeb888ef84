// Labelled pictures from elsewhere, which show what becomes of a net where the world is another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"

namespace dew::verbs {

struct ShiftedSet {
  std::string name;                            ///< the folder's
  std::vector<std::vector<uint8_t>> pictures;  ///< input x input x 3 bytes
  std::vector<int> gold;
  int64_t other_classes = 0;  ///< pictures of classes that the project does not have
  int64_t in_project = 0;     ///< files that are in the project, too: nets may have learned from them
  int64_t twice = 0;          ///< files with the bytes of an earlier one
  int64_t unreadable = 0;
};

/// A folder of labelled pictures in any form that `add` takes; its classes by the project's names, `input`
/// pixels a side. What takes no part is counted. Error (usage): no labels in it, no picture of the project's
/// classes left; (work) interrupted.
Result<ShiftedSet> read_shifted(const Project& project, const fs::path& folder, int input, Watch& watch);

/// What of it takes no part, and why, in sentences; empty: all of it does.
std::vector<std::string> left_out_of(const ShiftedSet& set);

}  // namespace dew::verbs
