#include "cascade/ask_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::cascade {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kMidnight = 1'795'824'000'000;  ///< 2026-11-28
constexpr int64_t kNow = kMidnight + 2 * kHour;

EventCalls::SoFar so_far(int64_t in_hour, int64_t in_day, double usd) {
  return {in_hour, in_day, usd, kNow - 1000};
}

TEST(AskBudget, NoLimitsHoldNothingUp) {
  EXPECT_FALSE(over_budget({}, so_far(1'000'000, 1'000'000, 1e6), 1e3, kNow));
}

TEST(AskBudget, TheLastCallThatFitsGoesAndTheNextDoesNot) {
  const AskLimits limits{10, 20, 1.0};
  EXPECT_FALSE(over_budget(limits, so_far(9, 19, 0.75), 0.25, kNow));
  const auto hour = over_budget(limits, so_far(10, 10, 0), 0.25, kNow);
  ASSERT_TRUE(hour);
  EXPECT_EQ(hour->until, kNow - 1000 + kHour) << "when the oldest is an hour old";
  EXPECT_THAT(hour->why, HasSubstr("the next call may go at 2026-11-28T02:59:59Z"));
  const auto day = over_budget(limits, so_far(10, 20, 0), 0.25, kNow);
  ASSERT_TRUE(day);
  EXPECT_EQ(day->until, kMidnight + 24 * kHour) << "the day, where both are spent";
  const auto money = over_budget(limits, so_far(1, 1, 0.7501), 0.25, kNow);
  ASSERT_TRUE(money);
  EXPECT_FALSE(money->never);
  EXPECT_EQ(money->until, kMidnight + 24 * kHour);
}

TEST(AskBudget, ACallThatNoDayCoversNeverGoes) {
  const auto never = over_budget({0, 0, 0.1}, so_far(0, 0, 0), 0.2, kNow);
  ASSERT_TRUE(never);
  EXPECT_TRUE(never->never);
  EXPECT_THAT(never->why, HasSubstr("usd_a_day = 0.1"));
}

}  // namespace
}  // namespace dew::cascade
