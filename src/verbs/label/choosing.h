// Asks about a part of the samples, chosen round by round, and labels the rest locally.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "label/rounds.h"
#include "store/store.h"
#include "verbs/label/label.h"

namespace dew::verbs {

/// One call of `label --share` or `--enough`. Chooses among the training split; of the other splits it asks
/// about a random part as large, so that they stay a fair sample.
class Choosing {
 public:
  /// Looks at the pictures of the training split. `left_out`: samples that are not asked about. Error: as
  /// gather_features().
  static Result<Choosing> begin(Project& project, const LabelArgs& args, const std::set<int64_t>& left_out,
                                Watch& watch);

  /// How many samples a share of them makes that are not asked about yet.
  static Result<int64_t> count(const Project& project, const std::set<int64_t>& left_out, double share);

  /// The samples to ask about next, by what the answers so far have taught; none: it is enough. Says how far
  /// it is. What was asked and got no answer is not asked again. Error: interrupted.
  Result<std::set<int64_t>> next(Watch& watch);

  /// Labels what was not asked about where the local classifier is sure enough, and stores that.
  Result<LocalLabels> finish(Watch& watch);

 private:
  Choosing(Project& project, const LabelArgs& args) : project_(&project), args_(&args) {}
  Result<void> read_audits();
  Result<void> keep_audits();
  /// What is known of the pool, and what the local classifier makes of it.
  Result<void> look(Watch& watch);
  [[nodiscard]] size_t asked() const;
  [[nodiscard]] bool is_enough() const;
  [[nodiscard]] size_t step() const;
  /// Samples of the pool that are asked about in the end; 0: as many as it takes.
  [[nodiscard]] size_t planned() const;
  std::set<int64_t> others();
  void tell(Watch& watch) const;
  void tell_disbelief(Watch& watch) const;

  Project* project_;
  const LabelArgs* args_;
  std::string backbone_;
  std::vector<Sample> pool_;                      ///< of the training split
  std::map<Split, std::vector<int64_t>> others_;  ///< of the other splits, in random order
  std::optional<label::LocalClassifier> classifier_;
  std::vector<std::vector<size_t>> audits_;  ///< indices into the pool, by round
  std::set<int64_t> tried_;                  ///< in this call
  std::map<int64_t, int> known_;             ///< as label_, of all samples that were asked
  std::vector<int> label_;                   ///< of the pool, as label::rounds.h takes it
  label::LocalView view_;
};

}  // namespace dew::verbs
