// Names are looked up in one form (composed, '/'), by whole path, last part and stem.
#include "exchange/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "media/media.h"

namespace dew::exchange {
namespace {

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
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
    by_last_part_.emplace(last_part(name), i);
    if (media_kind(files_[i])) by_stem_.emplace(without_extension(last_part(name)), i);
  }
}

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

Tree::Found Tree::only_one(const std::string& name, bool elsewhere, bool stems) const {
  const auto& index = stems ? by_stem_ : by_last_part_;
  const std::string root = composed(root_.generic_string());
  std::vector<size_t> fitting;
  size_t longest = 0;
  const auto [from, to] = index.equal_range(last_part(name));
  for (auto at = from; at != to; ++at) {
    const std::string whole = composed(files_[at->second]);
    const std::string file = stems ? without_extension(whole) : whole;
    const bool named = ends_with_parts(root + "/" + file, name);
    // Somebody else's path: what this tree has must be its end. The longest such file is the one.
    const bool is_end = elsewhere && ends_with_parts(name, file);
    if (!named && !is_end) continue;
    const size_t length = is_end ? file.size() : name.size();
    if (length > longest) fitting.clear();
    longest = std::max(longest, length);
    if (length == longest) fitting.push_back(at->second);
  }
  if (fitting.size() == 1) return {files_[fitting[0]], {}};
  if (fitting.empty()) return {{}, "no such picture"};
  std::sort(fitting.begin(), fitting.end());
  constexpr size_t kShown = 3;
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(fitting.size(), kShown); ++i)
    names.push_back(printable(files_[fitting[i]]));
  if (fitting.size() > kShown) names.emplace_back("...");
  return {{}, "several pictures could be meant: " + join(names)};
}

}  // namespace dew::exchange
