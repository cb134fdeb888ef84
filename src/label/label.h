// label: turns answers into labels.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "store/store.h"

namespace dew {

/// How many samples carry what, after decide().
struct LabelCounts {
  int64_t labelled = 0;
  int64_t unsure = 0;      ///< answered, set aside
  int64_t unlabelled = 0;  ///< no answer yet
  std::map<std::string, int64_t> by_class;
};

/// The policy: the newest answer of each sample decides; the unsure answer sets the sample aside.
std::vector<Label> decide(const std::vector<Answer>& answers, const Settings& settings);

/// Applies the policy to all answers of the project and counts. A person's label stands.
Result<LabelCounts> relabel(Project& project);

/// A sample with the class it is to be taught or tested as.
struct Labelled {
  Sample sample;
  int answer_class = 0;  ///< index into Settings::classes
};

/// The labelled samples, in sample order; those set aside or unlabelled are not among them.
Result<std::vector<Labelled>> labelled_samples(const Project& project);

}  // namespace dew
