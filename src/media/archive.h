// Archives of pictures: ZIP, TAR (also compressed with gzip, bzip2, xz or zstd) and 7z, unpacked with limits.
// An archive may come from anybody: nothing in it can write outside its folder, fill the disk, or go on
// forever.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/passing_folder.h"

namespace dew {

/// Bytes are those of the unpacked files; a sparse file's holes count.
struct ArchiveLimits {
  int64_t max_bytes = int64_t{64} << 30;
  int64_t max_entry_bytes = int64_t{4} << 30;
  int64_t max_entries = 2'000'000;
  int64_t keep_free = int64_t{1} << 30;   ///< bytes of the disk that stay free
  int64_t max_ratio = 1000;               ///< bytes for each byte of the archive ...
  int64_t ratio_from = int64_t{1} << 30;  ///< ... once there are more than these
};

/// Why an entry was left out, while the others were unpacked.
enum class LeftOutEntry {
  kPassedOver,  ///< what other programs keep: __MACOSX, .DS_Store ...
  kLink,        ///< a symbolic or a hard link
  kDevice,      ///< a device, a pipe, or another thing that is not a file
  kArchive,     ///< an archive in the archive
  kReplaced,    ///< an entry further on has the same name, and stands
  kNameTaken,   ///< it is a file where another entry has a folder, or the other way round
  kName,        ///< nothing is left of its name, or it is too long
};

struct LeftOutEntries {
  int64_t count = 0;
  std::vector<std::string> first;  ///< names, a few of them; they may hold anything: see printable()
};

struct Unpacked {
  /// The files below `root` are regular ones; their names are UTF-8 without control characters, and their
  /// time of change is the archive's: size and time tell whether a file is still the one that was added.
  PassingFolder folder;
  /// Where they lie: in a folder that is called like the archive ("cats" of cats.tar.gz), as folders' names
  /// say what is in them.
  fs::path root;
  int64_t files = 0;
  int64_t bytes = 0;
  std::map<LeftOutEntry, LeftOutEntries> left_out;
};

enum class ArchiveRefusal {
  kUnreadable,  ///< missing, or it may not be read, or the disk cannot
  kDamaged,     ///< damaged, cut off, or packed in a way that is not known
  kEncrypted,
  kTooLarge,  ///< more than the limits allow
  kChanging,  ///< it was written to while it was being read
};

struct RefusedArchive {
  ArchiveRefusal why = ArchiveRefusal::kDamaged;
  Error error;  ///< names the archive, and the entry where there is one
};

/// By the file's first bytes, whatever its name. Everything that is a ZIP counts: also .docx, .jar, .npz.
bool is_archive(const fs::path& path);

/// Unpacks all regular files into a new folder below `into`. Of an archive that is refused nothing is used:
/// the folder is gone. An Error is not the archive's fault: the disk is full (or would be), or the watch
/// interrupted; the next archive would meet it too. Reports the bytes of the archive read to the watch.
Result<tl::expected<Unpacked, RefusedArchive>> unpack(const fs::path& archive, const fs::path& into,
                                                      const ArchiveLimits& limits, Watch& watch);

}  // namespace dew
