// Folders as classes: each picture's class is the folder it lies in.
//
//     birds/robin/1.jpg        birds/train/robin/1.jpg        birds/robin/garden/1.jpg
//     birds/tit/2.jpg          birds/val/tit/2.jpg
//
// The first folder below the root, or below a split's, names the class.
#include <algorithm>
#include <map>

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
  std::optional<Split> split;
  std::string label;
};

std::optional<Place> place_of(const std::string& file, bool in_splits) {
  const auto folders = folders_of(file);
  const size_t at = in_splits ? 1 : 0;
  if (folders.size() <= at) return std::nullopt;
  return Place{in_splits ? split_of_name(folders[0]) : std::nullopt, folders[at]};
}

/// Whether all pictures lie below folders with splits' names.
bool in_splits(const Tree& tree) {
  bool any = false;
  for (const std::string& file : tree.files()) {
    if (!media_kind(file)) continue;
    const auto folders = folders_of(file);
    if (folders.size() < 2 || !split_of_name(folders[0])) return false;
    any = true;
  }
  return any;
}

bool claims(const Tree& tree) {
  std::map<std::string, int64_t> classes;
  const bool splits = in_splits(tree);
  for (const std::string& file : tree.files()) {
    if (!media_kind(file)) continue;
    const auto place = place_of(file, splits);
    if (!place) return false;  // a picture that lies in no class
    ++classes[place->label];
  }
  return classes.size() >= 2;
}

Result<DataSet> read(const Tree& tree, const std::vector<fs::path>&, Watch&) {
  DataSet set;
  const bool splits = in_splits(tree);
  for (const std::string& file : tree.files()) {
    const auto place = media_kind(file) ? place_of(file, splits) : std::nullopt;
    if (!place) continue;
    if (std::find(set.classes.begin(), set.classes.end(), place->label) == set.classes.end())
      set.classes.push_back(place->label);
    Item item;
    item.picture = file;
    item.classes = {place->label};
    item.split = place->split;
    item.where = file;
    set.items.push_back(std::move(item));
  }
  std::sort(set.classes.begin(), set.classes.end());
  return set;
}

}  // namespace

const Format kFolders{
    "folders", "folders as classes", "one folder a class, below train, val and test or not", nullptr, claims,
    read};

}  // namespace dew::exchange
