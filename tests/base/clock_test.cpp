#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/time_left.h"
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

TEST(TimeLeft, CountsDownBetweenStepsThatTakeMinutes) {
  TimeLeft left;
  left.begin(100);
  EXPECT_FALSE(left.seconds(30, 160)) << "nothing is done yet";
  left.advance(2, 240);
  EXPECT_EQ(left.seconds(30, 240), 28 * 70);
  EXPECT_EQ(left.seconds(30, 300), 28 * 70 - 60) << "it does not rise while the next step is at work";
  left.advance(2, 350);
  EXPECT_EQ(left.seconds(30, 350), 28 * 70 - 110) << "a note is no step";
  left.advance(4, 400);
  EXPECT_EQ(left.seconds(30, 400), 26 * 75);
  EXPECT_EQ(left.seconds(30, 100'000), 0);
  left.advance(30, 2400);
  EXPECT_EQ(left.seconds(30, 2400), 0);
  EXPECT_FALSE(left.seconds(29, 2400)) << "more than there is";
  left.begin(2500);
  EXPECT_FALSE(left.seconds(30, 2600));
}

}  // namespace
}  // namespace dew
