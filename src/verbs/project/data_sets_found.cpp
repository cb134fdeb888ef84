// Where labels are looked for: which trees the command's files and folders make, and what each says.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exchange/idx.h"
#include "verbs/common/class_key.h"
#include "verbs/project/data_sets_found.h"

namespace dew::verbs {
namespace {

using exchange::DataSet;
using exchange::Tree;

constexpr std::string_view kFolders = "folders";  ///< the format of folders as classes

/// Whether a folder is called like a class, as people or an export call it.
bool is_class(const Settings& settings, const std::string& name) {
  const auto folders = exchange::folders_of_classes(settings);
  return std::any_of(folders.begin(), folders.end(), [&](const auto& ours) {
    return class_key(ours.first) == class_key(name) || ours.second == name;
  });
}

/// Whether a folder below the tree's root, with pictures in it, is called like another class than `own`.
bool holds_other_class(const Tree& tree, const Settings& settings, const std::string& own) {
  std::set<std::string> folders;
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file))) continue;
    for (size_t from = 0, slash = 0; (slash = file.find('/', from)) != std::string_view::npos;
         from = slash + 1)
      folders.emplace(file.substr(from, slash - from));
  }
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& name) {
    return class_key(name) != class_key(own) && is_class(settings, name);
  });
}

/// A folder that is called like a class ("add cats dogs"): whatever lies in it, in folders of a date, a
/// camera or a split too, is of that class. nullopt: it is called otherwise, or has folders of other classes
/// in it.
std::optional<DataSet> read_as_class(const Tree& tree, const Settings& settings) {
  const std::string name = tree.root().filename().string();
  if (!is_class(settings, name) || holds_other_class(tree, settings, name)) return std::nullopt;
  DataSet set = exchange::read_as_one_class(tree, name);
  return set.items.empty() ? std::nullopt : std::optional(std::move(set));
}

/// Folders that only the project's classes make classes: one alone, or few among other pictures.
Result<void> read_few_folders(const fs::path& folder, const Settings& settings,
                              std::vector<FoundLabels>& found, Watch& watch) {
  DEW_TRY(Tree tree, Tree::below(folder));
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

/// Files of many pictures that were named by themselves, with the labels that lie beside them.
Result<void> read_beside(const std::vector<fs::path>& files, const std::string& labels,
                         std::vector<FoundLabels>& found, Watch& watch) {
  std::map<fs::path, std::vector<std::string>> by_folder;
  for (const fs::path& path : files) {
    const fs::path with_labels = exchange::labels_beside(path);
    if (with_labels.empty()) continue;
    std::vector<std::string>& names = by_folder[plain_path(path).parent_path()];
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
Result<void> read_split_of_own_name(FoundLabels& one, const std::string& labels, Watch& watch) {
  if (has_splits(one.set)) return {};
  Tree around = with_own_name(one.tree);
  DEW_TRY(auto set, exchange::read(around, labels, watch));
  if (set && has_splits(*set) && set->items.size() == one.set.items.size() && set->classes == one.set.classes)
    one = {std::move(around), *std::move(set), one.asked, false};
  return {};
}

/// Such a folder with a single class in it, or with pictures alone, is no data set by itself, and a split all
/// the same. False: it is none.
Result<bool> read_small_split(const fs::path& path, std::vector<FoundLabels>& found, Watch& watch) {
  DEW_TRY(const Tree tree, Tree::below(path));
  Tree around = with_own_name(tree);
  auto set = exchange::read(around, "folders", watch);
  if (!set && watch.interrupted()) return tl::unexpected(set.error());
  if (!set || !*set || !has_splits(**set)) return false;
  found.push_back({std::move(around), **std::move(set), false, false});
  return true;
}

bool holds_pictures(const fs::path& folder) {
  const auto tree = Tree::below(folder);
  return tree && std::any_of(tree->files().begin(), tree->files().end(),
                             [](std::string_view file) { return media_kind(fs::path(file)).has_value(); });
}

/// In which folder's file it happened, of those given.
tl::unexpected<Error> in_folder(const Tree& tree, Error error) {
  if (!error.where.empty() && !error.where.starts_with('/') && !error.where.starts_with("--"))
    error.where = (printable(tree.root().string()) + "/").append(error.where);
  return tl::unexpected(std::move(error));
}

/// Labels in a folder that is called like a class itself count before its name; so much is said.
void tell_own_name(const Tree& tree, const DataSet& as_class, DataSet& set) {
  std::string note = fmt::format("{} is called like a class, but the labels in it count",
                                 printable(tree.root().filename().string(), 60));
  if (const int64_t rest = std::ssize(as_class.items) - std::ssize(set.items); rest > 0)
    note += "; " + plural(rest, "picture stays without a label", "pictures stay without labels");
  set.notes.push_back(note + "; --labels folders takes its name");
}

/// A folder that was given, one of `many` or alone.
Result<void> read_folder(const fs::path& path, const AddArgs& args, const Settings* settings, bool many,
                         std::vector<FoundLabels>& found, Watch& watch) {
  const bool automatic = args.labels == "auto";
  DEW_TRY(Tree tree, Tree::below(path));
  std::optional<DataSet> as_class;
  if (settings != nullptr && (automatic || args.labels == kFolders))
    as_class = read_as_class(tree, *settings);
  if (as_class && !automatic) {
    found.push_back({std::move(tree), *std::move(as_class), true, false});
    return {};
  }
  auto read = exchange::read(tree, args.labels, watch);
  if (!read) return in_folder(tree, std::move(read).error());
  auto& set = *read;
  const bool nothing = !set || (set->items.empty() && set->missing.empty());
  if (as_class && (nothing || set->format == kFolders)) {
    if (set && set->format != kFolders) as_class->notes = std::move(set->notes);
    found.push_back({std::move(tree), *std::move(as_class), false, false});
    return {};
  }
  if (set) {
    if (as_class) tell_own_name(tree, *as_class, *set);
    found.push_back({std::move(tree), *std::move(set), !automatic, false});
    if (args.keep_splits && many) DEW_CHECK(read_split_of_own_name(found.back(), args.labels, watch));
  }
  if (!nothing || !automatic) return {};
  if (args.keep_splits && many) {
    DEW_TRY(const bool small_split, read_small_split(path, found, watch));
    if (small_split) return {};
  }
  return settings != nullptr ? read_few_folders(path, *settings, found, watch) : Result<void>();
}

Result<std::vector<FoundLabels>> find_all(const AddArgs& args, const Settings* settings, Watch& watch) {
  std::vector<FoundLabels> found;
  if (args.labels == "none") return found;
  std::error_code code;
  if (fs::is_regular_file(args.labels, code)) return read_file_of_labels(args.labels, args.files, watch);
  std::vector<fs::path> tables;
  std::vector<fs::path> others;
  for (const fs::path& path : args.files) (holds_labels(path) ? tables : others).push_back(path);
  if (!tables.empty()) return read_named_tables(tables, others, watch);
  std::vector<fs::path> files;
  for (const fs::path& path : others)
    if (fs::is_regular_file(path, code)) files.push_back(path);
  if (args.labels == "auto" || args.labels == exchange::kManyPictures)
    DEW_CHECK(read_beside(files, args.labels, found, watch));
  const bool many = others.size() > 1;
  std::vector<fs::path> silent;
  for (const fs::path& path : others) {
    if (!fs::is_directory(path, code)) continue;
    const size_t before = found.size();
    DEW_CHECK(read_folder(path, args, settings, many, found, watch));
    if (found.size() == before && holds_pictures(path)) silent.push_back(path);
  }
  if (!found.empty() && !silent.empty())
    found.front().set.notes.push_back("no labels for what is in " + listed_files(silent));
  if (found.empty() && args.labels != "auto")
    return usage_error(
        fmt::format("no data set of the form '{}' is among what is to be added", printable(args.labels)),
        "--labels", "give auto, none, a format or a file with labels");
  return found;
}

}  // namespace

std::string name_of_format(const std::string& key) {
  for (const exchange::FormatInfo& format : exchange::formats_in())
    if (format.key == key) return format.name;
  return key;
}

fs::path plain_path(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

ShownText::ShownText(const std::vector<fs::path>& files, const Shown& shown) {
  for (const fs::path& file : files) {
    const fs::path archive = shown(file);
    if (archive == file) continue;
    std::string folder = plain_path(file).string();
    replaced_.emplace_back(folder, archive.string());
    // As it is called below a folder around several of those given.
    for (size_t slash = 0; slash != std::string::npos; slash = folder.find('/')) {
      folder.erase(0, slash + 1);
      replaced_.emplace_back(folder, archive.filename().string());
    }
  }
}

std::string ShownText::operator()(std::string text) const {
  for (const auto& [folder, archive] : replaced_)
    for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at + archive.size()))
      text.replace(at, folder.size(), archive);
  return text;
}

Result<std::vector<FoundLabels>> find_labels(const AddArgs& args, const Settings* settings,
                                             const ShownText& shown, Watch& watch) {
  auto found = find_all(args, settings, watch);
  if (!found) {
    Error error = std::move(found).error();
    for (std::string* text : {&error.what, &error.where, &error.next}) *text = shown(std::move(*text));
    return tl::unexpected(std::move(error));
  }
  for (FoundLabels& one : *found) {
    for (std::string& note : one.set.notes) note = shown(std::move(note));
    for (exchange::Missing& missing : one.set.missing)
      for (std::string* text : {&missing.where, &missing.why}) *text = shown(std::move(*text));
  }
  return found;
}

/// All pictures that are not there as one error, the first twenty in words.
tl::unexpected<Error> missing_pictures(const FoundLabels& from, const fs::path& root) {
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

}  // namespace dew::verbs
