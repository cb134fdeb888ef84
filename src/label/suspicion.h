// suspicion: which labels are likely wrong. Confident learning (Northcutt, Jiang, Chuang 2021, arXiv
// 1911.00068) on the out-of-fold predictions of a fast classifier, and on how far the teachers agreed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/base.h"
#include "label/discriminant.h"
#include "store/store.h"

namespace dew::label {

/// Labelled samples as numbers. All vectors except `features` have one entry per sample.
struct Evidence {
  int classes = 0;
  size_t columns = 0;
  std::vector<float> features;  ///< samples x columns, not negative (averages after a ReLU)
  std::vector<int> label;       ///< 0...classes - 1; negative: none, the sample is ignored
  std::vector<bool> human;      ///< labelled by a person, and trusted more
  /// Samples of one group are always in one fold. See fold_groups.
  std::vector<int64_t> group;
  /// Classes that other answers for the sample name (another teacher's, or runners-up); may be empty.
  std::vector<std::vector<int>> alternatives;
  /// The share of the sample's answers that agree with its label, and the teacher's confidence in it; 0...1,
  /// negative where unknown.
  std::vector<float> agreement;
  std::vector<float> confidence;
};

/// What the classifier that was fitted without the sample predicts for it.
struct Opinion {
  int said = 0;           ///< the likeliest class
  float probability = 0;  ///< of `said`
  float given = 0;        ///< of the label
  double suspicion = 0;   ///< log-odds that the label is wrong; comparable within one call
};

/// Ranks labels by suspicion, again and again as people decide about some of them.
///
/// The classifier is a linear discriminant (pooled covariance, shrunk, equal priors, so that a class whose
/// samples mostly carry a larger class's label can still claim them) on square roots of features, in `folds`
/// folds; a temperature turns its scores into probabilities. A label's suspicion is the largest ratio of
/// another class's probability to its own, each divided by that class's average self-confidence (the paper's
/// threshold). Disagreement among answers and low confidence add to it, where known. Memory: the features
/// once, columns^2 / 2 floats per fold, `classes` floats per sample.
class Suspicion {
 public:
  Suspicion(Evidence evidence, int folds) : evidence_(std::move(evidence)), folds_(folds) {}

  /// Changes a label for the next opinions(); `label` as in Evidence.
  void relabel(size_t sample, int label, bool human) {
    evidence_.label[sample] = label;
    evidence_.human[sample] = human;
  }
  [[nodiscard]] int label(size_t sample) const { return evidence_.label[sample]; }

  /// In the order of the samples; without meaning for samples without a label. The same evidence gives the
  /// same opinions. Error: fewer than two classes have labels, features that are not numbers, interrupted.
  Result<std::vector<Opinion>> opinions(Watch& watch);

 private:
  Evidence evidence_;  ///< its features go to the classifier
  int folds_;
  std::optional<FoldedDiscriminant> classifier_;
};

/// Groups of samples that must be in one fold: near-duplicate pictures (hashes within three bits,
/// transitively) and the samples of the same of about ten sections of a video. Parallel to `samples`; a
/// sample without a hash is grouped by its source alone.
std::vector<int64_t> fold_groups(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                                 const std::map<int64_t, uint64_t>& hashes);

}  // namespace dew::label
