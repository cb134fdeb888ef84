// label: turns answers into labels.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "label/calibration.h"
#include "label/human.h"
#include "label/label_set.h"
#include "label/policy.h"
#include "store/store.h"

namespace dew::label {

/// How many samples carry which label.
struct LabelCounts {
  int64_t labelled = 0;
  int64_t unsure = 0;           ///< answered, set aside: for the unsure answer, a tie, or the threshold
  int64_t tied = 0;             ///< of these
  int64_t below_threshold = 0;  ///< of these
  int64_t untold = 0;           ///< labelled by the policy, without any known confidence
  int64_t unlabelled = 0;       ///< no answer yet
  std::map<std::string, int64_t> by_class;
};

/// The voters of the newest label command: of a sample that any of them answered, only their answers count.
Result<void> set_electorate(Project& project, const std::vector<Voter>& voters);
Result<std::vector<Voter>> electorate(const Project& project);

/// What was learnt of teachers from gold labels; decisions() goes by it from now on.
Result<void> set_calibrations(Project& project, const std::vector<Calibration>& calibrations);

/// What the policy says of every sample that has an answer, people's labels not considered, in the order of
/// the samples' ids. Memory: some 100 bytes an answer.
Result<std::vector<Decision>> decisions(const Project& project);
Result<std::vector<Decision>> decisions(const Project& project, const std::vector<Voter>& electorate);
/// The same with a policy other than the project's, over the answers of the voters that `counts` is true for.
Result<std::vector<Decision>> decisions(const Project& project, const std::vector<Voter>& electorate,
                                        const Settings& policy,
                                        const std::function<bool(const Voter&)>& counts);

/// Decides samples over their answers, some at a time: what is decided of one depends on no other.
class Decider {
 public:
  /// `policy`: the project's settings, or others. The answers of the voters that `counts` is true for count.
  static Result<Decider> open(const Project& project, Settings policy,
                              std::function<bool(const Voter&)> counts);
  /// `answers`: all about some samples. In the order of the samples' ids.
  [[nodiscard]] std::vector<Decision> decide(const std::vector<Answer>& answers) const;

 private:
  Decider() = default;
  Settings policy_;
  std::function<bool(const Voter&)> counts_;
  std::vector<Voter> electorate_;
  Calibrate calibrate_;
};

/// Decisions as labels of origin "policy"; what is set aside has an empty class.
std::vector<Label> labels_of(const std::vector<Decision>& decided, const Settings& settings);

/// The labels that `decided` lends to samples that nobody was asked about; a sample with a label of its own
/// keeps it.
std::vector<Label> spread_labels(const std::vector<Label>& decided, const std::vector<Spread>& spreads);

/// What a label rests on, without the mark of spread_labels().
std::string_view without_spread(std::string_view basis);

/// When pictures of one video are near enough to ask about one of them only.
struct Nearness {
  int bits = 2;         ///< in which their hashes may differ, of 64
  double seconds = 10;  ///< between them at most
};

/// Goes through each tile of each video forwards in time: a sample is asked about, or takes the label of the
/// nearest one before it that is asked about and near enough. Never of one that itself took a label, so that
/// labels do not drift. Samples without a hash, and still pictures, are always asked about.
std::vector<Spread> find_near(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                              const std::map<int64_t, uint64_t>& hashes, const Nearness& nearness);

/// Applies the policy to all answers of the project, stores the labels and counts. A person's label stays.
Result<LabelCounts> relabel(Project& project);

}  // namespace dew::label
