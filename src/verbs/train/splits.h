// The labelled samples as training sees them, and whether there is something to learn from them.
#pragma once

#include <vector>

#include "label/label.h"
#include "search/search.h"
#include "store/store.h"
#include "verbs/common/fingerprint.h"

namespace dew::verbs {

/// The test split is left out.
Splits split_up(std::vector<label::Labelled> samples);

/// Samples of the training split that nobody said anything about, neither a class nor that it is none: at
/// most kMostUnlabelled, evenly from all.
Result<std::vector<Sample>> unlabelled_samples(const Project& project);

/// Says why there is no label to learn from.
tl::unexpected<Error> nothing_to_learn(const Project& project, const label::LabelSet& set);

/// Warns where there is little to learn from, by the classes' names. Error: a class has no training picture.
Result<void> check_classes(const Splits& splits, const Project& project, Watch& watch);

/// Pictures of both splits, scaled to input x input. Error: none can be read, or none of a class in training;
/// interrupted.
Result<search::Pictures> load_splits(const Project& project, const Splits& splits, int input, Watch& watch);

/// The unlabelled pictures of `splits`, scaled to input x input; those that cannot be read are told and left
/// out. Error: interrupted.
Result<std::vector<student::Example>> load_unlabelled(const Project& project, const Splits& splits, int input,
                                                      Watch& watch);

}  // namespace dew::verbs
