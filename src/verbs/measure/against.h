// Against whom accuracies are measured: `test`, the report and a package's README say the same sentence.
#pragma once

#include "label/label.h"
#include "verbs/measure/evaluation.h"
#include "verbs/measure/measure.h"

namespace dew::verbs {

/// Who labelled the test split, in the set that the evaluation went by, and what of it has no label.
Result<MeasuredAgainst> measured_against(const Project& project, const label::LabelSet& set,
                                         const Evaluation& evaluation);

Json to_json(const MeasuredAgainst& against);

}  // namespace dew::verbs
