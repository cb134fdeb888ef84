#include "verbs/common/picture_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "media/archive.h"
#include "media/media.h"

namespace dew::verbs {
namespace {

constexpr size_t kFirst = 5;

bool may_be_read(const fs::path& path, bool folder) {
  return ::access(path.c_str(), folder ? R_OK | X_OK : R_OK) == 0;
}

/// Collects the files below one folder.
class Walk {
 public:
  Walk(const fs::path& root, const std::function<bool(const fs::path&)>& known, FoundFiles& found)
      : root_(root), known_(known), found_(found) {}

  /// `below`: its path below the root, with '/' at the end.
  void into(const fs::path& folder, const std::string& below = {}) {
    if (!may_be_read(folder, true)) return found_.left_out.add(LeftOut::kUnreadableFolder, folder);
    std::error_code failed;
    for (auto at = fs::directory_iterator(folder, failed); !failed && at != fs::end(at); at.increment(failed))
      visit(at->path(), below + at->path().filename().string());
    if (failed) found_.left_out.add(LeftOut::kUnreadableFolder, folder);
  }

 private:
  void visit(const fs::path& path, const std::string& name) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (is_of_other_programs(path.filename().string()))
      return found_.left_out.add(LeftOut::kPassedOver, path);
    if (status.type() == fs::file_type::not_found) return found_.left_out.add(LeftOut::kMissing, path);
    if (fs::is_directory(status)) {
      if (fs::is_symlink(path, code)) return found_.left_out.add(LeftOut::kLinkedFolder, path);
      return into(path, name + "/");
    }
    if (known_ && known_(path)) return;
    if (!fs::is_regular_file(status))  // a pipe, a device
      return found_.left_out.add(media_kind(path) ? LeftOut::kNotMedia : LeftOut::kOther, path);
    if (!may_be_read(path, false)) return found_.left_out.add(LeftOut::kUnreadable, path);
    if (!media_kind(path) && !check_media_file(path))
      return found_.left_out.add(is_archive(path) ? LeftOut::kInnerArchive : LeftOut::kOther, path);
    found_.files.add(root_, name);
  }

  const fs::path& root_;
  const std::function<bool(const fs::path&)>& known_;
  FoundFiles& found_;
};

}  // namespace

std::string_view key_of(LeftOut why) {
  switch (why) {
    case LeftOut::kMissing:
      return "missing";
    case LeftOut::kUnreadable:
      return "unreadable";
    case LeftOut::kUnreadableFolder:
      return "unreadable_folder";
    case LeftOut::kLinkedFolder:
      return "linked_folder";
    case LeftOut::kNotMedia:
      return "not_media";
    case LeftOut::kEmpty:
      return "empty";
    case LeftOut::kUndecodable:
      return "undecodable";
    case LeftOut::kTooLarge:
      return "too_large";
    case LeftOut::kCut:
      return "cut";
    case LeftOut::kName:
      return "name";
    case LeftOut::kChanging:
      return "changing";
    case LeftOut::kEncrypted:
      return "encrypted";
    case LeftOut::kLinkInArchive:
      return "link_in_archive";
    case LeftOut::kInnerArchive:
      return "inner_archive";
    case LeftOut::kReplaced:
      return "replaced";
    case LeftOut::kOther:
      return "other";
    case LeftOut::kPassedOver:
      return "passed_over";
  }
  return "";
}

Advice advice_on(LeftOut why) {
  switch (why) {
    case LeftOut::kMissing:
      return {"not there (any more)", "check the paths and links"};
    case LeftOut::kUnreadable:
      return {"may not be read", "check who may read them"};
    case LeftOut::kUnreadableFolder:
      return {"folders that may not be read", "check who may read them"};
    case LeftOut::kLinkedFolder:
      return {"links to folders, not followed", "add the folders by their own paths"};
    case LeftOut::kNotMedia:
      return {"no pictures or videos by their content", "convert them where they should be"};
    case LeftOut::kEmpty:
      return {"empty (0 bytes)", "get them again from where they came"};
    case LeftOut::kUndecodable:
      return {"damaged, sound only, or cannot be decoded", "get them again, or convert them"};
    case LeftOut::kTooLarge:
      return {"too large", "make them smaller, or raise `largest_picture` in dewdrop.toml"};
    case LeftOut::kCut:
      return {"cannot be cut as asked", "use fewer tiles, or fewer frames"};
    case LeftOut::kName:
      return {"names that cannot be used", "rename them"};
    case LeftOut::kChanging:
      return {"changed while they were read", "wait until they are complete, then add them"};
    case LeftOut::kEncrypted:
      return {"archives with a password", "unpack them with another program, then add the folders"};
    case LeftOut::kLinkInArchive:
      return {"symbolic and hard links in an archive, not read", "pack the files themselves"};
    case LeftOut::kInnerArchive:
      return {"archives within a folder or an archive", "unpack them first, or give each by itself"};
    case LeftOut::kReplaced:
      return {"replaced by a later entry of the archive with the same name", ""};
    case LeftOut::kOther:
      return {"neither pictures, videos nor labels in a known form", ""};
    case LeftOut::kPassedOver:
      return {"of other programs, passed over", ""};
  }
  return {};
}

LeftOut left_out(Refusal why) {
  switch (why) {
    case Refusal::kMissing:
      return LeftOut::kMissing;
    case Refusal::kUnreadable:
      return LeftOut::kUnreadable;
    case Refusal::kEmpty:
      return LeftOut::kEmpty;
    case Refusal::kNotMedia:
      return LeftOut::kNotMedia;
    case Refusal::kUndecodable:
      return LeftOut::kUndecodable;
    case Refusal::kTooLarge:
      return LeftOut::kTooLarge;
    case Refusal::kCut:
      return LeftOut::kCut;
    case Refusal::kName:
      return LeftOut::kName;
    case Refusal::kChanging:
      return LeftOut::kChanging;
  }
  return LeftOut::kUndecodable;
}

void LeftOuts::add(LeftOut why, const fs::path& path) {
  add(why, 1, {path});
}

void LeftOuts::add(LeftOut why, int64_t count, const std::vector<fs::path>& first) {
  LeftOutFiles& files = all_[why];
  files.count += count;
  for (const fs::path& path : first)
    if (files.first.size() < kFirst) files.first.push_back(path.string());
}

void LeftOuts::add(const LeftOuts& others) {
  for (const auto& [why, more] : others.all_) {
    LeftOutFiles& files = all_[why];
    files.count += more.count;
    for (const std::string& path : more.first)
      if (files.first.size() < kFirst) files.first.push_back(path);
  }
}

void LeftOuts::rename(const std::function<fs::path(const fs::path&)>& shown) {
  for (auto& [why, files] : all_)
    for (std::string& path : files.first) path = shown(path).string();
}

int64_t LeftOuts::missed() const {
  int64_t sum = 0;
  for (const auto& [why, files] : all_)
    if (why != LeftOut::kOther && why != LeftOut::kReplaced && why != LeftOut::kPassedOver)
      sum += files.count;
  return sum;
}

int64_t LeftOuts::count(LeftOut why) const {
  const auto at = all_.find(why);
  return at == all_.end() ? 0 : at->second.count;
}

std::vector<std::string> lines_about(const LeftOuts& left_out) {
  std::vector<std::string> lines;
  for (const auto& [why, files] : left_out.all()) {
    std::vector<std::string> names;
    for (const std::string& path : files.first) names.push_back(printable(path));
    if (files.count > std::ssize(names)) names.emplace_back("...");
    const Advice advice = advice_on(why);
    lines.push_back(fmt::format("left out, {}: {} ({}){}{}", advice.what, with_commas(files.count),
                                join(names), advice.next.empty() ? "" : "; ", advice.next));
  }
  return lines;
}

void FileList::add(const fs::path& folder, std::string_view below) {
  if (folders_.empty() || folders_.back() != folder) folders_.push_back(folder);
  files_.push_back({texts_.keep(below), static_cast<uint32_t>(folders_.size() - 1), false});
}

void FileList::add_itself(const fs::path& path) {
  add(path.parent_path(), path.filename().string());
  files_.back().by_itself = true;
}

std::string_view FileList::name(size_t file) const {
  const auto renamed = renamed_.find(file);
  return renamed == renamed_.end() ? files_[file].below : renamed->second;
}

void FileList::sort_by_name(size_t from) {
  std::sort(files_.begin() + static_cast<ptrdiff_t>(from), files_.end(),
            [](const File& a, const File& b) { return a.below < b.below; });
}

FoundFiles find_media_files(const std::vector<fs::path>& paths,
                            const std::function<bool(const fs::path&)>& known) {
  FoundFiles found;
  for (const fs::path& path : paths) {
    std::error_code code;
    if (!fs::is_directory(path, code)) {
      found.files.add_itself(path);
      continue;
    }
    const size_t first = found.files.size();
    Walk(path, known, found).into(path);
    found.files.sort_by_name(first);  // a folder's order is the file system's whim; the project's is not
  }
  return found;
}

Result<std::vector<fs::path>> pictures_at(const fs::path& path, Watch& watch) {
  FoundFiles found = find_media_files({path});
  std::vector<fs::path> pictures;
  for (size_t i = 0; i < found.files.size(); ++i) {
    const fs::path file = found.files.path(i);
    const auto kind = found.files.by_itself(i) ? MediaKind::kImage : detect_media_kind(file);
    if (kind && *kind == MediaKind::kImage)
      pictures.push_back(file);
    else
      found.left_out.add(LeftOut::kNotMedia, file);
  }
  for (const std::string& line : lines_about(found.left_out)) watch.warn(line);
  if (pictures.empty())
    return work_error("holds no picture", printable(path.string()),
                      "give a folder with JPEG, PNG, WebP, HEIC, TIFF or BMP files");
  return pictures;
}

}  // namespace dew::verbs
