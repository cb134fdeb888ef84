// The pacer against servers that keep a real token bucket, or none, on a clock of the test's own.
#include "teacher/pacer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "teacher/breaker.h"
#include "teacher/reply_timeout.h"

namespace dew::teacher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Headers = std::map<std::string, std::string>;

TEST(ParseSpan, AsServersSayIt) {
  EXPECT_EQ(parse_span("1s"), 1);
  EXPECT_EQ(parse_span("6m0s"), 360);
  EXPECT_DOUBLE_EQ(*parse_span("20ms"), 0.02);
  EXPECT_DOUBLE_EQ(*parse_span("1h2m3.5s"), 3723.5);
  EXPECT_EQ(parse_span("12"), 12);
  for (const char* text : {"", "s", "1x", "-1s", "1s2", "1e400", "later", "1.2.3s"})
    EXPECT_TRUE(!parse_span(text) || *parse_span(text) >= 0) << text;
  for (const char* text : {"", "s", "1x", "-1s", "later", "1.2.3s"})
    EXPECT_EQ(parse_span(text), std::nullopt) << text;
}

TEST(Pacer, HoldsToTheLimitThatTheHeadersTell) {
  // 600 requests a minute, a burst of 20: the server refuses what comes faster.
  constexpr double kPerSecond = 10;
  constexpr double kBurst = 20;
  Clock::time_point now{std::chrono::hours(1)};
  const auto begun = now;
  Pacer pacer(64, seconds(60));
  double level = kBurst;
  int answered = 0;
  int refused = 0;
  for (Clock::time_point last = now; now < begun + seconds(60);) {
    now = std::max(now + milliseconds(1), pacer.ready(0, now));
    level = std::min(kBurst, level + kPerSecond * std::chrono::duration<double>(now - last).count());
    last = now;
    const Pacer::Sent sent = pacer.sent(0, now);
    if (level < 1) {
      ++refused;
      pacer.slow_down(sent, milliseconds(500), now);
      continue;
    }
    --level;
    ++answered;
    const Headers headers = {{"x-ratelimit-limit-requests", std::to_string(kBurst)},
                             {"x-ratelimit-remaining-requests", std::to_string(level)},
                             {"x-ratelimit-reset-requests",
                              std::to_string(static_cast<int>((kBurst - level) / kPerSecond * 1000)) + "ms"}};
    pacer.learn(headers, sent, now);
    pacer.went_well(milliseconds(20));
  }
  EXPECT_GE(answered, 0.95 * (kBurst + kPerSecond * 60));
  EXPECT_LE(refused, 2);
}

TEST(Pacer, TokensAreALimitToo) {
  Pacer pacer(8, seconds(60));
  const Clock::time_point now{std::chrono::hours(1)};
  const Pacer::Sent sent = pacer.sent(1000, now);
  pacer.learn({{"x-ratelimit-limit-tokens", "30000"},
               {"x-ratelimit-remaining-tokens", "500"},
               {"x-ratelimit-reset-tokens", "59s"}},
              sent, now);
  EXPECT_EQ(pacer.ready(400, now), now);
  EXPECT_EQ(pacer.ready(1000, now), now + milliseconds(1001));
  EXPECT_EQ(pacer.ready(1e9, now), now + milliseconds(59'001))
      << "more than the limit waits for a full bucket";
}

TEST(Pacer, AnOlderReplyIsStale) {
  Pacer pacer(8, seconds(60));
  const Clock::time_point now{std::chrono::hours(1)};
  const Pacer::Sent first = pacer.sent(0, now);
  const Pacer::Sent second = pacer.sent(0, now);
  const auto remaining = [](const char* left) {
    return Headers{{"x-ratelimit-limit-requests", "60"}, {"x-ratelimit-remaining-requests", left}};
  };
  pacer.learn(remaining("0"), second, now);
  pacer.learn(remaining("59"), first, now);
  EXPECT_EQ(pacer.ready(0, now), now + milliseconds(1001));
}

TEST(Pacer, NonsenseInHeadersChangesNothing) {
  const Clock::time_point now{std::chrono::hours(1)};
  for (const char* text : {"", "-1", "nan", "inf", "1e999", "many", "0", "\x1b[31m"}) {
    Pacer pacer(8, seconds(60));
    pacer.learn({{"x-ratelimit-limit-requests", text}, {"x-ratelimit-remaining-requests", text}},
                pacer.sent(0, now), now);
    EXPECT_LE(pacer.ready(0, now), now + milliseconds(60'001)) << text;
  }
}

TEST(Pacer, HalvesOnceForAllThatWereInFlightAndGrowsBack) {
  Clock::time_point now{std::chrono::hours(1)};
  Pacer pacer(64, seconds(60));
  std::vector<Pacer::Sent> flight;
  pacer.went_well(milliseconds(100));
  for (int i = 0; i < 64; ++i) flight.push_back(pacer.sent(0, now));
  now += seconds(1);
  for (const Pacer::Sent& sent : flight) pacer.slow_down(sent, seconds(2), now);
  EXPECT_EQ(pacer.window(), 32U);
  EXPECT_EQ(pacer.ready(0, now), now + seconds(2));
  for (int i = 0; i < 64; ++i) pacer.went_well(milliseconds(100));
  EXPECT_EQ(pacer.window(), 64U);
  for (int i = 0; i < 100; ++i) {
    now += seconds(1);
    pacer.slow_down(pacer.sent(0, now), milliseconds(1), now);
  }
  EXPECT_EQ(pacer.window(), 1U) << "never none";
}

TEST(Pacer, BeginsWithFewAndTheFirstAnswerTellsHowMany) {
  Pacer fast(8, seconds(60));
  EXPECT_EQ(fast.window(), 2U);
  fast.went_well(milliseconds(400));
  EXPECT_EQ(fast.window(), 8U);
  EXPECT_EQ(Pacer(1, seconds(60)).window(), 1U);
  EXPECT_EQ(Pacer(64, seconds(60)).window(), 64U) << "the user says that the server takes them";

  Pacer slow(8, seconds(60));
  slow.went_well(seconds(15));
  EXPECT_EQ(slow.window(), 2U) << "one after the other, two are answered within half of the time";
  // One slot: with two in flight, each waits for the other.
  for (int i = 0; i < 50; ++i) slow.went_well(seconds(30));
  EXPECT_EQ(slow.window(), 2U);

  Pacer wide(8, seconds(60));
  wide.went_well(seconds(40));
  EXPECT_EQ(wide.window(), 1U);
  for (int i = 0; i < 20; ++i) wide.went_well(seconds(41));
  EXPECT_EQ(wide.window(), 8U) << "as fast with eight as with one: many slots";
}

TEST(Pacer, AFirstAnswerAfterARefusalDoesNotOpenTheWindow) {
  const Clock::time_point now{std::chrono::hours(1)};
  Pacer pacer(8, seconds(60));
  EXPECT_TRUE(pacer.slow_down(pacer.sent(0, now), seconds(1), now));
  EXPECT_FALSE(pacer.slow_down({now - seconds(1), 1, 0}, seconds(1), now + seconds(1)))
      << "was in flight with it";
  pacer.went_well(milliseconds(10));
  EXPECT_EQ(pacer.window(), 1U);
}

TEST(ReplyTimeout, FollowsWhatAnswersTakeAndGrowsWhereNoneComes) {
  ReplyTimeout patience(seconds(60));
  EXPECT_EQ(patience.allowed(), seconds(60));
  patience.answered(seconds(1));
  EXPECT_EQ(patience.allowed(), seconds(60)) << "never less than the option says";
  for (int i = 0; i < 50; ++i) patience.answered(seconds(30));
  EXPECT_GE(patience.allowed(), seconds(85));
  EXPECT_LE(patience.allowed(), seconds(90));
  ReplyTimeout unheard(seconds(60));
  EXPECT_TRUE(unheard.lengthen());
  EXPECT_EQ(unheard.allowed(), seconds(120));
  EXPECT_TRUE(unheard.lengthen());
  EXPECT_EQ(unheard.allowed(), seconds(240));
  EXPECT_FALSE(unheard.lengthen()) << "that was the longest";
  unheard.answered(seconds(100'000));
  EXPECT_EQ(unheard.allowed(), seconds(240));
}

TEST(Breaker, ProbesThenGivesUpAndAnAnswerClosesIt) {
  Breaker breaker(3, 1);
  for (int i = 0; i < 2; ++i) breaker.failed(false);
  EXPECT_FALSE(breaker.open());
  breaker.alive();
  for (int i = 0; i < 10; ++i) breaker.failed(false);
  EXPECT_TRUE(breaker.open());
  EXPECT_FALSE(breaker.hopeless()) << "those were in flight already";
  breaker.failed(true);
  breaker.failed(true);
  EXPECT_TRUE(breaker.hopeless());
  breaker.alive();
  EXPECT_FALSE(breaker.open());
}

}  // namespace
}  // namespace dew::teacher
