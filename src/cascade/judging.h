// judging: how well a rule finds the events of recordings whose truth is known, and which rule is best.
//
// What counts: an event is found if the trigger begins one while it lasts, or up to kSlack before or after.
// An event that the trigger tells finds one true event, the first that is not found yet: one that swallows
// the next is a miss. One that begins at no true event is false; a second one within the same true event is
// repeated, and neither.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cascade/trigger.h"

namespace dew::cascade {

constexpr double kSlack = 0.5;  ///< seconds

struct TrueEvent {
  double start = 0;  ///< seconds
  double end = 0;
};

/// One class in one recording: what the net said frame by frame, and what was there.
struct Recording {
  std::string name;
  std::vector<double> seconds;   ///< by frame, ascending
  std::vector<uint8_t> scores;   ///< by frame, in steps of 1/255
  std::vector<TrueEvent> truth;  ///< in order, apart from each other
};

struct Judgement {
  int64_t truth = 0;
  int64_t found = 0;  ///< of the true events
  int64_t told = 0;   ///< events of the trigger
  int64_t false_ones = 0;
  int64_t repeated = 0;
  int64_t frames = 0;
  double seconds = 0;          ///< of recordings
  double empty_seconds = 0;    ///< of them, in which nothing was there
  std::vector<double> delays;  ///< seconds from the start of each found event to the trigger's; 0: not later

  Judgement& operator+=(const Judgement& other);
  [[nodiscard]] double recall() const;
  [[nodiscard]] double false_an_hour() const;  ///< of empty time
  [[nodiscard]] double median_delay() const;
};

Judgement judge(const Recording& recording, const Rule& rule);
Judgement judge(const std::vector<Recording>& recordings, const Rule& rule);

/// The rules that are tried: scores in steps, several n of m, rests.
/// What is not tried (the class, `quiet`) is as in `like`.
std::vector<Rule> candidate_rules(const Rule& like);

/// A rule and what it does.
struct JudgedRule {
  Rule rule;
  Judgement judgement;
};

/// All candidates, each on all recordings.
std::vector<JudgedRule> judge_candidates(const std::vector<Recording>& recordings, const Rule& like);

/// Those than which none finds more true events while it tells no more events, ascending by both.
std::vector<JudgedRule> frontier_of(const std::vector<JudgedRule>& judged);

/// Of those that reach the recall, or come nearest to it, the one with the fewest false and repeated events,
/// and then the least delay; where several scores do alike, the middle one, which other recordings suit best.
JudgedRule best_of(const std::vector<JudgedRule>& judged, double wanted_recall);
JudgedRule best_rule(const std::vector<Recording>& recordings, const Rule& like, double wanted_recall);

}  // namespace dew::cascade
