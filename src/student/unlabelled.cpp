// A net and a discriminant that were taught by few labels teach a net that sees all pictures.
#include "student/unlabelled.h"

#include <fmt/format.h>

#include <algorithm>

#include "student/backbone_store.h"
#include "student/door.h"
#include "student/finetune.h"
#include "student/frozen_features.h"
#include "student/predict.h"
#include "student/self_taught.h"

namespace dew::student {
namespace {

/// Beyond, labels teach nearly all there is to learn, and every training is long.
constexpr size_t kMostLabelled = 500;
constexpr size_t kFewestUnlabelled = 20;

/// Half as many cost two points on PACS photo with ten labels a class, twice as many brought nothing.
constexpr size_t kPicturesSeen = 20'000;
constexpr int kFewestEpochs = 8;

/// Whether the labelled pictures, held out, are named right more often with the unlabelled ones' help. Where
/// pictures differ more by their place than by their class, it misleads.
Result<bool> would_help(const std::vector<std::vector<float>>& features, const std::vector<int>& label,
                        size_t unlabelled, int classes, Watch& watch) {
  DEW_TRY(const HeldOut held, judge_unlabelled(features, label, classes, watch));
  if (held.with_unlabelled > held.alone) return true;
  watch.inform(fmt::format(
      "{} left out: of {} with a label, held out, {} are named right with them and {} without",
      plural(static_cast<int64_t>(unlabelled), "picture without a label is", "pictures without a label are"),
      held.pictures, held.with_unlabelled, held.alone));
  return false;
}

/// The labelled pictures, then the others with the class that the net in `folder` and the backbone's features
/// say. Empty: the others would not help.
Result<std::vector<Example>> taught(const std::vector<Example>& examples,
                                    const std::vector<Example>& unlabelled, const Backbone& backbone,
                                    const TrainSettings& settings, const fs::path& folder, Watch& watch) {
  std::vector<Example> all = examples;
  all.insert(all.end(), unlabelled.begin(), unlabelled.end());
  DEW_TRY(const auto features, guarded("computing features", [&] {
            return features_at(backbone, all, self_taught_side(settings.input), watch);
          }));
  std::vector<int> label;
  for (const Example& example : examples) label.push_back(example.answer_class);
  DEW_TRY(const bool help, would_help(features, label, unlabelled.size(), settings.classes, watch));
  if (!help) return std::vector<Example>();
  DEW_TRY(const auto net, predict(folder, pictures_of(unlabelled), watch));
  DEW_TRY(const std::vector<int> shown, self_taught(features, label, net));
  for (size_t i = 0; i < shown.size(); ++i) all[examples.size() + i].answer_class = shown[i];
  return all;
}

/// Whether the validation pictures speak against the second net.
bool clearly_worse(double before, double after, size_t validation) {
  const double pictures = static_cast<double>(validation);
  return (before - after) * pictures > std::max(1.0, pictures / 100) + 0.5;
}

}  // namespace

bool learns_from_unlabelled(size_t labelled, size_t unlabelled, const TrainSettings& settings) {
  return settings.backbone != "random" && unlabelled >= kFewestUnlabelled && unlabelled >= labelled &&
         labelled <= kMostLabelled;
}

int epochs_with_unlabelled(size_t pictures, int epochs) {
  const auto enough = static_cast<int>(kPicturesSeen / std::max<size_t>(pictures, 1));
  return std::clamp(enough, std::min(kFewestEpochs, epochs), epochs);
}

Result<Trained> train_with_unlabelled(const std::vector<Example>& examples,
                                      const std::vector<Example>& unlabelled,
                                      const std::vector<Example>& validation, const TrainSettings& wanted,
                                      const fs::path& folder, Watch& watch) {
  DEW_TRY(Trained alone, train(examples, validation, wanted, folder, watch));
  if (!learns_from_unlabelled(examples.size(), unlabelled.size(), wanted)) return alone;
  const TrainSettings settings = with_usual_epochs(wanted);
  DEW_TRY(const Backbone backbone, find_backbone(settings.backbone));
  const FineTuneRecipe recipe = recipe_named(alone.recipe);
  DEW_TRY(const std::vector<Example> all, taught(examples, unlabelled, backbone, settings, folder, watch));
  if (all.empty()) return alone;
  TrainSettings last = settings;
  last.epochs = epochs_with_unlabelled(all.size(), settings.epochs);
  const fs::path own = folder / "unlabelled";
  DEW_TRY(Trained trained, fine_tune(all, validation, last, backbone, recipe, own, watch));
  alone.labelled_alone = alone.validation_accuracy;
  alone.with_unlabelled = trained.validation_accuracy;
  if (!validation.empty() &&
      clearly_worse(alone.validation_accuracy, trained.validation_accuracy, validation.size()))
    return alone;
  trained.labelled_alone = alone.labelled_alone;
  trained.with_unlabelled = alone.with_unlabelled;
  trained.unlabelled = unlabelled.size();
  DEW_TRY(const std::string weights, read_file(own / "weights.pt"));
  DEW_CHECK(write_file(folder / "weights.pt", weights));
  return trained;
}

}  // namespace dew::student
