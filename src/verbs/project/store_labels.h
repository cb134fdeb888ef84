// The labels of data sets, stored once the pictures are there.
#pragma once

#include <cstdint>
#include <deque>

#include "verbs/project/data_sets.h"

namespace dew::verbs {

/// Collects what is said of the sources that are added, then stores it, some at a time.
class LabelsToStore {
 public:
  /// Must outlive this object.
  explicit LabelsToStore(const DataSets& sets) : sets_(sets) {}
  /// `words`, a number in `sets`, are said of the file, whose bytes are `source`; or of one sample of a
  /// source that the file shows.
  void add(int64_t source, size_t file, size_t words, int64_t sample = 0) {
    said_.push_back({source, sample, static_cast<uint32_t>(file), static_cast<uint32_t>(words)});
  }

  /// Stores labels (origin "human") and models' answers, and decides anew where answers came. A sample that
  /// people have labelled in this project keeps its label. Error: the database's; DataSets::words()'s.
  Result<LabelsTaken> store(Project& project, const FileList& files, Watch& watch);

 private:
  struct Said {
    int64_t source = 0;
    int64_t sample = 0;  ///< 0: the source's only one
    uint32_t file = 0;
    uint32_t words = 0;
  };
  const DataSets& sets_;
  std::deque<Said> said_;
};

}  // namespace dew::verbs
