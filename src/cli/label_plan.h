// Which samples `dewdrop label` asks about, and what that will cost.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "cli/verbs.h"

namespace dew {

/// What a run will do.
struct LabelPlan {
  std::vector<Sample> samples;  ///< asked about, in order
  int64_t spread = 0;           ///< samples that take another's label
  Cost forecast;                ///< of all of them
};

/// Examples for the teacher: `count` human labels of the training split, class by class in turn. Error
/// (usage): there are none.
Result<std::vector<Example>> gold_examples(const Project& project, int count);

/// The frame a tile was cut from, or what lies around it; null where the sample is a whole picture.
std::function<Result<Image>()> context_of(const Project& project, const Sample& sample, Context context);

/// Spreads labels over near-duplicates as far as `args` want, then chooses and counts. `shown` are examples:
/// they are not asked about.
Result<LabelPlan> plan_labels(Project& project, const Teacher& teacher, const LabelArgs& args,
                              const std::vector<Example>& shown, Console& console);

/// "$0.0123"; "$12.34" from a dollar on; "an unknown amount".
std::string dollars(const std::optional<double>& usd);

/// What was spent so far, by teacher and by run; tells it and gives it.
Result<Json> tell_bills(const Project& project, Console& console);

}  // namespace dew
