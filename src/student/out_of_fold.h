// What nets say of pictures that they were not trained on: all labelled pictures become a measure.
#pragma once

#include <string>
#include <vector>

#include "student/quantise.h"
#include "student/train.h"

namespace dew::student {

/// How the net that is judged came about.
struct Judged {
  TrainSettings settings;     ///< with its backbone and epochs
  std::string recipe;         ///< Trained::recipe
  QuantiseSettings quantise;  ///< nothing is fine-tuned in int8: that takes held-out pictures of its own
};

/// int8 scores, a row per example: fold by fold, of a net that was trained in the same way on the other
/// folds, without choosing an epoch. `fold` is each example's, from 0. Empty where some fold holds all
/// pictures of a class. Trainings lie below `folder` until they are done, so that the same call resumes.
/// Error: train()'s and quantise()'s, what `run` returns.
Result<std::vector<std::vector<float>>> out_of_fold(const std::vector<Example>& examples,
                                                    const std::vector<int>& fold, const Judged& judged,
                                                    const fs::path& folder, const RunInt8& run, Watch& watch);

}  // namespace dew::student
