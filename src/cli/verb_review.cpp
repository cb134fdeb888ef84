// dewdrop review: what people decide about labels.
#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "cli/verbs.h"
#include "label/label.h"

namespace dew {
namespace {

constexpr int64_t kFileLimit = int64_t{256} << 20;

/// Who decides, for the labels' provenance.
std::string reviewer(const ReviewArgs& args) {
  if (!args.by.empty()) return args.by;
  for (const char* variable : {"USER", "LOGNAME"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  return "somebody";
}

Result<Json> import_labels(Project& project, const ReviewArgs& args, Console& console) {
  DEW_TRY(const std::string text, read_file(args.import_file, kFileLimit));
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const auto sources, project.sources());
  DEW_TRY(const auto labels, parse_human_labels(text, args.import_file.string(), samples, sources,
                                                project.settings(), reviewer(args)));
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

}  // namespace

Result<Json> verb_review(const ReviewArgs& args, Console& console) {
  DEW_TRY(Project project, Project::open(args.project));
  return import_labels(project, args, console);
}

}  // namespace dew
