// Files: read whole with a limit, write whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dew {

namespace fs = std::filesystem;

/// The bytes of a regular file. Error: missing, a folder, unreadable, or larger than `limit` bytes.
Result<std::string> read_file(const fs::path& path, int64_t limit = int64_t{1} << 30);

/// Writes beside the target, syncs, renames over it: after a crash or on a full disk the old file stands
/// and no half file is left. Creates missing parent folders.
Result<void> write_file(const fs::path& path, std::string_view bytes);

/// Copies with the same promise as write_file.
Result<void> copy_whole_file(const fs::path& from, const fs::path& to);

/// mkdir -p with our error.
Result<void> make_folders(const fs::path& path);

/// A fresh folder under the system's temporary one, removed with all it holds on destruction.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create(std::string_view stem = "dewdrop");
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  ~TemporaryFolder();
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

}  // namespace dew
