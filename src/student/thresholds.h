// Thresholds: how high a score has to be for the net to say its class, and what can be promised of what it
// says then.
#pragma once

#include <cstdint>
#include <vector>

namespace dew::student {

/// Fewer pictures than this say nothing about a share of, say, 0.95: of a class, or of all.
constexpr int64_t kLeastForThreshold = 10;

/// How often a promise may be broken by chance, over all the sets of pictures that a net may be judged by.
constexpr double kBrokenPromises = 0.05;

/// The lowest share that is likely behind `right` of `said` pictures: a smaller one would give as many in
/// less than kBrokenPromises of all cases (Clopper and Pearson 1934, Biometrika 26:404, one-sided).
double lowest_likely_share(int64_t right, int64_t said);

/// The lowest score with which a class is said; below it the answer is "unknown".
struct Threshold {
  double score = 0;     ///< 0: always said
  bool reached = true;  ///< false: no score gives this class alone the wanted precision
  int64_t said = 0;     ///< pictures that this class is said of
  int64_t right = 0;    ///< of those
};

/// What one score for all classes does.
struct ThresholdPoint {
  double score = 0;
  int64_t said = 0;   ///< pictures whose highest score is at least this
  int64_t right = 0;  ///< of those
};

struct Thresholds {
  std::vector<Threshold> classes;
  std::vector<ThresholdPoint> curve;  ///< every score that occurs, the highest first
  int64_t pictures = 0;               ///< that they were chosen by
  int64_t said = 0;                   ///< of those, with these thresholds
  int64_t right = 0;                  ///< of those said
  bool promised = false;              ///< the wanted precision is likely on other pictures too
  int64_t needed = 0;  ///< where it is not: pictures that would do if the net stays as good; 0: more of them
                       ///< do not help, it errs too often
};

/// The lowest score at which the share `precision` (0 to 1) of all that is said is right, for sure where
/// lowest_likely_share() says so: from the fewest pictures that could show it downwards, as long as each
/// score passes (a fixed sequence of tests, so that trying many scores does not make a lucky one likely:
/// Angelopoulos et al., arXiv 2110.01052). Where no score passes, the lowest one at which the share itself is
/// high enough, or the one that comes nearest, and no promise. A class of which less than that share is right
/// gets a higher score of its own. `scores` has a row of `classes` numbers per picture, by a net that has not
/// learned from it, `answers` its true class.
Thresholds choose_thresholds(const std::vector<std::vector<float>>& scores, const std::vector<int>& answers,
                             int classes, double precision);

}  // namespace dew::student
