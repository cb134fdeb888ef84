// What the tests of formats with boxes share.
#pragma once

#include <fmt/format.h>

#include <ctime>
#include <fstream>

#include "tests/exchange/trees.h"

namespace dew::exchange {

using Files = std::map<std::string, std::string>;

/// "train", "validation", "test", "" without one, "?" where the set does not have the picture.
inline std::string split_of(const DataSet& set, const std::string& picture) {
  for (const Item& item : set.items)
    if (item.picture == picture) return item.split ? std::string(split_name(*item.split)) : "";
  return "?";
}

inline DataSet read_set(const Files& files, const std::string& labels = "auto") {
  auto set = TreeOnDisk(files).read(labels);
  EXPECT_TRUE(set) << (set ? "" : set.error().where + ": " + set.error().what);
  EXPECT_TRUE(set && *set);
  return set && *set ? **std::move(set) : DataSet();
}

/// "file, key: what happened" of a set that is broken.
inline std::string why_not(const Files& files, const std::string& labels = "auto") {
  const auto set = TreeOnDisk(files).read(labels);
  EXPECT_FALSE(set);
  if (set) return "it is read";
  EXPECT_EQ(set.error().fault, Fault::kUsage);
  EXPECT_NE(set.error().next, "");
  return set.error().where + ": " + set.error().what;
}

inline std::string notes_of(const DataSet& set) {
  return join(set.notes, "; ");
}

/// Pictures 0.jpg ... below `folder`, without files on the disk, and the label files that `write` puts there.
class LargeSet {
 public:
  static constexpr int kPictures = 100'000;
  explicit LargeSet(const std::string& folder) : disk_(TemporaryFolder::create().value()) {
    for (int i = 0; i < kPictures; ++i) files_.push_back(fmt::format("{}{}.jpg", folder, i));
  }
  /// A stream to a file of the set.
  std::ofstream create(const std::string& name) {
    files_.push_back(name);
    const fs::path path = disk_.path() / name;
    if (path.parent_path() != made_) fs::create_directories(made_ = path.parent_path());
    return std::ofstream(path, std::ios::binary);
  }
  /// Read in less than `seconds` of the processor: others may be at work on the machine.
  DataSet read(double seconds) {
    const Tree tree(disk_.path(), files_);
    Watch watch;
    const std::clock_t began = std::clock();
    auto set = exchange::read(tree, "auto", watch);
    const double took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    EXPECT_TRUE(set && *set) << (set ? "" : set.error().where + ": " + set.error().what);
    EXPECT_LT(took, seconds);
    testing::Test::RecordProperty("seconds", fmt::format("{:.2f}", took));
    return set && *set ? **std::move(set) : DataSet();
  }

 private:
  TemporaryFolder disk_;
  fs::path made_;
  std::vector<std::string> files_;
};

}  // namespace dew::exchange
