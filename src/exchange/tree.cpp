// Names are looked up in one form (composed, '/'), by whole path and by their ending.
#include "exchange/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exchange/label_file.h"
#include "exchange/path_parts.h"
#include "exchange/picture_folders.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

/// Compares two paths, each with '/' before it, from the last letter to the first.
int compare_backwards(std::string_view a, std::string_view b) {
  const auto from_end = [](std::string_view path, size_t at) {
    if (at > path.size()) return -1;
    return at == path.size() ? int{'/'}
                             : static_cast<int>(static_cast<unsigned char>(path[path.size() - 1 - at]));
  };
  for (size_t at = 0;; ++at) {
    const int left = from_end(a, at);
    const int right = from_end(b, at);
    if (left != right) return left - right;
    if (left < 0) return 0;
  }
}

std::string_view without_extension(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos || dot <= path.rfind('/') + 1 ? path : path.substr(0, dot);
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

/// What is found, by its name below the root.
struct Collected {
  Texts texts;
  std::vector<std::string_view> files;
};

void collect(const fs::path& folder, const std::string& below, Collected& found) {
  std::error_code failed;
  for (auto at = fs::directory_iterator(folder, failed); !failed && at != fs::end(at); at.increment(failed)) {
    std::error_code code;
    const std::string name = at->path().filename().string();
    if (is_of_other_programs(name)) continue;
    if (at->is_directory(code) && !at->is_symlink(code)) collect(at->path(), below + name + "/", found);
    if (at->is_regular_file(code)) found.files.push_back(found.texts.keep(below + name));
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
  Collected found;
  collect(folder, {}, found);
  return Tree(folder, std::move(found.texts), std::move(found.files));
}

Tree::Tree(fs::path root, const std::vector<std::string>& files) : root_(std::move(root)) {
  files_.reserve(files.size());
  for (const std::string& file : files) files_.push_back(texts_.keep(file));
  sort_names();
}

Tree::Tree(fs::path root, const std::vector<std::string>& files, const std::vector<std::string>& given)
    : Tree(std::move(root), files) {
  given_.emplace();
  for (const std::string& folder : given) given_->insert(texts_.keep(folder));
}

Tree::Tree(fs::path root, Texts texts, std::vector<std::string_view> files)
    : root_(std::move(root)), texts_(std::move(texts)), files_(std::move(files)) {
  sort_names();
}

void Tree::sort_names() {
  folders_ = std::make_unique<PictureFolders>();
  std::sort(files_.begin(), files_.end());
  files_.shrink_to_fit();
  endings_.reserve(files_.size());
  for (uint32_t i = 0; i < files_.size(); ++i) {
    const std::string name = composed(files_[i]);
    if (name != files_[i]) {
      composed_.emplace(i, texts_.keep(name));
      by_composed_.emplace(composed_[i], i);
    }
    endings_.push_back(i);
    if (!media_kind(fs::path(files_[i]))) continue;
    stems_.push_back(i);
    folders_->add(files_[i]);
  }
  const auto sort = [this](Endings& endings, auto name) {
    std::sort(endings.begin(), endings.end(), [&](uint32_t a, uint32_t b) {
      const int order = compare_backwards((this->*name)(a), (this->*name)(b));
      return order == 0 ? a < b : order < 0;
    });
  };
  sort(endings_, &Tree::name_of);
  sort(stems_, &Tree::stem_of);
}

std::string_view Tree::name_of(uint32_t file) const {
  if (composed_.empty()) return files_[file];
  const auto at = composed_.find(file);
  return at == composed_.end() ? files_[file] : at->second;
}

std::string_view Tree::stem_of(uint32_t file) const {
  return without_extension(name_of(file));
}

std::optional<uint32_t> Tree::number_of(std::string_view file) const {
  const auto at = std::lower_bound(files_.begin(), files_.end(), file);
  if (at == files_.end() || *at != file) return std::nullopt;
  return static_cast<uint32_t>(at - files_.begin());
}

std::string_view Tree::as_given(std::string_view path) const {
  if (!given_) return path;
  size_t from = 0;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', from)) {
    if (given_->contains(path.substr(0, slash))) break;
    from = slash + 1;
  }
  return path.substr(from);
}

/// The folder whose pictures a file of labels means; "" for the root. One that lies in no folder that was
/// given speaks of all of these.
std::string_view Tree::around(std::string_view file) const {
  const bool in_given = as_given(file).find('/') != std::string_view::npos;
  return in_given ? folders_->nearest(parent_folder(file)) : std::string_view();
}

/// By its lookup form.
std::optional<uint32_t> Tree::number_called(std::string_view name) const {
  if (const auto at = by_composed_.find(name); at != by_composed_.end()) return at->second;
  const auto at = number_of(name);
  return at && name_of(*at) == name ? at : std::nullopt;
}

// Out of line: inlined into its users, GCC 12 sees a wrong delete in what it destroys.
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(Tree&&) noexcept = default;
Tree::~Tree() = default;

Tree::Found Tree::find(std::string_view name, std::string_view file, Spelling spelling) const {
  const Name wanted = parse_name(name);
  if (wanted.path.empty()) return {{}, "the name is empty"};
  // A name alone is one of the pictures around the file: one of that name in the root is another.
  const bool below_root = wanted.path.find('/') != std::string::npos || around(file).empty();
  std::string beside;
  if (!wanted.elsewhere) {
    // To the letter first: names that differ only in how a letter is composed are two files.
    const std::string its_folder(parent_folder(file));
    const std::string to_the_letter =
        its_folder.empty() ? std::string(name) : fmt::format("{}/{}", its_folder, name);
    if (number_of(to_the_letter)) return {to_the_letter, {}};
    if (below_root && number_of(name)) return {std::string(name), {}};
    const std::string folder = composed(its_folder);
    beside = parse_name(folder.empty() ? wanted.path : folder + "/" + std::string(name)).path;
    if (const auto at = number_called(beside)) return {std::string(files_[*at]), {}};
    if (const auto at = number_called(wanted.path); at && below_root) return {std::string(files_[*at]), {}};
  }
  if (name.starts_with("../") && !parent_folder(file).empty()) {
    beside = parse_name(composed(parent_folder(file)) + "/" + std::string(name)).path;
    if (const auto at = number_called(beside)) return {std::string(files_[*at]), {}};
  }
  return only_one({wanted.path, wanted.elsewhere, file, false, beside}, spelling);
}

Tree::Found Tree::find_picture(std::string_view stem, std::string_view file, Spelling spelling) const {
  const Name wanted = parse_name(stem);
  if (wanted.path.empty()) return {{}, "the name is empty"};
  const std::string folder = composed(parent_folder(file));
  std::string beside;
  if (!folder.empty() && !wanted.elsewhere) {
    beside = parse_name(folder + "/" + std::string(stem)).path;
    const auto [from, to] = called(true, beside);
    if (from != to) return one_of({from, to});
  }
  return only_one({wanted.path, wanted.elsewhere, file, true, beside}, spelling);
}

/// All whose path is the name, or ends with '/' and it.
Tree::Range Tree::ending_with(bool stems, std::string_view name) const {
  const Endings& endings = stems ? stems_ : endings_;
  const auto path = stems ? &Tree::stem_of : &Tree::name_of;
  const auto from = std::partition_point(endings.begin(), endings.end(), [&](uint32_t file) {
    return compare_backwards((this->*path)(file), name) < 0;
  });
  const auto to = std::partition_point(
      from, endings.end(), [&](uint32_t file) { return ends_with_parts((this->*path)(file), name); });
  return {from, to};
}

/// All of exactly this path: several stems may be one.
Tree::Range Tree::called(bool stems, std::string_view name) const {
  const Range all = ending_with(stems, name);
  const auto path = stems ? &Tree::stem_of : &Tree::name_of;
  const auto to =
      std::partition_point(all.first, all.second, [&](uint32_t file) { return (this->*path)(file) == name; });
  return {all.first, to};
}

Tree::Range Tree::meant(const Wanted& wanted) const {
  const Range whole = ending_with(wanted.stem, wanted.path);
  return whole.first == whole.second ? after_other_folders(wanted) : whole;
}

/// The name may begin with folders that the root lies in, or of another machine: of those, the longest file
/// that it ends with is meant.
Tree::Range Tree::after_other_folders(const Wanted& wanted) const {
  const auto none = (wanted.stem ? stems_ : endings_).end();
  const std::string root = composed(root_.generic_string());
  const std::string_view name = wanted.path;
  Range longest{none, none};
  for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const Range range = called(wanted.stem, name.substr(slash + 1));
    if (range.first == range.second) continue;
    if (ends_with_parts(root, name.substr(0, slash))) return range;
    if (longest.first == longest.second && may_follow(name.substr(0, slash), name.substr(slash + 1), wanted))
      longest = range;
  }
  return wanted.elsewhere ? longest : Range{none, none};
}

/// Whether folders of another machine may stand before a path of the tree: not where their last one is a
/// folder of the tree, in which the picture is missing, and not before a picture in the root where others lie
/// around the file.
bool Tree::may_follow(std::string_view before, std::string_view path, const Wanted& wanted) const {
  const std::string_view last = before.substr(before.rfind('/') + 1);
  if (last == composed(root_.filename().generic_string())) return true;
  const bool bare = path.find('/') == std::string_view::npos;
  return !folders_->holds(last) && (!bare || around(wanted.file).empty());
}

/// Why a file whose path ends as the name does is not meant by it; empty: it is.
/// `whole`: the name has the file's path from the root on.
std::string Tree::why_not(const Wanted& wanted, uint32_t file, bool whole) const {
  const std::string_view found = files_[file];
  const bool bare = wanted.path.find('/') == std::string::npos;
  if (wanted.file.empty() || (whole && !bare)) return {};
  const std::string_view folder = around(wanted.file);
  if (!lies_in(found, folder))
    return fmt::format("no such picture in {}, where the file that names it lies; {} is elsewhere",
                       printable(folder), printable(found));
  const auto split = split_of_path(as_given(wanted.file));
  const auto other = split_of_folders(as_given(found));
  if (split && other && split != other) return fmt::format("{} is of another split", printable(found));
  return {};
}

/// Copies are one picture: whichever is meant. Of many, or of large files, this is not looked into.
bool Tree::same_bytes(Range files) const {
  constexpr ptrdiff_t kMostCopies = 8;
  constexpr uintmax_t kLargest = 64 << 20;
  const auto [from, to] = files;
  if (to - from > kMostCopies) return false;
  std::error_code code;
  const uintmax_t bytes = fs::file_size(path_of(files_[*from]), code);
  if (code || bytes > kLargest) return false;
  const auto same_size = [&](uint32_t file) { return fs::file_size(path_of(files_[file]), code) == bytes; };
  if (!std::all_of(from, to, same_size)) return false;
  const auto first = read_file(path_of(files_[*from]));
  return first && std::all_of(std::next(from), to, [&](uint32_t file) {
           const auto other = read_file(path_of(files_[file]));
           return other && *other == *first;
         });
}

Tree::Found Tree::one_of(Range files) const {
  constexpr ptrdiff_t kShown = 3;
  const auto [from, to] = files;
  if (to - from == 1 || same_bytes(files)) return {std::string(files_[*std::min_element(from, to)]), {}};
  std::vector<std::string> names;
  for (auto at = from; at != to && at - from < kShown; ++at) names.push_back(printable(files_[*at]));
  std::sort(names.begin(), names.end());
  if (to - from > kShown) names.emplace_back("...");
  return {{}, "several pictures could be meant: " + join(names), true};
}

Tree::Found Tree::only_one(const Wanted& wanted, Spelling spelling) const {
  const auto [from, to] = meant(wanted);
  std::string why = "no such picture";
  if (from != to && (wanted.file.empty() || std::cmp_greater(to - from, kMostJudged)))
    return one_of({from, to});
  Endings files(from, to);
  std::erase_if(files, [&](uint32_t file) {
    const bool whole = ends_with_parts(wanted.path, wanted.stem ? stem_of(file) : name_of(file));
    std::string reason = why_not(wanted, file, whole);
    if (reason.empty()) return false;
    why = std::move(reason);
    return true;
  });
  if (!files.empty()) return one_of({files.cbegin(), files.cend()});
  Found other = spelling == Spelling::kAny ? in_any_case(wanted) : Found{};
  return other.missing() ? Found{{}, why} : other;
}

}  // namespace dew::exchange
