// From scores to opinions: thresholds, and what is known of the answers.
#include "label/suspicion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/finite.h"
#include "label/folds.h"

namespace dew::label {
namespace {

constexpr double kLeastThreshold = 0.02;  // a class's self-confidence is not trusted below
constexpr float kHuman = 5;               // the weight of a person's label; a teacher's is 1
// How much a class counts as the true one of a wrong label: an answer named it, no other answers are known,
// answers named other classes.
constexpr double kNamed = 1;
constexpr double kUnknown = 0.15;
constexpr double kUnnamed = 0.02;
constexpr double kLeastLogit = 3;  // teachers' confidence counts up to odds of e^3

/// The paper's thresholds: how sure the classifier is, on average, of the samples that carry the class.
std::vector<double> self_confidence(const std::vector<float>& p, const std::vector<int>& label,
                                    size_t classes) {
  std::vector<double> sum(classes, 0);
  std::vector<double> count(classes, 0);
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] < 0) continue;
    const auto k = static_cast<size_t>(label[i]);
    sum[k] += p[i * classes + k];
    ++count[k];
  }
  for (size_t k = 0; k < classes; ++k)
    sum[k] = count[k] > 0 ? std::max(kLeastThreshold, sum[k] / count[k]) : 1.0;
  return sum;
}

/// Log odds that the teacher is wrong, from what is known of it; 0 where nothing is.
double doubt(float share) {
  if (share < 0) return 0;
  const double sure = std::clamp(static_cast<double>(share), 1e-6, 1 - 1e-6);
  return std::clamp(std::log((1 - sure) / sure), -kLeastLogit, kLeastLogit);
}

/// Doubts with their mean taken off, so that samples of which nothing is known stand in the middle.
std::vector<double> centred_doubts(const std::vector<float>& share) {
  double sum = 0;
  double known = 0;
  for (const float one : share)
    if (one >= 0) sum += doubt(one), ++known;
  std::vector<double> result;
  result.reserve(share.size());
  for (const float one : share) result.push_back(one < 0 ? 0 : doubt(one) - sum / known);
  return result;
}

Opinion judge(const float* p, int label, const std::vector<int>& alternatives,
              const std::vector<double>& threshold) {
  const auto own = static_cast<size_t>(label);
  const auto named = [&](size_t k) {
    return std::find(alternatives.begin(), alternatives.end(), static_cast<int>(k)) != alternatives.end();
  };
  Opinion opinion;
  double strongest = 0;
  for (size_t k = 0; k < threshold.size(); ++k) {
    if (p[k] > opinion.probability) opinion.said = static_cast<int>(k), opinion.probability = p[k];
    if (k == own) continue;
    const double weight = alternatives.empty() ? kUnknown : named(k) ? kNamed : kUnnamed;
    strongest = std::max(strongest, weight * p[k] / threshold[k]);
  }
  opinion.given = p[own];
  opinion.suspicion = std::log(strongest) - std::log(p[own] / threshold[own]);
  return opinion;
}

/// There must be two classes at least, or nothing can be told apart.
Result<void> check_labels(const std::vector<int>& label) {
  const auto first = std::find_if(label.begin(), label.end(), [](int k) { return k >= 0; });
  if (std::all_of(first, label.end(), [&](int k) { return k < 0 || k == *first; }))
    return work_error("all labels are of one class, so there is nothing to compare them with", {},
                      "label more samples: dewdrop label");
  return {};
}

/// Takes the evidence's features.
Result<FoldedDiscriminant> make_classifier(Evidence& evidence, int folds) {
  if (!all_finite(evidence.features)) return work_error("the features are not numbers");
  std::vector<int> fold = draw_folds(evidence.group, folds);
  if (std::all_of(fold.begin(), fold.end(), [&](int one) { return one == fold[0]; }))
    return work_error(
        "all labelled samples show nearly the same picture, so there are no others to judge them by", {},
        "add and label other pictures");
  standardise(evidence.features, evidence.columns);
  return FoldedDiscriminant(std::move(evidence.features), evidence.columns, std::move(fold),
                            static_cast<size_t>(evidence.classes));
}

}  // namespace

Result<std::vector<Opinion>> Suspicion::opinions(Watch& watch) {
  const std::vector<int>& label = evidence_.label;
  DEW_CHECK(check_labels(label));
  if (!classifier_) {
    DEW_TRY(classifier_, make_classifier(evidence_, folds_));
  }
  std::vector<FoldedDiscriminant::TrainingLabel> lessons;
  lessons.reserve(label.size());
  for (size_t i = 0; i < label.size(); ++i)
    lessons.push_back({label[i], label[i] < 0 ? 0 : evidence_.human[i] ? kHuman : 1});
  const auto classes = static_cast<size_t>(evidence_.classes);
  DEW_TRY(std::vector<float> p, classifier_->scores(lessons, watch));
  calibrate_scores(p, label, classes);
  const auto threshold = self_confidence(p, label, classes);
  const auto unsure = centred_doubts(evidence_.confidence);
  const auto divided = centred_doubts(evidence_.agreement);
  std::vector<Opinion> opinions(label.size());
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] < 0) continue;
    opinions[i] = judge(&p[i * classes], label[i], evidence_.alternatives[i], threshold);
    opinions[i].suspicion += unsure[i] + divided[i];
  }
  return opinions;
}

}  // namespace dew::label
