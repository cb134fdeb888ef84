// What readers of labels promise, whatever the bytes: an error of the user's that tells the place, or labels
// of pictures that are there.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "exchange/exchange.h"
#include "fuzz/expect.h"

inline void expect_printable(const std::string& text) {
  for (const char c : text) FUZZ_EXPECT(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
}

/// Reads `bytes` as a file of this name that lies beside the pictures a/1.jpg, a/2.jpg and 3.png, and `more`
/// as README.md.
inline void read_labels(std::string_view bytes, const std::string& name, std::string_view more = {}) {
  static const dew::TemporaryFolder folder = dew::TemporaryFolder::create("dewdrop-fuzz").value();
  const auto write = [&](const std::string& file, std::string_view content) {
    const dew::FilePtr stream(std::fopen((folder.path() / file).c_str(), "wb"));
    FUZZ_EXPECT(stream && std::fwrite(content.data(), 1, content.size(), stream.get()) == content.size());
  };
  write(name, bytes);
  std::vector<std::string> files{"a/1.jpg", "a/2.jpg", "3.png", name};
  if (!more.empty()) {
    write("README.md", more);
    files.emplace_back("README.md");
  }
  const dew::exchange::Tree tree(folder.path(), files);
  dew::Watch watch;
  const auto read = dew::exchange::read(tree, "auto", watch);
  if (!read) {
    FUZZ_EXPECT(read.error().fault == dew::Fault::kUsage);
    const std::string& where = read.error().where;
    FUZZ_EXPECT(where.starts_with(name) || (!more.empty() && where.starts_with("README.md")));
    expect_printable(read.error().what + read.error().where + read.error().next);
    return;
  }
  if (!*read) return;
  const dew::exchange::DataSet& set = **read;
  FUZZ_EXPECT(set.items.size() <= files.size());
  for (const dew::exchange::Item item : set.items) {
    FUZZ_EXPECT(tree.has(item.picture));
    expect_printable(item.where);
    for (const std::string& one : item.classes)
      FUZZ_EXPECT(std::find(set.classes.begin(), set.classes.end(), one) != set.classes.end());
    for (const dew::Answer& answer : item.answers)
      FUZZ_EXPECT(!answer.confidence || (*answer.confidence >= 0 && *answer.confidence <= 1));
  }
  for (const dew::exchange::Missing& missing : set.missing) FUZZ_EXPECT(!missing.why.empty());
  for (const std::string& note : set.notes) expect_printable(note);
}
