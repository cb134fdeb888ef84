// microWakeWord's manifest: an error of the user's, or a manifest within its limits.
#include "fuzz/expect.h"
#include "sound/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto manifest =
      dew::sound::parse_manifest({reinterpret_cast<const char*>(bytes), size}, "/models", "word.json");
  if (!manifest) {
    FUZZ_EXPECT(manifest.error().fault == dew::Fault::kUsage);
    FUZZ_EXPECT(!manifest.error().what.empty());
    return 0;
  }
  FUZZ_EXPECT(manifest->model.parent_path() == "/models");
  FUZZ_EXPECT(!manifest->word.empty());
  FUZZ_EXPECT(manifest->cutoff > 0 && manifest->cutoff <= 1);
  FUZZ_EXPECT(manifest->window >= 1 && manifest->window <= 1000);
  FUZZ_EXPECT(manifest->step_ms >= 1 && manifest->step_ms <= 30);
  return 0;
}
