#include "verbs/doctor/doctor.h"

#include <cstdlib>

#include "store/store.h"
#include "teacher/teacher.h"

namespace dew::verbs {
namespace {

constexpr int64_t kHalfAYear = 183;  ///< days

Result<void> check_prices(DoctorOutcome& outcome, const fs::path& prices, const DoctorArgs& args,
                          Watch& watch) {
  DEW_TRY(outcome.prices_true_on, teacher::newest_price_day(prices));
  const auto days = teacher::days_until(outcome.prices_true_on, args.clock->utc());
  if (days && -*days > kHalfAYear)
    watch.warn("the prices of models are of " + outcome.prices_true_on +
               ", more than half a year old: update Dewdrop, or add today's to prices.toml in the project "
               "(docs/teachers.md shows how)");
  return {};
}

void check_teachers(DoctorOutcome& outcome, const Settings& settings, const fs::path& prices,
                    const DoctorArgs& args, Watch& watch) {
  teacher::TeacherOptions options;
  options.prices = prices;
  for (const std::string& spec : settings.teacher.all) {
    const auto known = teacher::look_up_model(spec, options);
    // A net of an earlier run, recorded answers, or what `label` will complain about.
    if (!known || known->name.empty()) continue;
    outcome.teachers.push_back({spec, known->name, known->prices_true_on, known->ends_on,
                                teacher::days_until(known->ends_on, args.clock->utc())});
    const std::string warning = teacher::ending_warning(known->name, known->ends_on, args.clock->utc());
    if (!warning.empty()) watch.warn(warning);
  }
}

}  // namespace

Result<DoctorOutcome> doctor(const DoctorArgs& args, Watch& watch) {
  const char* key = std::getenv("OPENAI_API_KEY");
  DoctorOutcome outcome;
  outcome.tools = target::tools(watch);
  outcome.openai_api_key = key != nullptr && *key != '\0';
  const auto project = Project::open(args.project);
  const fs::path prices = project ? project->folder() / "prices.toml" : fs::path();
  DEW_CHECK(check_prices(outcome, prices, args, watch));
  if (project) check_teachers(outcome, project->settings(), prices, args, watch);
  return outcome;
}

std::vector<std::string> missing_packages(const DoctorOutcome& outcome) {
  std::vector<std::string> missing;
  for (const target::Tool& tool : outcome.tools)
    if (!tool.path) missing.push_back(tool.package);
  return missing;
}

Json to_json(const DoctorOutcome& outcome) {
  Json listed = Json::array();
  for (const target::Tool& tool : outcome.tools)
    listed.push_back({{"program", tool.program},
                      {"package", tool.package},
                      {"use", tool.use},
                      {"path", tool.path ? Json(*tool.path) : Json(nullptr)},
                      {"version", tool.path ? Json(tool.version) : Json(nullptr)}});
  Json teachers = Json::array();
  for (const CheckedTeacher& one : outcome.teachers)
    teachers.push_back({{"teacher", one.spec},
                        {"model", one.model},
                        {"prices_true_on", text_or_null(one.prices_true_on)},
                        {"ends_on", text_or_null(one.ends_on)},
                        {"days_left", one.days_left ? Json(*one.days_left) : Json(nullptr)}});
  return Json{{"tools", listed},
              {"openai_api_key", outcome.openai_api_key},
              {"missing_packages", missing_packages(outcome)},
              {"prices_true_on", outcome.prices_true_on},
              {"teachers", teachers}};
}

}  // namespace dew::verbs
