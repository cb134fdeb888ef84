// policy: from the answers about one sample to its label. Pure: no project, no clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "store/store.h"

namespace dew::label {

/// Index into Settings::classes; absent: `name` is none of them.
std::optional<int> class_index(const Settings& settings, std::string_view name);

/// Who gave an answer: a teacher's model, asked with one prompt. All votes of it are one voter.
struct Voter {
  std::string teacher;
  std::string model;
  std::string prompt;  ///< the prompt's own hash
  bool operator==(const Voter&) const = default;
  bool operator<(const Voter& other) const {
    return std::tie(teacher, model, prompt) < std::tie(other.teacher, other.model, other.prompt);
  }
};

Voter voter_of(const Answer& answer);

/// What the policy needs of an answer: small, so that those of a hundred thousand samples fit into memory.
struct Ballot {
  int64_t sample = 0;
  int64_t answer = 0;               ///< its id: larger is newer
  int32_t voter = 0;                ///< index into Ballots::voters
  int32_t vote = 1;                 ///< of that voter
  int32_t choice = 0;               ///< index into Settings::classes; one past the end: unsure
  std::optional<float> confidence;  ///< the teacher's own
};

struct Ballots {
  std::vector<Voter> voters;
  std::vector<Ballot> all;
};

/// Adds an answer, unless it is neither a class nor the unsure answer.
void cast(Ballots& ballots, const Answer& answer, const Settings& settings);

/// Sorts by sample, voter and vote, and keeps the newest answer of each vote.
void sort_ballots(Ballots& ballots);

/// The probability that a voter's choice is right, as learnt from gold labels: from its own confidence `raw`,
/// or from the class where it has none. Absent: nothing is known, and `raw` is used as it is.
using Calibrate =
    std::function<std::optional<double>(const Voter& voter, int choice, std::optional<double> raw)>;

/// What was decided about a sample.
struct Decision {
  int64_t sample = 0;
  int choice = -1;                   ///< index into Settings::classes; -1: set aside
  std::optional<double> confidence;  ///< that the label is right, 0...1; also where it was set aside
  enum class Aside { kNo, kUnsure, kTie, kThreshold } aside = Aside::kNo;
  std::string basis;  ///< Label::basis
};

/// All votes of one voter about a sample, taken together.
struct Voice {
  std::map<int, double> share;  ///< of its votes, by choice; sums to 1
  int top = 0;                  ///< the choice with the largest share, the newer one of equals
  bool tie = false;
  /// The mean probability that its votes give `top`, if all of them have one; else, with k of n >= 2 votes
  /// for it, (k + 1/2) / (n + 1): three of three are not certainty.
  std::optional<double> confidence;
};

Voice voice_of(const Ballot* begin, const Ballot* end, size_t classes);

/// Applies Settings::policy, tie and threshold to the sorted ballots of one sample. The ballots of
/// `electorate` (indices of voters) count; if there are none, those of the voter that answered last.
/// majority: each voter has one voice, shared among its votes. weighted: a voice is weighted by the log-odds
/// of its confidence, which is optimal for independent voters (Nitzan & Paroush 1982); without a confidence
/// it counts as .75. newest: the newest answer alone.
Decision decide_one(const Ballots& ballots, size_t begin, size_t end, const std::vector<bool>& electorate,
                    const Settings& settings, const Calibrate& calibrate);

/// All samples that have ballots.
std::vector<Decision> decide_all(const Ballots& ballots, const std::vector<Voter>& electorate,
                                 const Settings& settings, const Calibrate& calibrate);

}  // namespace dew::label
