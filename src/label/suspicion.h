// Which labels are likely wrong: confident learning (Northcutt, Jiang, Chuang 2021, arXiv 1911.00068) over
// the out-of-fold opinions of a quick classifier, with what teachers said besides.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/base.h"
#include "label/discriminant.h"
#include "store/store.h"

namespace dew {

/// Labelled samples as numbers. All vectors but `features` have one entry a sample.
struct Evidence {
  int classes = 0;
  size_t columns = 0;
  std::vector<float> features;  ///< samples x columns, not negative (an average behind a ReLU)
  std::vector<int> label;       ///< 0...classes - 1; negative: none, it takes no part
  std::vector<bool> human;      ///< labelled by a person, and taken at its word
  /// Samples of one group are never in different folds. See fold_groups.
  std::vector<int64_t> group;
  /// Classes that other answers for the sample name (another teacher's, or runners-up); may be empty.
  std::vector<std::vector<int>> alternatives;
  /// The share of the sample's answers that its label rests on, and the teacher's confidence in it; 0...1,
  /// negative where unknown.
  std::vector<float> agreement;
  std::vector<float> confidence;
};

/// What the classifier, which did not see the sample, thinks of it.
struct Opinion {
  int said = 0;           ///< the class it would give
  float probability = 0;  ///< of `said`
  float given = 0;        ///< of the label
  double suspicion =
      0;  ///< a logarithm of odds: the larger the likelier is the label wrong; comparable in one call
};

/// Opinions about labels, formed again as people decide about some of them.
///
/// The classifier is a linear discriminant (pooled covariance, shrunk, equal priors, so that a class
/// swallowed by a larger one can still claim its samples) on square roots of features, in `folds` folds; a
/// temperature makes probabilities of its scores. A label is suspect by the largest ratio of another class's
/// probability to its own, each measured in that class's average self-confidence (the paper's threshold).
/// Disagreement among answers and low confidence add to it, where known. Memory: the features once, half a
/// square of columns for each fold, classes floats a sample.
class Suspicion {
 public:
  Suspicion(Evidence evidence, int folds) : evidence_(std::move(evidence)), folds_(folds) {}

  /// From now on; `label` as in Evidence.
  void relabel(size_t sample, int label, bool human) {
    evidence_.label[sample] = label;
    evidence_.human[sample] = human;
  }
  [[nodiscard]] int label(size_t sample) const { return evidence_.label[sample]; }

  /// In the order of the samples; of one without a label it means nothing. Error: fewer than two classes have
  /// labels, features that are not numbers, interrupted.
  Result<std::vector<Opinion>> opinions(Watch& watch);

 private:
  Evidence evidence_;  ///< its features go to the classifier
  int folds_;
  std::optional<label::FoldedDiscriminant> classifier_;
};

/// A Suspicion's first opinions. Same evidence, same opinions.
Result<std::vector<Opinion>> suspect(Evidence evidence, int folds, Watch& watch);

/// Groups of samples that must stand on one side: near-duplicate pictures (hashes within three bits, also
/// through others) and, of a video, the samples of one of about ten stretches of time. Parallel to `samples`;
/// a sample without a hash is grouped by its source alone.
std::vector<int64_t> fold_groups(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                                 const std::map<int64_t, uint64_t>& hashes);

}  // namespace dew
