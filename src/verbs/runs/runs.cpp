#include "verbs/runs/runs.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew::verbs {
namespace {

Json object_in(const std::string& text) {
  Json object = Json::parse(text, nullptr, false);
  return object.is_object() ? object : Json::object();
}

std::optional<double> number_at(const Json& object, const char* path) {
  const Json::json_pointer at{std::string(path)};
  return object.contains(at) && object.at(at).is_number() ? std::optional(object.at(at).get<double>())
                                                          : std::nullopt;
}

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

RunSummary summary_of(const Run& run, const fs::path& project) {
  RunSummary summary;
  summary.run = run.id;
  summary.folder = run.folder;
  std::error_code code;
  summary.gone = !fs::is_directory(project / run.folder, code);
  summary.state = run.state;
  summary.at = run.at;
  summary.settings = object_in(run.settings_json);
  summary.metrics = object_in(run.results_json);
  const Json& metrics = summary.metrics;
  summary.validation_accuracy = number_at(metrics, "/validation_accuracy");
  summary.test_accuracy = number_at(metrics, "/test/float/accuracy");
  summary.int8_accuracy = number_at(metrics, "/test/int8_host/accuracy");
  const Json::json_pointer labels("/test/labels");
  if (metrics.contains(labels) && metrics.at(labels).is_string())
    summary.labels = metrics.at(labels).get<std::string>();
  summary.curve =
      metrics.contains("curve") && metrics.at("curve").is_array() ? metrics.at("curve") : Json::array();
  return summary;
}

tl::unexpected<Error> damaged(const fs::path& file) {
  return work_error("what the net said of the test split cannot be read", file.string(),
                    "test the run again: dewdrop test");
}

}  // namespace

Result<std::vector<RunSummary>> list_runs(const fs::path& project) {
  DEW_TRY(const Project opened, Project::open(project));
  DEW_TRY(const auto runs, opened.runs());
  std::vector<RunSummary> all;
  for (const Run& run : runs) all.push_back(summary_of(run, opened.folder()));
  return all;
}

Result<std::optional<RunSummary>> find_run(const fs::path& project, int64_t run) {
  DEW_TRY(auto all, list_runs(project));
  const auto found =
      std::find_if(all.begin(), all.end(), [run](const RunSummary& one) { return one.run == run; });
  if (found == all.end()) return std::optional<RunSummary>();
  return std::optional(std::move(*found));
}

Json to_json(const RunSummary& run) {
  return Json{{"run", run.run},
              {"folder", run.folder},
              {"gone", run.gone},
              {"state", run.state},
              {"at", run.at},
              {"validation_accuracy", or_null(run.validation_accuracy)},
              {"test_accuracy", or_null(run.test_accuracy)},
              {"int8_accuracy", or_null(run.int8_accuracy)},
              {"settings", run.settings},
              {"labels", text_or_null(run.labels)}};
}

Json detail_json(const RunSummary& run) {
  Json json = to_json(run);
  json["curve"] = run.curve;
  json["metrics"] = run.metrics;
  json["test"] = run.metrics.contains("test") ? run.metrics.at("test") : Json(nullptr);
  return json;
}

std::string to_text(const Predictions& predictions) {
  Json samples = Json::array();
  for (const Prediction& one : predictions.samples)
    samples.push_back({one.sample, one.label, one.in_float, one.in_int8, one.score});
  return Json{{"classes", predictions.classes},
              {"columns", {"sample", "label", "float", "int8", "int8_score"}},
              {"samples", std::move(samples)}}
             .dump(-1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

Result<std::optional<Predictions>> read_predictions(const fs::path& project, const RunSummary& run) {
  constexpr int64_t kMostBytes = int64_t{256} << 20;
  DEW_TRY(const Project opened, Project::open(project));
  const fs::path file = opened.folder() / run.folder / kPredictionsFile;
  std::error_code code;
  if (!fs::exists(file, code)) return std::optional<Predictions>();
  DEW_TRY(const std::string text, read_file(file, kMostBytes));
  const Json json = object_in(text);
  const auto classes = json.find("classes");
  const auto samples = json.find("samples");
  if (classes == json.end() || !classes->is_array() || samples == json.end() || !samples->is_array())
    return damaged(file);
  Predictions found;
  for (const Json& name : *classes) {
    if (!name.is_string()) return damaged(file);
    found.classes.push_back(name.get<std::string>());
  }
  const auto is_class = [&found](const Json& value) {
    return value.is_number_integer() && value.get<int64_t>() >= 0 &&
           value.get<int64_t>() < std::ssize(found.classes);
  };
  for (const Json& row : *samples) {
    if (!row.is_array() || row.size() != 5 || !row[0].is_number_integer() || !is_class(row[1]) ||
        !is_class(row[2]) || !is_class(row[3]) || !row[4].is_number())
      return damaged(file);
    found.samples.push_back({row[0].get<int64_t>(), row[1].get<int>(), row[2].get<int>(), row[3].get<int>(),
                             row[4].get<double>()});
  }
  return std::optional(std::move(found));
}

Json confusion_json(const Predictions& predictions) {
  const size_t classes = predictions.classes.size();
  std::vector<std::vector<int64_t>> in_float(classes, std::vector<int64_t>(classes));
  std::vector<std::vector<int64_t>> in_int8 = in_float;
  Json samples = Json::array();
  for (const Prediction& one : predictions.samples) {
    const auto label = static_cast<size_t>(one.label);
    ++in_float[label][static_cast<size_t>(one.in_float)];
    ++in_int8[label][static_cast<size_t>(one.in_int8)];
    samples.push_back({{"id", one.sample},
                       {"label", predictions.classes[label]},
                       {"said", predictions.classes[static_cast<size_t>(one.in_int8)]},
                       {"score", one.score}});
  }
  return Json{{"classes", predictions.classes},
              {"float", in_float},
              {"int8", in_int8},
              {"samples", std::move(samples)}};
}

}  // namespace dew::verbs
