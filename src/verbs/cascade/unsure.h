// Frames that the net wavers about become samples of the project, a few a day.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verbs/cascade/watching.h"

namespace dew::verbs {

class UnsureKeeper {
 public:
  /// `most_a_day` by the day of UTC, over all runs. The project has to outlive it.
  UnsureKeeper(Project& project, int most_a_day) : project_(project), most_a_day_(most_a_day) {}

  /// The same frame of a recording that is watched again adds nothing. Error: the picture or the project
  /// cannot be written.
  Result<void> keep(const SawUnsure& saw, const std::string& source, Watch& watch);
  /// After the last one: samples get their splits.
  Result<void> finish(Watch& watch);
  [[nodiscard]] int64_t kept() const { return kept_; }

 private:
  Result<int64_t> kept_today(const std::string& day) const;

  Project& project_;
  const int most_a_day_;
  int64_t kept_ = 0;
};

}  // namespace dew::verbs
