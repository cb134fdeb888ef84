// One of the folders that were given: a class itself, a split, or a data set.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

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

/// Which folders below the tree's root, with pictures in them, are called like classes.
struct InnerClasses {
  std::set<std::string> others;  ///< such folders that are not called like the root itself
  size_t inside = 0;             ///< pictures in folders called like classes, the root's own name among them
  size_t pictures = 0;
};
InnerClasses inner_classes(const Tree& tree, const Settings& settings) {
  const std::string own = class_key(tree.root().filename().string());
  std::map<std::string, bool> known;
  InnerClasses inner;
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file))) continue;
    ++inner.pictures;
    bool inside = false;
    for (size_t from = 0, slash = 0; (slash = file.find('/', from)) != std::string_view::npos;
         from = slash + 1) {
      const std::string folder(file.substr(from, slash - from));
      const auto [at, fresh] = known.try_emplace(folder, false);
      if (fresh) at->second = is_class(settings, folder);
      if (!at->second) continue;
      inside = true;
      if (class_key(folder) != own) inner.others.insert(folder);
    }
    if (inside) ++inner.inside;
  }
  return inner;
}

/// A folder that is called like a class ("add cats dogs"): whatever lies in it, in folders of a date, a
/// camera or a split too, is of that class. nullopt: it is called otherwise, or it is a data set of that
/// name: most of it lies in folders of classes.
std::optional<DataSet> read_as_class(const Tree& tree, const Settings& settings) {
  const std::string name = tree.root().filename().string();
  if (!is_class(settings, name)) return std::nullopt;
  const InnerClasses inner = inner_classes(tree, settings);
  if (!inner.others.empty() && 2 * inner.inside > inner.pictures) return std::nullopt;
  DataSet set = exchange::read_as_one_class(tree, name);
  if (set.items.empty()) return std::nullopt;
  if (!inner.others.empty())
    set.notes.push_back(
        fmt::format("all of it is {}, also what lies in {}: give a folder of another class by itself",
                    printable(name, 60), printable(join({inner.others.begin(), inner.others.end()}), 200)));
  return set;
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

/// A folder that is given may be a split itself ("add data/train data/test"): then the folder around it tells
/// the splits that nothing in it does.
Result<void> read_split_of_own_name(FoundLabels& one, const std::string& labels, Watch& watch) {
  if (has_splits(one.set) || !exchange::split_of_folder(one.tree.root())) return {};
  Tree around = with_own_name(one.tree);
  DEW_TRY(auto set, exchange::read(around, labels, watch));
  if (set && has_splits(*set) && set->items.size() == one.set.items.size() && set->classes == one.set.classes)
    one = {std::move(around), *std::move(set), one.asked, false,
           one.set.format == kFolders ? one.tree.root() : fs::path()};
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
  found.push_back({std::move(around), **std::move(set), false, false, tree.root()});
  return true;
}

}  // namespace

Result<void> read_splits_alone(const fs::path& path, std::vector<FoundLabels>& found) {
  DEW_TRY(Tree tree, Tree::below(path));
  const fs::path given = tree.root();
  if (exchange::split_of_folder(given)) tree = with_own_name(tree);
  DataSet set = exchange::splits_of_folders(tree);
  if (!set.items.empty()) found.push_back({std::move(tree), std::move(set), false, false, given});
  return {};
}

namespace {

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

}  // namespace

Result<void> read_given_folder(const fs::path& path, const AddArgs& args, const Settings* settings,
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
    if (args.keep_splits) DEW_CHECK(read_split_of_own_name(found.back(), args.labels, watch));
  }
  if (!nothing || !automatic) return {};
  if (args.keep_splits) {
    DEW_TRY(const bool small_split, read_small_split(path, found, watch));
    if (small_split) return {};
  }
  return settings != nullptr ? read_few_folders(path, *settings, found, watch) : Result<void>();
}

Result<std::vector<FoundLabels>> read_folders_of_new_classes(const std::vector<fs::path>& given,
                                                             Watch& watch) {
  std::vector<FoundLabels> found;
  if (given.size() < 2) return found;
  std::error_code code;
  for (const fs::path& path : given) {
    if (!fs::is_directory(path, code)) return std::vector<FoundLabels>();
    DEW_TRY(Tree tree, Tree::below(path));
    const std::string name = tree.root().filename().string();
    auto set = exchange::read(tree, "auto", watch);
    if (!set) return in_folder(tree, std::move(set).error());
    DataSet as_class = exchange::read_as_one_class(tree, name);
    if (*set || !exchange::may_name_class(name) || as_class.items.empty()) return std::vector<FoundLabels>();
    found.push_back({std::move(tree), std::move(as_class), true, false});
  }
  return found;
}

}  // namespace dew::verbs
