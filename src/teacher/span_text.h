// span_text: a length of time for people.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace dew::teacher {

/// "45 s", "12 min", "7 h 12 min", "3 days 4 h": rounded up to the smaller unit.
inline std::string span_text(std::chrono::milliseconds length) {
  constexpr int64_t kSecond = 1000;
  constexpr int64_t kMinute = 60 * kSecond;
  constexpr int64_t kHour = 60 * kMinute;
  constexpr int64_t kDay = 24 * kHour;
  const auto rounded = [&](int64_t unit) { return (length.count() + unit - 1) / unit; };
  const auto both = [](int64_t large, const char* unit, int64_t small, const char* rest) {
    return fmt::format("{} {}", large, unit) +
           (small > 0 ? fmt::format(" {} {}", small, rest) : std::string());
  };
  if (length.count() <= 2 * kMinute) return fmt::format("{} s", rounded(kSecond));
  if (length.count() <= 2 * kHour) return fmt::format("{} min", rounded(kMinute));
  if (length.count() <= 2 * kDay) return both(rounded(kMinute) / 60, "h", rounded(kMinute) % 60, "min");
  return both(rounded(kHour) / 24, "days", rounded(kHour) % 24, "h");
}

}  // namespace dew::teacher
