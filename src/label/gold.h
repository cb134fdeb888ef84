// gold: teachers' answers against people's labels of the same samples.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "label/calibration.h"
#include "store/store.h"

namespace dew::label {

/// How one voter (a prompt version) did on the gold labels.
struct Score {
  Voter voter;
  int64_t asked = 0;                    ///< gold samples that it answered, with a class or unsure
  std::vector<int64_t> asked_of_class;  ///< of these, by people's class
  int64_t unsure = 0;                   ///< of these, set aside: the unsure answer, or its votes at a tie
  Share accuracy;                       ///< of the labels it gave
  std::vector<Share> precision;         ///< by class: of those it gave the class
  std::vector<Share> recall;            ///< by class: of those that have it, unsure ones included
  double cost_usd = 0;                  ///< of the answers that were scored
  std::optional<Calibration> calibration;
  Reliability told;        ///< of the teacher's own confidence
  Reliability calibrated;  ///< of the confidence calibrated on the others
  std::vector<Judged> judged;
};

/// The samples that a person gave a class, with that class, without `left_out` (examples that teachers were
/// shown).
Result<std::map<int64_t, int>> gold_labels(const Project& project, const std::set<int64_t>& left_out);

/// What every voter said of the gold samples that these ballots, which are sorted, are about: of Score, all
/// that is counted sample by sample.
std::vector<Score> judge_ballots(const Ballots& ballots, const std::map<int64_t, int>& gold, size_t classes);

/// Every voter that answered about gold samples, in the order of their first answers.
Result<std::vector<Score>> score_gold(const Project& project, const std::map<int64_t, int>& gold);

/// The same for the project's policy, threshold included: what would become labels.
Score score_policy(const std::vector<Decision>& decisions, const std::map<int64_t, int>& gold,
                   size_t classes);

/// Two voters on the samples that both labelled.
struct PairedComparison {
  int64_t both = 0;
  int64_t differ = 0;       ///< samples that they gave different classes
  int64_t only_first = 0;   ///< samples that only the first got right
  int64_t only_second = 0;  ///< ... and only the second
  double chance = 1;        ///< of a difference as large between equals: see sign_test
};
PairedComparison compare(const Score& first, const Score& second);

}  // namespace dew::label
