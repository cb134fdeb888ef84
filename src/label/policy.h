// policy: from the answers about one sample to its label. Pure: no project, no clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "store/store.h"

namespace dew {

/// Who said it: a teacher's model, asked by one prompt, whichever vote.
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

/// An answer as far as the policy looks at it: small, so that a hundred thousand samples' fit into memory.
struct Ballot {
  int64_t sample = 0;
  int64_t answer = 0;               ///< its id: larger is newer
  int32_t voter = 0;                ///< index into Ballots::voters
  int32_t vote = 1;                 ///< of that voter
  int32_t choice = 0;               ///< index into Settings::classes; one past the last: unsure
  std::optional<float> confidence;  ///< the teacher's own
};

struct Ballots {
  std::vector<Voter> voters;
  std::vector<Ballot> all;
};

/// Adds an answer; one that names neither a class nor the unsure answer is left out.
void cast(Ballots& ballots, const Answer& answer, const Settings& settings);

/// By sample, voter and vote; of the same vote only the newest answer.
void sort_ballots(Ballots& ballots);

/// The probability that a voter's choice is right, by what was learnt from gold labels: from its own
/// confidence, or from the class where it tells none. Absent: nothing is known, and `raw` stands.
using Calibrate =
    std::function<std::optional<double>(const Voter& voter, int choice, std::optional<double> raw)>;

/// What was decided about a sample.
struct Decision {
  int64_t sample = 0;
  int choice = -1;                   ///< index into Settings::classes; -1: set aside
  std::optional<double> confidence;  ///< that the label is right, 0...1; of what was set aside too
  enum class Aside { kNo, kUnsure, kTie, kThreshold } aside = Aside::kNo;
  std::string basis;  ///< Label::basis
};

/// What one voter says of a sample by all its votes.
struct Voice {
  std::map<int, double> share;  ///< of its votes, by choice; sums to 1
  int top = 0;                  ///< the choice with the largest share, the newer one of equals
  bool tie = false;
  /// The mean probability its votes give `top`, where all of them tell one; else, of two votes and more, the
  /// share of those for it, (k + 1/2) / (n + 1): three of three prove less than certainty.
  std::optional<double> confidence;
};

Voice voice_of(const Ballot* begin, const Ballot* end, size_t classes);

/// Settings::policy, tie and threshold over the ballots of one sample, sorted. Those of `electorate` (indices
/// of voters) count; where none of them has said anything, those of the voter that spoke last.
/// majority: each voter has one voice, shared among its votes. weighted: a voice counts by the log-odds of
/// its confidence, which is the best there is for independent voters (Nitzan & Paroush 1982); one that tells
/// none counts as .75. newest: the newest answer alone.
Decision decide_one(const Ballots& ballots, size_t begin, size_t end, const std::vector<bool>& electorate,
                    const Settings& settings, const Calibrate& calibrate);

/// All samples that have ballots.
std::vector<Decision> decide_all(const Ballots& ballots, const std::vector<Voter>& electorate,
                                 const Settings& settings, const Calibrate& calibrate);

}  // namespace dew
