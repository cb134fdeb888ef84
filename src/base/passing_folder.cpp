#include "base/passing_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace dew {
namespace {

constexpr size_t kRandom = 6;  // letters that TemporaryFolder appends

enum class Lock { kOurs, kAnothers, kUnknown };
struct Locked {
  Descriptor held;
  Lock lock = Lock::kUnknown;  ///< unknown: the disk knows no locks
};

Locked lock(const fs::path& folder) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (opened.get() < 0) return {Descriptor(-1), errno == ENOENT ? Lock::kAnothers : Lock::kUnknown};
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) == 0) return {std::move(opened), Lock::kOurs};
  return {Descriptor(-1), errno == EWOULDBLOCK ? Lock::kAnothers : Lock::kUnknown};
}

void remove_abandoned(const fs::path& parent, const std::string& stem) {
  std::vector<fs::path> found;
  std::error_code code;
  for (auto at = fs::directory_iterator(parent, code); !code && at != fs::end(at); at.increment(code)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(stem) && name.size() == stem.size() + kRandom) found.push_back(at->path());
  }
  for (const fs::path& folder : found)
    if (const Locked locked = lock(folder); locked.lock == Lock::kOurs) fs::remove_all(folder, code);
}

}  // namespace

Result<PassingFolder> PassingFolder::create_in(const fs::path& parent, const std::string& stem) {
  remove_abandoned(parent, stem);
  while (true) {
    DEW_TRY(TemporaryFolder folder, TemporaryFolder::create_in(parent, stem));
    Locked locked = lock(folder.path());
    // Between its making and its locking it looked abandoned, and another process may have removed it.
    std::error_code code;
    if (locked.lock == Lock::kUnknown || (locked.lock == Lock::kOurs && fs::exists(folder.path(), code)))
      return PassingFolder(std::move(folder), std::move(locked.held));
  }
}

}  // namespace dew
