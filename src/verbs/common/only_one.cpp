#include "verbs/common/only_one.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace dew::verbs {

Result<std::optional<Descriptor>> hold_alone(const fs::path& file) {
  Descriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.get() < 0) return system_failure("cannot write into the project", file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return std::nullopt;
  return std::optional(std::move(lock));
}

}  // namespace dew::verbs
