#include "verbs/doctor/doctor.h"

#include <cstdlib>

namespace dew::verbs {

Result<DoctorOutcome> doctor(Watch& watch) {
  const char* key = std::getenv("OPENAI_API_KEY");
  return DoctorOutcome{{}, target::tools(watch), key != nullptr && *key != '\0'};
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
  return Json{{"tools", listed},
              {"openai_api_key", outcome.openai_api_key},
              {"missing_packages", missing_packages(outcome)}};
}

}  // namespace dew::verbs
