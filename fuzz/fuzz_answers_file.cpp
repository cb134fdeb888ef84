// An answers file: a usage error that names the line, or answers that are all among the choices; and one with
// answers to free questions.
#include <algorithm>

#include "fuzz/expect.h"
#include "teacher/replay.h"

namespace {

void read_free(std::string_view text) {
  static const std::vector<std::string> kNone;
  const auto recording = dew::teacher::parse_recording(text, "a.jsonl", kNone);
  if (!recording) {
    FUZZ_EXPECT(recording.error().where.rfind("a.jsonl:", 0) == 0);
    return;
  }
  for (const auto& [event, answer] : recording->answers)
    FUZZ_EXPECT(!event.empty() && !answer.reason.empty() && answer.label.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  read_free({reinterpret_cast<const char*>(bytes), size});
  const std::vector<std::string> choices = {"yes", "no", "unsure"};
  const auto recording =
      dew::teacher::parse_recording({reinterpret_cast<const char*>(bytes), size}, "a.jsonl", choices);
  if (!recording) {
    const dew::Error& error = recording.error();
    FUZZ_EXPECT(error.fault == dew::Fault::kUsage);
    FUZZ_EXPECT(error.where.rfind("a.jsonl:", 0) == 0);
    for (const char c : error.what) FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    return 0;
  }
  for (const auto& [sample, why] : recording->wrong) FUZZ_EXPECT(!recording->answers.contains(sample));
  for (const auto& [sample, answer] : recording->answers) {
    FUZZ_EXPECT(!sample.empty());
    FUZZ_EXPECT(std::find(choices.begin(), choices.end(), answer.label) != choices.end());
    FUZZ_EXPECT(!answer.confidence || (*answer.confidence >= 0 && *answer.confidence <= 1));
  }
  return 0;
}
