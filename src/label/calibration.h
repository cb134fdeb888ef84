// calibration: how often a teacher that says "90 %" is right, learnt from labels by people.
//
// Temperature scaling (Guo et al. 2017, https://arxiv.org/abs/1706.04599) in its binary form, since servers
// tell the probability of the label's own tokens and no others: logit p becomes logit p / T, with the T that
// makes what happened likeliest. Where a teacher tells no probability at all, the class it names is all there
// is to go by: how often that teacher was right when it named that class.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "label/policy.h"

namespace dew {

/// What a teacher said of a sample that a person labelled.
struct Judged {
  int64_t sample = 0;
  int truth = 0;                     ///< the person's class
  int said = 0;                      ///< the teacher's
  std::optional<double> confidence;  ///< as it was told
  [[nodiscard]] bool right() const { return truth == said; }
};

/// Fewer tell nothing: with 30, the accuracy itself is known within some 10 points.
constexpr size_t kEnoughGold = 30;

struct Calibration {
  Voter voter;
  int64_t samples = 0;                ///< it rests on
  std::optional<double> temperature;  ///< absent: too few of the answers tell a probability
  double accuracy = 0;                ///< of all
  double drawn = 0;                   ///< so many samples' worth of it goes into each class's share
  std::vector<int64_t> said;          ///< by class
  std::vector<int64_t> right;

  /// The probability that `choice` is right. With a told confidence: the scaled one, absent without a
  /// temperature. Without: right[choice] of said[choice], drawn towards the accuracy of all the more, the
  /// less the classes differ.
  [[nodiscard]] std::optional<double> of(int choice, std::optional<double> confidence) const;
};

/// Nothing where there are fewer than kEnoughGold.
std::optional<Calibration> fit_calibration(const Voter& voter, const std::vector<Judged>& judged,
                                           size_t classes);

/// The same answers with the confidence that a calibration from the others gives them (five folds, by
/// sample): what can be expected of samples nobody has labelled. As they are where there are too few.
std::vector<Judged> calibrated_by_others(const std::vector<Judged>& judged, size_t classes);

/// Of those that tell a confidence, by tenths of it.
struct Reliability {
  struct Bin {
    double from = 0;
    double to = 0;
    int64_t samples = 0;
    double confidence = 0;  ///< the mean
    int64_t right = 0;
  };
  std::vector<Bin> bins;  ///< that have samples
  int64_t samples = 0;
  double error = 0;  ///< expected calibration error: the mean gap between confidence and accuracy, by samples
};

Reliability reliability(const std::vector<Judged>& judged);

/// All of a project, to be kept and read again.
std::string to_text(const std::vector<Calibration>& calibrations);
std::vector<Calibration> calibrations_of(const std::string& text);

/// Looks the voter up.
Calibrate calibrate_by(std::vector<Calibration> calibrations);

}  // namespace dew
