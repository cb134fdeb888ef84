#include "verbs/train/int8_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/graph.h"
#include "student/thresholds.h"
#include "verbs/common/int8_run.h"
#include "verbs/common/model.h"
#include "verbs/train/promise.h"

namespace dew::verbs {
namespace {

using student::Quantised;

bool any_needs_a_score(const std::vector<ClassThreshold>& thresholds) {
  return std::any_of(thresholds.begin(), thresholds.end(), [](const auto& one) { return one.score > 0; });
}

/// A line a class; empty where every class is said whatever its score.
std::string lines_of(const std::vector<ClassThreshold>& thresholds) {
  std::string text;
  if (!any_needs_a_score(thresholds)) return text;
  for (const ClassThreshold& one : thresholds) text += fmt::format("{}\n", one.score);
  return text;
}

/// What a model has no text of has no file beside it: an earlier one is removed.
Result<void> write_or_remove(const fs::path& file, const std::string& text) {
  if (!text.empty()) return write_file(file, text);
  std::error_code gone;
  fs::remove(file, gone);
  return {};
}

std::optional<double> accuracy_of(const std::optional<student::Int8Figures>& figures) {
  return figures ? std::optional(figures->accuracy) : std::nullopt;
}

}  // namespace

Result<Int8Result> write_int8_model(const Settings& settings, const fs::path& folder,
                                    const search::Pictures& pictures, const HowTrained& how, Watch& watch) {
  const student::RunInt8 run = [&watch](const graph::Graph& graph, const auto& some) {
    return run_int8(graph, some, watch);
  };
  DEW_TRY(const Quantised quantised,
          student::quantise_best(folder, pictures.train, pictures.validation, settings.name, settings.classes,
                                 quantise_settings(settings, how.settings.seed), run, watch));
  DEW_TRY(const std::string bytes, graph::write_tflite(quantised.graph));
  const fs::path model = folder / "model.tflite";
  DEW_CHECK(write_file(model, bytes));
  DEW_CHECK(write_file(folder / "model.labels.txt", join(settings.classes, "\n") + "\n"));
  Int8Result result{accuracy_of(quantised.reals),
                    accuracy_of(quantised.calibrated),
                    accuracy_of(quantised.trained),
                    quantised.kept_trained,
                    settings.precision,
                    {},
                    {},
                    {}};
  if (settings.precision > 0) {
    const student::Judged judged{how.settings, how.recipe, quantise_settings(settings, how.settings.seed)};
    const auto classes = static_cast<int>(settings.classes.size());
    DEW_TRY(const student::Likeness likeness,
            student::likeness_by(quantised.graph, pictures.train, classes, run));
    DEW_TRY(const Evidence evidence,
            gather_evidence(pictures, quantised, likeness, judged, folder / "folds", run, watch));
    result.chosen =
        student::choose_thresholds(evidence.scores, evidence.answers, classes, settings.precision);
    result.gating = student::choose_gate(likeness, of_right_answers(evidence));
    result.thresholds = class_thresholds(result.chosen, settings.classes);
  }
  DEW_CHECK(write_or_remove(thresholds_file(model), lines_of(result.thresholds)));
  DEW_CHECK(write_or_remove(gate_file(model), graph::to_text(result.gating.gate)));
  return result;
}

Json metrics_of(const Int8Result& result) {
  const auto& kept = result.kept_tuned ? result.tuned_accuracy : result.calibrated_accuracy;
  Json thresholds;
  if (any_needs_a_score(result.thresholds))
    for (const ClassThreshold& one : result.thresholds) thresholds.push_back(one.score);
  return Json{{"int8_validation_accuracy", kept ? Json(*kept) : Json(nullptr)},
              {"int8_kept", result.kept_tuned ? "qat" : "calibration"},
              {"thresholds", thresholds},
              {"promise", promise_json(result)}};
}

}  // namespace dew::verbs
