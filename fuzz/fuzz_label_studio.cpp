// An export of Label Studio in JSON, long or short.
#include "fuzz/read_labels.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  read_labels({reinterpret_cast<const char*>(bytes), size}, "export.json");
  return 0;
}
