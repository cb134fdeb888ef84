// Labels by people from a file, taken into the project.
#include "cli/bridge.h"
#include "cli/review_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "label/label.h"

namespace dew {
namespace {

constexpr int64_t kFileLimit = int64_t{256} << 20;

}  // namespace

Result<std::vector<Label>> read_labels(const Project& project, const fs::path& file, const std::string& by) {
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const auto sources, project.sources());
  return parse_human_labels(text, file.string(), samples, sources, project.settings(), by);
}

std::string reviewer(const ReviewArgs& args) {
  if (!args.by.empty()) return args.by;
  for (const char* variable : {"USER", "LOGNAME"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  return "somebody";
}

Result<Json> import_labels(Project& project, const ReviewArgs& args, Console& console) {
  DEW_TRY(const auto labels, read_labels(project, args.import_file, reviewer(args)));
  std::map<int64_t, std::string> before;
  {
    DEW_TRY(const auto standing, project.labels());
    for (const Label& label : standing) before[label.sample] = label.answer_class;
  }
  int64_t changed = 0;
  int64_t unsure = 0;
  std::map<std::string, int64_t> by_class;
  for (const std::string& name : project.settings().classes) by_class[name] = 0;
  for (const Label& label : labels) {
    const auto stood = before.find(label.sample);
    if (stood != before.end() && stood->second != label.answer_class) ++changed;
    if (label.answer_class.empty())
      ++unsure;
    else
      ++by_class[label.answer_class];
  }
  DEW_CHECK(project.set_labels(labels));
  const auto imported = static_cast<int64_t>(labels.size());
  console.say(fmt::format("{} labels by people; {} differ from what stood, {} are unsure and set aside",
                          with_commas(imported), with_commas(changed), with_commas(unsure)));
  return Json{{"imported", imported}, {"changed", changed}, {"unsure", unsure}, {"by_class", by_class}};
}

}  // namespace dew
