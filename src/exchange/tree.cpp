// Names are looked up in one form (composed, '/'), by whole path and by their ending.
#include "exchange/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "media/media.h"

namespace dew::exchange {
namespace {

/// In Endings: the path with '/' before it, backwards.
std::string backwards(std::string_view path) {
  std::string text(path.rbegin(), path.rend());
  text += '/';
  return text;
}

std::string without_extension(const std::string& path) {
  const size_t dot = path.rfind('.');
  return dot == std::string::npos || dot <= path.rfind('/') + 1 ? path : path.substr(0, dot);
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

/// Whether `path` is `ending` or ends with "/" and it.
bool ends_with_parts(const std::string& path, const std::string& ending) {
  if (path.size() == ending.size()) return path == ending;
  return path.size() > ending.size() && path.ends_with(ending) &&
         path[path.size() - ending.size() - 1] == '/';
}

/// A name as a data set writes it.
struct Name {
  std::string path;        ///< in lookup form, without what stands before the first folder
  bool elsewhere = false;  ///< an address, or a whole path on some machine
};

Name parse_name(std::string_view text) {
  Name name{composed(text), false};
  std::replace(name.path.begin(), name.path.end(), '\\', '/');
  if (const size_t scheme = name.path.find("://"); scheme != std::string::npos) {
    name.elsewhere = true;
    name.path.erase(0, scheme + 3);
  }
  if (name.path.size() > 2 && name.path[1] == ':' && name.path[2] == '/') name.path.erase(0, 2);
  name.elsewhere = name.elsewhere || name.path.starts_with('/') || name.path.starts_with("../");
  std::string normal = fs::path(name.path).lexically_normal().generic_string();
  size_t from = 0;
  while (normal.compare(from, 3, "../") == 0) from += 3;
  while (from < normal.size() && normal[from] == '/') ++from;
  name.path = normal.substr(from);
  return name;
}

void collect(const fs::path& root, const fs::path& folder, std::vector<std::string>& files) {
  std::error_code failed;
  for (auto at = fs::directory_iterator(folder, failed); !failed && at != fs::end(at); at.increment(failed)) {
    std::error_code code;
    const fs::path& path = at->path();
    if (is_of_other_programs(path.filename().string())) continue;
    if (at->is_directory(code) && !at->is_symlink(code)) collect(root, path, files);
    if (at->is_regular_file(code)) files.push_back(path.lexically_relative(root).generic_string());
  }
}

}  // namespace

Result<Tree> Tree::below(const fs::path& root) {
  std::error_code code;
  const fs::path whole = fs::absolute(root, code).lexically_normal();
  const fs::path folder = whole.has_filename() ? whole : whole.parent_path();
  const fs::directory_iterator entries(folder, code);
  if (code)
    return usage_error("this folder cannot be read: " + code.message(), printable(root.string()),
                       "check its path, and who may read it");
  std::vector<std::string> files;
  collect(folder, folder, files);
  return Tree(folder, std::move(files));
}

Tree::Tree(fs::path root, std::vector<std::string> files) : root_(std::move(root)), files_(std::move(files)) {
  std::sort(files_.begin(), files_.end());
  for (size_t i = 0; i < files_.size(); ++i) {
    const std::string name = composed(files_[i]);
    by_name_.emplace(name, i);
    endings_.emplace_back(backwards(name), i);
    if (media_kind(files_[i])) stems_.emplace_back(backwards(without_extension(name)), i);
  }
  std::sort(endings_.begin(), endings_.end());
  std::sort(stems_.begin(), stems_.end());
}

// Out of line: inlined into its users, GCC 12 sees a wrong delete in what it destroys.
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(Tree&&) noexcept = default;
Tree::~Tree() = default;

bool Tree::has(std::string_view file) const {
  return by_name_.contains(composed(file));
}

Tree::Found Tree::find(std::string_view name, std::string_view file) const {
  const Name wanted = parse_name(name);
  if (wanted.path.empty()) return {{}, "the name is empty"};
  if (!wanted.elsewhere) {
    const std::string folder = folder_of(composed(file));
    const std::string beside =
        parse_name(folder.empty() ? wanted.path : folder + "/" + std::string(name)).path;
    if (const auto at = by_name_.find(beside); at != by_name_.end()) return {files_[at->second], {}};
    if (const auto at = by_name_.find(wanted.path); at != by_name_.end()) return {files_[at->second], {}};
  }
  return only_one(wanted.path, wanted.elsewhere, false);
}

Tree::Found Tree::find_picture(std::string_view stem, std::string_view file) const {
  const Name wanted = parse_name(stem);
  if (wanted.path.empty()) return {{}, "the name is empty"};
  const std::string folder = folder_of(composed(file));
  if (!folder.empty() && !wanted.elsewhere) {
    const Found beside = only_one(parse_name(folder + "/" + std::string(stem)).path, false, true);
    if (!beside.file.empty()) return beside;
  }
  return only_one(wanted.path, wanted.elsewhere, true);
}

/// All whose path is the name, or ends with '/' and it.
Tree::Range Tree::ending_with(const Endings& endings, const std::string& name) {
  const std::string key = backwards(name);
  const auto from = std::lower_bound(endings.begin(), endings.end(), std::pair(key, size_t{0}));
  const auto to = std::partition_point(from, endings.end(),
                                       [&](const auto& entry) { return entry.first.starts_with(key); });
  return {from, to};
}

/// All of exactly this path: several stems may be one.
Tree::Range Tree::called(const Endings& endings, const std::string& path) {
  const std::string key = backwards(path);
  const auto from = std::lower_bound(endings.begin(), endings.end(), std::pair(key, size_t{0}));
  const auto to =
      std::partition_point(from, endings.end(), [&](const auto& entry) { return entry.first == key; });
  return {from, to};
}

Tree::Range Tree::meant(const Endings& endings, const std::string& name, bool elsewhere) const {
  const Range whole = ending_with(endings, name);
  if (whole.first != whole.second) return whole;
  // The name may begin with folders that the root lies in, or of another machine: of those, the longest file
  // that it ends with is meant.
  const std::string root = composed(root_.generic_string());
  Range longest{endings.end(), endings.end()};
  for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const Range range = called(endings, name.substr(slash + 1));
    if (range.first == range.second) continue;
    if (ends_with_parts(root, name.substr(0, slash))) return range;
    if (longest.first == longest.second) longest = range;
  }
  return elsewhere ? longest : Range{endings.end(), endings.end()};
}

Tree::Found Tree::only_one(const std::string& name, bool elsewhere, bool stems) const {
  constexpr ptrdiff_t kShown = 3;
  const auto [from, to] = meant(stems ? stems_ : endings_, name, elsewhere);
  if (from == to) return {{}, "no such picture"};
  if (to - from == 1) return {files_[from->second], {}};
  std::vector<std::string> names;
  for (auto at = from; at != to && at - from < kShown; ++at) names.push_back(printable(files_[at->second]));
  std::sort(names.begin(), names.end());
  if (to - from > kShown) names.emplace_back("...");
  return {{}, "several pictures could be meant: " + join(names)};
}

}  // namespace dew::exchange
