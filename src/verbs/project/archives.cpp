#include "verbs/project/archives.h"

#include <fmt/format.h>

namespace dew::verbs {
namespace {

LeftOut left_out_for(LeftOutEntry why) {
  switch (why) {
    case LeftOutEntry::kPassedOver:
      return LeftOut::kPassedOver;
    case LeftOutEntry::kLink:
      return LeftOut::kLinkInArchive;
    case LeftOutEntry::kArchive:
      return LeftOut::kInnerArchive;
    case LeftOutEntry::kDevice:
      return LeftOut::kOther;
    case LeftOutEntry::kReplaced:
      return LeftOut::kReplaced;
    case LeftOutEntry::kNameTaken:
    case LeftOutEntry::kName:
      return LeftOut::kName;
  }
  return LeftOut::kOther;
}

LeftOut left_out_for(ArchiveRefusal why) {
  switch (why) {
    case ArchiveRefusal::kUnreadable:
      return LeftOut::kUnreadable;
    case ArchiveRefusal::kDamaged:
      return LeftOut::kUndecodable;
    case ArchiveRefusal::kEncrypted:
      return LeftOut::kEncrypted;
    case ArchiveRefusal::kTooLarge:
      return LeftOut::kTooLarge;
    case ArchiveRefusal::kChanging:
      return LeftOut::kChanging;
  }
  return LeftOut::kUndecodable;
}

}  // namespace

Result<OpenedArchives> OpenedArchives::open(const std::vector<fs::path>& files, const fs::path& into,
                                            bool in_place, Watch& watch) {
  OpenedArchives all;
  std::error_code code;
  const fs::path whole_into = fs::canonical(into, code);  // the paths of what is unpacked are compared
  for (const fs::path& file : files) {
    std::error_code missing;
    if (!fs::is_regular_file(file, missing) || !is_archive(file)) {
      all.files_.push_back(file);
      continue;
    }
    if (in_place)
      return usage_error("pictures in an archive cannot be used in place", printable(file.string()),
                         "add it without --in-place, or unpack it first");
    DEW_CHECK(all.take(file, code ? into : whole_into, watch));
  }
  return all;
}

Result<void> OpenedArchives::take(const fs::path& archive, const fs::path& into, Watch& watch) {
  DEW_TRY(auto unpacked, unpack(archive, into, {}, watch));
  if (!unpacked) {
    refused_ = unpacked.error().error;
    left_out_.add(left_out_for(unpacked.error().why), archive);
    watch.warn(fmt::format("skipped {}: {}", printable(archive.string()), printable(refused_->what)));
    return {};
  }
  const fs::path whole = archive.lexically_normal();
  for (const auto& [why, entries] : unpacked->left_out) {
    std::vector<fs::path> first;
    for (const std::string& name : entries.first) first.push_back(whole / fs::path(name).relative_path());
    left_out_.add(left_out_for(why), entries.count, first);
  }
  files_.push_back(unpacked->root);
  opened_.push_back({whole, *std::move(unpacked)});
  return {};
}

fs::path OpenedArchives::origin_of(const fs::path& path) const {
  for (const Opened& one : opened_) {
    if (path == one.unpacked.folder.path()) return one.archive.parent_path();
    const fs::path& folder = one.unpacked.root;
    const auto [rest, end] = std::mismatch(path.begin(), path.end(), folder.begin(), folder.end());
    if (end != folder.end()) continue;
    fs::path origin = one.archive;
    for (auto part = rest; part != path.end(); ++part) origin /= *part;
    return origin;
  }
  return path;
}

}  // namespace dew::verbs
