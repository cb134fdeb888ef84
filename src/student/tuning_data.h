// What fine_tune() learns from: pictures, their targets, and the batches that each epoch makes of them.
#pragma once

#include <ATen/ATen.h>

#include <span>
#include <vector>

#include "student/finetune.h"
#include "student/training.h"

namespace dew::student {

/// Keeps a reference to the examples.
class TuningData {
 public:
  TuningData(const std::vector<Example>& examples, const TrainSettings& settings,
             const FineTuneRecipe& recipe);

  [[nodiscard]] const Batches& batches() const { return batches_; }  ///< of an epoch

  /// A dense layer fitted to the features that `start`, the net before training, sees. Error: interrupted.
  Result<DenseLayer> fitted_head(const Weights& start, Watch& watch) const;

  /// Shuffles for this epoch.
  void begin(int epoch);

  /// A batch, augmented and mixed. Valid until the next call.
  struct Batch {
    at::Tensor x;        ///< [n, 3, rows, columns]
    at::Tensor answers;  ///< [n, classes], the share of each class; a row's sum is the picture's weight
  };
  Batch batch(int64_t number);

 private:
  at::Tensor augmented(std::span<const size_t> order);

  const std::vector<Example>& examples_;
  const TrainSettings settings_;
  const FineTuneRecipe recipe_;
  const std::vector<float> targets_;  ///< [examples, classes]
  const Batches batches_;
  int epoch_ = 0;
  std::vector<size_t> order_;
  at::Tensor pixels_;   ///< [batch, input, input, 3]
  at::Tensor answers_;  ///< [batch, classes]
};

}  // namespace dew::student
