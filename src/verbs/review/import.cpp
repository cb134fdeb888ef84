// Labels by people from a file, taken into the project.
#include <fmt/format.h>

#include <map>

#include "label/label.h"
#include "verbs/common/open.h"
#include "verbs/review/ranking.h"

namespace dew::verbs {
namespace {

constexpr int64_t kFileLimit = int64_t{256} << 20;
constexpr size_t kShownUnknown = 20;
constexpr size_t kLongestPath = 4096;

}  // namespace

Result<label::HumanLabels> read_labels(const Project& project, const fs::path& file, const std::string& by) {
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const auto sources, project.sources());
  DEW_TRY(const auto origins, project.origins());
  const label::SampleNames names(samples, sources, origins);
  return label::parse_human_labels(text, printable(file.string(), kLongestPath), names, project.settings(),
                                   by);
}

Result<ImportLabelsOutcome> import_labels(const ImportLabelsArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_TRY(const auto read, read_labels(project, args.file, args.by));
  const auto unknown = label::unknown_lines(read, printable(args.file.string(), kLongestPath));
  if (unknown && !args.skip_unknown) return tl::unexpected(*unknown);
  if (unknown && read.labels.empty()) return tl::unexpected(*unknown);
  for (const std::string& sentence : label::lines_without_label(read)) watch.warn(sentence);
  if (!read.columns_left.empty())
    watch.inform(fmt::format("{} not taken along: {}",
                             plural(std::ssize(read.columns_left), "column is", "columns are"),
                             printable(join(read.columns_left), 200)));
  if (!read.corrections.empty()) watch.inform(read.corrections);
  if (read.frames_of_pictures > 0)
    watch.inform(plural(read.frames_of_pictures, "line numbers a frame of a picture, which has none: ",
                        "lines number frames of pictures, which have none: ") +
                 "the picture has the label");
  const std::vector<Label>& labels = read.labels;
  std::map<int64_t, std::string> before;
  {
    DEW_TRY(const auto standing, project.labels());
    for (const Label& label : standing) before[label.sample] = label.answer_class;
  }
  ImportLabelsOutcome outcome;
  outcome.unknown = static_cast<int64_t>(read.unknown.size());
  for (const label::UnknownLine& line : read.unknown)
    if (outcome.first_unknown.size() < kShownUnknown) outcome.first_unknown.push_back(line.name);
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
  outcome.next = "train";
  return outcome;
}

Json to_json(const ImportLabelsOutcome& outcome) {
  return Json{{"imported", outcome.imported},
              {"changed", outcome.changed},
              {"unsure", outcome.unsure},
              {"unknown", outcome.unknown},
              {"first_unknown", outcome.first_unknown},
              {"by_class", outcome.by_class}};
}

}  // namespace dew::verbs
