// Picture files of every format: an error, or a picture of at most the allowed size, whole or made smaller
// while it is decoded; and the header is read before the pixels.
#include "fuzz/expect.h"
#include "media/image.h"

namespace {

constexpr dew::MediaLimits kLimits{int64_t{1} << 16, int64_t{1} << 20};

void decode(std::string_view bytes, int at_most) {
  const auto image = dew::decode_image(bytes, "fuzz", kLimits, at_most);
  if (!image) {
    FUZZ_EXPECT(!image.error().what.empty() && !image.error().next.empty());
    return;
  }
  FUZZ_EXPECT(image->width > 0 && image->height > 0);
  FUZZ_EXPECT(int64_t{image->width} * image->height <= kLimits.max_pixels);
  FUZZ_EXPECT(image->rgb.size() ==
              size_t{3} * static_cast<size_t>(image->width) * static_cast<size_t>(image->height));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  decode(text, 0);
  decode(text, 16);
  return 0;
}
