// Names that are found nowhere to the letter: "B.JPG" may mean b.jpg, and "a.jpg " a.jpg.
#include <algorithm>
#include <functional>
#include <utility>

#include "exchange/path_parts.h"
#include "exchange/tree.h"

namespace dew::exchange {
namespace {

/// In any case, and without blanks around its parts.
std::string folded(std::string_view path) {
  std::string text;
  while (true) {
    const size_t slash = std::min(path.find('/'), path.size());
    text += lower(trim(path.substr(0, slash)));
    if (slash == path.size()) return text;
    text += '/';
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

/// All whose last part is this one, folded.
Tree::Endings Tree::of_folded_name(bool stems, const std::string& name) const {
  if (!folded_) {
    folded_.emplace();
    const auto add = [](Folded::Names& names, std::string_view path, uint32_t file) {
      names.emplace_back(std::hash<std::string>{}(folded(last_part(path))), file);
    };
    for (const uint32_t file : endings_) add(folded_->files, name_of(file), file);
    for (const uint32_t file : stems_) add(folded_->stems, stem_of(file), file);
    std::sort(folded_->files.begin(), folded_->files.end());
    std::sort(folded_->stems.begin(), folded_->stems.end());
  }
  const Folded::Names& names = stems ? folded_->stems : folded_->files;
  const size_t hash = std::hash<std::string>{}(name);
  Endings found;
  for (auto at = std::lower_bound(names.begin(), names.end(), std::pair(hash, uint32_t{0}));
       at != names.end() && at->first == hash && found.size() <= kMostJudged; ++at)
    found.push_back(at->second);
  return found;
}

/// As meant(), of folded names.
Tree::Endings Tree::meant_in_any_case(const Wanted& wanted) const {
  const std::string path = folded(wanted.path);
  const std::string root = folded(composed(root_.generic_string()));
  const Endings alike = of_folded_name(wanted.stem, std::string(last_part(path)));
  Endings whole, longest;
  if (alike.size() > kMostJudged) return whole;
  size_t parts = 0;  // of the longest
  for (const uint32_t file : alike) {
    const std::string name = folded(wanted.stem ? stem_of(file) : name_of(file));
    if (ends_with_parts(name, path)) whole.push_back(file);
    if (name == path || !ends_with_parts(path, name)) continue;
    const auto slashes = static_cast<size_t>(std::count(name.begin(), name.end(), '/'));
    size_t slash = wanted.path.size();
    for (size_t i = 0; i <= slashes; ++i) slash = wanted.path.rfind('/', slash - 1);
    const std::string_view before = std::string_view(wanted.path).substr(0, slash);
    const bool may = ends_with_parts(root, folded(before)) ||
                     (wanted.elsewhere && may_follow(before, wanted.path.substr(slash + 1), wanted));
    if (!may || slashes + 1 < parts) continue;
    if (slashes + 1 > parts) longest.clear();
    parts = slashes + 1;
    longest.push_back(file);
  }
  return whole.empty() ? longest : whole;
}

Tree::Found Tree::in_any_case(const Wanted& wanted) const {
  Endings files = meant_in_any_case(wanted);
  const std::string path = folded(wanted.path);
  const auto name = [&](uint32_t file) { return folded(wanted.stem ? stem_of(file) : name_of(file)); };
  std::erase_if(files, [&](uint32_t file) {
    return !why_not(wanted, file, ends_with_parts(path, name(file))).empty();
  });
  const std::string beside = folded(wanted.beside);
  const auto is_beside = [&](uint32_t file) { return name(file) == beside; };
  if (std::any_of(files.begin(), files.end(), is_beside))
    std::erase_if(files, [&](uint32_t file) { return !is_beside(file); });
  return files.empty() ? Found{} : one_of({files.cbegin(), files.cend()});
}

}  // namespace dew::exchange
