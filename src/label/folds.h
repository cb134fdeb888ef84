// What classifiers that judge samples out of fold share: the folds, and probabilities from scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dew::label {

/// Folds of about equal size; groups, largest first, go to the smallest fold, in an order drawn by a fixed
/// seed.
std::vector<int> draw_folds(const std::vector<int64_t>& group, int folds);

/// The same class by class, so that each fold has its share of every class. A group stays whole; it counts as
/// of its first member's class.
std::vector<int> draw_folds(const std::vector<int64_t>& group, const std::vector<int>& label, int folds);

/// Turns scores (samples x classes) into distributions, in place: a softmax at the temperature under which
/// the labels are likeliest (Guo et al. 2017, arXiv 1706.04599). `label`: negative: none, does not count.
void calibrate_scores(std::vector<float>& scores, const std::vector<int>& label, size_t classes);

}  // namespace dew::label
