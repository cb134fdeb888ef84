// The quick classifier behind a review: a linear discriminant that judges each sample without having seen it.
#pragma once

#include <vector>

#include "base/base.h"
#include "label/linear.h"

namespace dew::label {

/// Standardises samples x columns in place: square roots (features behind a ReLU are skewed), then mean 0 and
/// deviation 1 a column.
void standardise(std::vector<float>& features, size_t columns);

/// Linear discriminants (pooled covariance, shrunk, all classes equally likely beforehand), one for each
/// fold, fitted without it. Of each fold X'X is kept, so that after a few labels changed a new fit costs
/// little beside its Cholesky factors. Same samples and labels, same scores, whatever the number of
/// processors; fitted in another order they differ in the last bits.
class FoldedDiscriminant {
 public:
  /// `features`: standardised, samples x columns; `fold`: of each sample, from 0.
  FoldedDiscriminant(std::vector<float> features, size_t columns, std::vector<int> fold, size_t classes);

  /// What a sample is taken for, and how much that teaches; weight 0: nothing.
  struct Lesson {
    int label = 0;
    float weight = 1;
  };

  /// samples x classes, each row by the discriminant that did not see the sample's fold. Error: interrupted.
  Result<std::vector<float>> scores(const std::vector<Lesson>& lessons, Watch& watch);

 private:
  struct ClassSums;
  struct Whole;
  struct Discriminant;

  /// Brings a fold's X'X to the lessons' weights.
  void take_in(int fold, const std::vector<Lesson>& lessons);
  /// The scores of a fold's samples, by what `whole` holds without them.
  Result<void> judge(int held, const Whole& whole, const std::vector<Lesson>& lessons,
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
