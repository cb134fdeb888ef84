// What is read of a video or animation by hand: its format, the walk over its boxes, whether it moves. (The
// frames are FFmpeg's to decode, and to fuzz.)
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "fuzz/expect.h"
#include "media/inspect.h"
#include "media/probe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  FUZZ_EXPECT(::ftruncate(file, 0) == 0);
  FUZZ_EXPECT(::pwrite(file, bytes, size, 0) == static_cast<ssize_t>(size));
  const dew::fs::path path = "/proc/self/fd/" + std::to_string(file);
  const auto header = dew::media::probe_video(path);
  FUZZ_EXPECT(header ? header->missing_bytes >= 0 : !header.error().what.empty());
  const auto kind = dew::detect_media_kind(path);
  FUZZ_EXPECT(kind || !kind.error().next.empty());
  if (header && dew::media::is_picture(header->format)) FUZZ_EXPECT(kind);
  dew::media::repeated_frames_of_avi(path);
  return 0;
}
