// What Teachable Machine saves, unpacked: the samples of one class, or a whole project (.tm, which is a ZIP).
//
//     Class 1-samples/0.jpg          manifest.json
//     Class 2-samples/0.jpg          Class 1-!-0.jpg
//                                    Class 2-!-0.jpg
#include <algorithm>
#include <cctype>
#include <set>

#include "exchange/formats.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// The class of a picture by its name; empty: none is told so. `folder`: the name of the folder it lies in.
std::string class_of(const fs::path& picture, const std::string& folder) {
  constexpr std::string_view kSamples = "-samples";
  constexpr std::string_view kBetween = "-!-";
  const std::string stem = picture.stem().string();
  if (is_number(stem) && folder.size() > kSamples.size() && folder.ends_with(kSamples))
    return folder.substr(0, folder.size() - kSamples.size());
  const size_t at = stem.rfind(kBetween);
  if (at == std::string::npos || at == 0 || !is_number(stem.substr(at + kBetween.size()))) return {};
  return stem.substr(0, at);
}

/// The root's own name counts: "Class 1-samples" may be what was given.
std::string class_in(const Tree& tree, std::string_view file) {
  const fs::path picture(file);
  const fs::path folder = picture.has_parent_path() ? picture.parent_path() : tree.root();
  return class_of(picture, folder.filename().string());
}

bool claims(const Tree& tree) {
  bool any = false;
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file))) continue;
    if (class_in(tree, file).empty()) return false;
    any = true;
  }
  return any;
}

Result<DataSet> read(const Tree& tree, const ClaimedFiles&, Watch&) {
  DataSet set;
  std::set<std::string> classes;
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file))) continue;
    Item item;
    item.picture = file;
    item.classes = {class_in(tree, file)};
    classes.insert(item.classes[0]);
    set.items.add(item);
  }
  set.classes.assign(classes.begin(), classes.end());
  if (tree.has("manifest.json")) set.files.insert("manifest.json");
  return set;
}

}  // namespace

const Format kTeachableMachine{"teachable-machine",
                               "Teachable Machine",
                               "Teachable Machine's samples of a class or its project, unpacked",
                               nullptr,
                               claims,
                               read};

}  // namespace dew::exchange
