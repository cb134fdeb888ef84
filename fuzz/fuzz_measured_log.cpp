// A board's log of each layer's time: an error of the user's, or a time for every step.
#include <cmath>

#include "fuzz/expect.h"
#include "verbs/measure/measured_log.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  dew::compiler::Plan plan;
  plan.symbol = "p";
  plan.program.resize(3);
  plan.macs = 7;
  plan.weights_bytes = 5;
  const auto times = dew::verbs::read_measured({reinterpret_cast<const char*>(bytes), size}, "log.txt", plan);
  if (!times) {
    FUZZ_EXPECT(times.error().fault == dew::Fault::kUsage);
    FUZZ_EXPECT(!times.error().what.empty() && !times.error().next.empty());
    return 0;
  }
  FUZZ_EXPECT(times->steps.size() == 3);
  FUZZ_EXPECT(times->blocks >= 1 && times->broken >= 0 && times->inferences >= times->blocks);
  for (const double step : times->steps) FUZZ_EXPECT(std::isfinite(step) && step >= 0);
  return 0;
}
