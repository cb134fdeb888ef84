// Training from a backbone: the head first, on frozen features, then the whole net.
#pragma once

#include <optional>
#include <string>

#include "student/augment.h"
#include "student/backbone.h"
#include "student/head.h"
#include "student/train.h"

namespace dew::student {

/// What TrainSettings does not ask the user about.
struct FineTuneRecipe {
  std::string name = "strong augmentation";
  /// Windows of half the picture and more, cut from the larger picture so that they stay sharp: PACS' photos
  /// gain two points by that (three seeds that no quoted figure is of).
  Augmentation augmentation{.zoom = 0,
                            .shift = 0,
                            .brightness = 0.2,
                            .contrast = 0.4,
                            .tint = 0.15,
                            .stretch = 0.2,
                            .plain = 0.2,
                            .cutout = 0.2,
                            .crop = 0.5};
  HeadSettings head{.epochs = 60};  ///< its seed is the settings'
  int batch = 32;
  double rate = 0.1;        ///< share of the settings' learning rate, which is meant for random weights
  double depth_rate = 0.9;  ///< a block's learning rate as a share of the following block's
  double warm_up = 0.1;     ///< share of all steps in which the learning rate rises
  double final_rate = 0.02;
  double label_smoothing = 0.05;
  double mixup = 0.2;  ///< both parameters of the Beta distribution of shares (arXiv 1710.09412); 0: none
  double average_span = 0.05;  ///< of the moving average, as a share of all steps
  /// Keep the last epoch's net, not the one that the validation pictures prefer. Where mixup and dropout hold
  /// a net back, such preferences are chance (bench/accuracy --set small: a point lost).
  bool last_epoch = true;
  double dropout = 0.5;  ///< share of the features that are hidden from the dense layer in a step
};

/// Milder augmentation, neither mixup nor dropout, and twice the steps: for pictures that are much alike,
/// such as those of one camera, where the next picture will look like these. The epoch that the validation
/// pictures prefer is kept: later ones learn the pictures by heart (the demo: 0.96 instead of 0.98).
FineTuneRecipe mild_recipe();

/// The one of the two that Trained::recipe names.
FineTuneRecipe recipe_named(const std::string& name);

/// Makes fine_tune() stop early, so that recipes can be compared before one of them is trained to its end.
struct Trial {
  int epochs = 0;                  ///< training pauses after these; without a trial it goes on from there
  std::optional<DenseLayer> head;  ///< filled by the first recipe that needs it, used by all others
};

/// train() from a backbone, whose alpha is the settings', by one recipe. Batch norms keep the backbone's
/// statistics: those of a few pictures are no better, and moving them costs more than the pictures teach
/// (PACS photo, one seed, the head alone: 0.92 as they are, 0.77 with the batches' own). settings.epochs must
/// be set. Error: as train(); a backbone of another alpha.
Result<Trained> fine_tune(const std::vector<Example>& examples, const std::vector<Example>& validation,
                          const TrainSettings& settings, const Backbone& backbone,
                          const FineTuneRecipe& recipe, const fs::path& folder, Watch& watch,
                          Trial* trial = nullptr);

/// fine_tune() by the recipe above or by mild_recipe(): both are tried for a third of the epochs, and the
/// mild one goes on if its loss on the validation pictures is clearly lower by then (the accuracies of few
/// pictures can be equal). Without validation pictures the recipe above is used.
Result<Trained> fine_tune_best(const std::vector<Example>& examples, const std::vector<Example>& validation,
                               const TrainSettings& settings, const Backbone& backbone,
                               const fs::path& folder, Watch& watch);

}  // namespace dew::student
