#include "base/passing_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <chrono>
#include <utility>
#include <vector>

namespace dew {
namespace {

/// A descriptor that holds the lock; none: another process holds it, or the disk knows no locks.
Descriptor lock(const fs::path& folder) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (opened.get() >= 0 && ::flock(opened.get(), LOCK_EX | LOCK_NB) == 0) return opened;
  return Descriptor(-1);
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
    const Descriptor locked = lock(folder);
    if (locked.get() >= 0) fs::remove_all(folder, code);
  }
}

}  // namespace

Result<PassingFolder> PassingFolder::create_in(const fs::path& parent, const std::string& stem) {
  remove_abandoned(parent, stem);
  DEW_TRY(TemporaryFolder folder, TemporaryFolder::create_in(parent, stem));
  Descriptor locked = lock(folder.path());
  return PassingFolder(std::move(folder), std::move(locked));
}

}  // namespace dew
