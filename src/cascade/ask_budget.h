// ask_budget: how much may be asked about events, by the hour, by the day and in money.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/base.h"
#include "store/event_calls.h"

namespace dew::cascade {

struct AskLimits {
  int64_t calls_an_hour = 0;        ///< of any 60 minutes; 0: no limit
  int64_t calls_a_day = 0;          ///< from midnight to midnight, UTC; 0: no limit
  std::optional<double> usd_a_day;  ///< absent: no limit
};

/// Why one more call may not go.
struct OverBudget {
  std::string why;
  int64_t until = 0;   ///< milliseconds since 1970: it may go then
  bool never = false;  ///< one such call alone is more than a day may cost
};

/// Whether one more call would exceed a limit if it cost the most that it can. `now`: milliseconds since
/// 1970. Absent: it may go.
std::optional<OverBudget> over_budget(const AskLimits& limits, const EventCalls::SoFar& so_far,
                                      double most_usd, int64_t now);

/// Milliseconds since 1970.
int64_t milliseconds_of(Clock::utc_point at);

}  // namespace dew::cascade
