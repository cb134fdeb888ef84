// label: turns answers into labels.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "label/calibration.h"
#include "label/human.h"
#include "label/policy.h"
#include "store/store.h"

namespace dew {

/// How many samples carry what, after decide().
struct LabelCounts {
  int64_t labelled = 0;
  int64_t unsure = 0;           ///< answered, set aside: for the unsure answer, a tie, or the threshold
  int64_t tied = 0;             ///< of these
  int64_t below_threshold = 0;  ///< of these
  int64_t untold = 0;           ///< labelled by the policy, and nothing tells how sure that is
  int64_t unlabelled = 0;       ///< no answer yet
  std::map<std::string, int64_t> by_class;
};

/// The policy over answers that are all at hand; nobody is elected, so of each sample the voter that spoke
/// last counts.
std::vector<Label> decide(const std::vector<Answer>& answers, const Settings& settings);

/// Who was asked by the newest command: their answers decide where there are any.
Result<void> set_electorate(Project& project, const std::vector<Voter>& voters);
Result<std::vector<Voter>> electorate(const Project& project);

/// What was learnt of teachers from gold labels: decisions() goes by it from now on.
Result<void> set_calibrations(Project& project, const std::vector<Calibration>& calibrations);

/// What the policy says of every sample that has an answer, people's labels not considered, in the order of
/// the samples' ids. Memory: some 100 bytes an answer.
Result<std::vector<Decision>> decisions(const Project& project);
Result<std::vector<Decision>> decisions(const Project& project, const std::vector<Voter>& electorate);

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
