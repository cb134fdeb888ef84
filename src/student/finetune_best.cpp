// Two recipes from a backbone, strong augmentation and mild; the validation pictures choose early.
#include <algorithm>

#include "student/curve.h"
#include "student/door.h"
#include "student/finetune.h"

namespace dew::student {
namespace {

/// The mild recipe goes on if its loss is below this share of the strong one's. Mixup and dropout make a net
/// unsure without making it wrong, and a loss measures both: on photos (PACS, Caltech101), where strong
/// augmentation is two points better, mild has 0.73 to 1.1 of its loss; on the demo's tiles, where it is
/// three points worse, 0.29 to 0.60.
constexpr double kClearlyLower = 0.65;

/// Judged by its last third: of forty validation pictures a single epoch says too little (of two neighbours
/// one had 1.5 times the other's loss), and the losses of early ones depend on the fitted head more than on
/// the recipe. A resumed training's later epochs do not count.
double loss_of_trial(const Trained& trained, int epochs) {
  return mean_validation_loss(trained.curve, epochs, std::max(1, epochs / 3));
}

/// With at least one validation picture.
Result<Trained> fine_tune_both(const std::vector<Example>& examples, const std::vector<Example>& validation,
                               const TrainSettings& settings, const Backbone& backbone,
                               const fs::path& folder, Watch& watch) {
  const FineTuneRecipe strong;
  const FineTuneRecipe mild = mild_recipe();
  const auto by = [&](const FineTuneRecipe& recipe, const fs::path& own, Trial* trial) {
    return fine_tune(examples, validation, settings, backbone, recipe, own, watch, trial);
  };
  Trial trial{trial_epochs(settings.epochs), {}};
  DEW_TRY(const Trained strong_tried, by(strong, folder / "strong", &trial));
  DEW_TRY(const Trained mild_tried, by(mild, folder / "mild", &trial));
  const bool mild_wins =
      loss_of_trial(mild_tried, trial.epochs) < kClearlyLower * loss_of_trial(strong_tried, trial.epochs);
  const fs::path own = folder / (mild_wins ? "mild" : "strong");
  DEW_TRY(Trained trained, by(mild_wins ? mild : strong, own, nullptr));
  DEW_TRY(const std::string weights, read_file(own / "weights.pt"));
  DEW_CHECK(write_file(folder / "weights.pt", weights));
  return trained;
}

}  // namespace

int trial_epochs(int epochs) {
  constexpr int kDivisor = 3;
  return (epochs + kDivisor - 1) / kDivisor;
}

FineTuneRecipe mild_recipe() {
  FineTuneRecipe recipe;
  recipe.name = "mild augmentation";
  recipe.augmentation.crop = 0.25;
  recipe.augmentation.brightness = 0.1;
  recipe.augmentation.contrast = 0.2;
  recipe.augmentation.tint = 0.05;
  recipe.mixup = 0;
  recipe.dropout = 0;
  recipe.last_epoch = false;
  recipe.batch = 16;
  recipe.depth_rate = 1;
  return recipe;
}

FineTuneRecipe recipe_named(const std::string& name) {
  const FineTuneRecipe mild = mild_recipe();
  return name == mild.name ? mild : FineTuneRecipe{};
}

Result<Trained> fine_tune_best(const std::vector<Example>& examples, const std::vector<Example>& validation,
                               const TrainSettings& settings, const Backbone& backbone,
                               const fs::path& folder, Watch& watch) {
  if (validation.empty())
    return fine_tune(examples, validation, settings, backbone, FineTuneRecipe{}, folder, watch);
  return guarded("training the net",
                 [&] { return fine_tune_both(examples, validation, settings, backbone, folder, watch); });
}

}  // namespace dew::student
