// How lots are cut and held back where the server's queue is full.
#include "teacher/batch_queue.h"

#include <gtest/gtest.h>

namespace dew::teacher {
namespace {

using namespace std::chrono_literals;

constexpr Clock::time_point kNow{1h};

TEST(BatchQueue, NoMoreJobsThanFittedRunAtOnce) {
  BatchQueue queue(30s);
  EXPECT_TRUE(queue.open(100, kNow));
  queue.refused_beside(3);
  EXPECT_TRUE(queue.open(2, kNow));
  EXPECT_FALSE(queue.open(3, kNow));
}

TEST(BatchQueue, ALotThatIsTooLargeIsCutToWhatTheServerSaysItTakes) {
  BatchQueue queue(30s);
  EXPECT_EQ(queue.refused_alone(1000, 200'000, 100'000, kNow), 450U);
  EXPECT_EQ(queue.refused_alone(450, 90'000, std::nullopt, kNow), 225U) << "halved where it says nothing";
  EXPECT_EQ(queue.refused_alone(7, 0, 100, kNow), 3U) << "or where our count is unknown";
  EXPECT_TRUE(queue.open(0, kNow)) << "a smaller one may be tried at once";
}

TEST(BatchQueue, ALotThatFitsWaitsForTheJobsOfOthers) {
  BatchQueue queue(30s);
  EXPECT_EQ(queue.refused_alone(100, 20'000, 90'000, kNow), 100U);
  EXPECT_FALSE(queue.open(0, kNow + 59s));
  EXPECT_TRUE(queue.open(0, kNow + 60s));
  EXPECT_EQ(queue.refused_alone(100, 20'000, 90'000, kNow), 100U);
  EXPECT_FALSE(queue.open(0, kNow + 119s)) << "longer and longer";
  EXPECT_EQ(queue.refused_alone(100, 20'000, 90'000, kNow), 100U);
  EXPECT_EQ(queue.refused_alone(100, 20'000, 90'000, kNow), 50U) << "our count may be wrong";
}

TEST(BatchQueue, ItIsGivenUpWhenNothingMoves) {
  BatchQueue queue(30s);
  for (int i = 0; i < 50; ++i) queue.refused_alone(1, 200, 90'000, kNow);
  EXPECT_FALSE(queue.hopeless());
  queue.refused_alone(1, 200, 90'000, kNow);
  EXPECT_TRUE(queue.hopeless());
  queue.moved();
  EXPECT_FALSE(queue.hopeless());
}

}  // namespace
}  // namespace dew::teacher
