// Backbone files, our own and Keras': an error with a text, or a MobileNetV2 whose numbers are all numbers.
#include <cmath>

#include "fuzz/expect.h"
#include "student/backbone.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto backbone = dew::student::decode_backbone({reinterpret_cast<const char*>(bytes), size}, "fuzz");
  if (!backbone) {
    FUZZ_EXPECT(!backbone.error().what.empty() && !backbone.error().where.empty());
    return 0;
  }
  FUZZ_EXPECT(backbone->weights.architecture.layers.size() == 52);
  FUZZ_EXPECT(backbone->numbers() > 0);
  for (const float value : backbone->weights.parameters) FUZZ_EXPECT(std::isfinite(value));
  for (const float value : backbone->weights.statistics) FUZZ_EXPECT(std::isfinite(value));
  return 0;
}
