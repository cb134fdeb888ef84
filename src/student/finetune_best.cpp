// Two ways from a backbone, small steps and large ones; the validation pictures choose.
#include <algorithm>

#include "student/finetune.h"

namespace dew::student {
namespace {

/// The loss of the epoch that was kept: the lowest among those as accurate as the net.
double kept_loss(const Trained& trained) {
  double loss = 1e30;
  for (const EpochFigures& epoch : trained.curve)
    if (epoch.validation_accuracy >= trained.validation_accuracy)
      loss = std::min(loss, epoch.validation_loss);
  return loss;
}

bool better(const Trained& a, const Trained& b) {
  if (a.validation_accuracy != b.validation_accuracy) return a.validation_accuracy > b.validation_accuracy;
  return kept_loss(a) < kept_loss(b);
}

}  // namespace

FineTuneRecipe far_recipe() {
  FineTuneRecipe recipe;
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
                               const TrainSettings& settings, const Backbone& backbone,
                               const fs::path& folder, Watch& watch) {
  std::optional<DenseLayer> head;  // both recipes begin with the same
  DEW_TRY(Trained near, fine_tune(examples, validation, settings, backbone, FineTuneRecipe{}, folder / "near",
                                  watch, &head));
  fs::path kept = folder / "near";
  if (!validation.empty()) {
    DEW_TRY(Trained far,
            fine_tune(examples, validation, settings, backbone, far_recipe(), folder / "far", watch, &head));
    if (better(far, near)) {
      kept = folder / "far";
      near = std::move(far);
    }
  }
  DEW_TRY(const std::string weights, read_file(kept / "weights.pt"));
  DEW_CHECK(write_file(folder / "weights.pt", weights));
  return near;
}

}  // namespace dew::student
