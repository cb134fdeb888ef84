// Drift: how much accuracy both arms lose on pictures of another kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/observed.h"
#include "compare/resample.h"

namespace dew::compare {

/// One condition: a corruption at a severity, or a whole set of shifted pictures.
struct Condition {
  std::string name;    ///< "fog"
  std::string family;  ///< "weather"
  int severity = 0;    ///< 1…5; 0: has none
  Said a, b, noise;    ///< of the drift's pictures
};

/// What was seen under drift. Where a set of other pictures is the drift, both sets stand one after the
/// other: of the clean condition, nothing was said of the shifted ones, and the other way.
struct ObservedDrift {
  std::string name;  ///< "corruptions", or the folder
  std::vector<int> gold;
  std::vector<int64_t> group;
  Condition clean;  ///< without drift
  std::vector<Condition> conditions;
};

struct DriftLine {
  std::string name;
  std::string family;
  std::optional<Estimate> loss_a, loss_b, loss_noise;  ///< of accuracy against clean pictures
  std::optional<Estimate> difference;                  ///< loss_a less loss_b
};

struct DriftPoint {
  int severity = 0;                                     ///< 0: clean
  std::optional<Estimate> a, b, noise;                  ///< accuracy, mean over ImageNet-C's corruptions
  std::optional<Estimate> between, within_a, within_b;  ///< error consistency within the corruptions
};

struct DriftFindings {
  std::string name;
  int64_t pictures = 0;
  std::vector<DriftPoint>
      curve;  ///< clean, then by severity; a set without severities has one more point, of 0
  std::vector<DriftLine> lines;  ///< a condition's name each, over its severities
  std::optional<Estimate> loss_a, loss_b, loss_noise;
  std::optional<Estimate> area;  ///< between the arms' curves: loss_a less loss_b
};

DriftFindings drift_of(const ObservedDrift& seen, uint64_t seed);

}  // namespace dew::compare
