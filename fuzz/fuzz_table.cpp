// A table of labels in any encoding, whatever its delimiter and columns.
#include "fuzz/read_labels.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  read_labels({reinterpret_cast<const char*>(bytes), size}, "labels.csv");
  return 0;
}
