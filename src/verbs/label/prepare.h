// Everything that is settled before the first question: who is asked what, and what that will cost.
#pragma once

#include <set>
#include <vector>

#include "verbs/label/gold.h"
#include "verbs/label/label.h"
#include "verbs/label/questions.h"
#include "verbs/label/teachers.h"

namespace dew::verbs {

/// A teacher and its questions.
struct Round {
  ChosenTeacher chosen;
  QuestionList questions;
};

struct Prepared {
  Settings how;         ///< dewdrop.toml with the changes of this call
  int64_t samples = 0;  ///< of the project
  std::vector<Round> rounds;
  std::set<int64_t> examples;  ///< samples that are shown, not asked about
  std::set<int64_t> left_out;  ///< these, and those that take another one's label
  GoldSamples gold;            ///< with args.gold
  LabelPlan plan;              ///< the same rounds, typed for the outcome
};

/// Reads, counts and forecasts. `dry_run`: notes nothing in the project but hashes of video frames. `project`
/// has to outlive the result.
Result<Prepared> prepare(Project& project, const LabelArgs& args, bool dry_run, Watch& watch);

/// Error (usage): options that cannot be shared among workers.
Result<void> check_sharing(const LabelArgs& args, const std::vector<Round>& rounds);

}  // namespace dew::verbs
