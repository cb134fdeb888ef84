// What fine_tune() learns from: pictures, their targets, and the batches that each epoch makes of them.
#pragma once

#include <ATen/ATen.h>

#include <span>
#include <vector>

#include "student/finetune.h"
#include "student/frozen.h"

namespace dew::student {

/// Keeps references to the examples. Whole batches only, since a small last one would have poor gradients:
/// what is left over sits an epoch out, and the next one shuffles anew.
class TuningData {
 public:
  /// `start`: the net at the start of training, for the frozen part before its layer `first`.
  TuningData(const std::vector<Example>& examples, const TrainSettings& settings,
             const FineTuneRecipe& recipe, const Weights& start, size_t first);

  [[nodiscard]] int64_t batches() const { return batches_; }  ///< of an epoch
  [[nodiscard]] int64_t size() const { return batch_; }       ///< pictures in a batch

  /// Runs the frozen part for the epochs before `end`. Error: interrupted.
  Result<void> freeze(int end, Watch& watch) { return frozen_.prepare(end, watch); }

  /// A dense layer for the features of the net as it was at the start. Error: interrupted.
  Result<DenseLayer> taught_head(Watch& watch) const;

  /// Shuffles.
  void begin(int epoch);

  /// A batch, augmented and mixed: of pictures, or of what the frozen part makes of them, [n, channels, rows,
  /// columns]. The answers, [n, classes], are shares of the classes, whose sum is the picture's weight. Valid
  /// until the next call.
  struct Batch {
    at::Tensor x;
    at::Tensor answers;
  };
  Batch batch(int64_t number, bool frozen);

 private:
  at::Tensor pictures(std::span<const size_t> order);
  [[nodiscard]] at::Tensor activations(std::span<const size_t> order) const;

  const std::vector<Example>& examples_;
  const TrainSettings settings_;
  const FineTuneRecipe recipe_;
  const std::vector<float> targets_;  ///< [examples, classes]
  const Layer after_frozen_;
  FrozenPart frozen_;
  int64_t batches_ = 0;
  int64_t batch_ = 0;
  int epoch_ = 0;
  std::vector<size_t> order_;
  at::Tensor pixels_;   ///< [batch, input, input, 3]
  at::Tensor answers_;  ///< [batch, classes]
};

}  // namespace dew::student
