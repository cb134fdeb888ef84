#include "base/passing_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <utility>
#include <vector>

namespace dew {
namespace {

/// A descriptor that holds the lock; -1: another process holds it, or the disk knows no locks.
int lock(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

/// Between a folder's making and its locking it looks abandoned.
bool is_new(const fs::path& folder) {
  constexpr auto kNew = std::chrono::minutes(1);
  std::error_code code;
  const auto made = fs::last_write_time(folder, code);
  return code || fs::file_time_type::clock::now() - made < kNew;
}

void remove_abandoned(const fs::path& parent, const std::string& stem) {
  std::vector<fs::path> found;
  std::error_code code;
  for (auto at = fs::directory_iterator(parent, code); !code && at != fs::end(at); at.increment(code))
    if (at->path().filename().string().starts_with(stem)) found.push_back(at->path());
  for (const fs::path& folder : found) {
    if (is_new(folder)) continue;
    const int descriptor = lock(folder);
    if (descriptor < 0) continue;
    fs::remove_all(folder, code);
    ::close(descriptor);
  }
}

}  // namespace

Result<PassingFolder> PassingFolder::create_in(const fs::path& parent, const std::string& stem) {
  remove_abandoned(parent, stem);
  DEW_TRY(TemporaryFolder folder, TemporaryFolder::create_in(parent, stem));
  const int descriptor = lock(folder.path());
  return PassingFolder(std::move(folder), descriptor);
}

PassingFolder::PassingFolder(PassingFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}

PassingFolder::~PassingFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace dew
