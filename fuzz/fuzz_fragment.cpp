// Sample names from answers files: whatever parses is written in a form that parses to the same.
#include "fuzz/expect.h"
#include "media/fragment.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto fragment = dew::Fragment::parse({reinterpret_cast<const char*>(bytes), size});
  if (!fragment) {
    FUZZ_EXPECT(fragment.error().fault == dew::Fault::kUsage);
    return 0;
  }
  const auto again = dew::Fragment::parse(fragment->str());
  FUZZ_EXPECT(again && *again == *fragment);
  return 0;
}
