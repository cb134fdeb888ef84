#include "cli/write_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/compiler.h"
#include "graph/graph.h"
#include "student/thresholds.h"
#include "target/target.h"
#include "verbs/common/model.h"
#include "verbs/common/pictures.h"

namespace dew {
namespace {

using student::Example;
using student::Quantised;
using student::Threshold;

student::QuantiseSettings quantise_settings(const Settings& settings, uint64_t seed) {
  student::QuantiseSettings wanted;
  wanted.ranges = settings.calibration == "min-max" ? student::Ranges::kMinMax : student::Ranges::kHistogram;
  wanted.equalise = settings.equalise == "on";
  wanted.qat = settings.qat == "on"    ? student::Qat::kOn
               : settings.qat == "off" ? student::Qat::kOff
                                       : student::Qat::kAuto;
  wanted.seed = seed;
  return wanted;
}

/// As the device computes them: by the compiled plan.
Result<std::vector<std::vector<float>>> run_int8(const graph::Graph& graph,
                                                 const std::vector<std::vector<uint8_t>>& pictures,
                                                 Watch& watch) {
  compiler::Options options;
  options.isa = target::host_isa();
  DEW_TRY(const compiler::Plan plan, compiler::compile(graph, options));
  std::vector<target::Bytes> inputs;
  inputs.reserve(pictures.size());
  for (const auto& picture : pictures) inputs.push_back(rgb_to_int8(picture));
  DEW_TRY(const auto outputs, target::run_on_host(plan, inputs, watch));
  std::vector<std::vector<float>> rows;
  for (const target::Bytes& output : outputs) {
    const auto values = scores(output, plan.output);
    rows.emplace_back(values.begin(), values.end());
  }
  return rows;
}

void tell(const Quantised& quantised, Console& console) {
  if (!quantised.calibrated) {
    console.say("int8 by calibration alone: there is no validation sample to compare on");
    return;
  }
  std::string text = fmt::format("int8 on the validation samples: {:.3f} (float {:.3f})",
                                 quantised.calibrated->accuracy, quantised.reals->accuracy);
  if (quantised.trained)
    text += fmt::format("; fine-tuned in int8 {:.3f}, {}", quantised.trained->accuracy,
                        quantised.kept_trained ? "which is kept" : "not kept");
  console.say(text);
}

std::vector<Threshold> thresholds_of(const Quantised& quantised, const std::vector<Example>& validation,
                                     const Settings& settings) {
  if (settings.precision == 0 || quantised.scores.empty()) return {};
  std::vector<int> answers;
  for (const Example& example : validation) answers.push_back(example.answer_class);
  return student::choose_thresholds(quantised.scores, answers, static_cast<int>(settings.classes.size()),
                                    settings.precision);
}

void tell(const std::vector<Threshold>& thresholds, const Settings& settings, Console& console) {
  std::vector<std::string> some, few, short_of;
  for (size_t c = 0; c < thresholds.size(); ++c) {
    const std::string& name = settings.classes[c];
    if (thresholds[c].score > 0) some.push_back(fmt::format("{} from {:.3f}", name, thresholds[c].score));
    if (thresholds[c].said < student::kLeastForThreshold) few.push_back(name);
    if (!thresholds[c].reached) short_of.push_back(name);
  }
  if (!thresholds.empty())
    console.say(fmt::format("said for a precision of {:g}: {}", settings.precision,
                            some.empty() ? "every class, whatever its score" : join(some)));
  if (!few.empty()) console.say(fmt::format("too few validation samples for a threshold of: {}", join(few)));
  if (!short_of.empty())
    console.say(fmt::format("no threshold reaches that precision for: {}", join(short_of)));
}

/// A file only where some class needs a score: a net that says everything has none.
Result<Json> write_thresholds(const std::vector<Threshold>& thresholds, const fs::path& file) {
  const bool any = std::any_of(thresholds.begin(), thresholds.end(), [](auto& one) { return one.score > 0; });
  if (!any) {
    std::error_code gone;
    fs::remove(file, gone);
    return Json(nullptr);
  }
  std::string text;
  Json list = Json::array();
  for (const Threshold& one : thresholds) {
    text += fmt::format("{}\n", one.score);
    list.push_back(one.score);
  }
  DEW_CHECK(write_file(file, text));
  return list;
}

}  // namespace

Result<Json> write_model(const Settings& settings, uint64_t seed, const fs::path& folder,
                         const std::vector<student::Example>& examples,
                         const std::vector<student::Example>& validation, Console& console) {
  const student::RunInt8 run = [&console](const graph::Graph& graph, const auto& pictures) {
    return run_int8(graph, pictures, console);
  };
  DEW_TRY(const Quantised quantised,
          student::quantise_best(folder, examples, validation, settings.name, settings.classes,
                                 quantise_settings(settings, seed), run, console));
  DEW_TRY(const std::string bytes, graph::write_tflite(quantised.graph));
  const fs::path model = folder / "model.tflite";
  DEW_CHECK(write_file(model, bytes));
  DEW_CHECK(write_file(folder / "model.labels.txt", join(settings.classes, "\n") + "\n"));
  const auto thresholds = thresholds_of(quantised, validation, settings);
  DEW_TRY(const Json written, write_thresholds(thresholds, thresholds_file(model)));
  tell(quantised, console);
  tell(thresholds, settings, console);
  const auto& kept = quantised.kept_trained ? quantised.trained : quantised.calibrated;
  return Json{{"int8_validation_accuracy", kept ? Json(kept->accuracy) : Json(nullptr)},
              {"int8_kept", quantised.kept_trained ? "qat" : "calibration"},
              {"thresholds", written}};
}

}  // namespace dew
