// The trigger against an oracle in the plainest code, and its rules' limits.
#include "cascade/trigger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <random>

namespace dew::cascade {
namespace {

/// What dew_trigger.h says of itself, with lists instead of bits and seconds instead of a counter.
class Oracle {
 public:
  explicit Oracle(const Rule& rule) : rule_(rule) {}
  Change push(uint8_t score, double seconds) {
    remember(for_, score >= score_step(rule_.on));
    remember(against_, score < score_step(rule_.off));
    if (open_) {
      if (for_.back()) spoken_ = seconds;
      const bool quiet = rule_.quiet > 0 && seconds - spoken_ >= rule_.quiet - 1e-9;
      if (count(against_) < rule_.n && !quiet) return Change::kNothing;
      open_ = false;
      ended_ = seconds;
      for_.clear();
      return Change::kEnds;
    }
    const bool rests = ended_ && seconds - *ended_ < rule_.rest - 1e-9;
    if (rests || count(for_) < rule_.n) return Change::kNothing;
    open_ = true;
    spoken_ = seconds;
    against_.clear();
    return Change::kBegins;
  }

 private:
  void remember(std::deque<bool>& last, bool one) const {
    last.push_back(one);
    if (last.size() > static_cast<size_t>(rule_.m)) last.pop_front();
  }
  static int count(const std::deque<bool>& last) {
    return static_cast<int>(std::count(last.begin(), last.end(), true));
  }
  Rule rule_;
  std::deque<bool> for_, against_;
  bool open_ = false;
  double spoken_ = 0;
  std::optional<double> ended_;
};

/// "B" where an event begins, "E" where one ends.
template <typename Machine>
std::string changes(Machine machine, const std::vector<uint8_t>& scores, double frame_seconds = 0.1) {
  std::string said;
  for (size_t i = 0; i < scores.size(); ++i) {
    const Change change = machine.push(scores[i], static_cast<double>(i) * frame_seconds);
    said += change == Change::kBegins ? 'B' : change == Change::kEnds ? 'E' : '.';
  }
  return said;
}

Rule rule(int n, int m, double rest = 0) {
  Rule made{"yes"};
  made.on = 0.6;
  made.off = 0.4;
  made.n = n;
  made.m = m;
  made.rest = rest;
  return made;
}

TEST(Trigger, BeginsAndEndsWithTheNthOfTheLastM) {
  const std::vector<uint8_t> scores = {0, 200, 0, 200, 0, 0, 200, 200, 200, 0, 0, 0, 0};
  EXPECT_EQ(changes(Trigger(rule(1, 1)), scores), ".BEBE.B..E...");
  EXPECT_EQ(changes(Trigger(rule(2, 3)), scores), "...B.E.B..E..");
}

TEST(Trigger, BetweenTheThresholdsNothingChanges) {
  const uint8_t middle = score_step(0.5);
  EXPECT_EQ(changes(Trigger(rule(1, 1)), {middle, middle, 200, middle, middle, 0, middle}), "..B..E.");
}

TEST(Trigger, NoneBeginsWhileItRests) {
  EXPECT_EQ(changes(Trigger(rule(1, 1, 0.5)), {200, 0, 200, 200, 200, 200, 200, 200}), "BE....B.");
}

TEST(Trigger, EveryShortSequenceIsAsTheOracleSays) {
  const std::array<uint8_t, 3> values = {0, 128, 255};
  for (int m = 1; m <= 4; ++m)
    for (int n = 1; n <= m; ++n)
      for (const auto& [rest, quiet] : {std::pair(0.0, 0.0), {0.3, 0.0}, {0.0, 0.2}, {0.1, 0.3}})
        for (int code = 0; code < 6561; ++code) {  // 3^8
          std::vector<uint8_t> scores;
          for (int rest_of_code = code, i = 0; i < 8; ++i, rest_of_code /= 3)
            scores.push_back(values[static_cast<size_t>(rest_of_code % 3)]);
          Rule one = rule(n, m, rest);
          one.quiet = quiet;
          ASSERT_EQ(changes(Trigger(one), scores), changes(Oracle(one), scores))
              << n << " of " << m << ", rest " << rest << ", quiet " << quiet << ", " << code;
        }
}

TEST(Trigger, LongSequencesAreAsTheOracleSays) {
  std::minstd_rand random(7);
  for (int round = 0; round < 200; ++round) {
    const int m = 1 + static_cast<int>(random() % 32);
    Rule one = rule(1 + static_cast<int>(random() % static_cast<unsigned>(m)), m, (random() % 40) / 10.0);
    one.quiet = (random() % 40) / 10.0;
    std::vector<uint8_t> scores;
    for (int i = 0; i < 500; ++i)
      scores.push_back(
          static_cast<uint8_t>(random() % 7 < 3 && !scores.empty() ? scores.back() : random() % 256));
    ASSERT_EQ(changes(Trigger(one), scores), changes(Oracle(one), scores)) << round;
  }
}

TEST(Trigger, ASceneThatLeavesTheNetHalfSureDoesNotHoldAnEventOpen) {
  const uint8_t middle = score_step(0.5);
  Rule one = rule(1, 1);
  one.quiet = 0.3;
  EXPECT_EQ(changes(Trigger(one), {200, middle, middle, 200, middle, middle, middle, middle, 200}),
            "B.....E.B");
  one.quiet = 0;
  EXPECT_EQ(changes(Trigger(one), std::vector<uint8_t>(5, middle)), ".....");
}

TEST(Trigger, TheClockMayWrapAround) {
  const double last = 4294967.296 - 0.15;  // seconds in 32 bits of milliseconds
  Trigger trigger(rule(1, 1, 0.3));
  EXPECT_EQ(trigger.push(200, last), Change::kBegins);
  EXPECT_EQ(trigger.push(0, last + 0.1), Change::kEnds);
  EXPECT_EQ(trigger.push(200, last + 0.2), Change::kNothing);
  EXPECT_EQ(trigger.push(200, last + 0.3), Change::kNothing);
  EXPECT_EQ(trigger.push(200, last + 0.45), Change::kBegins);
}

TEST(Trigger, RulesOutsideTheirRangesAreRefused) {
  EXPECT_TRUE(check_rule(rule(3, 5)));
  for (const Rule& wrong : {rule(0, 1), rule(2, 1), rule(1, 33), rule(1, 1, -1), rule(1, 1, 1e9)})
    EXPECT_FALSE(check_rule(wrong));
  Rule crossed = rule(1, 1);
  crossed.off = 0.7;
  EXPECT_FALSE(check_rule(crossed));
  crossed.off = 0.1;
  crossed.on = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(check_rule(crossed));
}

TEST(Temper, SoftensAndSharpensAndKeepsTheSumAndTheOrder) {
  const std::vector<uint8_t> said = {200, 50, 5};
  for (const double temperature : {0.5, 2.0}) {
    std::vector<uint8_t> scores = said;
    Temper(temperature).apply(scores);
    EXPECT_NEAR(scores[0] + scores[1] + scores[2], 255, 1);
    EXPECT_GT(scores[0], scores[1]);
    EXPECT_GT(scores[1], scores[2]);
    EXPECT_EQ(scores[0]<200, temperature> 1);
  }
  std::vector<uint8_t> same = said;
  Temper(1).apply(same);
  EXPECT_EQ(same, said);
  std::vector<uint8_t> none = {0, 0};
  Temper(2).apply(none);
  EXPECT_EQ(none, std::vector<uint8_t>({0, 0}));
}

}  // namespace
}  // namespace dew::cascade
