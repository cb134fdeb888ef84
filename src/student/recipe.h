// The recipe for training from random weights: what TrainSettings does not ask the user about.
#pragma once

#include "student/augment.h"
#include "student/train.h"

namespace dew::student {

/// Chosen on the demo's training split with its last 30 % held out, never on its test split; figures are the
/// means of two or three seeds there. The largest gain was the learning rate itself (2e-3: 0.78, 1e-2: 0.92
/// after 40 epochs): a few hundred pictures make a few hundred steps, so that each has to count. Batches of
/// 16 instead of 32 make twice as many.
struct Recipe {
  Augmentation augmentation;
  int batch = 16;
  double warm_up = 0.08;     ///< share of all steps in which the learning rate rises
  double final_rate = 0.01;  ///< where the cosine ends, as a share of the learning rate
  /// Of the dense layer, as a share of the learning rate. At 1 its first steps throw the logits about.
  double head_rate = 0.1;
  /// First gamma of the batch norms that a residual is added to: blocks start silent (Goyal et al., arXiv
  /// 1706.02677), and seventeen of them train as if they were fewer.
  double residual_gamma = 0.0;
  double label_smoothing = 0.05;  ///< the teacher errs too
  double average_span = 0.05;     ///< of the moving average of weights, as a share of all steps
  double statistics_momentum = 0.1;
  bool recalibrate = true;  ///< measure the batch norms of the averaged net again at the end
};

/// train() from random weights, whatever settings.backbone says, by a recipe of one's own: for experiments.
/// settings.epochs must be set. Error: as train().
Result<Trained> train_with(const std::vector<Example>& examples, const std::vector<Example>& validation,
                           const TrainSettings& settings, const Recipe& recipe, const fs::path& folder,
                           Watch& watch);

}  // namespace dew::student
