#include "verbs/train/promise.h"

#include <fmt/format.h>

#include <algorithm>

#include "label/folds.h"

namespace dew::verbs {
namespace {

using student::Example;

constexpr size_t kPointsShown = 40;

std::vector<int> answers_of(const std::vector<Example>& examples) {
  std::vector<int> answers;
  for (const Example& example : examples) answers.push_back(example.answer_class);
  return answers;
}

std::vector<int64_t> groups_of(const std::vector<Example>& examples) {
  std::vector<int64_t> groups;
  for (const Example& example : examples) groups.push_back(example.group);
  return groups;
}

std::string percent_of(int64_t part, int64_t of) {
  return fmt::format("{:.0f} %", of > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(of) : 0.0);
}

/// "dog (8 of 12)".
std::string classes_short_of_it(const std::vector<ClassThreshold>& thresholds) {
  constexpr size_t kMostNamed = 8;
  std::vector<std::string> some;
  for (const ClassThreshold& one : thresholds)
    if (!one.reached) some.push_back(fmt::format("{} ({} of {})", one.name, one.right, one.said));
  const size_t more = some.size() - std::min(some.size(), kMostNamed);
  some.resize(some.size() - more);
  return join(some) + (more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

Result<Evidence> gather_evidence(const search::Pictures& pictures,
                                 const std::vector<std::vector<float>>& validation_scores,
                                 const student::Judged& judged, const fs::path& folder,
                                 const student::RunInt8& run, Watch& watch) {
  std::vector<Example> all = pictures.train;
  all.insert(all.end(), pictures.validation.begin(), pictures.validation.end());
  const std::vector<int> answers = answers_of(all);
  if (const int folds = student::judging_folds(all.size(), judged.settings.backbone == "random"); folds > 0) {
    const std::vector<int> fold = label::draw_folds(groups_of(all), answers, folds);
    DEW_TRY(auto scores, student::out_of_fold(all, fold, judged, folder, run, watch));
    if (!scores.empty()) return Evidence{std::move(scores), answers};
  }
  return Evidence{validation_scores,
                  validation_scores.empty() ? std::vector<int>() : answers_of(pictures.validation)};
}

std::vector<ClassThreshold> class_thresholds(const student::Thresholds& chosen,
                                             const std::vector<std::string>& classes) {
  std::vector<ClassThreshold> thresholds;
  if (chosen.pictures == 0) return thresholds;
  for (size_t c = 0; c < classes.size(); ++c) {
    const student::Threshold& one = chosen.classes[c];
    thresholds.push_back({classes[c], one.score, one.reached, one.said, one.right});
  }
  return thresholds;
}

std::string promise_text(const Int8Result& result) {
  if (result.precision == 0) return {};
  const student::Thresholds& chosen = result.chosen;
  if (chosen.pictures == 0)
    return fmt::format(
        "no precision can be promised, and no class has a threshold: there are too few labelled pictures to "
        "judge the net by");
  const std::string counts =
      fmt::format("{} of {} were right, among {} pictures that the judged nets had not learned from",
                  chosen.right, chosen.said, with_commas(chosen.pictures));
  std::string text;
  if (chosen.promised) {
    text = fmt::format(
        "promised: of what the net says, {:g} or more is right; it says {} and answers \"unknown\" otherwise "
        "({})",
        result.precision, percent_of(chosen.said, chosen.pictures), counts);
  } else {
    text = fmt::format("a precision of {:g} cannot be promised: {}; ", result.precision, counts);
    text += chosen.needed > 0
                ? fmt::format("if the net stays as good, some {} labelled pictures would do",
                              with_commas(chosen.needed))
                : std::string(
                      "the net errs too often for it, whatever their number: it has to become better by more "
                      "or better labelled pictures, or ask for less with precision in dewdrop.toml");
  }
  if (const std::string some = classes_short_of_it(result.thresholds); !some.empty())
    text += fmt::format("; on its own this share is not reached by: {}", some);
  return text;
}

Json promise_json(const Int8Result& result) {
  if (result.precision == 0) return nullptr;
  const student::Thresholds& chosen = result.chosen;
  Json classes = Json::array();
  for (const ClassThreshold& one : result.thresholds)
    classes.push_back({{"class", one.name},
                       {"score", one.score},
                       {"said", one.said},
                       {"right", one.right},
                       {"reached", one.reached}});
  Json curve = Json::array();
  const size_t step = std::max<size_t>(1, (chosen.curve.size() + kPointsShown - 1) / kPointsShown);
  for (size_t i = 0; i < chosen.curve.size(); ++i)
    if ((chosen.curve.size() - 1 - i) % step == 0)
      curve.push_back({{"score", chosen.curve[i].score},
                       {"said", chosen.curve[i].said},
                       {"right", chosen.curve[i].right}});
  return Json{{"precision", result.precision},
              {"promised", chosen.promised},
              {"pictures", chosen.pictures},
              {"said", chosen.said},
              {"right", chosen.right},
              {"needed", chosen.needed > 0 ? Json(chosen.needed) : Json(nullptr)},
              {"text", promise_text(result)},
              {"classes", classes},
              {"curve", curve}};
}

}  // namespace dew::verbs
