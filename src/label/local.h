// local: what a fast classifier, taught by the labels so far, would say of every sample.
#pragma once

#include <cstdint>
#include <vector>

#include "base/base.h"

namespace dew::label {

/// A linear discriminant over a backbone's features (see discriminant.h) for samples of which some have a
/// label. Memory: the features twice while it works, columns^2 / 2 floats per fold.
class LocalClassifier {
 public:
  /// `features`: samples x columns, not negative; `group`: of each sample, see fold_groups(). Error: features
  /// that are not numbers.
  static Result<LocalClassifier> make(std::vector<float> features, size_t columns, size_t classes,
                                      std::vector<int64_t> group);

  /// samples x classes, each row a distribution. A sample with a label is judged by a classifier that saw
  /// neither it nor its group, any other by one that saw all labels; so what the rows of labelled samples
  /// show (how sure, how often right) holds for the others too. `label`: 0...classes - 1, negative: none.
  /// Where fewer than two classes have labels, all classes are equally likely. Error: interrupted.
  Result<std::vector<float>> probabilities(const std::vector<int>& label, Watch& watch) const;

  [[nodiscard]] size_t samples() const { return group_.size(); }
  [[nodiscard]] size_t classes() const { return classes_; }
  [[nodiscard]] size_t columns() const { return columns_; }
  /// Standardised, samples x columns.
  [[nodiscard]] const std::vector<float>& features() const { return features_; }

 private:
  LocalClassifier() = default;
  std::vector<float> features_;
  size_t columns_ = 0;
  size_t classes_ = 0;
  std::vector<int64_t> group_;
};

}  // namespace dew::label
