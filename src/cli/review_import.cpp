// Labels by people from a file: taken into the project, or held against the ranking.
#include "cli/review_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "label/label.h"

namespace dew {
namespace {

constexpr int64_t kFileLimit = int64_t{256} << 20;

double percent(int64_t part, int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

Result<std::vector<Label>> read_labels(const Project& project, const fs::path& file, const std::string& by) {
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const auto sources, project.sources());
  return parse_human_labels(text, file.string(), samples, sources, project.settings(), by);
}

}  // namespace

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

Result<Json> score_ranking(const Project& project, const std::vector<Suspect>& queue, const fs::path& file,
                           Console& console) {
  DEW_TRY(const auto labels, read_labels(project, file, "score"));
  std::map<int64_t, std::string> truth;
  for (const Label& label : labels) truth[label.sample] = label.answer_class;
  std::vector<bool> wrong;
  int64_t agreed = 0;
  for (const Suspect& suspect : queue) {
    const auto at = truth.find(suspect.sample.id);
    if (at == truth.end() || suspect.human) continue;
    const auto& classes = project.settings().classes;
    wrong.push_back(at->second != classes[static_cast<size_t>(suspect.label)]);
    if (at->second == classes[static_cast<size_t>(suspect.opinion.said)]) ++agreed;
  }
  const auto all = std::count(wrong.begin(), wrong.end(), true);
  if (all == 0)
    return work_error("nothing to measure: no label in question differs from the file", file.string());
  const auto samples = static_cast<int64_t>(wrong.size());
  console.say(
      fmt::format("{} labels, {} of them wrong ({:.1f} %); the classifier agrees with people on {:.1f} %",
                  with_commas(samples), with_commas(all), percent(all, samples), percent(agreed, samples)));
  Json curve = Json::array();
  double at_ten = 0;
  for (const int share : {1, 2, 5, 10, 20, 30, 50}) {
    const int64_t reviewed = samples * share / 100;
    const auto found = std::count(wrong.begin(), wrong.begin() + reviewed, true);
    if (share == 10) at_ten = percent(found, all) / 100;
    console.say(
        fmt::format("reviewing the {:>2} % most suspicious ({:>5}) finds {:>5} of the wrong ones, {:5.1f} %",
                    share, with_commas(reviewed), with_commas(found), percent(found, all)));
    curve.push_back({{"share", share / 100.0},
                     {"reviewed", reviewed},
                     {"found", found},
                     {"of_wrong", percent(found, all) / 100}});
  }
  return Json{{"labels", samples},
              {"wrong", all},
              {"found_at_10_percent", at_ten},
              {"classifier_accuracy", percent(agreed, samples) / 100},
              {"curve", curve}};
}

}  // namespace dew
