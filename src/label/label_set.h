// label_set: which of a project's labels a training, a test or a comparison goes by. So two nets can be
// taught by two teachers, or by an AI and by people, from one project.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "label/policy.h"
#include "store/store.h"

namespace dew::label {

struct LabelSet {
  enum class Kind {
    kCurrent,  ///< the labels as they are: a person's where there is one, else the policy's
    kPeople,   ///< people's alone
    kPolicy,   ///< what a policy makes of the teachers' answers; people's labels do not count
    kTeacher,  ///< what the project's policy makes of one teacher's answers; people's labels do not count
  };
  Kind kind = Kind::kCurrent;

  // kPolicy: what differs from dewdrop.toml; absent: as there
  std::optional<std::string> policy;
  std::optional<std::string> tie;
  std::optional<double> threshold;

  // kTeacher
  std::string teacher;  ///< Answer::teacher
  std::string model;    ///< Answer::model
  std::string prompt;   ///< the prompt's hash; empty: of each sample, the prompt that was asked last

  bool operator==(const LabelSet&) const = default;
};

/// From what a person writes:
///
///     current                          people or human
///     policy, teacher or teachers      policy:weighted,tie=newest,threshold=0.9
///     teacher:openai:gpt-4o            teacher:openai:gpt-4o#1a2b3c4d (the beginning of a prompt's hash)
///
/// `teacher:` may be left out, and so may the teacher's own name where one model alone has that name
/// (`gpt-4o`). Errors (usage): none of these, with the nearest that is; a teacher that answered nothing here,
/// with those that did; a beginning of a hash that fits no prompt or several.
Result<LabelSet> parse_label_set(const Project& project, const std::string& text);

/// The same in words that parse_label_set() takes.
std::string to_text(const LabelSet& set);

/// The settings, with the policy that the set has of its own.
Settings policy_in(const LabelSet& set, Settings settings);
/// Whether the voter's answers count in the set.
bool counts_in(const LabelSet& set, const Voter& voter);

/// Everybody who answered in this project, in the order of their first answers.
Result<std::vector<Voter>> voters_of(const Project& project);

/// A sample with the class it is to be taught or tested as.
struct Labelled {
  Sample sample;
  int answer_class = 0;  ///< index into Settings::classes
};

/// The samples that carry a label in `set`, in sample order; those set aside or unlabelled are not among
/// them. Near-duplicates that nobody was asked about take the label of the one that was asked, but people's
/// alone.
Result<std::vector<Labelled>> labelled_samples(const Project& project, const LabelSet& set = {});

/// A label and how sure the policy is of it.
struct RatedLabel {
  Label label;
  std::optional<double> confidence;  ///< 0...1; of a person's label, and where nothing tells it: absent
};

}  // namespace dew::label
