// The labels of data sets, stored once the pictures are there.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "verbs/project/data_sets.h"

namespace dew::verbs {

/// Collects what is said of the sources that are added, then stores it.
class LabelsToStore {
 public:
  /// `words` is said of the file called `name`, whose bytes are `source`. Must outlive this object.
  void add(int64_t source, const std::string& name, const FileWords& words);

  /// `samples`: all of the project. Stores labels (origin "human") and models' answers, and decides anew
  /// where answers came. A sample that people have labelled in this project keeps its label. Error: the
  /// database's.
  Result<LabelsTaken> store(Project& project, const std::vector<Sample>& samples, Watch& watch) const;

 private:
  struct Said {
    const FileWords* words = nullptr;
    std::string name;
    std::string contradicts;  ///< another name of the same bytes, which is said to be of another class
  };
  std::map<int64_t, Said> of_source_;
};

}  // namespace dew::verbs
