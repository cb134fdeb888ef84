// The nets of a comparison on pictures that drifted: corrupted, or of another set.
#pragma once

#include <vector>

#include "compare/drift.h"
#include "verbs/compare/arms.h"

namespace dew::verbs {

/// An arm's nets, as cells_of() orders them.
struct TrainedArm {
  std::vector<Cell> cells;
  std::vector<CellNet> nets;
};

/// A, B and, where there is one, matched noise.
using TrainedArms = std::vector<TrainedArm>;

/// Every net on tested pictures under every corruption at every severity, at most `pictures` of them, evenly
/// from the classes. What the nets said is kept beside them. Error: a net that cannot be read, a full disk,
/// interrupted.
Result<compare::ObservedDrift> on_corrupted(const Gathered& all, const TrainedArms& arms, int pictures,
                                            int jobs, Watch& watch);

/// Labelled pictures from elsewhere.
struct ShiftedSet {
  std::string name;                            ///< the folder's
  std::vector<std::vector<uint8_t>> pictures;  ///< input x input x 3 bytes
  std::vector<int> gold;
  int64_t other_classes = 0;  ///< pictures of classes that the project does not have
  int64_t unreadable = 0;
};

/// A folder of labelled pictures in any form that `add` takes; its classes by the project's names. Error: no
/// labels in it, none of the project's classes, interrupted.
Result<ShiftedSet> read_shifted(const fs::path& folder, const Settings& settings, int input, Watch& watch);

/// Every seed's nets on them (with folds: each picture by the net of one fold), beside what they said of the
/// tested pictures.
Result<compare::ObservedDrift> on_shifted(const Gathered& all, const TrainedArms& arms,
                                          const ShiftedSet& shifted, int jobs, Watch& watch);

}  // namespace dew::verbs
