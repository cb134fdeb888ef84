// A samples.jsonl: a usage error that names the file and a line, or items of the tree's own pictures with
// classes that the first line names.
#include <algorithm>
#include <fstream>
#include <set>

#include "exchange/formats.h"
#include "fuzz/expect.h"

namespace {

void expect_told(const dew::Error& error) {
  FUZZ_EXPECT(error.fault == dew::Fault::kUsage);
  FUZZ_EXPECT(error.where.rfind("samples.jsonl:", 0) == 0);
  for (const std::string& text : {error.what, error.next})
    for (const char c : text) FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const dew::TemporaryFolder folder = dew::TemporaryFolder::create("fuzz-jsonl").value();
  const dew::fs::path file = folder.path() / "samples.jsonl";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  const dew::exchange::Tree tree(folder.path(), {"a.jpg", "images/b.jpg", "images/c/b.jpg", "samples.jsonl"});
  dew::Watch watch;
  const auto set = dew::exchange::kJsonl.read(tree, {tree, std::vector<dew::fs::path>{file}}, watch);
  if (!set) {
    expect_told(set.error());
    return 0;
  }
  FUZZ_EXPECT(set->items.size() <= tree.files().size());
  std::set<std::string> pictures;
  for (const dew::exchange::Item item : set->items) {
    FUZZ_EXPECT(tree.has(item.picture));
    FUZZ_EXPECT(pictures.insert(item.picture).second);
    FUZZ_EXPECT(item.classes.size() <= 1);
    for (const dew::Answer& answer : item.answers) {
      FUZZ_EXPECT(!answer.answer_class.empty());
      FUZZ_EXPECT(!answer.confidence || (*answer.confidence >= 0 && *answer.confidence <= 1));
      FUZZ_EXPECT(answer.tokens_in >= 0 && answer.tokens_out >= 0 && answer.cost_usd >= 0);
    }
  }
  return 0;
}
