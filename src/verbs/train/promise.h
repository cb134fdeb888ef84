// What the precision that a user asks for is judged by, and what can be promised.
#pragma once

#include <string>
#include <vector>

#include "search/search.h"
#include "student/student.h"
#include "verbs/common/outcome.h"
#include "verbs/train/train.h"

namespace dew::verbs {

/// int8 scores of pictures that the scoring net had not learned from, how strange they were to it, and their
/// classes.
struct Evidence {
  std::vector<std::vector<float>> scores;
  std::vector<double> strangeness;
  std::vector<int> answers;
};

/// The strangeness of the pictures that were named rightly.
std::vector<double> of_right_answers(const Evidence& evidence);

/// All labelled pictures, each scored by a net that was trained on the other folds. Where judging_folds()
/// gives none, and where a fold would take a class away, the validation pictures alone, as
/// `net` scores them.
Result<Evidence> gather_evidence(const search::Pictures& pictures, const student::Quantised& net,
                                 const student::Likeness& likeness, const student::Judged& judged,
                                 const fs::path& folder, const student::RunInt8& run, Watch& watch);

/// Empty where nothing could be chosen.
std::vector<ClassThreshold> class_thresholds(const student::Thresholds& chosen,
                                             const std::vector<std::string>& classes);

/// For metrics.json and --json; null where no thresholds were wanted.
Json promise_json(const Int8Result& result);

}  // namespace dew::verbs
