// What nets say of pictures that they were not trained on.
#include "student/out_of_fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "student/backbone_store.h"
#include "student/finetune.h"
#include "student/thresholds.h"

namespace dew::student {
namespace {

struct Fold {
  std::vector<Example> others;
  std::vector<std::vector<uint8_t>> pictures;  ///< held out
  std::vector<size_t> places;                  ///< of those, among all
};

Fold fold_of(const std::vector<Example>& examples, const std::vector<int>& fold, int number) {
  Fold result;
  for (size_t i = 0; i < examples.size(); ++i) {
    if (fold[i] != number) {
      result.others.push_back(examples[i]);
      continue;
    }
    result.pictures.push_back(examples[i].rgb);
    result.places.push_back(i);
  }
  return result;
}

bool shows_all(const std::vector<Example>& examples, int classes) {
  std::set<int> shown;
  for (const Example& example : examples) shown.insert(example.answer_class);
  return std::ssize(shown) == classes && examples.size() >= 2;
}

/// By the recipe that the judged net was trained by.
Result<void> train_on(const std::vector<Example>& examples, const Judged& judged, const fs::path& folder,
                      Watch& watch) {
  const TrainSettings settings = with_usual_epochs(judged.settings);
  if (settings.backbone == "random") {
    DEW_CHECK(train(examples, {}, settings, folder, watch));
    return {};
  }
  DEW_TRY(const Backbone backbone, find_backbone(settings.backbone));
  DEW_CHECK(fine_tune(examples, {}, settings, backbone, recipe_named(judged.recipe), folder, watch));
  return {};
}

}  // namespace

int judging_folds(size_t pictures, bool from_random) {
  constexpr size_t kMostForThree = 150;
  constexpr size_t kMostForTwo = 2'000;
  if (pictures < static_cast<size_t>(kLeastForThreshold) || pictures > kMostForTwo) return 0;
  return pictures <= kMostForThree && !from_random ? 3 : 2;
}

Result<std::vector<std::vector<float>>> gated_features(const graph::Graph& graph,
                                                       const std::vector<std::vector<uint8_t>>& pictures,
                                                       const RunInt8& run) {
  graph::Graph cut = graph;
  cut.outputs = {graph::gated_tensor(graph)};
  cut.classes.clear();
  return run(cut, pictures);
}

Result<Likeness> likeness_by(const graph::Graph& graph, const std::vector<Example>& examples, int classes,
                             const RunInt8& run) {
  std::vector<int> answers;
  for (const Example& example : examples) answers.push_back(example.answer_class);
  DEW_TRY(const auto features, gated_features(graph, pictures_of(examples), run));
  return likeness_of(features, answers, classes);
}

Result<OutOfFold> out_of_fold(const std::vector<Example>& examples, const std::vector<int>& fold,
                              const Judged& judged, const fs::path& folder, const RunInt8& run,
                              Watch& watch) {
  OutOfFold result{std::vector<std::vector<float>>(examples.size()), std::vector<double>(examples.size())};
  if (examples.empty()) return result;
  const std::vector<std::string> names(static_cast<size_t>(judged.settings.classes), "class");
  const int folds = *std::max_element(fold.begin(), fold.end()) + 1;
  for (int k = 0; k < folds; ++k) {
    const Fold one = fold_of(examples, fold, k);
    if (one.places.empty()) continue;
    if (!shows_all(one.others, judged.settings.classes)) return OutOfFold();
    const fs::path own = folder / fmt::format("fold-{}", k);
    watch.inform(fmt::format("judging by others: fold {} of {}", k + 1, folds));
    DEW_CHECK(train_on(one.others, judged, own, watch));
    DEW_TRY(const Quantised quantised,
            quantise_best(own, one.others, {}, "fold", names, judged.quantise, run, watch));
    DEW_TRY(const auto rows, run(quantised.graph, one.pictures));
    DEW_TRY(const Likeness likeness, likeness_by(quantised.graph, one.others, judged.settings.classes, run));
    DEW_TRY(const auto features, gated_features(quantised.graph, one.pictures, run));
    for (size_t i = 0; i < rows.size(); ++i) {
      result.scores[one.places[i]] = rows[i];
      result.strangeness[one.places[i]] = strangeness(likeness, features[i]);
    }
  }
  std::error_code gone;
  fs::remove_all(folder, gone);
  return result;
}

}  // namespace dew::student
