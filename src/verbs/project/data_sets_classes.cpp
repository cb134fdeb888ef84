// The classes that a project takes from its data.
#include <algorithm>
#include <set>

#include "verbs/project/data_sets.h"
#include "verbs/project/data_sets_found.h"

namespace dew::verbs {
namespace {

using exchange::Item;

/// What --map says of one of their classes; nullopt: nothing.
std::optional<std::string> mapped(const ClassMapping& mapping, const std::string& name) {
  for (const auto& [theirs, ours] : mapping.as)
    if (class_key(theirs) == class_key(name)) return ours;
  return std::nullopt;
}

/// Whether one of them says that nothing is there.
bool has_none(const std::vector<std::string>& classes) {
  Settings settings;
  settings.classes = classes;
  auto map = ClassMap::make(settings, {});
  if (!map) return true;
  map->find_none();
  return !map->none().empty();
}

}  // namespace

Result<ClassesInData> DataSets::classes_of(const AddArgs& args, const Shown& shown, Watch& watch) {
  DEW_TRY(const auto all, find_labels(args, nullptr, ShownText(args.files, shown), watch));
  ClassesInData data;
  std::vector<std::string>& classes = data.classes;
  std::set<std::string> known;
  bool nothing = false;
  bool boxes = false;
  for (const FoundLabels& one : all) {
    if (!one.set.missing.empty() && !args.skip_unknown) return missing_pictures(one, shown(one.tree.root()));
    std::set<std::string> seen(one.set.project_classes.begin(), one.set.project_classes.end());
    for (const std::string& note : one.set.notes) data.notes.push_back(printable(note, 400));
    if (data.unsure.empty()) data.unsure = one.set.unsure;
    boxes = boxes || one.set.boxes > 0;
    for (size_t number = 0; number < one.set.items.size(); ++number) {
      const Item item = one.set.items.said(number);
      seen.insert(item.classes.begin(), item.classes.end());
      if (one.set.items.has_answers(number))
        for (const Answer& answer : one.set.items[number].answers) seen.insert(answer.answer_class);
      nothing = nothing || (item.looked_at && item.classes.empty());
    }
    for (const std::string& name : one.set.classes) {
      const std::string ours = trim(mapped(args.mapping, name).value_or(name));
      if (seen.contains(name) && !ours.empty() && known.insert(class_key(ours)).second)
        classes.push_back(ours);
    }
  }
  if (!classes.empty() && (nothing || (boxes && classes.size() == 1)) && !has_none(classes))
    classes.emplace_back("none");
  if (known.contains(class_key(data.unsure))) data.unsure.clear();  // a class of another data set
  return data;
}

}  // namespace dew::verbs
