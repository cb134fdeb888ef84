// A file of labels by people: a usage error that names the file, or labels of the project's own samples and
// classes.
#include <algorithm>

#include "fuzz/expect.h"
#include "label/human.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  dew::Settings settings;
  settings.classes = {"yes", "no"};
  settings.unsure = "unsure";
  std::vector<dew::Sample> samples(3);
  std::vector<dew::Source> sources(2);
  for (size_t i = 0; i < samples.size(); ++i) samples[i].id = static_cast<int64_t>(i) + 1;
  samples[0].name = sources[0].name = "a/b.jpg";
  samples[1].name = "v#frame=0&xywh=0,0,9,9";
  samples[2].name = "v#frame=1&xywh=0,0,9,9";
  sources[0].id = samples[0].source = 1;
  sources[1].id = samples[1].source = samples[2].source = 2;
  sources[1].name = "v";
  std::vector<dew::Origin> origins(1);
  origins[0].source = 1;
  const dew::label::SampleNames names(samples, sources, origins);
  const auto expect_told = [](const dew::Error& error) {
    FUZZ_EXPECT(error.fault == dew::Fault::kUsage);
    FUZZ_EXPECT(error.where.rfind("l.csv", 0) == 0);
    for (const std::string& text : {error.what, error.next})
      for (const char c : text)
        FUZZ_EXPECT(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
  };
  const auto read = dew::label::parse_human_labels({reinterpret_cast<const char*>(bytes), size}, "l.csv",
                                                   names, settings, "fuzz");
  if (!read) {
    expect_told(read.error());
    return 0;
  }
  if (const auto unknown = dew::label::unknown_lines(*read, "l.csv")) expect_told(*unknown);
  FUZZ_EXPECT(!read->labels.empty() || !read->unknown.empty());
  FUZZ_EXPECT(read->labels.size() <= samples.size());
  for (const dew::Label& label : read->labels) {
    FUZZ_EXPECT(label.sample >= 1 && label.sample <= 3);
    FUZZ_EXPECT(label.origin == "human");
    FUZZ_EXPECT(label.answer_class.empty() || label.answer_class == "yes" || label.answer_class == "no");
  }
  return 0;
}
