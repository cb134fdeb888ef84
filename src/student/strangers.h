// Strangers, pictures that show none of a net's classes: what a gate (graph/gate.h) is made of, and where it
// closes.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/gate.h"

namespace dew::student {

/// The share of the net's own right answers that a gate may turn into "unknown".
constexpr double kMostTurnedAway = 0.02;

/// What the features of each class's pictures are like: the gate's weights, and a constant for each class.
struct Likeness {
  std::vector<std::vector<uint8_t>> weights;  ///< [classes][features], as graph::Gate's
  std::vector<double> constants;              ///< strangeness() is the sum over the features plus this
};

/// From pictures that the net learned from: a row of features for each (what the dense layer reads, in any
/// unit; below 0 counts as 0), and its class. Empty where a class has no picture.
Likeness likeness_of(const std::vector<std::vector<float>>& features, const std::vector<int>& answers,
                     int classes);

/// How little a picture's features look like those of the nearest class, per feature: chi-square over the
/// number of features; 0: just like the class's mean. Infinite where all features are 0.
double strangeness(const Likeness& likeness, const std::vector<float>& features);

/// By how much the strangeness (strangers.h) that the net itself measures differs from what the nets of folds
/// measured, by pictures that none of them had learned from: the median ratio, drawn towards 1 where they are
/// few. Nets of folds learned from fewer pictures, and for another number of epochs.
double strangeness_ratio(const std::vector<double>& by_the_net, const std::vector<double>& by_folds);

/// Where the gate closes, and what that was chosen by.
struct Gating {
  graph::Gate gate;        ///< empty: none could be chosen
  double strangeness = 0;  ///< the most that passes
  int64_t pictures = 0;  ///< right answers that it was chosen by, each of a net that had not learned from it
  int64_t passed = 0;    ///< of those
  /// The share of right answers on further pictures that is expected to be turned away: the place among n + 1
  /// equally likely ones that a further picture takes (Vovk et al. 2005, conformal prediction).
  double turned_away = 1;
  bool promised = false;  ///< turned_away is at most kMostTurnedAway; otherwise every picture seen passes
  int64_t needed = 0;     ///< where it is not: so many right answers would do
};

/// The gate that turns away at most kMostTurnedAway, by the strangeness of right answers that each come from
/// a net which had not learned from the picture. Empty below kLeastForThreshold of them.
Gating choose_gate(const Likeness& likeness, std::vector<double> of_right_answers);

}  // namespace dew::student
