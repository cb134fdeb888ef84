// What `dewdrop label --gold` says: every prompt that was tried, against what people said.
#pragma once
#include "cli/bridge.h"

#include <map>
#include <set>
#include <vector>

#include "cli/verbs.h"
#include "label/gold.h"

namespace dew {

/// The samples that people labelled, and their classes, without the examples that teachers are shown and
/// pictures that look like one of them (their hashes differ in `bits` of 64 at most): a teacher that has seen
/// the answer proves nothing. Error (usage): there is none.
Result<std::map<int64_t, int>> scored_samples(const Project& project, const std::vector<Example>& examples,
                                              const std::set<int64_t>& shown, int bits, Console& console);

/// Scores all voters, keeps what was learnt of their confidence, tells it and gives it. `current` are those
/// of this command; none: the one that answered last is looked at closely.
Result<Json> tell_gold(Project& project, const std::map<int64_t, int>& gold,
                       const std::vector<Voter>& current, Console& console);

}  // namespace dew
