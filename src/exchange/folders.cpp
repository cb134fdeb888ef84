// Folders as classes: each picture's class is the folder it lies in.
//
//     birds/robin/1.jpg        birds/train/robin/1.jpg        birds/robin/garden/1.jpg
//     birds/tit/2.jpg          birds/val/tit/2.jpg
//
// The first folder below the root, or below a split's, names the class. Folders around all of that (birds.zip
// unpacked, birds/images/...) are passed through, and a few pictures beside the classes have none. Where all
// folders are splits with pictures right in them, nothing says what these show.
#include <algorithm>
#include <map>
#include <set>

#include "exchange/formats.h"
#include "exchange/splits.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

/// The folder at a depth; empty: the path has fewer.
std::string_view folder_at(std::string_view path, size_t depth) {
  size_t from = 0;
  for (;; --depth) {
    const size_t slash = path.find('/', from);
    if (slash == std::string_view::npos) return {};
    if (depth == 0) return path.substr(from, slash - from);
    from = slash + 1;
  }
}

using Paths = std::vector<std::string_view>;  ///< of pictures

/// Where classes, or splits with classes in them, are.
struct Arrangement {
  bool splits = false;
  bool classless = false;  ///< nothing but splits, with pictures right in them
  size_t depth = 0;        ///< of the splits, else of the classes
  Paths paths;
  std::set<std::string_view> classes;
  size_t outside = 0;  ///< pictures in no class

  [[nodiscard]] std::optional<Split> split(std::string_view path) const {
    return splits || classless ? split_of_name(std::string(folder_at(path, depth))) : std::nullopt;
  }
  /// Empty: it lies in no class.
  [[nodiscard]] std::string_view label(std::string_view path) const {
    if (splits && !split(path)) return {};
    return folder_at(path, splits ? depth + 1 : depth);
  }
};

/// Whether the folders at this depth are splits: some have a split's name, and their pictures lie in folders.
bool holds_splits(const Paths& paths, size_t depth) {
  bool any = false;
  for (const std::string_view path : paths) {
    const std::string_view folder = folder_at(path, depth);
    if (folder.empty() || !split_of_name(std::string(folder))) continue;
    if (folder_at(path, depth + 1).empty()) return false;  // a class of that name
    any = true;
  }
  return any;
}

/// With the classes, or the splits, at this depth.
Arrangement arrange(const Paths& paths, size_t depth) {
  Arrangement made;
  made.splits = holds_splits(paths, depth);
  made.depth = depth;
  for (const std::string_view path : paths) {
    const std::string_view label = made.label(path);
    if (label.empty())
      ++made.outside;
    else
      made.classes.insert(label);
  }
  made.classless = !made.splits && std::all_of(made.classes.begin(), made.classes.end(), [](auto name) {
    return split_of_name(std::string(name)).has_value();
  });
  return made;
}

/// Most pictures have a class, or these are just folders.
constexpr size_t kOneIn = 10;

/// The folder at this depth in which nearly all pictures lie; empty: there is none.
std::string_view around_all(const Paths& paths, size_t depth) {
  std::map<std::string_view, size_t> inside;
  for (const std::string_view path : paths)
    if (const std::string_view folder = folder_at(path, depth); !folder.empty()) ++inside[folder];
  for (const auto& [folder, count] : inside)
    if ((paths.size() - count) * kOneIn <= paths.size()) return folder;
  return {};
}

std::optional<Arrangement> arrangement_of(const Tree& tree) {
  constexpr size_t kDeepest = 8;
  Paths paths;
  for (const std::string_view file : tree.files())
    if (media_kind(fs::path(file))) paths.push_back(file);
  const size_t all = paths.size();
  for (size_t depth = 0; depth < kDeepest && !paths.empty(); ++depth) {
    Arrangement made = arrange(paths, depth);
    if (made.classes.size() >= 2) {
      made.outside += all - paths.size();
      if (made.outside * kOneIn > all) return std::nullopt;
      made.paths = std::move(paths);
      return made;
    }
    const std::string_view folder = around_all(paths, depth);
    if (folder.empty()) return std::nullopt;
    std::erase_if(paths, [&](std::string_view path) { return folder_at(path, depth) != folder; });
  }
  return std::nullopt;
}

bool claims(const Tree& tree) {
  return arrangement_of(tree).has_value();
}

Result<DataSet> read(const Tree& tree, const ClaimedFiles&, Watch&) {
  DataSet set;
  const auto found = arrangement_of(tree);
  if (!found) return set;
  if (!found->classless) set.classes.assign(found->classes.begin(), found->classes.end());
  for (const std::string_view path : found->paths) {
    const std::string_view label = found->label(path);
    if (label.empty()) continue;
    Item item;
    item.picture = path;
    if (!found->classless) item.classes = {std::string(label)};
    item.split = found->split(path);
    set.items.add(item);
  }
  if (found->outside > 0)
    set.notes.push_back(plural(static_cast<int64_t>(found->outside), "picture lies", "pictures lie") +
                        " in no class's folder and has no label");
  return set;
}

}  // namespace

const Format kFolders{
    "folders", "folders as classes", "one folder a class, below train, val and test or not", nullptr, claims,
    read};

}  // namespace dew::exchange
