#include "cascade/ask_budget.h"

#include <fmt/format.h>

#include <chrono>

namespace dew::cascade {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

std::string at_text(int64_t at) {
  return utc_text(Clock::utc_point(
      std::chrono::duration_cast<Clock::utc_point::duration>(std::chrono::milliseconds(at))));
}

}  // namespace

std::optional<OverBudget> over_budget(const AskLimits& limits, const EventCalls::SoFar& so_far,
                                      double most_usd, int64_t now) {
  const int64_t midnight = now - now % kDay + kDay;
  const auto wait = [&](std::string what, int64_t until) {
    return OverBudget{fmt::format("{}: the next call may go at {}", what, at_text(until)), until, false};
  };
  // Of a day first: waiting for the hour alone would not help.
  if (limits.usd_a_day && most_usd > *limits.usd_a_day)
    return OverBudget{fmt::format("one call can cost ${:.4f}, more than all of a day may (usd_a_day = {})",
                                  most_usd, *limits.usd_a_day),
                      midnight, true};
  if (limits.usd_a_day && so_far.usd_in_day + most_usd > *limits.usd_a_day)
    return wait(fmt::format("${:.4f} were spent today, and one more call could cost more than usd_a_day = {} "
                            "leaves",
                            so_far.usd_in_day, *limits.usd_a_day),
                midnight);
  if (limits.calls_a_day > 0 && so_far.in_day >= limits.calls_a_day)
    return wait(fmt::format("{} today, as many as calls_a_day allows",
                            plural(so_far.in_day, "call was made", "calls were made")),
                midnight);
  if (limits.calls_an_hour > 0 && so_far.in_hour >= limits.calls_an_hour)
    return wait(fmt::format("{} in the last hour, as many as calls_an_hour allows",
                            plural(so_far.in_hour, "call was made", "calls were made")),
                so_far.oldest_in_hour.value_or(now) + kHour);
  return std::nullopt;
}

int64_t milliseconds_of(Clock::utc_point at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace dew::cascade
