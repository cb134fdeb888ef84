// All that decides what a net becomes, as one object: what teaches it, and how.
#pragma once

#include <string>
#include <vector>

#include "label/label_set.h"
#include "store/store.h"
#include "student/student.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// The labelled samples as training sees them.
struct Splits {
  std::vector<label::Labelled> train;
  std::vector<label::Labelled> validation;
  std::vector<Sample> unlabelled;  ///< of the training split, for train_with_unlabelled()
};

/// Kept as Run::settings_json: with the same text an interrupted run goes on, and a finished one serves
/// again. It changes whenever the net or its int8 files could: with every setting of training and of rounding
/// to int8, the recipe, the backbone's numbers, the samples, their split and their labels. Of `settings` it
/// takes what rounding and the files take.
Json training_fingerprint(const student::TrainSettings& wanted, const std::string& backbone_sha256,
                          const Settings& settings, const Splits& splits);

}  // namespace dew::verbs
