// The training recipe: what TrainSettings does not ask the user about.
#pragma once

#include "student/augment.h"
#include "student/student.h"

namespace dew::student {

struct Recipe {
  Augmentation augmentation;
  double warm_up = 0.08;        ///< part of all steps in which the learning rate rises
  double final_rate = 0.01;     ///< where the cosine ends, as a part of the learning rate
  double head_rate = 0.1;       ///< of the dense layer, as a part of the learning rate
  double residual_gamma = 0.0;  ///< first gamma of batch norms that a residual is added to
  double label_smoothing = 0.05;
  double average_span = 0.05;  ///< of the moving average of weights, as a part of all steps
  double statistics_momentum = 0.1;
  bool recalibrate = true;  ///< measure the batch norms of the averaged net anew at the end
};

/// train() with a recipe of one's own: for experiments.
Result<Trained> train_with(const std::vector<Example>& examples, const std::vector<Example>& validation,
                           const TrainSettings& settings, const Recipe& recipe, const fs::path& folder,
                           Watch& watch);

}  // namespace dew::student
