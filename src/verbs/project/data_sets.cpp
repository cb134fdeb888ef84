// Where labels are looked for, and what they mean in the project.
#include "verbs/project/data_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/idx.h"

namespace dew::verbs {
namespace {

using exchange::DataSet;
using exchange::Item;
using exchange::Tree;

/// A tree and what it says.
struct TreeWithLabels {
  Tree tree;
  DataSet set;
  bool asked = false;  ///< by name, not found by itself
  bool alone = false;  ///< the pictures to add are those that it names
};

fs::path whole(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

bool holds_labels(const fs::path& path) {
  std::error_code code;
  return fs::is_regular_file(path, code) && !media_kind(path) && !exchange::format_of_file(path).empty();
}

/// The deepest folder that all paths lie in; a file's own is the one around it.
fs::path common_folder(const std::vector<fs::path>& paths) {
  std::error_code code;
  fs::path common;
  for (const fs::path& path : paths) {
    const fs::path at = whole(path);
    const fs::path folder = fs::is_directory(at, code) ? at : at.parent_path();
    if (common.empty()) common = folder;
    while (std::mismatch(common.begin(), common.end(), folder.begin(), folder.end()).first != common.end())
      common = common.parent_path();
  }
  return common;
}

/// One tree of all that is named, for a file of labels that speaks of all.
Result<Tree> tree_of(const std::vector<fs::path>& paths) {
  std::error_code code;
  const fs::path root = common_folder(paths);
  if (paths.size() == 1 && fs::is_directory(paths[0], code)) return Tree::below(root);
  std::vector<std::string> files, given;
  for (const fs::path& path : paths) {
    const fs::path at = whole(path);
    const std::string name = at.lexically_relative(root).generic_string();
    if (!fs::is_directory(at, code)) {
      files.push_back(name);
      continue;
    }
    given.push_back(name);
    DEW_TRY(const Tree below, Tree::below(at));
    for (const std::string_view file : below.files())
      files.push_back((name == "." ? "" : name + "/") + std::string(file));
  }
  if (std::find(given.begin(), given.end(), ".") != given.end()) return Tree(root, files);
  return Tree(root, files, given);
}

Result<std::vector<TreeWithLabels>> read_file_for(const std::string& labels,
                                                  const std::vector<fs::path>& paths, Watch& watch) {
  DEW_TRY(Tree tree, tree_of(paths));
  DEW_TRY(auto set, exchange::read(tree, labels, watch));
  std::vector<TreeWithLabels> found;
  if (set) found.push_back({std::move(tree), *std::move(set), true, false});
  return found;
}

/// Where the pictures of a file with labels are looked for: around it, and around a folder of its kind alone,
/// as COCO ("annotations/train.json" beside "images/") and others have it.
fs::path around(const fs::path& table) {
  const fs::path folder = whole(table).parent_path();
  const std::string name = lower(folder.filename().string());
  return name == "annotations" || name == "labels" ? folder.parent_path() : folder;
}

/// Files with labels among those named: for the others, or for the pictures they name where there are none.
Result<std::vector<TreeWithLabels>> read_named(const std::vector<fs::path>& tables,
                                               const std::vector<fs::path>& others, Watch& watch) {
  const bool alone = others.empty();
  // Those of one format are one data set, as in a folder: what they say together counts, contradictions are
  // told.
  std::map<std::pair<std::string, fs::path>, std::vector<fs::path>> together;
  for (const fs::path& table : tables)
    together[{exchange::format_of_file(table), alone ? around(table) : fs::path()}].push_back(whole(table));
  std::vector<TreeWithLabels> found;
  for (const auto& [kind, files] : together) {
    DEW_TRY(Tree tree, tree_of(alone ? std::vector{kind.second} : others));
    DEW_TRY(DataSet set, exchange::read_files(tree, files, watch));
    found.push_back({std::move(tree), std::move(set), true, alone});
  }
  return found;
}

/// Whether a folder is called like a class, as people or an export call it.
bool is_class(const Settings& settings, const std::string& name) {
  const auto folders = exchange::folders_of_classes(settings);
  return std::any_of(folders.begin(), folders.end(), [&](const auto& ours) {
    return class_key(ours.first) == class_key(name) || ours.second == name;
  });
}

/// A folder that is called like a class ("add cats dogs"), as the only one of the folder around it; nullopt:
/// it is called otherwise, or is a folder of folders.
std::optional<Tree> as_class(const Tree& tree, const Settings& settings) {
  const std::string name = tree.root().filename().string();
  if (!is_class(settings, name)) return std::nullopt;
  std::vector<std::string> files;
  for (const std::string_view file : tree.files()) {
    const bool picture = media_kind(fs::path(file)).has_value();
    if (picture && file.find('/') != std::string_view::npos) return std::nullopt;
    files.push_back(name + "/" + std::string(file));
  }
  return Tree(tree.root().parent_path(), files);
}

/// Folders that only the project's classes make classes: one alone, or few among other pictures.
Result<void> read_few_folders(const fs::path& folder, const Settings& settings,
                              std::vector<TreeWithLabels>& found, Watch& watch) {
  DEW_TRY(Tree tree, Tree::below(folder));
  if (auto as_one = as_class(tree, settings)) tree = *std::move(as_one);
  auto set = exchange::read(tree, "folders", watch);
  if (!set || !*set || (*set)->classes.empty()) {
    if (watch.interrupted()) return interrupted_error();
    return {};  // no folders
  }
  const auto& classes = (*set)->classes;
  const bool known = std::any_of(classes.begin(), classes.end(),
                                 [&](const std::string& name) { return is_class(settings, name); });
  // Of other pictures in one folder, whoever added them hears what would make that a class.
  if (known || (*set)->notes.empty()) found.push_back({std::move(tree), **std::move(set), false, false});
  return {};
}

Item of_class(const std::string& name) {
  Item item;
  item.classes = {name};
  return item;
}

/// Whether one of their files of many pictures trains and another one tests.
bool trains_and_tests(const std::vector<TreeWithLabels>& sets) {
  std::set<Split> splits;
  for (const TreeWithLabels& one : sets)
    for (size_t number = 0; one.set.format == exchange::kManyPictures && number < one.set.items.size();
         ++number)
      if (const auto split = one.set.items.split(number)) splits.insert(*split);
  return splits.contains(Split::kTrain) && splits.contains(Split::kTest);
}

/// Files of many pictures that were named by themselves, with the labels that lie beside them.
Result<void> read_beside(const std::vector<fs::path>& files, const std::string& labels,
                         std::vector<TreeWithLabels>& found, Watch& watch) {
  std::map<fs::path, std::vector<std::string>> by_folder;
  for (const fs::path& path : files) {
    const fs::path with_labels = exchange::labels_beside(path);
    if (with_labels.empty()) continue;
    std::vector<std::string>& names = by_folder[whole(path).parent_path()];
    names.push_back(path.filename().string());
    names.push_back(with_labels.filename().string());
  }
  for (const auto& [folder, names] : by_folder) {
    Tree tree(folder, names);
    DEW_TRY(auto set, exchange::read(tree, labels, watch));
    if (set) found.push_back({std::move(tree), *std::move(set), labels != "auto", false});
  }
  return {};
}

bool has_splits(const DataSet& set) {
  for (size_t number = 0; number < set.items.size(); ++number)
    if (set.items.split(number)) return true;
  return false;
}

/// The tree with its root's own folder in every name.
Tree with_own_name(const Tree& tree) {
  const std::string name = tree.root().filename().string();
  std::vector<std::string> files;
  for (const std::string_view file : tree.files()) files.push_back(name + "/" + std::string(file));
  return {tree.root().parent_path(), files};
}

/// Folders that are given beside each other may be splits themselves ("add data/train data/test"): then the
/// folder around one tells the splits that nothing in it does. One alone may just be called "test".
Result<void> read_split_of_own_name(TreeWithLabels& one, const std::string& labels, Watch& watch) {
  if (has_splits(one.set)) return {};
  Tree around = with_own_name(one.tree);
  DEW_TRY(auto set, exchange::read(around, labels, watch));
  if (set && has_splits(*set) && set->items.size() == one.set.items.size() && set->classes == one.set.classes)
    one = {std::move(around), *std::move(set), one.asked, false};
  return {};
}

/// Such a folder with a single class in it, or with pictures alone, is no data set by itself, and a split all
/// the same. False: it is none.
Result<bool> read_small_split(const fs::path& path, std::vector<TreeWithLabels>& found, Watch& watch) {
  DEW_TRY(const Tree tree, Tree::below(path));
  Tree around = with_own_name(tree);
  auto set = exchange::read(around, "folders", watch);
  if (!set && watch.interrupted()) return tl::unexpected(set.error());
  if (!set || !*set || !has_splits(**set)) return false;
  found.push_back({std::move(around), **std::move(set), false, false});
  return true;
}

/// `settings`: of the project; nullptr: it has none yet.
Result<std::vector<TreeWithLabels>> read_all(const AddArgs& args, const Settings* settings, Watch& watch) {
  std::vector<TreeWithLabels> found;
  if (args.labels == "none") return found;
  std::error_code code;
  if (fs::is_regular_file(args.labels, code)) return read_file_for(args.labels, args.files, watch);
  std::vector<fs::path> tables;
  std::vector<fs::path> others;
  for (const fs::path& path : args.files) (holds_labels(path) ? tables : others).push_back(path);
  if (!tables.empty()) return read_named(tables, others, watch);
  std::vector<fs::path> files;
  for (const fs::path& path : others)
    if (fs::is_regular_file(path, code)) files.push_back(path);
  if (args.labels == "auto" || args.labels == exchange::kManyPictures)
    DEW_CHECK(read_beside(files, args.labels, found, watch));
  for (const fs::path& path : others) {
    if (!fs::is_directory(path, code)) continue;
    DEW_TRY(Tree tree, Tree::below(path));
    DEW_TRY(auto set, exchange::read(tree, args.labels, watch));
    const bool nothing = !set || (set->items.empty() && set->missing.empty());
    if (set) {
      found.push_back({std::move(tree), *std::move(set), args.labels != "auto", false});
      if (args.keep_splits && others.size() > 1)
        DEW_CHECK(read_split_of_own_name(found.back(), args.labels, watch));
    }
    bool small_split = false;
    if (nothing && args.labels == "auto" && args.keep_splits && others.size() > 1) {
      DEW_TRY(small_split, read_small_split(path, found, watch));
    }
    if (nothing && !small_split && args.labels == "auto" && settings != nullptr)
      DEW_CHECK(read_few_folders(path, *settings, found, watch));
  }
  if (found.empty() && args.labels != "auto")
    return usage_error(
        fmt::format("no data set of the form '{}' is among what is to be added", printable(args.labels)),
        "--labels", "give auto, none, a format or a file with labels");
  return found;
}

std::string name_of_format(const std::string& key) {
  for (const exchange::FormatInfo& format : exchange::formats_in())
    if (format.key == key) return format.name;
  return key;
}

/// "labels.csv" of "labels.csv:17", "a.json" of "a.json, images[3]".
std::string file_of(const std::string& where) {
  const size_t entry = where.rfind(", ");
  if (entry != std::string::npos && where.find('[', entry) != std::string::npos)
    return where.substr(0, entry);
  const size_t colon = where.find_last_not_of("0123456789");
  return colon != std::string::npos && where[colon] == ':' ? where.substr(0, colon) : where;
}

/// The person in what an export tells as such: "ada" of "import: birds/labels.csv (ada)", so that it does not
/// grow each time that it goes out and in.
std::string person_in(std::string by) {
  while (by.starts_with(kImported)) {
    const size_t from = by.find(" (");
    if (from == std::string::npos || !by.ends_with(')')) return {};
    by = by.substr(from + 2, by.size() - from - 3);
  }
  return by;
}

std::string basis_of(const std::string& format, const fs::path& root, const Item& item) {
  std::string basis(kImported);
  basis += root.filename().string();
  if (const std::string file = file_of(item.where); file.starts_with('/'))
    basis = std::string(kImported) + file;  // it lies elsewhere
  else if (format != "folders" && !file.empty())
    basis += "/" + file;
  if (const std::string by = person_in(item.by); !by.empty()) basis += " (" + by + ")";
  return basis;
}

bool lies_in_one(const std::string& picture, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](const std::string& folder) { return picture.starts_with(folder); });
}

FoundSet summary_of(const TreeWithLabels& from, const fs::path& root) {
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

/// All pictures that are not there as one error, the first twenty in words.
tl::unexpected<Error> missing_pictures(const TreeWithLabels& from, const fs::path& root) {
  constexpr size_t kListed = 20;
  constexpr size_t kNameLength = 200;  // a list may turn out to be no text at all
  const auto& missing = from.set.missing;
  std::string what = missing.size() == 1
                         ? "a label does not name one picture that is there:"
                         : fmt::format("{} labels do not name one picture that is there:", missing.size());
  for (size_t i = 0; i < std::min(missing.size(), kListed); ++i)
    what += fmt::format("\n  {}: '{}': {}", printable(missing[i].where),
                        printable(missing[i].picture, kNameLength), missing[i].why);
  if (missing.size() > kListed) what += fmt::format("\n  and {} more", missing.size() - kListed);
  return usage_error(
      what, printable(root.string()),
      "add the pictures that are missing and write folders before names that several have, or leave "
      "these labels out with --skip-unknown");
}

/// Each class of --map must be there: a misspelt one would be left out without a word.
Result<void> check_mapping(const ClassMapping& mapping, const std::vector<TreeWithLabels>& sets) {
  std::vector<std::string> theirs;
  for (const TreeWithLabels& one : sets)
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

/// Puts what data sets say into the project's terms.
class DataSetReader {
 public:
  DataSetReader(const AddArgs& args, const Settings& settings, const DataSets::Shown& shown)
      : args_(args), settings_(settings), shown_(shown) {}

  Result<void> take(TreeWithLabels& from) {
    const fs::path root = shown_(from.tree.root());
    if (!from.set.missing.empty() && !args_.skip_unknown) return missing_pictures(from, root);
    DEW_TRY(ClassMap map, ClassMap::make(settings_, args_.mapping));
    if (from.set.format == "folders")
      for (const auto& [name, folder] : exchange::folders_of_classes(settings_))
        if (folder != name) map.add_spelling(folder, name);
    map.find_none();
    FoundSet found = summary_of(from, root);
    if (args_.keep_splits && from.set.format != exchange::kManyPictures) add_silent(from, found);
    const bool parted = sets_.parted_ && from.set.format == exchange::kManyPictures;
    found.splits_kept = args_.keep_splits || parted;
    if (from.set.format == exchange::kManyPictures) name_by_place(from, map, found);
    const auto& theirs = from.set.classes;
    const bool any =
        std::any_of(theirs.begin(), theirs.end(), [&](const auto& name) { return map.ours(name); });
    found.taken = any || has_answers(from.set) || !args_.mapping.none.empty();
    if (!found.taken) DEW_CHECK(tell_strange(from, found));
    sets_.missing_.insert(sets_.missing_.end(), from.set.missing.begin(), from.set.missing.end());
    const bool of_use = found.taken || (found.splits_kept && !found.splits.empty());
    keep(std::move(from), root, of_use ? std::optional(std::move(map)) : std::nullopt);
    sets_.found_.push_back(std::move(found));
    return {};
  }

  DataSets result() { return std::move(sets_); }
  void keep_splits(bool yes) { sets_.keep_splits_ = yes; }
  void parted(bool yes) { sets_.parted_ = yes; }

 private:
  /// A test set without labels tests all the same, and is not for training.
  static void add_silent(TreeWithLabels& from, FoundSet& found) {
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
  Result<void> tell_strange(const TreeWithLabels& from, FoundSet& found) {
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
  void name_by_place(const TreeWithLabels& from, ClassMap& map, FoundSet& found) const {
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

  static bool has_answers(const DataSet& set) {
    for (size_t number = 0; number < set.items.size(); ++number)
      if (set.items.has_answers(number)) return true;
    return false;
  }

  void keep(TreeWithLabels from, const fs::path& root, std::optional<ClassMap> map) {
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
  DEW_TRY(auto all, read_all(args, &settings, watch));
  reader.keep_splits(args.keep_splits);
  if (!all.empty()) DEW_CHECK(check_mapping(args.mapping, all));
  reader.parted(trains_and_tests(all));
  for (TreeWithLabels& one : all) DEW_CHECK(reader.take(one));
  return reader.result();
}

Result<std::vector<std::string>> DataSets::classes_of(const AddArgs& args, const Shown& shown,
                                                      std::vector<std::string>& notes, Watch& watch) {
  DEW_TRY(const auto all, read_all(args, nullptr, watch));
  std::vector<std::string> classes;
  std::set<std::string> known;
  bool nothing = false;
  bool boxes = false;
  for (const TreeWithLabels& one : all) {
    if (!one.set.missing.empty() && !args.skip_unknown) return missing_pictures(one, shown(one.tree.root()));
    std::set<std::string> seen(one.set.project_classes.begin(), one.set.project_classes.end());
    for (const std::string& note : one.set.notes) notes.push_back(printable(note, 400));
    boxes = boxes || one.set.boxes > 0;
    for (size_t number = 0; number < one.set.items.size(); ++number) {
      const Item item = one.set.items.said(number);
      seen.insert(item.classes.begin(), item.classes.end());
      if (one.set.items.has_answers(number))
        for (const Answer& answer : one.set.items[number].answers) seen.insert(answer.answer_class);
      nothing = nothing || (item.looked_at && item.classes.empty());
    }
    for (const std::string& name : one.set.classes) {
      const std::string ours = mapped(args.mapping, name).value_or(name);
      if (seen.contains(name) && !ours.empty() && known.insert(class_key(ours)).second)
        classes.push_back(ours);
    }
  }
  if (!classes.empty() && (nothing || (boxes && classes.size() == 1)) && !has_none(classes))
    classes.emplace_back("none");
  return classes;
}

std::string DataSets::name_below(const exchange::Tree& tree, const fs::path& file) {
  const std::string path = whole(file).generic_string();
  const std::string root = tree.root().generic_string();
  const size_t slash = root.ends_with('/') ? root.size() - 1 : root.size();
  if (path.size() <= slash || path[slash] != '/' || !path.starts_with(root)) return {};
  return path.substr(slash + 1);
}

bool DataSets::is_label_file(const fs::path& file) const {
  return std::any_of(sets_.begin(), sets_.end(), [&](const Taken& one) {
    const std::string name = name_below(one.tree, file);
    return (!name.empty() && one.label_files.contains(name)) ||
           one.label_files.contains(whole(file).generic_string());
  });
}

void DataSets::add_named_pictures(FileList& files) const {
  for (const Taken& one : sets_)
    for (size_t item = 0; one.alone && item < one.items.size(); ++item)
      files.add(one.tree.root(), one.items.picture(item));
}

std::optional<size_t> DataSets::number_of(const fs::path& file) const {
  for (const Taken& one : sets_) {
    if (!one.map) continue;
    const std::string name = name_below(one.tree, file);
    if (const uint32_t item = one.places.find(name); item != exchange::PictureNumbers::kNone)
      return one.first + item;
  }
  return std::nullopt;
}

const DataSets::Taken& DataSets::set_of(size_t number) const {
  const auto behind =
      std::find_if(sets_.begin(), sets_.end(), [&](const Taken& one) { return one.first > number; });
  return *std::prev(behind);
}

std::optional<Split> DataSets::split(size_t number) const {
  const Taken& from = set_of(number);
  const auto own = from.items.split(number - from.first);
  return keep_splits_ || (in_parts(number) && own != Split::kTrain) ? own : std::nullopt;
}

bool DataSets::in_parts(size_t number) const {
  return parted_ && set_of(number).format == exchange::kManyPictures;
}

bool DataSets::may_be_tested(size_t number) const {
  return !in_parts(number);
}

Result<FileWords> DataSets::words(size_t number) const {
  const Taken& from = set_of(number);
  Item item = from.items[number - from.first];
  if (!from.items.intact())
    return work_error("answers that were read cannot be read again", printable(from.root.string()),
                      "check the disk that temporary files are on (TMPDIR), then run the same command again");
  FileWords words;
  if (from.format == exchange::kManyPictures) {
    for (const std::string& theirs : item.classes)
      if (!words.frame_readings.contains(theirs))
        words.frame_readings[theirs] = from.map->read(of_class(theirs));
    words.frames = std::move(item.classes);
  } else {
    words.reading = from.map->read(item);
    words.theirs = std::move(item.classes);
  }
  words.split = split(number);
  for (Answer& answer : item.answers) {
    const auto ours = from.map->ours(answer.answer_class);
    if (!ours) continue;
    answer.answer_class = *ours;
    words.answers.push_back(std::move(answer));
  }
  words.by = basis_of(from.format, from.root, item);
  words.exported = lies_in_one(item.picture, from.exports);
  words.unsaid = lies_in_one(item.picture, from.unsaid);
  return words;
}

void DataSets::describe(LabelsTaken& taken) const {
  constexpr size_t kShown = 20;
  taken.sets = found_;
  taken.unknown = std::ssize(missing_);
  for (size_t i = 0; i < std::min(missing_.size(), kShown); ++i)
    taken.first_unknown.push_back(missing_[i].picture);
}

}  // namespace dew::verbs
