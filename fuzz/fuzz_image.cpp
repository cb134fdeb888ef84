// Picture files: an error, or a picture of at most the allowed size; and the header is read before the
// pixels.
#include "fuzz/expect.h"
#include "media/media.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr dew::MediaLimits kLimits{int64_t{1} << 16, int64_t{1} << 20};
  const auto image = dew::decode_image({reinterpret_cast<const char*>(bytes), size}, "fuzz", kLimits);
  if (!image) {
    FUZZ_EXPECT(!image.error().what.empty() && !image.error().next.empty());
    return 0;
  }
  FUZZ_EXPECT(image->width > 0 && image->height > 0);
  FUZZ_EXPECT(int64_t{image->width} * image->height <= kLimits.max_pixels);
  FUZZ_EXPECT(image->rgb.size() ==
              size_t{3} * static_cast<size_t>(image->width) * static_cast<size_t>(image->height));
  return 0;
}
