// Strangers: chi-square between a picture's features and those of the nearest class.
#include "student/strangers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "student/thresholds.h"

namespace dew::student {
namespace {

constexpr double kAdded = 0.5;           ///< to the expected number
constexpr double kSteps = 255 * kAdded;  ///< of a weight of 1

/// The features' shares, with the mean 1. Empty where all are 0.
std::vector<double> shares_of(const std::vector<float>& features) {
  double sum = 0;
  for (const float value : features) sum += std::max(0.0F, value);
  std::vector<double> shares;
  if (sum <= 0) return shares;
  const double scale = static_cast<double>(features.size()) / sum;
  for (const float value : features) shares.push_back(scale * std::max(0.0F, value));
  return shares;
}

/// sum(w (y - m)^2) is sum(w y^2) - 2 sum(w m y) + sum(w m^2), and w m is 1 - w / 2: what does not depend on
/// y.
double constant_of(const std::vector<double>& mean) {
  double constant = 0;
  for (const double m : mean) constant += m * m / (m + kAdded) - 2;
  return constant;
}

}  // namespace

Likeness likeness_of(const std::vector<std::vector<float>>& features, const std::vector<int>& answers,
                     int classes) {
  Likeness likeness;
  for (int c = 0; c < classes; ++c) {
    std::vector<double> mean;
    int64_t pictures = 0;
    for (size_t i = 0; i < features.size(); ++i) {
      if (answers[i] != c) continue;
      const std::vector<double> shares = shares_of(features[i]);
      if (shares.empty()) continue;
      mean.resize(shares.size());
      for (size_t k = 0; k < shares.size(); ++k) mean[k] += shares[k];
      ++pictures;
    }
    if (pictures == 0) return {};
    std::vector<uint8_t> weights;
    for (double& m : mean) {
      m /= static_cast<double>(pictures);
      weights.push_back(static_cast<uint8_t>(std::lround(kSteps / (m + kAdded))));
    }
    likeness.weights.push_back(std::move(weights));
    likeness.constants.push_back(constant_of(mean));
  }
  return likeness;
}

double strangeness(const Likeness& likeness, const std::vector<float>& features) {
  const std::vector<double> shares = shares_of(features);
  double least = std::numeric_limits<double>::infinity();
  if (shares.empty()) return least;
  for (size_t c = 0; c < likeness.weights.size(); ++c) {
    double sum = 0;
    for (size_t k = 0; k < shares.size(); ++k)
      sum += likeness.weights[c][k] * shares[k] * (shares[k] + 2 * kAdded);
    least = std::min(least, sum / kSteps + likeness.constants[c]);
  }
  return least / static_cast<double>(shares.size());
}

double strangeness_ratio(const std::vector<double>& by_the_net, const std::vector<double>& by_folds) {
  constexpr double kDrawn = 5;  // pictures whose ratio is 1
  std::vector<double> logs;
  for (size_t i = 0; i < by_the_net.size(); ++i) {
    const double ratio = by_the_net[i] / by_folds[i];
    if (ratio > 0 && std::isfinite(ratio)) logs.push_back(std::log(ratio));
  }
  if (logs.empty()) return 1;
  std::sort(logs.begin(), logs.end());
  const double median = (logs[(logs.size() - 1) / 2] + logs[logs.size() / 2]) / 2;
  const auto pictures = static_cast<double>(logs.size());
  return std::exp(median * pictures / (pictures + kDrawn));
}

Gating choose_gate(const Likeness& likeness, std::vector<double> of_right_answers) {
  Gating gating;
  gating.pictures = std::ssize(of_right_answers);
  if (likeness.weights.empty() || gating.pictures < kLeastForThreshold) return gating;
  std::sort(of_right_answers.begin(), of_right_answers.end());
  const auto places = static_cast<double>(gating.pictures + 1);
  const auto dropped = std::max<int64_t>(1, static_cast<int64_t>(kMostTurnedAway * places + 1e-9));
  gating.passed = gating.pictures + 1 - dropped;
  gating.strangeness = of_right_answers[static_cast<size_t>(gating.passed - 1)];
  gating.turned_away = static_cast<double>(dropped) / places;
  gating.promised = gating.turned_away <= kMostTurnedAway;
  if (!gating.promised) gating.needed = static_cast<int64_t>(std::ceil(1 / kMostTurnedAway)) - 1;

  const auto features = static_cast<int64_t>(likeness.weights[0].size());
  const double highest = graph::highest_limit(features);
  gating.gate.weights = likeness.weights;
  for (const double constant : likeness.constants) {
    const double limit = kSteps * (gating.strangeness * static_cast<double>(features) - constant);
    gating.gate.limits.push_back(static_cast<int32_t>(std::floor(std::clamp(limit + 1e-6, -1.0, highest))));
  }
  return gating;
}

}  // namespace dew::student
