// The nets of a comparison on pictures that drifted: corrupted, or of another set.
#pragma once

#include <vector>

#include "compare/drift.h"
#include "verbs/compare/arms.h"
#include "verbs/compare/shifted.h"

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

/// Every seed's nets on a set from elsewhere (with folds: each picture by the net of one fold), beside what
/// they said of the tested pictures.
Result<compare::ObservedDrift> on_shifted(const Gathered& all, const TrainedArms& arms,
                                          const ShiftedSet& shifted, int jobs, Watch& watch);

}  // namespace dew::verbs
