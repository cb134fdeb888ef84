#include "label/local.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/finite.h"
#include "label/discriminant.h"
#include "label/folds.h"

namespace dew::label {
namespace {

constexpr int kFolds = 10;

/// The labelled samples in folds of their own; the others in one more, of which nothing is learned.
std::vector<int> folds_of(const std::vector<int64_t>& group, const std::vector<int>& label) {
  std::vector<int64_t> labelled;
  for (size_t i = 0; i < label.size(); ++i)
    if (label[i] >= 0) labelled.push_back(group[i]);
  const std::vector<int> drawn = draw_folds(labelled, kFolds);
  std::vector<int> fold(label.size(), kFolds);
  size_t at = 0;
  for (size_t i = 0; i < label.size(); ++i)
    if (label[i] >= 0) fold[i] = drawn[at++];
  return fold;
}

}  // namespace

Result<LocalClassifier> LocalClassifier::make(std::vector<float> features, size_t columns, size_t classes,
                                              std::vector<int64_t> group) {
  if (!all_finite(features)) return work_error("the features are not numbers");
  LocalClassifier made;
  made.features_ = std::move(features);
  made.columns_ = columns;
  made.classes_ = classes;
  made.group_ = std::move(group);
  standardise(made.features_, columns);
  return made;
}

Result<std::vector<float>> LocalClassifier::probabilities(const std::vector<int>& label, Watch& watch) const {
  std::set<int> seen(label.begin(), label.end());
  seen.erase(seen.begin(), seen.lower_bound(0));
  if (seen.size() < 2)
    return std::vector<float>(label.size() * classes_, 1.0F / static_cast<float>(classes_));
  FoldedDiscriminant classifier(features_, columns_, folds_of(group_, label), classes_);
  std::vector<FoldedDiscriminant::TrainingLabel> lessons;
  lessons.reserve(label.size());
  for (const int one : label) lessons.push_back({std::max(one, 0), one < 0 ? 0.0F : 1.0F});
  DEW_TRY(std::vector<float> p, classifier.scores(lessons, watch));
  calibrate_scores(p, label, classes_);
  return p;
}

}  // namespace dew::label
