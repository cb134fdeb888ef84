// Prompts against people's labels.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "verbs/label/label.h"

namespace dew::verbs {

/// The samples that prompts are scored on.
struct GoldSamples {
  std::map<int64_t, int> class_of;  ///< by people; index into Settings::classes
  int64_t like_examples = 0;        ///< left out, since they look like an example
};

/// Samples that people labelled, but for the examples that teachers are shown (`shown`) and pictures that
/// look like one of them (hashes that differ in at most `bits` of 64): a teacher that has seen the answer
/// proves nothing. Error (usage): there are none.
Result<GoldSamples> gold_samples(const Project& project, const std::vector<teacher::PromptExample>& examples,
                                 const std::set<int64_t>& shown, int bits, Watch& watch);

/// Scores all voters and keeps what that teaches about their confidence. `current` are those of this call;
/// none: the one that answered last is in focus.
Result<GoldReport> score_prompts(Project& project, const GoldSamples& gold,
                                 const std::vector<label::Voter>& current);

}  // namespace dew::verbs
