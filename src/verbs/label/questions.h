// Which questions a teacher is asked, what is shown with them, and what they will cost.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "verbs/label/label.h"

namespace dew::verbs {

/// The questions for one teacher.
struct QuestionList {
  struct Entry {
    size_t sample = 0;  ///< index into samples
    int vote = 1;
  };
  std::vector<Sample> samples;  ///< in order
  std::vector<Entry> entries;   ///< all first votes, then all second ones ...
  teacher::Cost forecast;       ///< of all of them
};

/// Examples for the teacher: `count` labels by people from the training split, taking the classes in turn.
/// Error (usage): there are none.
Result<std::vector<teacher::PromptExample>> examples_by_people(const Project& project, int count);

/// The frame a tile was cut from, or what lies around it; null where the sample is a whole picture.
std::function<Result<Image>()> context_of(const Project& project, const Sample& sample,
                                          teacher::Context context);

/// Finds near-duplicate frames as far as the settings ask for it, and notes whose label they take unless this
/// is a `dry_run`. `paid`: some teacher costs money or time. Gives the samples that take another one's label.
Result<std::set<int64_t>> spread_near(Project& project, const Settings& how, bool paid, bool dry_run,
                                      Watch& watch);

/// The samples that lack an answer of `teacher`, or one of its `votes`, as far as args.sample and args.limit
/// allow; none in `left_out`, and where `only` is given, none but those.
Result<QuestionList> list_questions(const Project& project, const teacher::Teacher& teacher, int votes,
                                    const LabelArgs& args, teacher::Context context,
                                    const std::set<int64_t>& left_out, const std::set<int64_t>* only);

}  // namespace dew::verbs
