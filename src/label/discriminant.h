// discriminant: the fast classifier behind a review, a linear discriminant that predicts each sample out of
// fold.
#pragma once

#include <vector>

#include "base/base.h"
#include "label/linear.h"

namespace dew::label {

/// Standardises samples x columns in place: square roots (features after a ReLU are skewed), then mean 0 and
/// deviation 1 per column.
void standardise(std::vector<float>& features, size_t columns);

/// Linear discriminants (pooled covariance, shrunk, equal priors), one per fold, fitted without it. X'X of
/// each fold is kept, so that after a few labels changed a new fit costs little more than its Cholesky
/// factorisation. The same samples and labels give the same scores for any number of processors; in another
/// order of changes they differ in the last bits.
class FoldedDiscriminant {
 public:
  /// `features`: standardised, samples x columns; `fold`: of each sample, from 0.
  FoldedDiscriminant(std::vector<float> features, size_t columns, std::vector<int> fold, size_t classes);

  /// The label that a sample is taught with, and its weight; 0: it is left out.
  struct TrainingLabel {
    int label = 0;
    float weight = 1;
  };

  /// samples x classes, each row by the discriminant fitted without the sample's fold. Error: interrupted.
  Result<std::vector<float>> scores(const std::vector<TrainingLabel>& lessons, Watch& watch);

 private:
  struct ClassSums;
  struct Whole;
  struct Discriminant;

  /// Updates a fold's X'X to the lessons' weights.
  void take_in(int fold, const std::vector<TrainingLabel>& lessons);
  /// The scores of a fold's samples, by what `whole` holds without them.
  Result<void> judge(int held, const Whole& whole, const std::vector<TrainingLabel>& lessons,
                     std::vector<float>& scores) const;
  Result<Discriminant> fit(Whole& over) const;  ///< uses it up
  [[nodiscard]] const float* row(size_t sample) const { return features_.data() + sample * columns_; }

  std::vector<float> features_;
  size_t columns_;
  size_t classes_;
  std::vector<std::vector<size_t>> members_;  ///< samples of each fold
  std::vector<Upper> gram_;                   ///< X'X of each fold, its rows weighted
  std::vector<float> taken_;                  ///< the weights in it
};

}  // namespace dew::label
