// Keeps freed memory in the process while training runs.
#pragma once

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace dew::student {

/// While this lives, freed memory stays with the process. Every step allocates the same activations again,
/// and if the large ones went back to the kernel in between, page faults would cost a third of the time.
class KeepFreedMemory {
 public:
  KeepFreedMemory() {
#ifdef __GLIBC__
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
#endif
  }
  KeepFreedMemory(const KeepFreedMemory&) = delete;
  KeepFreedMemory& operator=(const KeepFreedMemory&) = delete;
  ~KeepFreedMemory() {
#ifdef __GLIBC__
    mallopt(M_MMAP_MAX, 65536);  // glibc's own values
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    malloc_trim(0);
#endif
  }
};

}  // namespace dew::student
