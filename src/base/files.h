// Files: read whole with a limit, write whole or not at all.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dew {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, CloseFile>;

/// "cannot write: No space left on device", with what to do about it; `code` is errno's.
tl::unexpected<Error> system_failure(const std::string& doing, const fs::path& path, int code);

/// The bytes of a regular file. Error: missing, a folder, unreadable, or larger than `limit` bytes.
Result<std::string> read_file(const fs::path& path, int64_t limit = int64_t{1} << 30);

/// Writes beside the target, syncs, renames over it: after a crash or on a full disk the old file stands
/// and no half file is left. Creates missing parent folders.
Result<void> write_file(const fs::path& path, std::string_view bytes);

/// What was written to these files, and their names, are on the disk when it returns. Of many files it syncs
/// the whole file system at once, which costs a fraction of syncing each.
Result<void> sync_files(const std::vector<fs::path>& paths);

/// True for names that other programs and Dewdrop itself keep among a user's files: .git, thumbnails,
/// __MACOSX, .DS_Store, .dewdrop ...
bool is_of_other_programs(std::string_view name);

/// mkdir -p with our error.
Result<void> make_folders(const fs::path& path);

/// A file that takes another one's place once it is whole: written beside `path`, removed on destruction
/// unless it was committed.
class ReplacementFile {
 public:
  /// Creates missing parent folders.
  static Result<ReplacementFile> create(const fs::path& path);
  ReplacementFile(ReplacementFile&& other) noexcept;
  ReplacementFile& operator=(ReplacementFile&&) = delete;
  ~ReplacementFile();

  /// To write to, and to read what was written.
  [[nodiscard]] std::FILE* file() const { return file_.get(); }
  /// Where it is until commit().
  [[nodiscard]] const fs::path& path() const { return own_path_; }
  /// Empties it, to be written anew.
  Result<void> clear();
  Result<void> write(std::string_view bytes);
  /// All of another file; without copying, where the file system can share its blocks.
  Result<void> copy_from(const fs::path& from);
  /// All that was written is on the disk.
  Result<void> sync();
  /// Renames over `path` without syncing: sync_files() is to follow before anything relies on it. Afterwards
  /// the object is of no more use.
  Result<void> place();
  /// Syncs and renames over `path`. Afterwards the object is of no more use.
  Result<void> commit();

 private:
  ReplacementFile(fs::path path, fs::path own_path, std::FILE* file)
      : path_(std::move(path)), own_path_(std::move(own_path)), file_(file) {}
  fs::path path_;
  fs::path own_path_;  ///< empty: nothing is left to remove
  FilePtr file_;
};

/// A fresh folder, removed with all it holds on destruction.
class TemporaryFolder {
 public:
  /// Under the system's folder for temporary files.
  static Result<TemporaryFolder> create(std::string_view stem = "dewdrop");
  /// Under `parent`, for what is to be moved into place there: on the same disk a rename is all it takes.
  static Result<TemporaryFolder> create_in(const fs::path& parent, std::string_view stem);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  ~TemporaryFolder();
  [[nodiscard]] const fs::path& path() const { return path_; }
  /// The folder stays: it was moved, or is somebody else's from now on.
  void release() { path_.clear(); }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

}  // namespace dew
