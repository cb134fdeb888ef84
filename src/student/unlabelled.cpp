// Nets that were taught by few labels teach one that sees all pictures.
#include "student/unlabelled.h"

#include <fmt/format.h>

#include <algorithm>

#include "student/backbone_store.h"
#include "student/finetune.h"
#include "student/predict.h"

namespace dew::student {
namespace {

/// Beyond, labels teach nearly all there is to learn, and every training is long.
constexpr size_t kMostLabelled = 500;
constexpr size_t kFewestUnlabelled = 20;

/// Twice as many brought nothing on PACS photo with ten labels a class.
constexpr size_t kPicturesSeen = 10'000;
constexpr int kFewestEpochs = 8;

std::vector<std::vector<uint8_t>> pixels_of(const std::vector<Example>& examples) {
  std::vector<std::vector<uint8_t>> pixels;
  pixels.reserve(examples.size());
  for (const Example& example : examples) pixels.push_back(example.rgb);
  return pixels;
}

void add(std::vector<Example>& taught, const std::vector<std::vector<float>>& rows, double share) {
  for (size_t i = 0; i < taught.size(); ++i) {
    std::vector<float>& soft = taught[i].soft;
    soft.resize(rows[i].size());
    for (size_t c = 0; c < soft.size(); ++c) soft[c] += static_cast<float>(share) * rows[i][c];
  }
}

/// The unlabelled pictures with the mean of what the nets say of them.
Result<std::vector<Example>> taught(const std::vector<Example>& unlabelled,
                                    const std::vector<fs::path>& teachers, Watch& watch) {
  std::vector<Example> result = unlabelled;
  for (Example& example : result) example.soft.clear();
  const auto pixels = pixels_of(unlabelled);
  for (const fs::path& teacher : teachers) {
    DEW_TRY(const auto rows, predict(teacher, pixels, watch));
    add(result, rows, 1.0 / static_cast<double>(teachers.size()));
  }
  for (Example& example : result)
    example.answer_class =
        static_cast<int>(std::max_element(example.soft.begin(), example.soft.end()) - example.soft.begin());
  return result;
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
  std::vector<fs::path> teachers{folder};
  for (int k = 1; k <= kMoreTeachers; ++k) {
    TrainSettings other = settings;
    other.seed = settings.seed + static_cast<uint64_t>(k);
    teachers.push_back(folder / fmt::format("teacher-{}", k));
    DEW_CHECK(fine_tune(examples, validation, other, backbone, recipe, teachers.back(), watch));
  }
  DEW_TRY(std::vector<Example> all, taught(unlabelled, teachers, watch));
  all.insert(all.begin(), examples.begin(), examples.end());
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
