// tune_page: what the settings of a trigger find and what they send, as one self-contained page. Gets all as
// data.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dew::report {

/// What one rule does.
struct TunePoint {
  std::string rule;       ///< "3 of 5 from .62 on, against it below .37, rest 2 s"
  double recall = 0;      ///< of the true events, 0...1
  double recall_low = 0;  ///< at least this, one-sided 95 %
  double precision = 0;   ///< of the events it tells, those that are none of the false ones
  double precision_low = 0;
  double sent = 0;  ///< share of the frames, at most
  double events_a_day = 0;
  double usd_a_day = 0;  ///< 0: not known what a question costs
  double false_an_hour = 0;
  double delay = 0;  ///< median, seconds
};

/// A recording's scores over time, and what was there and was told.
struct TuneScores {
  std::string name;
  double seconds = 0;
  std::vector<double> scores;  ///< the highest of each of as many equal stretches, 0...1
  std::vector<std::pair<double, double>> truth;
  std::vector<std::pair<double, double>> told;
};

struct TunePageClass {
  std::string name;
  double on = 0;
  double off = 0;
  TunePoint chosen;
  TunePoint held_back;           ///< recordings, or halves of one, that took no part in the choice
  std::vector<TunePoint> curve;  ///< rules than which none finds more with fewer events told; by `sent`
  std::vector<TuneScores> recordings;
};

struct TunePage {
  std::string title;  ///< the project
  std::string net;
  std::string made_at;
  double wanted_recall = 0;
  std::vector<TunePageClass> classes;
};

/// Whole and well-formed, whatever the texts hold.
std::string to_html(const TunePage& page);

}  // namespace dew::report
