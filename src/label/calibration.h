// calibration: how often a teacher that says "90 %" is right, learnt from labels by people.
//
// Temperature scaling (Guo et al. 2017, https://arxiv.org/abs/1706.04599) in its binary form, since servers
// return the probability of the label's own tokens only: logit p becomes logit p / T, with the T of maximum
// likelihood. Where a teacher returns no probability, the class that it names takes its place: how often that
// teacher was right when it named that class.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "label/policy.h"

namespace dew::label {

/// What a teacher said about a sample that a person labelled.
struct Judged {
  int64_t sample = 0;
  int truth = 0;                     ///< the person's class
  int said = 0;                      ///< the teacher's
  std::optional<double> confidence;  ///< the teacher's own
  [[nodiscard]] bool right() const { return truth == said; }
};

/// The fewest labels to learn from: with 30 the accuracy itself is known within some 10 points.
constexpr size_t kEnoughGold = 30;

struct Calibration {
  Voter voter;
  int64_t samples = 0;                ///< that it was learnt from
  std::optional<double> temperature;  ///< absent: too few of the answers have a probability
  double accuracy = 0;                ///< over all classes
  double drawn = 0;                   ///< pseudo-counts of `accuracy` in each class's share
  std::vector<int64_t> said;          ///< by class
  std::vector<int64_t> right;

  /// The probability that `choice` is right. With a confidence: the scaled one, absent without a temperature.
  /// Without: right[choice] of said[choice], shrunk towards the accuracy over all classes, the more so the
  /// less the classes differ.
  [[nodiscard]] std::optional<double> of(int choice, std::optional<double> confidence) const;
};

/// Nothing with fewer than kEnoughGold.
std::optional<Calibration> fit_calibration(const Voter& voter, const std::vector<Judged>& judged,
                                           size_t classes);

/// The same answers with the confidence that a calibration on the others gives them (five folds, by sample):
/// what to expect on samples that nobody has labelled. Unchanged where there are too few.
std::vector<Judged> calibrated_by_others(const std::vector<Judged>& judged, size_t classes);

/// Accuracy against confidence, by tenths of it; answers without a confidence do not count.
struct Reliability {
  struct Bin {
    double from = 0;
    double to = 0;
    int64_t samples = 0;
    double confidence = 0;  ///< the mean
    int64_t right = 0;
  };
  std::vector<Bin> bins;  ///< those that have samples
  int64_t samples = 0;
  double error = 0;  ///< expected calibration error: the mean gap between confidence and accuracy, by samples
};

Reliability reliability(const std::vector<Judged>& judged);

/// All of a project, to be stored and read again; calibrations_of() is empty where the text is damaged.
std::string to_text(const std::vector<Calibration>& calibrations);
std::vector<Calibration> calibrations_of(const std::string& text);

/// Looks the voter up.
Calibrate calibrate_by(std::vector<Calibration> calibrations);

}  // namespace dew::label
