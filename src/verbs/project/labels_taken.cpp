// What became of the labels that came with pictures, for people and as JSON.
#include <fmt/format.h>

#include "verbs/project/project.h"

namespace dew::verbs {
namespace {

constexpr size_t kListed = 8;

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (size_t i = 0; i < std::min(names.size(), kListed); ++i) shown.push_back(printable(names[i], 60));
  if (names.size() > kListed) shown.emplace_back("...");
  return join(shown);
}

std::string counts_of(const std::map<std::string, int64_t>& by_name) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : by_name) parts.push_back(fmt::format("{} {}", name, with_commas(count)));
  return listed(parts);
}

/// "COCO in birds: 24 pictures, 31 boxes, 3 classes (a, b, c); splits train, test".
std::string line_about(const FoundSet& set) {
  std::string line =
      fmt::format("{} in {}: {} pictures", set.name, printable(set.folder), with_commas(set.pictures));
  if (set.boxes > 0) line += fmt::format(", {} boxes", with_commas(set.boxes));
  line += fmt::format(", {} classes ({})", set.classes.size(), listed(set.classes));
  std::vector<std::string> splits;
  for (const Split split : set.splits) splits.emplace_back(split_name(split));
  if (!splits.empty()) line += "; splits " + join(splits);
  return line;
}

void add_line(std::vector<std::string>& lines, int64_t count, const std::string& what) {
  if (count > 0) lines.push_back(fmt::format("{} {}", with_commas(count), what));
}

}  // namespace

std::vector<std::string> lines_about(const LabelsTaken& taken) {
  std::vector<std::string> lines;
  for (const FoundSet& set : taken.sets) {
    lines.push_back(line_about(set));
    for (const std::string& note : set.notes) lines.push_back("  " + printable(note, 400));
  }
  if (taken.sets.empty()) return lines;
  if (taken.labelled > 0)
    lines.push_back(
        fmt::format("{} samples labelled: {}", with_commas(taken.labelled), counts_of(taken.by_class)));
  add_line(lines, taken.unsure, "samples set aside as unsure");
  add_line(lines, taken.answers, "answers by models taken along");
  add_line(lines, taken.kept, "samples keep the label that people gave them in this project");
  if (!taken.unmatched.empty())
    lines.push_back(fmt::format(
        "left unlabelled, with classes that the project does not have: {}; --map THEIRS=OURS says "
        "which is which",
        counts_of(taken.unmatched)));
  add_line(lines, taken.several, "pictures left unlabelled: they show several of the project's classes");
  add_line(lines, taken.nothing,
           "pictures left unlabelled: they show none of the classes; --none CLASS says which class that is");
  if (taken.contradicted > 0)
    lines.push_back(
        fmt::format("{} pictures left unlabelled: the same bytes are there under two names with different "
                    "classes ({})",
                    with_commas(taken.contradicted), listed(taken.first_contradicted)));
  add_line(lines, taken.cut, "pictures and videos left unlabelled: they were cut into several samples");
  if (taken.unknown > 0)
    lines.push_back(fmt::format("{} labels left out, of pictures that are not there ({})",
                                with_commas(taken.unknown), listed(taken.first_unknown)));
  return lines;
}

Json to_json(const LabelsTaken& taken) {
  Json sets = Json::array();
  for (const FoundSet& set : taken.sets) {
    Json splits = Json::array();
    for (const Split split : set.splits) splits.push_back(split_name(split));
    sets.push_back({{"folder", set.folder},
                    {"format", set.format},
                    {"pictures", set.pictures},
                    {"boxes", set.boxes},
                    {"classes", set.classes},
                    {"splits", splits},
                    {"notes", set.notes},
                    {"taken", set.taken}});
  }
  return Json{{"sets", sets},
              {"labelled", taken.labelled},
              {"unsure", taken.unsure},
              {"kept", taken.kept},
              {"answers", taken.answers},
              {"by_class", taken.by_class},
              {"unmatched", taken.unmatched},
              {"several", taken.several},
              {"nothing", taken.nothing},
              {"contradicted", taken.contradicted},
              {"cut", taken.cut},
              {"unknown", taken.unknown}};
}

}  // namespace dew::verbs
