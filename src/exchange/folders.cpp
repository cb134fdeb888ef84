// Folders as classes: each picture's class is the folder it lies in.
//
//     birds/robin/1.jpg        birds/train/robin/1.jpg        birds/robin/garden/1.jpg
//     birds/tit/2.jpg          birds/val/tit/2.jpg
//
// The first folder below the root, or below a split's, names the class. Folders around all of that (birds.zip
// unpacked, birds/images/...) are passed through, and a few pictures beside the classes have none.
#include <algorithm>
#include <map>
#include <set>

#include "exchange/formats.h"
#include "exchange/splits.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

/// The folders of a path, without the file.
std::vector<std::string> folders_of(const std::string& file) {
  std::vector<std::string> parts = split_list(file, '/');
  parts.pop_back();
  return parts;
}

struct Place {
  std::string file;
  std::optional<Split> split;
  std::string label;  ///< empty: it lies in no class
};

struct Arrangement {
  std::vector<Place> places;
  std::set<std::string> classes;
  size_t outside = 0;  ///< pictures in no class
};

using Paths = std::vector<std::pair<std::string, std::vector<std::string>>>;  ///< pictures and their folders

/// Whether the folders at this depth are splits: some have a split's name, and their pictures lie in folders.
bool holds_splits(const Paths& paths, size_t depth) {
  bool any = false;
  for (const auto& [file, folders] : paths) {
    if (folders.size() <= depth || !split_of_name(folders[depth])) continue;
    if (folders.size() == depth + 1) return false;  // a class of that name
    any = true;
  }
  return any;
}

/// With the classes, or the splits, at this depth.
Arrangement arrange(const Paths& paths, size_t depth) {
  Arrangement made;
  const bool splits = holds_splits(paths, depth);
  const size_t at = splits ? depth + 1 : depth;
  for (const auto& [file, folders] : paths) {
    Place place{file, {}, {}};
    if (splits && folders.size() > depth) place.split = split_of_name(folders[depth]);
    if (folders.size() > at && (!splits || place.split)) place.label = folders[at];
    if (place.label.empty())
      ++made.outside;
    else
      made.classes.insert(place.label);
    made.places.push_back(std::move(place));
  }
  return made;
}

/// Most pictures have a class, or these are just folders.
constexpr size_t kOneIn = 10;

/// The folder at this depth in which nearly all pictures lie; empty: there is none.
std::string around_all(const Paths& paths, size_t depth) {
  std::map<std::string, size_t> inside;
  for (const auto& [file, folders] : paths)
    if (folders.size() > depth) ++inside[folders[depth]];
  for (const auto& [folder, count] : inside)
    if ((paths.size() - count) * kOneIn <= paths.size()) return folder;
  return {};
}

std::optional<Arrangement> arrangement_of(const Tree& tree) {
  constexpr size_t kDeepest = 8;
  Paths paths;
  for (const std::string& file : tree.files())
    if (media_kind(file)) paths.emplace_back(file, folders_of(file));
  const Paths all = paths;
  for (size_t depth = 0; depth < kDeepest && !paths.empty(); ++depth) {
    Arrangement made = arrange(paths, depth);
    const size_t outside = made.outside + all.size() - paths.size();
    if (made.classes.size() >= 2) {
      if (outside * kOneIn > all.size()) return std::nullopt;
      made.outside = outside;
      return made;
    }
    const std::string folder = around_all(paths, depth);
    if (folder.empty()) return std::nullopt;
    std::erase_if(
        paths, [&](const auto& path) { return path.second.size() <= depth || path.second[depth] != folder; });
  }
  return std::nullopt;
}

bool claims(const Tree& tree) {
  return arrangement_of(tree).has_value();
}

Result<DataSet> read(const Tree& tree, const std::vector<fs::path>&, Watch&) {
  DataSet set;
  const auto found = arrangement_of(tree);
  if (!found) return set;
  set.classes.assign(found->classes.begin(), found->classes.end());
  for (const Place& place : found->places) {
    if (place.label.empty()) continue;
    Item item;
    item.picture = place.file;
    item.classes = {place.label};
    item.split = place.split;
    item.where = place.file;
    set.items.push_back(std::move(item));
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
