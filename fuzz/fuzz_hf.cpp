// Metadata of a Hugging Face image folder, and behind a NUL the data set's card.
#include "fuzz/read_labels.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(bytes), size);
  const size_t end = std::min(all.find('\0'), size);
  const std::string_view metadata = all.substr(0, end);
  const std::string_view card = all.substr(std::min(end + 1, size));
  read_labels(metadata, metadata.starts_with('{') ? "metadata.jsonl" : "metadata.csv", card);
  return 0;
}
