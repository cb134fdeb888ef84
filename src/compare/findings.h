// compare: do nets taught by one label set see differently from nets taught by another? From what was
// observed to findings with intervals; no net is trained in here.
//
// In all of these A and B are the label sets; "noise" is people's labels with A's confusions at random
// (arms.h). A figure that cannot be told is absent, and `cannot` says why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "compare/drift.h"
#include "compare/holes.h"
#include "compare/observed.h"
#include "compare/resample.h"

namespace dew::compare {

using Figure = std::optional<Estimate>;

/// Of one class, by its gold label.
struct ClassAccuracy {
  int64_t pictures = 0;
  Figure a, b, difference;  ///< A less B
};

/// Shares of pictures that int8 nets are right about.
struct Accuracy {
  Figure a, b, noise;
  Figure difference;  ///< A less B
  Figure structure;   ///< A less noise: what where A errs costs, beyond how often
  double floor =
      0;  ///< how far apart two arms of the same labels are by their seeds alone, in 95 of 100 cases
  Figure a_float, b_float;
  std::vector<ClassAccuracy> classes;
  /// McNemar's exact test of the arms' majorities: pictures that only one of them is right about.
  int64_t only_a = 0;
  int64_t only_b = 0;
  double mcnemar = 1;
};

/// Between runs of the same labels.
struct Variance {
  double deviation_a = 0;  ///< of the accuracy, over the seeds
  double deviation_b = 0;
  std::optional<double> chance;  ///< of such a difference of the two where the labels make none
  Figure churn_a, churn_b;       ///< pictures about which two nets of one arm say different classes
  Figure churn;                  ///< A less B
};

/// Error consistency, Cohen's kappa of being right: pooled, and within the classes.
struct Consistency {
  Figure between;  ///< a net of A and one of B, of different seeds; within classes, as all of these
  Figure within_a, within_b;
  Figure gap;  ///< the mean of within_a and within_b, less between: positive where the arms err differently
  Figure between_pooled, within_a_pooled, within_b_pooled;
  Figure with_teacher_a, with_teacher_b;  ///< a net and the label set that taught it
  Figure labels;                          ///< the label sets with each other
};

/// A's mistake: what people call `gold` is called `said`.
struct ConfusionPair {
  int gold = 0;
  int said = 0;
  int64_t pictures = 0;  ///< A's label sets this wrong
  double repeats_a = 0;  ///< share of nets' answers that say the same
  double repeats_b = 0;
  double repeats_noise = 0;
};

/// What becomes of A's mistakes on pictures that the nets had not seen.
struct Inheritance {
  int64_t wrong = 0;  ///< pictures that A's labels are wrong about
  int64_t right = 0;
  Figure repeated_a, repeated_b, repeated_noise;  ///< of those wrong: the net says the same wrong class
  Figure smoothed_a, smoothed_b, smoothed_noise;  ///< ... the net is right
  Figure added_a, added_b, added_noise;           ///< of those right: the net is wrong
  Figure beyond_noise;                            ///< repeated_a less repeated_noise
  Figure beyond_b;                                ///< repeated_a less repeated_b
  std::vector<ConfusionPair> pairs;               ///< the most frequent first
};

/// Nets taught by a part of the labels.
struct PartOfLabels {
  double share = 1;
  int64_t pictures = 0;  ///< that teach a net
  Figure a, b;
};

struct LearningCurve {
  std::vector<PartOfLabels> parts;  ///< by rising share, the whole last
  Figure gain_a, gain_b;            ///< from the largest part to the whole
  Figure gain;                      ///< gain_a less gain_b
};

/// Nets taught by A with some of its labels reviewed by people.
struct Reviewed {
  double share = 0;
  int64_t labels = 0;              ///< by people
  Figure by_suspicion, at_random;  ///< accuracy
  Figure left_by_suspicion;        ///< how far that is below B's
  Figure left_at_random;
};

/// A question with a yes or no, and how likely a figure as far from none is by chance alone.
struct Verdict {
  std::string key;  ///< "accuracy", "structure", "errors", "inheritance", "holes", "drift", "shifted:NAME"
  std::string question;
  std::optional<double> chance;    ///< absent: cannot be told
  std::optional<double> together;  ///< by Holm, over all verdicts
  bool different = false;          ///< together < .05
};

struct Findings {
  int64_t pictures = 0;  ///< tested
  size_t seeds = 0;
  Accuracy accuracy;
  Variance variance;
  Consistency consistency;
  Inheritance inheritance;
  Holes holes;
  std::optional<LearningCurve> curve;
  std::vector<Reviewed> reviewed;
  std::optional<DriftFindings> drift;
  std::vector<DriftFindings> shifted;
  std::vector<Verdict> verdicts;
  std::vector<std::string> cannot;  ///< sentences: what cannot be concluded, and what it would take
};

// Each from what it needs. `seed` draws the worlds.
Accuracy accuracy_of(const Observed& seen, uint64_t seed);
Variance variance_of(const Observed& seen, uint64_t seed);
Consistency consistency_of(const Observed& seen, uint64_t seed);
Inheritance inheritance_of(const Observed& seen, uint64_t seed);

/// What nets of a part said: `share` of the labels, `pictures` of them; as many seeds in both.
struct SaidByPart {
  double share = 1;
  int64_t pictures = 0;
  Said a, b;
};
/// The whole is seen.a and seen.b; `whole`: how many pictures teach one of its nets.
LearningCurve curve_of(const Observed& seen, const std::vector<SaidByPart>& parts, int64_t whole,
                       uint64_t seed);

struct SaidReviewed {
  double share = 0;
  int64_t labels = 0;
  Said by_suspicion, at_random;
};
Reviewed reviewed_of(const Observed& seen, const SaidReviewed& said, uint64_t seed);

/// Draws the verdicts from the rest, and tells what cannot be concluded.
void conclude(Findings& findings, const Observed& seen);

/// The answer in two sentences, with `a` and `b` as the label sets are called.
std::string answer_of(const Findings& findings, const std::string& a, const std::string& b);

}  // namespace dew::compare
