// dewdrop doctor: what is installed, what is missing, how to get it.
#include <fmt/format.h>

#include <cstdlib>

#include "cli/table.h"
#include "cli/verbs.h"
#include "target/target.h"

namespace dew {

Result<Json> verb_doctor(Console& console) {
  Json listed = Json::array();
  std::vector<std::vector<std::string>> rows{{"tool", "", "for"}};
  std::vector<std::string> missing;
  for (const target::Tool& tool : target::tools(console)) {
    rows.push_back({tool.program, tool.path ? "ok" : "missing", tool.use});
    if (!tool.path) missing.push_back(tool.package);
    listed.push_back({{"program", tool.program},
                      {"package", tool.package},
                      {"use", tool.use},
                      {"path", tool.path ? Json(*tool.path) : Json(nullptr)},
                      {"version", tool.path ? Json(tool.version) : Json(nullptr)}});
  }
  const char* key = std::getenv("OPENAI_API_KEY");
  const bool has_key = key != nullptr && *key != '\0';
  rows.push_back(
      {"OPENAI_API_KEY", has_key ? "set" : "not set", "label --teacher openai:... at api.openai.com"});
  console.say(table(rows));
  if (!missing.empty()) console.say("to get what is missing: apt install " + join(missing, " "));
  return Json{{"tools", listed}, {"openai_api_key", has_key}, {"missing_packages", missing}};
}

}  // namespace dew
