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

/// The validation pictures alone; nothing where there are none.
Result<Evidence> on_validation(const search::Pictures& pictures, const student::Quantised& net,
                               const student::Likeness& likeness, const student::RunInt8& run) {
  if (net.scores.empty()) return Evidence{};
  DEW_TRY(const auto features,
          student::gated_features(net.graph, student::pictures_of(pictures.validation), run));
  Evidence evidence{net.scores, {}, answers_of(pictures.validation)};
  for (const auto& row : features) evidence.strangeness.push_back(student::strangeness(likeness, row));
  return evidence;
}

/// The measure of the net itself: `own` is what it says of the last pictures.
void scale_to(const std::vector<double>& own, std::vector<double>& by_folds) {
  const std::vector<double> same(by_folds.end() - std::ssize(own), by_folds.end());
  const double ratio = student::strangeness_ratio(own, same);
  for (double& strangeness : by_folds) strangeness *= ratio;
}

std::string percent_of(int64_t part, int64_t of) {
  return fmt::format("{:.0f} %", of > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(of) : 0.0);
}

/// What the gate does, in a sentence.
std::string gate_text(const student::Gating& gating) {
  if (gating.gate.limits.empty())
    return "Strangers are not told apart: that takes ten right answers on pictures that the judged "
           "nets had not learned from";
  const std::string text = fmt::format(
      "Strangers: pictures that look unlike those of every class are answered \"unknown\"; {} of {} right "
      "answers pass, and of further ones {:.1f} % in the mean",
      gating.passed, gating.pictures, 100 * (1 - gating.turned_away));
  if (gating.promised) return text;
  return text +
         fmt::format("; {:g} % would take {} of them", 100 * (1 - student::kMostTurnedAway), gating.needed);
}

/// Null where strangers are not told apart.
Json gate_json(const student::Gating& gating) {
  if (gating.gate.limits.empty()) return nullptr;
  return Json{{"text", gate_text(gating)},
              {"pictures", gating.pictures},
              {"passed", gating.passed},
              {"turned_away", gating.turned_away},
              {"promised", gating.promised}};
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

Result<Evidence> gather_evidence(const search::Pictures& pictures, const student::Quantised& net,
                                 const student::Likeness& likeness, const student::Judged& judged,
                                 const fs::path& folder, const student::RunInt8& run, Watch& watch) {
  std::vector<Example> all = pictures.train;
  all.insert(all.end(), pictures.validation.begin(), pictures.validation.end());
  const std::vector<int> answers = answers_of(all);
  if (const int folds = student::judging_folds(all.size(), judged.settings.backbone == "random"); folds > 0) {
    const std::vector<int> fold = label::draw_folds(groups_of(all), answers, folds);
    DEW_TRY(auto out, student::out_of_fold(all, fold, judged, folder, run, watch));
    if (!out.scores.empty()) {
      DEW_TRY(const Evidence own, on_validation(pictures, net, likeness, run));
      scale_to(own.strangeness, out.strangeness);
      return Evidence{std::move(out.scores), std::move(out.strangeness), answers};
    }
  }
  return on_validation(pictures, net, likeness, run);
}

std::vector<double> of_right_answers(const Evidence& evidence) {
  std::vector<double> strangeness;
  for (size_t i = 0; i < evidence.answers.size(); ++i) {
    const auto& row = evidence.scores[i];
    if (std::max_element(row.begin(), row.end()) - row.begin() == evidence.answers[i])
      strangeness.push_back(evidence.strangeness[i]);
  }
  return strangeness;
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

namespace {

std::string thresholds_text(const Int8Result& result) {
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

}  // namespace

std::string promise_text(const Int8Result& result) {
  if (result.precision == 0) return {};
  return thresholds_text(result) + ". " + gate_text(result.gating);
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
              {"strangers", gate_json(result.gating)},
              {"classes", classes},
              {"curve", curve}};
}

}  // namespace dew::verbs
