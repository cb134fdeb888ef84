// Labels by people from a file, taken into the project.
#include <map>

#include "label/label.h"
#include "verbs/common/open.h"
#include "verbs/review/ranking.h"

namespace dew::verbs {
namespace {

constexpr int64_t kFileLimit = int64_t{256} << 20;

}  // namespace

Result<std::vector<Label>> read_labels(const Project& project, const fs::path& file, const std::string& by) {
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const auto sources, project.sources());
  return label::parse_human_labels(text, file.string(), samples, sources, project.settings(), by);
}

Result<ImportLabelsOutcome> import_labels(const ImportLabelsArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_TRY(const auto labels, read_labels(project, args.file, args.by));
  std::map<int64_t, std::string> before;
  {
    DEW_TRY(const auto standing, project.labels());
    for (const Label& label : standing) before[label.sample] = label.answer_class;
  }
  ImportLabelsOutcome outcome;
  for (const std::string& name : project.settings().classes) outcome.by_class[name] = 0;
  for (const Label& label : labels) {
    const auto stood = before.find(label.sample);
    if (stood != before.end() && stood->second != label.answer_class) ++outcome.changed;
    if (label.answer_class.empty())
      ++outcome.unsure;
    else
      ++outcome.by_class[label.answer_class];
  }
  DEW_CHECK(project.set_labels(labels));
  outcome.imported = static_cast<int64_t>(labels.size());
  return outcome;
}

Json to_json(const ImportLabelsOutcome& outcome) {
  return Json{{"imported", outcome.imported},
              {"changed", outcome.changed},
              {"unsure", outcome.unsure},
              {"by_class", outcome.by_class}};
}

}  // namespace dew::verbs
