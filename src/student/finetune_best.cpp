// Two ways from a backbone, small steps and large ones; the validation pictures choose early.
#include <algorithm>

#include "student/finetune.h"

namespace dew::student {
namespace {

constexpr int kTrialShare = 3;  ///< a trial takes this part of the epochs

/// The lowest loss of the trial; epochs after it, of a training that goes on where it was broken off, do not
/// count.
double lowest_loss(const Trained& trained, int epochs) {
  const auto& curve = trained.curve;
  const auto end = curve.begin() + std::min<std::ptrdiff_t>(epochs, std::ssize(curve));
  const auto lowest = std::min_element(curve.begin(), end, [](const EpochFigures& a, const EpochFigures& b) {
    return a.validation_loss < b.validation_loss;
  });
  return lowest->validation_loss;
}

}  // namespace

FineTuneRecipe far_recipe() {
  FineTuneRecipe recipe;
  recipe.name = "large steps";
  recipe.rate = 0.3;
  recipe.depth_rate = 1;
  recipe.mixup = 0.1;
  recipe.batch = 16;
  recipe.dropout = 0;
  recipe.augmentation.brightness = 0.1;
  recipe.augmentation.contrast = 0.2;
  recipe.augmentation.tint = 0.05;
  return recipe;
}

Result<Trained> fine_tune_best(const std::vector<Example>& examples, const std::vector<Example>& validation,
                               const TrainSettings& wanted, const Backbone& backbone, const fs::path& folder,
                               Watch& watch) {
  TrainSettings settings = wanted;
  if (settings.epochs == 0) settings.epochs = usual_epochs(backbone.name);
  const FineTuneRecipe near;
  if (validation.empty()) return fine_tune(examples, validation, settings, backbone, near, folder, watch);

  const FineTuneRecipe far = far_recipe();
  Trial trial{(settings.epochs + kTrialShare - 1) / kTrialShare, {}};
  const auto tried = [&](const FineTuneRecipe& recipe, const fs::path& own) {
    return fine_tune(examples, validation, settings, backbone, recipe, own, watch, &trial);
  };
  DEW_TRY(const Trained near_tried, tried(near, folder / "near"));
  DEW_TRY(const Trained far_tried, tried(far, folder / "far"));
  const bool far_wins = lowest_loss(far_tried, trial.epochs) < lowest_loss(near_tried, trial.epochs);
  const fs::path own = folder / (far_wins ? "far" : "near");
  DEW_TRY(Trained trained,
          fine_tune(examples, validation, settings, backbone, far_wins ? far : near, own, watch));
  DEW_TRY(const std::string weights, read_file(own / "weights.pt"));
  DEW_CHECK(write_file(folder / "weights.pt", weights));
  return trained;
}

}  // namespace dew::student
