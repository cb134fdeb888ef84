// IDX files, plain and packed: pictures of the promised size or an error, in memory that the limits allow;
// and the same bytes as a file of labels for three pictures.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "exchange/idx.h"
#include "fuzz/data_set.h"
#include "media/inspect.h"
#include "media/video.h"

namespace {

constexpr dew::MediaLimits kLimits{int64_t{1} << 12, int64_t{1} << 20, 1000};

void decode(const uint8_t* bytes, size_t size) {
  static const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  FUZZ_EXPECT(::ftruncate(file, 0) == 0);
  FUZZ_EXPECT(::pwrite(file, bytes, size, 0) == static_cast<ssize_t>(size));
  const dew::fs::path path = "/proc/self/fd/" + std::to_string(file);
  dew::Watch watch;
  const auto info = dew::inspect_media(path, kLimits, watch);
  if (!info) {
    FUZZ_EXPECT(!info.error().what.empty() && !info.error().next.empty());
    return;
  }
  auto reader = dew::VideoReader::open(path, kLimits);
  FUZZ_EXPECT(reader);
  const auto last = reader->frame(info->frames - 1);
  FUZZ_EXPECT(last);
  FUZZ_EXPECT((*last)->width == info->width && (*last)->height == info->height);
  FUZZ_EXPECT(!reader->frame(info->frames));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  using namespace std::string_view_literals;
  if (text.starts_with("\0\0\x08"sv) || text.starts_with("\x1F\x8B\x08"sv)) decode(bytes, size);
  constexpr std::string_view kThree{
      "\0\0\x08\x03\0\0\0\x03\0\0\0\x01\0\0\0\x01"
      "abc",
      19};
  dew::fuzz::read_data_set(dew::exchange::kIdx,
                           {{"t10k-labels-idx1-ubyte", text}, {"t10k-images-idx3-ubyte", kThree}},
                           "t10k-labels-idx1-ubyte");
  return 0;
}
