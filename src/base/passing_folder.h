// A temporary folder that is removed even after its process was killed: by the next one.
#pragma once

#include <utility>

#include "base/descriptor.h"
#include "base/files.h"

namespace dew {

/// As TemporaryFolder. A killed process leaves its folder; whoever makes the next one below the same parent
/// removes it. One that is in use is locked.
class PassingFolder {
 public:
  static Result<PassingFolder> create_in(const fs::path& parent, const std::string& stem);
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

 private:
  PassingFolder(TemporaryFolder folder, Descriptor lock)
      : lock_(std::move(lock)), folder_(std::move(folder)) {}
  Descriptor lock_;  ///< held until the folder is gone; none where the disk knows no locks
  TemporaryFolder folder_;
};

}  // namespace dew
