// Edge Impulse's info.labels and its kin: a usage error with its line or key, or classes of the tree's own
// pictures.
#include "fuzz/data_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  dew::fuzz::read_data_set(dew::exchange::kEdgeImpulse,
                           {{"info.labels", {reinterpret_cast<const char*>(bytes), size}}}, "info.labels");
  return 0;
}
