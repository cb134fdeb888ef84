// dewdrop.toml: an error of the user's, or settings that are written and read back the same.
#include "fuzz/expect.h"
#include "store/store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto settings = dew::parse_settings({reinterpret_cast<const char*>(bytes), size}, "dewdrop.toml");
  if (!settings) {
    FUZZ_EXPECT(settings.error().fault == dew::Fault::kUsage);
    FUZZ_EXPECT(!settings.error().what.empty());
    return 0;
  }
  const auto again = dew::parse_settings(dew::to_toml(*settings), "dewdrop.toml");
  FUZZ_EXPECT(again && *again == *settings);
  return 0;
}
