// The walk over a video container's boxes. (The frames are FFmpeg's to decode, and to fuzz.)
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "fuzz/expect.h"
#include "media/probe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  FUZZ_EXPECT(::ftruncate(file, 0) == 0);
  FUZZ_EXPECT(::pwrite(file, bytes, size, 0) == static_cast<ssize_t>(size));
  const auto header = dew::media::probe_video("/proc/self/fd/" + std::to_string(file));
  FUZZ_EXPECT(header ? header->missing_bytes >= 0 : !header.error().what.empty());
  return 0;
}
