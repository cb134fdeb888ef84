#include "base/backoff.h"

#include <gtest/gtest.h>

namespace dew {
namespace {

using std::chrono::milliseconds;

const Backoff kBackoff{milliseconds(500), milliseconds(60'000)};

TEST(PauseAfter, DoublesUpToTheLongest) {
  const int64_t expected[] = {500, 1000, 2000, 4000, 8000, 16'000, 32'000, 60'000, 60'000};
  for (int failed = 1; failed <= 9; ++failed)
    EXPECT_EQ(pause_after(kBackoff, failed, 1.0, {}).count(), expected[failed - 1]) << failed;
  EXPECT_EQ(pause_after(kBackoff, 1'000'000, 1.0, {}), milliseconds(60'000));
}

TEST(PauseAfter, JitterPicksFromTheUpperHalf) {
  EXPECT_EQ(pause_after(kBackoff, 3, 0.0, {}), milliseconds(1000));
  EXPECT_EQ(pause_after(kBackoff, 3, 0.5, {}), milliseconds(1500));
}

TEST(PauseAfter, TheServersWishIsALowerBoundWithinTheLongest) {
  EXPECT_EQ(pause_after(kBackoff, 1, 0.0, milliseconds(7000)), milliseconds(7000));
  EXPECT_EQ(pause_after(kBackoff, 4, 1.0, milliseconds(100)), milliseconds(4000));
  EXPECT_EQ(pause_after(kBackoff, 1, 0.0, milliseconds(3'600'000)), milliseconds(60'000));
}

TEST(ParseRetryAfter, SecondsAndDates) {
  const std::time_t now = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example
  EXPECT_EQ(parse_retry_after("120", now), milliseconds(120'000));
  EXPECT_EQ(parse_retry_after(" 0 ", now), milliseconds(0));
  EXPECT_EQ(parse_retry_after("1.5", now), milliseconds(1500));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), milliseconds(10'000));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:27 GMT", now), milliseconds(0)) << "passed";
  EXPECT_GE(parse_retry_after("99999999999999999999", now), milliseconds(86'400'000));
}

TEST(ParseRetryAfter, AnythingElseIsNothing) {
  for (const char* value : {"", "soon", "-5", "5 minutes", "1e", "\x01", "12:"})
    EXPECT_EQ(parse_retry_after(value, 0), std::nullopt) << value;
}

}  // namespace
}  // namespace dew
