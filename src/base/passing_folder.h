// A temporary folder that is removed even after its process was killed: by the next one.
#pragma once

#include "base/files.h"

namespace dew {

/// As TemporaryFolder. A killed process leaves its folder; whoever makes the next one below the same parent
/// removes it. One that is in use is locked.
class PassingFolder {
 public:
  static Result<PassingFolder> create_in(const fs::path& parent, const std::string& stem);
  PassingFolder(PassingFolder&& other) noexcept;
  PassingFolder& operator=(PassingFolder&&) = delete;
  ~PassingFolder();
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

 private:
  PassingFolder(TemporaryFolder folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
  TemporaryFolder folder_;
  int lock_;  ///< descriptor of the folder; -1: its disk knows no locks
};

}  // namespace dew
