// Which samples `dewdrop label` asks about, and what that will cost.
#pragma once
#include "cli/bridge.h"

#include <optional>
#include <set>
#include <vector>

#include "cli/verbs.h"

namespace dew {

/// What one teacher will be asked.
struct LabelPlan {
  struct Ask {
    size_t sample = 0;  ///< index into samples
    int vote = 1;
  };
  std::vector<Sample> samples;  ///< asked about, in order
  std::vector<Ask> questions;   ///< all first votes, then all second ones ...
  Cost forecast;                ///< of all of them
};

/// Examples for the teacher: `count` human labels of the training split, class by class in turn. Error
/// (usage): there are none.
Result<std::vector<Example>> gold_examples(const Project& project, int count);

/// The frame a tile was cut from, or what lies around it; null where the sample is a whole picture.
std::function<Result<Image>()> context_of(const Project& project, const Sample& sample, Context context);

/// Spreads labels over near-duplicates as far as the settings want; `paid`: some teacher has to be paid or
/// waited for. Gives the samples that take another's label.
Result<std::set<int64_t>> spread_near(Project& project, const Settings& how, bool paid, bool dry_run,
                                      Console& console);

/// Chooses among the samples that lack an answer of `teacher`, or one of its `votes`, and counts. Those in
/// `left_out` are not asked about; nor are others than those in `only`, where that is given.
Result<LabelPlan> plan_labels(const Project& project, const Teacher& teacher, int votes,
                              const LabelArgs& args, Context context, const std::set<int64_t>& left_out,
                              const std::set<int64_t>* only = nullptr);

/// "$0.0123"; "$12.34" from a dollar on; "an unknown amount".
std::string dollars(const std::optional<double>& usd);

/// What was spent so far, by teacher and by run; tells it and gives it.
Result<Json> tell_bills(const Project& project, Console& console);

}  // namespace dew
