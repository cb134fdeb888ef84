// Writes the seeds of fuzz/corpus/compile: `compiler_make_corpus fuzz/corpus/compile`. One or two small
// models of each family of the table.
#include <iostream>

#include "base/base.h"
#include "tests/compiler/table.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  constexpr size_t kMostBytes = 3000;  // a fuzzer changes a byte at a time
  bool written = true;
  for (const auto& family : dew::test::families()) {
    int kept = 0;
    dew::test::for_each_case(family, {.most = 12}, [&](const dew::test::Case& each) {
      const auto bytes = dew::graph::write_tflite(each.graph);
      if (!bytes || bytes->size() > kMostBytes) return true;
      const std::string name = std::string(family.name) + (kept == 0 ? "" : "2") + ".tflite";
      written = dew::write_file(dew::fs::path(arguments[1]) / name, *bytes) && written;
      return ++kept < 2;
    });
  }
  if (!written) std::cerr << "cannot write into " << arguments[1] << "\n";
  return written ? 0 : 1;
}
