// YOLO's data.yaml, and behind a line "====" a label file: a usage error with its line, or classes of the
// tree's own pictures. An input that begins with '=' is an obj.data with its names behind the line.
#include "fuzz/data_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr std::string_view kBetween = "\n====\n";
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const bool darknet = text.starts_with('=');
  if (darknet) text.remove_prefix(1);
  const size_t end = std::min(text.find(kBetween), text.size());
  const std::string_view rest = text.substr(std::min(end + kBetween.size(), text.size()));
  if (darknet)
    dew::fuzz::read_data_set(
        dew::exchange::kYolo,
        {{"obj.data", text.substr(0, end)}, {"obj.names", rest}, {"labels/a.txt", "0 0 0 0 0"}}, "obj.data");
  else
    dew::fuzz::read_data_set(dew::exchange::kYolo,
                             {{"data.yaml", text.substr(0, end)}, {"labels/a.txt", rest}}, "data.yaml");
  return 0;
}
