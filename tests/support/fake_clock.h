// A clock that moves only when somebody waits.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace dew::testing {

class FakeClock : public Clock {
 public:
  [[nodiscard]] time_point now() const override { return time_point(std::chrono::hours(1)) + passed_; }
  [[nodiscard]] utc_point utc() const override {
    return begun_ + std::chrono::duration_cast<utc_point::duration>(passed_);
  }
  void sleep_until(time_point until) override {
    passed_ = std::max(passed_, until - time_point(std::chrono::hours(1)));
  }

  /// Since it was made.
  [[nodiscard]] std::chrono::milliseconds passed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(passed_);
  }

 private:
  utc_point begun_ = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(10);
  duration passed_{};
};

}  // namespace dew::testing
