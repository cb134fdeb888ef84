// What the fuzzers of data sets share: a folder with pictures' names and the file under test.
#pragma once

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "exchange/formats.h"
#include "fuzz/expect.h"

namespace dew::fuzz {

/// Nothing goes to a terminal that could control it.
inline void expect_printable(const std::string& text) {
  for (const char c : text) FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

/// Reads the files, by their names below the root, as the format; the first is the one that is claimed.
/// Either the error tells its file, or what comes is of the tree's own pictures and the set's own classes.
inline void read_data_set(const exchange::Format& format,
                          const std::map<std::string, std::string_view>& files, const std::string& claimed) {
  static const TemporaryFolder folder = TemporaryFolder::create("fuzz").value();
  std::vector<std::string> names{"a.jpg",       "b.jpg",           "images/a.jpg", "images/train/b.jpg",
                                 "train/c.jpg", "JPEGImages/a.jpg"};
  for (const auto& [name, bytes] : files) {
    names.push_back(name);
    const fs::path path = folder.path() / name;
    fs::create_directories(path.parent_path());
    fs::remove(path);  // a file that is emptied and written anew is flushed to the disk each time
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  const exchange::Tree tree(folder.path(), names);
  const std::string_view head = files.at(claimed).substr(0, exchange::kHeadBytes);
  if (format.claims_file != nullptr) format.claims_file(claimed, head);
  Watch watch;
  const auto set = format.read(tree, {tree, std::vector<dew::fs::path>{tree.path_of(claimed)}}, watch);
  if (!set) {
    FUZZ_EXPECT(set.error().fault == Fault::kUsage);
    FUZZ_EXPECT(!set.error().where.empty() && !set.error().next.empty());
    expect_printable(set.error().what + set.error().where + set.error().next);
    return;
  }
  for (const auto item : set->items) {
    FUZZ_EXPECT(tree.has(item.picture));
    for (const auto& name : item.classes)
      FUZZ_EXPECT(std::count(set->classes.begin(), set->classes.end(), name) == 1);
    expect_printable(item.where);
  }
  for (const auto& missing : set->missing) expect_printable(missing.where + missing.why);
  for (const auto& note : set->notes) expect_printable(note);
  for (const auto& name : set->classes) FUZZ_EXPECT(!name.empty());
  FUZZ_EXPECT(set->boxes >= 0);
}

}  // namespace dew::fuzz
