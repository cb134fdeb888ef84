// Thresholds: how high a class's score has to be for the net to say it.
#pragma once

#include <cstdint>
#include <vector>

namespace dew::student {

/// Fewer pictures than this say nothing about a share of, say, 0.95: choose_thresholds() gives such a class
/// no threshold.
constexpr int64_t kLeastForThreshold = 10;

/// The lowest score with which a class is said; below it the answer is "unknown".
struct Threshold {
  double score = 0;     ///< 0: always said
  bool reached = true;  ///< false: no score gives the wanted precision, and this one comes nearest
  int64_t said = 0;     ///< validation pictures for which this class has the highest score
};

/// For each class the lowest score at which at least the share `precision` (0 to 1) of the validation
/// pictures said to be of this class are. A class with fewer than kLeastForThreshold such pictures gets no
/// threshold. `scores` has a row of `classes` numbers per picture, `answers` its true class.
std::vector<Threshold> choose_thresholds(const std::vector<std::vector<float>>& scores,
                                         const std::vector<int>& answers, int classes, double precision);

}  // namespace dew::student
