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
  std::string line = fmt::format("{} in {}: {}", set.name, printable(set.folder),
                                 plural(set.pictures, "picture", "pictures"));
  if (set.boxes > 0) line += ", " + plural(set.boxes, "box", "boxes");
  if (set.answered > 0) line += fmt::format(", models' answers on {}", with_commas(set.answered));
  line += set.classes.empty() ? std::string(set.answered > 0 ? ", no class by people" : ", no classes")
                              : fmt::format(", {} ({})", plural(std::ssize(set.classes), "class", "classes"),
                                            listed(set.classes));
  std::vector<std::string> splits;
  for (const Split split : set.splits) splits.emplace_back(split_name(split));
  if (splits.empty()) return line;
  line += "; " + std::string(splits.size() == 1 ? "split " : "splits ") + join(splits);
  if (!set.splits_kept) line += ", drawn anew here (--splits keep takes these)";
  return line;
}

/// "3 pictures left unlabelled: why"; nothing for none.
void add_unlabelled(std::vector<std::string>& lines, int64_t pictures, const char* why) {
  if (pictures > 0)
    lines.push_back(fmt::format("{} left unlabelled: {}", plural(pictures, "picture", "pictures"), why));
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
    lines.push_back(fmt::format("{} labelled: {}", plural(taken.labelled, "sample", "samples"),
                                counts_of(taken.by_class)));
  if (taken.unsure > 0) lines.push_back(plural(taken.unsure, "sample", "samples") + " set aside as unsure");
  if (taken.answers > 0)
    lines.push_back(plural(taken.answers, "answer", "answers") +
                    " by models taken along; where several models answered, those of the newest `label` "
                    "decide, else the last one");
  if (taken.own > 0)
    lines.push_back(plural(taken.own, "label is this project's own: left as it is",
                           "labels are this project's own: left as they are"));
  if (taken.kept > 0)
    lines.push_back("people's labels of this project stand against the data set's: " +
                    plural(taken.kept, "sample", "samples"));
  if (taken.changed > 0)
    lines.push_back(fmt::format("{} of earlier data sets changed: {}",
                                plural(taken.changed, "label", "labels"), listed(taken.first_changed)));
  if (taken.withdrawn > 0)
    lines.push_back(fmt::format("{} of earlier data sets, which these no longer give, kept: {}",
                                plural(taken.withdrawn, "label", "labels"), listed(taken.first_withdrawn)));
  if (taken.other_split > 0)
    lines.push_back(plural(taken.other_split, "sample was", "samples were") +
                    " there before and stayed in another split than the data set's");
  if (taken.two_splits > 0)
    lines.push_back(
        fmt::format("{} under names in two splits, of which the first counts: {}",
                    plural(taken.two_splits, "picture has the same bytes", "pictures have the same bytes"),
                    listed(taken.first_two_splits)));
  if (!taken.unmatched.empty())
    lines.push_back(fmt::format(
        "left unlabelled, with classes that the project does not have: {}; --map THEIRS=OURS says "
        "which is which",
        counts_of(taken.unmatched)));
  if (!taken.as_none.empty())
    lines.push_back(fmt::format("labelled as showing none of the classes, though they show others: {}",
                                counts_of(taken.as_none)));
  add_unlabelled(lines, taken.several, "several of the project's classes are on them");
  add_unlabelled(lines, taken.nothing,
                 "none of the classes is on them, and no class means that; --none CLASS says which does");
  if (taken.contradicted > 0)
    add_unlabelled(lines, taken.contradicted,
                   fmt::format("the same bytes have two names with different classes ({})",
                               listed(taken.first_contradicted))
                       .c_str());
  add_unlabelled(lines, taken.cut, "cut into several samples");
  if (taken.unknown > 0)
    lines.push_back(fmt::format("{} left out, of pictures that are not there ({})",
                                plural(taken.unknown, "label", "labels"), listed(taken.first_unknown)));
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
                    {"answered", set.answered},
                    {"classes", set.classes},
                    {"splits", splits},
                    {"notes", set.notes},
                    {"taken", set.taken}});
  }
  return Json{{"sets", sets},
              {"labelled", taken.labelled},
              {"unsure", taken.unsure},
              {"own", taken.own},
              {"kept", taken.kept},
              {"answers", taken.answers},
              {"by_class", taken.by_class},
              {"unmatched", taken.unmatched},
              {"as_none", taken.as_none},
              {"several", taken.several},
              {"nothing", taken.nothing},
              {"changed", taken.changed},
              {"withdrawn", taken.withdrawn},
              {"other_split", taken.other_split},
              {"contradicted", taken.contradicted},
              {"cut", taken.cut},
              {"two_splits", taken.two_splits},
              {"unknown", taken.unknown}};
}

}  // namespace dew::verbs
