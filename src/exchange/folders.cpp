// Folders as classes: each picture's class is the folder it lies in.
//
//     birds/robin/1.jpg        birds/train/robin/1.jpg        birds/robin/garden/1.jpg
//     birds/tit/2.jpg          birds/val/tit/2.jpg          birds/robin/train/1.jpg
//
// The first folder below the root, or below a split's, names the class. Folders around all of that (birds.zip
// unpacked, birds/images/...) are passed through, and pictures beside the classes have none. Where all
// folders are splits with pictures right in them, nothing says what these show. A single folder is a class
// only for who asks for folders as classes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exchange/camera_folders.h"
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
  bool within = false;     ///< each class has folders of splits in it, and nothing else
  size_t depth = 0;        ///< of the splits, else of the classes
  Paths paths;
  std::set<std::string_view> classes;
  std::set<std::string_view> beside;  ///< splits beside the classes, with pictures right in them
  size_t outside = 0;                 ///< pictures in no class and no split
  size_t loose = 0;                   ///< pictures right in a split

  [[nodiscard]] std::optional<Split> split(std::string_view path) const {
    if (beside.contains(folder_at(path, depth))) return split_of_name(std::string(folder_at(path, depth)));
    if (!splits && !classless && !within) return std::nullopt;
    return split_of_name(std::string(folder_at(path, within ? depth + 1 : depth)));
  }
  /// Empty: it lies in no class. Blanks at the end of a folder's name are none of the class's.
  [[nodiscard]] std::string_view label(std::string_view path) const {
    if ((splits && !split(path)) || beside.contains(folder_at(path, depth))) return {};
    std::string_view name = folder_at(path, splits ? depth + 1 : depth);
    while (name.ends_with(' ')) name.remove_suffix(1);
    return name;
  }
};

/// Whether the folders at this depth are splits: one has a split's name, and most of its pictures lie in
/// folders; another one may have none (a test set whose labels nobody gave away). Else they are classes of
/// that name.
bool holds_splits(const Paths& paths, size_t depth) {
  std::map<std::string_view, int64_t> in_folders_less_loose;
  for (const std::string_view path : paths) {
    const std::string_view folder = folder_at(path, depth);
    if (!folder.empty() && split_of_name(std::string(folder)))
      in_folders_less_loose[folder] += folder_at(path, depth + 1).empty() ? -1 : 1;
  }
  return std::any_of(in_folders_less_loose.begin(), in_folders_less_loose.end(),
                     [](const auto& one) { return one.second > 0; });
}

/// With the classes, or the splits, at this depth.
Arrangement arrange(const Paths& paths, size_t depth) {
  Arrangement made;
  made.splits = holds_splits(paths, depth);
  made.depth = depth;
  for (const std::string_view path : paths) {
    const std::string_view label = made.label(path);
    if (label.empty())
      ++(made.splits && made.split(path) ? made.loose : made.outside);
    else
      made.classes.insert(label);
  }
  made.classless = !made.splits && !made.classes.empty() &&
                   std::all_of(made.classes.begin(), made.classes.end(),
                               [](auto name) { return split_of_name(std::string(name)).has_value(); });
  return made;
}

/// Whether the folders of classes hold no other folders than splits', and most pictures in these.
bool holds_splits_within(const Arrangement& made) {
  if (made.splits || made.classless) return false;
  size_t inside = 0;
  size_t directly = 0;
  for (const std::string_view path : made.paths) {
    if (made.label(path).empty()) continue;
    const std::string_view folder = folder_at(path, made.depth + 1);
    if (!folder.empty() && !split_of_name(folder)) return false;
    ++(folder.empty() ? directly : inside);
  }
  return inside > directly;
}

/// A test set without labels may lie beside the classes: a folder of that name, with pictures right in it, is
/// no class. "train" alone may be one.
void set_splits_apart(Arrangement& made) {
  if (made.splits || made.classless) return;
  std::set<std::string_view> found;
  bool tests = false;
  for (const std::string_view name : made.classes)
    if (const auto split = split_of_name(name)) {
      found.insert(name);
      tests = tests || *split != Split::kTrain;
    }
  if (!tests || found.size() + 2 > made.classes.size()) return;
  for (const std::string_view name : found) made.classes.erase(name);
  made.beside = std::move(found);
}

/// Folders of the same names in every class ("kitchen/cat", "garden/cat"): maybe these are the classes, and
/// their folders are something else. Empty: there are none.
std::vector<std::string> same_folders_in_all(const Arrangement& made) {
  if (made.splits || made.classless || made.outside > 0) return {};
  const size_t depth = made.depth + (made.within ? 2 : 1);
  std::map<std::string_view, std::set<std::string_view>> classes_with;
  for (const std::string_view path : made.paths)
    classes_with[folder_at(path, depth)].insert(made.label(path));
  std::vector<std::string> names;
  for (const auto& [name, classes] : classes_with) {
    if (name.empty() || classes.size() < made.classes.size()) return {};
    names.emplace_back(name);
  }
  return names.size() < 2 ? std::vector<std::string>() : names;
}

/// The folder at this depth in which nearly all pictures lie; empty: there is none.
std::string_view around_all(const Paths& paths, size_t depth) {
  constexpr size_t kOneIn = 10;
  std::map<std::string_view, size_t> inside;
  for (const std::string_view path : paths)
    if (const std::string_view folder = folder_at(path, depth); !folder.empty()) ++inside[folder];
  for (const auto& [folder, count] : inside)
    if ((paths.size() - count) * kOneIn <= paths.size()) return folder;
  return {};
}

Paths pictures_of(const Tree& tree) {
  Paths paths;
  for (const std::string_view file : tree.files())
    if (media_kind(fs::path(file))) paths.push_back(file);
  return paths;
}

/// Most of the folders are a camera's, a phone's or a date's.
bool named_by_cameras(const Arrangement& made) {
  const auto count = std::count_if(made.classes.begin(), made.classes.end(), is_camera_folder);
  return 2 * count > std::ssize(made.classes);
}

constexpr size_t kDeepest = 8;

/// Two classes at least, or nothing but splits; and most pictures lie in them.
std::optional<Arrangement> arrangement_of(const Tree& tree) {
  Paths paths = pictures_of(tree);
  const size_t all = paths.size();
  for (size_t depth = 0; depth < kDeepest && !paths.empty(); ++depth) {
    Arrangement made = arrange(paths, depth);
    if (made.classes.size() >= 2) {
      made.outside += all - paths.size();
      if (made.outside * 2 > all || named_by_cameras(made)) return std::nullopt;  // these are just folders
      made.paths = std::move(paths);
      return made;
    }
    const std::string_view folder = around_all(paths, depth);
    if (folder.empty()) return std::nullopt;
    std::erase_if(paths, [&](std::string_view path) { return folder_at(path, depth) != folder; });
  }
  return std::nullopt;
}

/// One class is enough, however many pictures lie beside it: for who says that folders are classes. Folders
/// that hold all there is, in folders again, are passed through.
std::optional<Arrangement> any_arrangement_of(const Tree& tree) {
  Paths paths = pictures_of(tree);
  for (size_t depth = 0; depth < kDeepest && !paths.empty(); ++depth) {
    Arrangement made = arrange(paths, depth);
    if (made.classes.empty()) return std::nullopt;
    const bool around = !made.splits && made.outside == 0 && made.classes.size() == 1 &&
                        std::none_of(paths.begin(), paths.end(), [&](std::string_view path) {
                          return folder_at(path, depth + 1).empty();
                        });
    if (around) continue;
    made.paths = std::move(paths);
    return made;
  }
  return std::nullopt;
}

/// Pictures in a folder of another class's name, within their class's: "cat/dog/1.jpg" is a cat.
void tell_inner_classes(const Arrangement& made, DataSet& set) {
  int64_t count = 0;
  std::string_view first;
  for (const std::string_view path : made.paths) {
    const std::string_view own = made.label(path);
    if (own.empty()) continue;
    for (size_t depth = made.depth + (made.splits ? 2 : 1);; ++depth) {
      const std::string_view folder = folder_at(path, depth);
      if (folder.empty()) break;
      if (folder == own || !made.classes.contains(folder)) continue;
      if (count++ == 0) first = path;
      break;
    }
  }
  if (count > 0)
    set.notes.push_back(
        fmt::format("{} in a folder of another class's name, and of the class of the folder around "
                    "it; first {}",
                    plural(count, "picture lies", "pictures lie"), printable(first, 100)));
}

bool claims(const Tree& tree) {
  return arrangement_of(tree).has_value();
}

Result<DataSet> read(const Tree& tree, const ClaimedFiles&, Watch&) {
  DataSet set;
  auto found = arrangement_of(tree);
  if (!found) found = any_arrangement_of(tree);
  if (!found) return set;
  set_splits_apart(*found);
  found->within = holds_splits_within(*found);
  if (const auto inner = same_folders_in_all(*found); !inner.empty())
    set.notes.push_back(fmt::format(
        "each of these holds folders {}: if those are the classes, give {} each by itself",
        printable(join(inner), 200), printable(join({found->classes.begin(), found->classes.end()}), 200)));
  if (!found->classless) set.classes.assign(found->classes.begin(), found->classes.end());
  for (const std::string_view path : found->paths) {
    const std::string_view label = found->label(path);
    Item item;
    item.picture = path;
    item.split = found->split(path);
    if (label.empty() && !item.split) continue;
    if (!found->classless && !label.empty()) item.classes = {std::string(label)};
    set.items.add(item);
  }
  tell_inner_classes(*found, set);
  if (!found->beside.empty())
    set.notes.push_back(fmt::format("{} beside the classes: pictures of that split, without a class",
                                    printable(join({found->beside.begin(), found->beside.end()}), 200)));
  if (!found->classes.empty() && named_by_cameras(*found))
    set.notes.push_back(
        fmt::format("folders of a camera, an album or a date say nothing of what pictures show: {}",
                    printable(join({found->classes.begin(), found->classes.end()}), 200)));
  if (found->loose > 0)
    set.notes.push_back(plural(static_cast<int64_t>(found->loose),
                               "picture lies right in the folder of a split, without a class",
                               "pictures lie right in the folders of splits, without a class"));
  if (found->outside > 0)
    set.notes.push_back(plural(static_cast<int64_t>(found->outside),
                               "picture lies in no class's folder and has no label",
                               "pictures lie in no class's folder and have no label"));
  return set;
}

}  // namespace

const Format kFolders{
    "folders", "folders as classes", "one folder a class, below train, val and test or not", nullptr, claims,
    read};

}  // namespace dew::exchange
