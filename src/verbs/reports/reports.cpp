#include "verbs/reports/reports.h"

namespace dew::verbs {
namespace {

constexpr int64_t kMostBytes = int64_t{64} << 20;

Result<std::optional<std::string>> read_where(const fs::path& project, const fs::path& name) {
  DEW_TRY(const Project opened, Project::open(project));
  const fs::path file = opened.folder() / name;
  std::error_code code;
  if (!fs::exists(file, code)) return std::optional<std::string>();
  DEW_TRY(std::string text, read_file(file, kMostBytes));
  return std::optional(std::move(text));
}

fs::path page_of(const std::string& name) {
  return name + ".html";
}

fs::path page_of(const RunSummary& run, const std::string& name) {
  return fs::path(run.folder) / page_of(name);
}

bool is_there(const fs::path& project, const fs::path& name) {
  std::error_code code;
  return fs::is_regular_file(project / name, code);
}

}  // namespace

Result<std::optional<std::string>> read_report(const fs::path& project, const std::string& name) {
  return read_where(project, page_of(name));
}

bool has_report(const fs::path& project, const std::string& name) {
  return is_there(project, page_of(name));
}

bool has_report(const fs::path& project, const RunSummary& run, const std::string& name) {
  return is_there(project, page_of(run, name));
}

Result<std::optional<std::string>> read_report(const fs::path& project, const RunSummary& run,
                                               const std::string& name) {
  return read_where(project, page_of(run, name));
}

Result<std::optional<Json>> read_comparison(const fs::path& project) {
  DEW_TRY(const auto text, read_where(project, "compare.json"));
  if (!text) return std::optional<Json>();
  Json figures = Json::parse(*text, nullptr, false);
  const auto answer = figures.is_object() ? figures.find("answer") : figures.end();
  if (answer == figures.end() || !answer->is_string())
    return work_error("the figures of the last comparison cannot be read", "compare.json",
                      "compare again: no net is trained twice");
  return std::optional(std::move(figures));
}

}  // namespace dew::verbs
