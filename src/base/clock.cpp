#include "base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <thread>

namespace dew {
namespace {

class SystemClock : public Clock {
 public:
  [[nodiscard]] time_point now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] utc_point utc() const override { return std::chrono::system_clock::now(); }
  void sleep_until(time_point until) override { std::this_thread::sleep_until(until); }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

bool pause(Clock& clock, Clock::duration length, const Watch& watch) {
  constexpr std::chrono::milliseconds kLook{20};
  const Clock::time_point until = clock.now() + length;
  while (clock.now() < until) {
    if (watch.interrupted()) return false;
    clock.sleep_until(std::min(until, clock.now() + kLook));
  }
  return true;
}

std::string utc_text(Clock::utc_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string utc_now() {
  return utc_text(system_clock().utc());
}

}  // namespace dew
