// Which of the pictures that a net is run on taught it: what it gets right of these says nothing of new ones.
#pragma once

#include <vector>

#include "verbs/measure/inputs.h"

namespace dew::verbs {

/// Per input: whether it is in the training or validation split of the net's project. Pictures are compared
/// by their bytes, so that copies count; all false for a model that is not a project's. Error: the project's.
Result<std::vector<bool>> learned_from(const RunArgs& args, const Model& model, const Inputs& inputs);

/// Warns where some of what is labelled was learned from, and says how many of the others are right.
void warn_of_learned(const RunOutcome& outcome, Watch& watch);

}  // namespace dew::verbs
