// What nets say of pictures that they were not trained on: all labelled pictures become a measure.
#pragma once

#include <string>
#include <vector>

#include "student/quantise.h"
#include "student/strangers.h"
#include "student/train.h"

namespace dew::student {

/// How the net that is judged came about.
struct Judged {
  TrainSettings settings;     ///< with its backbone and epochs
  std::string recipe;         ///< Trained::recipe
  QuantiseSettings quantise;  ///< nothing is fine-tuned in int8: that takes held-out pictures of its own
};

/// Into how many folds that many labelled pictures are divided to judge a net: what can be afforded. Three up
/// to 150 pictures, two up to 2,000 or from random weights, which take twice as long; 0: too few to say
/// anything, or so many that the validation pictures alone do.
int judging_folds(size_t pictures, bool from_random);

/// Of each example, by a net that had not learned from it.
struct OutOfFold {
  std::vector<std::vector<float>> scores;  ///< int8 scores, a row per example
  std::vector<double> strangeness;         ///< to the pictures that the net learned from (strangers.h)
};

/// The features that a gate reads, as reals, a row per picture.
Result<std::vector<std::vector<float>>> gated_features(const graph::Graph& graph,
                                                       const std::vector<std::vector<uint8_t>>& pictures,
                                                       const RunInt8& run);

/// likeness_of() the examples, as the int8 net sees them.
Result<Likeness> likeness_by(const graph::Graph& graph, const std::vector<Example>& examples, int classes,
                             const RunInt8& run);

/// What nets say, a row per example: fold by fold, of a net that was trained in the same way on the other
/// folds, without choosing an epoch. `fold` is each example's, from 0. Empty where some fold holds all
/// pictures of a class. Trainings lie below `folder` until they are done, so that the same call resumes.
/// Error: train()'s and quantise()'s, what `run` returns.
Result<OutOfFold> out_of_fold(const std::vector<Example>& examples, const std::vector<int>& fold,
                              const Judged& judged, const fs::path& folder, const RunInt8& run, Watch& watch);

}  // namespace dew::student
