// label_pages: labels and what they rest on, for some samples at a time, so that memory does not grow with
// the project. What a policy decides of a sample depends on nothing but the answers about it.
#pragma once

#include <map>
#include <vector>

#include "label/label.h"
#include "label/label_set.h"
#include "label/policy.h"
#include "store/store.h"

namespace dew::label {

/// How often somebody gave the class that people gave.
struct Agreement {
  int64_t hits = 0;
  int64_t of = 0;  ///< samples that both gave a class
};

/// What is known of some samples.
struct LabelPage {
  std::vector<RatedLabel> labels;         ///< those in the set; a set aside one's class is empty
  std::vector<Answer> answers;            ///< all that the labels may rest on, by their ids
  std::map<Voter, Agreement> agreements;  ///< of those who answered, with people, whatever the set
  Agreement policy;                       ///< of the project's policy
};

class LabelPages {
 public:
  /// `project` must outlive it. Error: the database's.
  static Result<LabelPages> open(const Project& project, const LabelSet& set);
  /// `samples`: ids.
  [[nodiscard]] Result<LabelPage> about(const std::vector<int64_t>& samples) const;

 private:
  LabelPages(const Project& project, LabelSet set, Decider in_set, Decider own, std::vector<Spread> spreads)
      : project_(&project),
        set_(std::move(set)),
        in_set_(std::move(in_set)),
        own_(std::move(own)),
        spreads_(std::move(spreads)) {}
  [[nodiscard]] std::vector<Label> labels_in_set(std::vector<Label> standing,
                                                 const std::vector<Decision>& decided,
                                                 const std::vector<Spread>& spreads) const;
  void compare(const std::vector<Label>& standing, LabelPage& page) const;

  const Project* project_;
  LabelSet set_;
  Decider in_set_;               ///< what the set makes of answers
  Decider own_;                  ///< the project's policy
  std::vector<Spread> spreads_;  ///< by sample; 16 bytes each
};

}  // namespace dew::label
