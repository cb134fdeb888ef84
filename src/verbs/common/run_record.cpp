#include "verbs/common/run_record.h"

#include <fmt/format.h>

namespace dew::verbs {
namespace {

tl::unexpected<Error> damaged(const Project& project, const Run& run, const std::string& part) {
  return work_error(fmt::format("the {} of run {} in the database are damaged", part, run.id),
                    (project.folder() / run.folder).string(),
                    "train again (dewdrop train), or choose another run (dewdrop test --run)");
}

Result<Json> parse(const Project& project, const Run& run, const std::string& text, const char* part) {
  Json object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return damaged(project, run, part);
  return object;
}

/// Absent where it is no number.
std::optional<double> number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

}  // namespace

Result<Json> run_settings(const Project& project, const Run& run) {
  return parse(project, run, run.settings_json, "settings");
}

Result<Json> run_results(const Project& project, const Run& run) {
  return parse(project, run, run.results_json, "results");
}

Json curve_json(const std::vector<student::EpochFigures>& curve) {
  Json list = Json::array();
  for (const student::EpochFigures& epoch : curve)
    list.push_back({{"epoch", epoch.epoch},
                    {"train_loss", epoch.train_loss},
                    {"train_accuracy", epoch.train_accuracy},
                    {"validation_loss", epoch.validation_loss},
                    {"validation_accuracy", epoch.validation_accuracy}});
  return list;
}

Result<std::vector<student::EpochFigures>> curve_of(const Project& project, const Run& run,
                                                    const Json& results) {
  std::vector<student::EpochFigures> curve;
  const auto list = results.find("curve");
  if (list == results.end()) return curve;
  if (!list->is_array()) return damaged(project, run, "results");
  for (const Json& one : *list) {
    if (!one.is_object()) return damaged(project, run, "results");
    const auto epoch = number(one, "epoch");
    const auto train_loss = number(one, "train_loss");
    const auto train_accuracy = number(one, "train_accuracy");
    const auto validation_loss = number(one, "validation_loss");
    const auto validation_accuracy = number(one, "validation_accuracy");
    if (!epoch || !train_loss || !train_accuracy || !validation_loss || !validation_accuracy)
      return damaged(project, run, "results");
    curve.push_back(
        {static_cast<int>(*epoch), *train_loss, *train_accuracy, *validation_loss, *validation_accuracy});
  }
  return curve;
}

Result<std::optional<double>> number_of(const Project& project, const Run& run, const Json& results,
                                        const char* key) {
  const auto found = results.find(key);
  if (found == results.end() || found->is_null()) return std::optional<double>();
  if (!found->is_number()) return damaged(project, run, "results");
  return std::optional(found->get<double>());
}

}  // namespace dew::verbs
