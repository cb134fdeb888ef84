// An XML file of Pascal VOC or CVAT, read as both.
#include "fuzz/data_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  dew::fuzz::read_data_set(dew::exchange::kVoc, {{"Annotations/a.xml", text}}, "Annotations/a.xml");
  dew::fuzz::read_data_set(dew::exchange::kCvat, {{"Annotations/a.xml", text}}, "Annotations/a.xml");
  return 0;
}
