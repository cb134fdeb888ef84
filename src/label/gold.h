// gold: what teachers said, against what people said of the same samples.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "label/calibration.h"
#include "store/store.h"

namespace dew {

/// One voter on the gold labels: a prompt version.
struct Score {
  Voter voter;
  int64_t asked = 0;             ///< gold samples it answered, with a class or unsure
  int64_t unsure = 0;            ///< of these, set aside: the unsure answer, or its votes at a tie
  Share accuracy;                ///< of the labels it gave
  std::vector<Share> precision;  ///< by class: of those it named so
  std::vector<Share> recall;     ///< of those that are, unsure ones included
  double cost_usd = 0;           ///< of the answers that were scored
  std::optional<Calibration> calibration;
  Reliability told;        ///< the confidence as it is told
  Reliability calibrated;  ///< ... as a calibration by the others makes it
  std::vector<Judged> judged;
};

/// Samples with a class by a person, and that class. `left_out` (examples that teachers were shown) are not
/// among them.
Result<std::map<int64_t, int>> gold_labels(const Project& project, const std::set<int64_t>& left_out);

/// Every voter that answered about gold, in the order they first did.
Result<std::vector<Score>> score_gold(const Project& project, const std::map<int64_t, int>& gold);

/// The project's policy over all of them, threshold included: what would become labels.
Score score_policy(const std::vector<Decision>& decisions, const std::map<int64_t, int>& gold,
                   size_t classes);

/// On the samples both labelled: how often only one of them was right, and how likely a difference as large
/// is among equals (sign test, two-sided, exact).
struct Duel {
  int64_t both = 0;
  int64_t only_first = 0;
  int64_t only_second = 0;
  double chance = 1;
};
Duel compare(const Score& first, const Score& second);

}  // namespace dew
