// clock: what time it is, and waiting. Abstract, so that tests wait minutes in no time.
#pragma once

#include <chrono>
#include <string>

#include "base/watch.h"

namespace dew {

/// Passed to whatever waits or writes down the time. Used from one thread at a time, unless an implementation
/// says otherwise; the system's may be used from any.
class Clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;
  using utc_point = std::chrono::system_clock::time_point;

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// For measuring and waiting: it never goes back.
  [[nodiscard]] virtual time_point now() const = 0;
  /// For writing down when something happened.
  [[nodiscard]] virtual utc_point utc() const = 0;
  virtual void sleep_until(time_point until) = 0;
};

Clock& system_clock();

/// Waits for `length`, looking at the watch every 20 ms. False: interrupted.
bool pause(Clock& clock, Clock::duration length, const Watch& watch);

/// "2026-11-22T10:15:00Z"; by default the present.
std::string utc_text(Clock::utc_point at);
std::string utc_now();

}  // namespace dew
