#include "base/clock.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace dew {
namespace {

using std::chrono::milliseconds;

TEST(Pause, WaitsAsLongAsAsked) {
  testing::FakeClock clock;
  EXPECT_TRUE(pause(clock, std::chrono::minutes(5), Watch()));
  EXPECT_EQ(clock.passed(), std::chrono::minutes(5));
  EXPECT_TRUE(pause(clock, milliseconds(0), Watch()));
  EXPECT_TRUE(pause(clock, milliseconds(-3), Watch()));
  EXPECT_EQ(clock.passed(), std::chrono::minutes(5));
}

TEST(Pause, AnInterruptEndsItWithinTwentyMilliseconds) {
  class StopAt : public Watch {
   public:
    explicit StopAt(const testing::FakeClock& clock) : clock_(clock) {}
    [[nodiscard]] bool interrupted() const override { return clock_.passed() >= milliseconds(1000); }

   private:
    const testing::FakeClock& clock_;
  };
  testing::FakeClock clock;
  EXPECT_FALSE(pause(clock, std::chrono::hours(1), StopAt(clock)));
  EXPECT_GE(clock.passed(), milliseconds(1000));
  EXPECT_LE(clock.passed(), milliseconds(1020));
}

TEST(UtcText, IsIso8601) {
  testing::FakeClock clock;
  EXPECT_EQ(utc_text(clock.utc()), "2026-11-22T10:00:00Z");
  clock.sleep_until(clock.now() + std::chrono::seconds(3661));
  EXPECT_EQ(utc_text(clock.utc()), "2026-11-22T11:01:01Z");
}

TEST(SystemClock, MovesOn) {
  Clock& clock = system_clock();
  const auto before = clock.now();
  clock.sleep_until(before + milliseconds(5));
  EXPECT_GE(clock.now(), before + milliseconds(5));
  EXPECT_EQ(utc_now().substr(0, 2), "20");
}

}  // namespace
}  // namespace dew
