// label: turns answers into labels.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "label/human.h"
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

/// The labels that `decided` lends to samples nobody was asked about; a sample with a label of its own keeps
/// it.
std::vector<Label> spread_labels(const std::vector<Label>& decided, const std::vector<Spread>& spreads);

/// When pictures of one video are near enough to ask about one of them only.
struct Nearness {
  int bits = 2;         ///< of the 64 in which the hashes may differ
  double seconds = 10;  ///< between them at most
};

/// Of each video, tile by tile and forwards in time: a sample is asked itself, or takes the label of the
/// nearest one that is asked and near enough. Never of another that took its label, so that nothing drifts.
/// Samples without a hash, and still pictures, are asked themselves.
std::vector<Spread> find_near(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                              const std::map<int64_t, uint64_t>& hashes, const Nearness& nearness);

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
