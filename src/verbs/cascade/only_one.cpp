#include "verbs/cascade/only_one.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace dew::verbs {

Result<Descriptor> hold_cascade(const fs::path& project) {
  const fs::path path = project / ".dewdrop" / "cascade.lock";
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.get() < 0) return system_failure("cannot write into the project", path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return lock;  // a file system without locks: then nothing guards against two
  return work_error("another dewdrop cascade watches for this project", project.string(),
                    "stop it, or give it all sources: one program watches many");
}

}  // namespace dew::verbs
