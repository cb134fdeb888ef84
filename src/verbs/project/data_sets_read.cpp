// What was found, put into the project's terms.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/idx.h"
#include "verbs/project/data_sets.h"
#include "verbs/project/data_sets_found.h"

namespace dew::verbs {
namespace {

using exchange::DataSet;

/// Whether one of their files of many pictures trains and another one tests.
bool trains_and_tests(const std::vector<FoundLabels>& sets) {
  std::set<Split> splits;
  for (const FoundLabels& one : sets)
    for (size_t number = 0; one.set.format == exchange::kManyPictures && number < one.set.items.size();
         ++number)
      if (const auto split = one.set.items.split(number)) splits.insert(*split);
  return splits.contains(Split::kTrain) && splits.contains(Split::kTest);
}

FoundSet summary_of(const FoundLabels& from, const fs::path& root) {
  FoundSet found;
  found.folder = root.string();
  found.format = from.set.format;
  found.name = name_of_format(from.set.format);
  found.pictures = std::ssize(from.set.items);
  found.boxes = from.set.boxes;
  found.classes = from.set.classes;
  found.notes = from.set.notes;
  std::set<Split> splits;
  for (size_t number = 0; number < from.set.items.size(); ++number) {
    if (const auto split = from.set.items.split(number)) splits.insert(*split);
    if (from.set.items.has_answers(number)) ++found.answered;
    if (found.format == exchange::kManyPictures)
      found.pictures += std::ssize(from.set.items.said(number).classes) - 1;
  }
  found.splits.assign(splits.begin(), splits.end());
  return found;
}

/// Each class of --map must be there: a misspelt one would be left out without a word.
Result<void> check_mapping(const ClassMapping& mapping, const std::vector<FoundLabels>& sets) {
  std::vector<std::string> theirs;
  for (const FoundLabels& one : sets)
    theirs.insert(theirs.end(), one.set.classes.begin(), one.set.classes.end());
  for (const auto& [name, ours] : mapping.as) {
    const auto same = [&name = name](const std::string& other) {
      return class_key(other) == class_key(name);
    };
    if (std::any_of(theirs.begin(), theirs.end(), same)) continue;
    const std::string near = closest(name, theirs);
    return usage_error("the data has no class '" + printable(name, 60) + "'", "--map",
                       near.empty() ? "its classes are " + join(theirs) : "did you mean '" + near + "'?");
  }
  return {};
}

bool lies_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

/// Puts what data sets say into the project's terms.
class DataSetReader {
 public:
  DataSetReader(const AddArgs& args, const Settings& settings, const DataSets::Shown& shown)
      : args_(args), settings_(settings), shown_(shown) {}

  Result<void> take(FoundLabels& from) {
    const fs::path root = shown_(from.given.empty() ? from.tree.root() : from.given);
    if (!from.set.missing.empty() && !args_.skip_unknown) return missing_pictures(from, root);
    DEW_TRY(ClassMap map, ClassMap::make(settings_, args_.mapping));
    if (from.set.format == "folders")
      for (const auto& [name, folder] : exchange::folders_of_classes(settings_))
        if (folder != name) map.add_spelling(folder, name);
    map.find_none();
    FoundSet found = summary_of(from, root);
    // What a folder is called that was given itself counts where splits are kept; else it is told.
    if (const auto own = exchange::split_of_folder(from.tree.root());
        own && found.splits.empty() && !args_.keep_splits)
      found.splits.push_back(*own);
    set_aside_as_here(from, map, found);
    if (args_.keep_splits && !from.alone && from.set.format != exchange::kManyPictures)
      add_silent(from, found);
    const bool parted = sets_.parted_ && from.set.format == exchange::kManyPictures;
    found.splits_kept = args_.keep_splits || parted;
    if (from.set.format == exchange::kManyPictures) name_by_place(from, map, found);
    count_once(map, found.classes);
    const auto& theirs = from.set.classes;
    const bool any =
        std::any_of(theirs.begin(), theirs.end(), [&](const auto& name) { return map.ours(name); });
    found.taken = any || has_answers(from.set) || !args_.mapping.none.empty();
    if (!found.taken) DEW_CHECK(tell_strange(from, found));
    DEW_CHECK(join_earlier(from, map));
    sets_.missing_.insert(sets_.missing_.end(), from.set.missing.begin(), from.set.missing.end());
    const bool of_use = found.taken || (found.splits_kept && !found.splits.empty());
    keep(std::move(from), root, of_use ? std::optional(std::move(map)) : std::nullopt);
    sets_.found_.push_back(std::move(found));
    return {};
  }

  DataSets result() { return std::move(sets_); }
  void keep_splits(bool yes) { sets_.keep_splits_ = yes; }
  void tell_by(ShownText text) { sets_.shown_ = std::move(text); }
  void parted(bool yes) { sets_.parted_ = yes; }

 private:
  /// A test set without labels tests all the same, and is not for training.
  static void add_silent(FoundLabels& from, FoundSet& found) {
    const std::vector<Split> added = exchange::add_silent_pictures(from.tree, from.set);
    if (added.empty()) return;
    std::set<Split> all(found.splits.begin(), found.splits.end());
    all.insert(added.begin(), added.end());
    found.splits.assign(all.begin(), all.end());
    found.notes.push_back(
        plural(std::ssize(added), "picture without a label is", "pictures without a label are") +
        " of the split whose folder they lie in");
  }

  /// None of its classes is known here. An error where these labels were asked for; folders may be no
  /// classes.
  Result<void> tell_strange(const FoundLabels& from, FoundSet& found) {
    constexpr size_t kListed = 8;
    std::vector<std::string> names;
    for (size_t i = 0; i < std::min(found.classes.size(), kListed); ++i)
      names.push_back(printable(found.classes[i], 40));
    if (found.classes.size() > kListed) names.emplace_back("...");
    if (names.empty() && !from.asked) return {};  // its notes say why
    if (names.empty() && !found.notes.empty())
      return usage_error("no labels taken: " + printable(found.notes.front(), 400), printable(found.folder),
                         "or leave labels out with --labels none");
    const std::string what =
        fmt::format("its classes ({}) are none of the project's ({})", join(names), join(settings_.classes));
    const std::string next = fmt::format("say which is which, for example --map {}={}",
                                         names.empty() ? "theirs" : names[0], settings_.classes[0]);
    if (from.asked) return usage_error(what, printable(found.folder), next);
    found.notes.push_back(fmt::format("no labels taken: {}; {}", what, next));
    return {};
  }

  /// Numbers that nobody named are the project's classes in their order; not where one of these says that
  /// nothing is there: 0 would be "yes".
  void name_by_place(const FoundLabels& from, ClassMap& map, FoundSet& found) const {
    if (!map.none().empty()) return;
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& theirs : from.set.classes) {
      const bool number = !theirs.empty() && theirs.size() <= 3 &&
                          theirs.find_first_not_of("0123456789") == std::string::npos;
      const size_t place = number ? std::stoul(theirs) : settings_.classes.size();
      if (place >= settings_.classes.size() || map.ours(theirs)) return;
      pairs.emplace_back(theirs, settings_.classes[place]);
    }
    std::vector<std::string> told;
    for (const auto& [theirs, ours] : pairs) {
      map.add_spelling(theirs, ours);
      told.push_back(fmt::format("{} is {}", theirs, printable(ours, 60)));
    }
    if (!told.empty()) found.notes.push_back("classes by their place: " + join(told));
  }

  /// A picture has the words of the first data set that names it: where that says nothing, those of a later
  /// one are put there. Error (usage): they contradict each other.
  Result<void> join_earlier(const FoundLabels& from, const ClassMap& map) {
    const auto& earlier = sets_.sets_;
    const bool overlaps = std::any_of(earlier.begin(), earlier.end(), [&](const DataSets::Taken& one) {
      return lies_within(one.tree.root(), from.tree.root()) || lies_within(from.tree.root(), one.tree.root());
    });
    if (!overlaps || from.set.format == exchange::kManyPictures) return {};
    for (size_t number = 0; number < from.set.items.size(); ++number) {
      const auto before = sets_.number_of(from.tree.path_of(from.set.items.picture(number)));
      if (before) DEW_CHECK(join_one(from, number, map, *before));
    }
    return {};
  }

  Result<void> join_one(const FoundLabels& from, size_t number, const ClassMap& map, size_t before) {
    using Why = ClassMap::Why;
    DataSets::Taken& earlier = sets_.sets_[sets_.place_of(before)];
    const size_t place = before - earlier.first;
    if (earlier.format == exchange::kManyPictures) return {};
    const exchange::Item later = from.set.items[number];
    exchange::Item known = earlier.items.said(place);
    const auto ours = earlier.map->read(known);
    const auto theirs = map.read(later);
    for (const Answer& answer : later.answers) earlier.items.add_answer(place, answer);
    // That one of them saw nothing is no word against what another one saw.
    const bool spoken = ours.why == Why::kLabel && !ours.by_absence;
    if (theirs.why != Why::kLabel || (spoken && theirs.by_absence)) return {};
    const fs::path root = shown_(from.tree.root());
    const std::string where =
        later.where.starts_with('/') || later.where.empty() ? later.where : (root / later.where).string();
    if (spoken && ours.name != theirs.name)
      return usage_error(fmt::format("'{}' is '{}' here, and '{}' in {}", printable(later.picture),
                                     printable(join_names(later)), printable(join_names(known)),
                                     printable(known.where.empty() ? earlier.root.string() : known.where)),
                         printable(where.empty() ? root.string() : where),
                         "keep one of them, or give only one of the two");
    if (spoken || (ours.why == Why::kLabel && theirs.by_absence)) return {};
    known.classes = later.classes;
    known.looked_at = later.looked_at;
    known.by = later.by;
    if (!where.empty()) known.where = where;
    if (!known.split) known.split = later.split;
    earlier.items.change(place, known);
    return {};
  }

  static std::string join_names(const exchange::Item& item) {
    return item.classes.empty() ? "none" : join(item.classes);
  }

  /// "Cat" and "cat" are one class, unless the project has both.
  static void count_once(const ClassMap& map, std::vector<std::string>& classes) {
    std::set<std::pair<std::string, std::string>> known;
    std::erase_if(classes, [&](const std::string& name) {
      return !known.emplace(class_key(name), map.ours(name).value_or("")).second;
    });
  }

  /// What people set aside stays set aside, whatever the word for it was.
  void set_aside_as_here(const FoundLabels& from, ClassMap& map, FoundSet& found) const {
    const std::string& theirs = from.set.unsure;
    if (theirs.empty()) return;
    if (const auto ours = map.ours(theirs)) {
      if (!ours->empty() && *ours != settings_.unsure)
        found.notes.push_back(fmt::format(
            "'{}', which sets pictures aside there, is a class here: such pictures are labelled so",
            printable(theirs, 60)));
      return;
    }
    map.add_spelling(theirs, settings_.unsure);
    if (!settings_.unsure.empty())
      found.notes.push_back(fmt::format("'{}', which sets pictures aside there, is '{}' here",
                                        printable(theirs, 60), printable(settings_.unsure, 60)));
  }

  static bool has_answers(const DataSet& set) {
    for (size_t number = 0; number < set.items.size(); ++number)
      if (set.items.has_answers(number)) return true;
    return false;
  }

  void keep(FoundLabels from, const fs::path& root, std::optional<ClassMap> map) {
    auto& sets = sets_.sets_;
    const size_t first = sets.empty() ? 0 : sets.back().first + sets.back().items.size();
    sets.push_back({std::move(from.tree),
                    std::move(from.set.items),
                    std::move(from.set.files),
                    from.set.format,
                    root,
                    std::move(map),
                    std::move(from.set.exports),
                    std::move(from.set.unsaid),
                    from.alone,
                    first,
                    {}});
    DataSets::Taken& kept = sets.back();
    kept.places = exchange::PictureNumbers(kept.tree);
    for (size_t item = 0; item < kept.items.size(); ++item)
      kept.places[kept.items.picture(item)] = static_cast<uint32_t>(item);
  }

  const AddArgs& args_;
  const Settings& settings_;
  const DataSets::Shown& shown_;
  DataSets sets_;
};

Result<DataSets> DataSets::read(const AddArgs& args, const Settings& settings, const Shown& shown,
                                Watch& watch) {
  DataSetReader reader(args, settings, shown);
  ShownText text(args.files, shown);
  DEW_TRY(auto all, find_labels(args, &settings, text, watch));
  reader.tell_by(std::move(text));
  reader.keep_splits(args.keep_splits);
  if (!all.empty()) DEW_CHECK(check_mapping(args.mapping, all));
  reader.parted(trains_and_tests(all));
  for (FoundLabels& one : all) DEW_CHECK(reader.take(one));
  return reader.result();
}

}  // namespace dew::verbs
