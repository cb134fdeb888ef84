#include "cascade/watcher.h"

#include <gmock/gmock.h>

#include "tests/cascade/pictures.h"

namespace dew::cascade {
namespace {

using testing::scene;

WatchSettings settings(double settled = 10) {
  Rule rule{"yes"};
  rule.n = 2;
  rule.m = 3;
  rule.rest = 0;
  WatchSettings made;
  made.rules = {rule};
  made.settled = settled;
  return made;
}

/// A frame a tenth of a second, with one score each.
std::vector<Happening> watch(Watcher& watcher, const std::vector<uint8_t>& scores, int from = 0) {
  std::vector<Happening> all;
  for (size_t i = 0; i < scores.size(); ++i) {
    const int frame = from + static_cast<int>(i);
    const Image picture = scene(static_cast<unsigned>(frame), -1, 64, 48);
    for (Happening& one : watcher.see({picture, frame, frame * 0.1, {scores[i]}}))
      all.push_back(std::move(one));
  }
  return all;
}

TEST(Watcher, TellsWhenAnEventBeginsAndEnds) {
  Watcher watcher(settings());
  const auto all = watch(watcher, {0, 0, 200, 250, 220, 0, 0, 0});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].kind, Happening::Kind::kBegins);
  EXPECT_EQ(all[0].first_frame, 3);
  EXPECT_EQ(all[0].number, 0);
  EXPECT_FALSE(all[0].pictures.empty());
  EXPECT_EQ(all[1].kind, Happening::Kind::kEnds);
  EXPECT_EQ(all[1].number, 0);
  EXPECT_EQ(all[1].first_frame, 3);
  EXPECT_EQ(all[1].last_frame, 6);
  EXPECT_NEAR(all[1].score, 250 / 255.0, 1e-9);
  EXPECT_TRUE(watcher.finish().empty());
}

TEST(Watcher, ALongEventIsSettledOnce) {
  Watcher watcher(settings(0.5));
  const auto all = watch(watcher, std::vector<uint8_t>(30, 200));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].kind, Happening::Kind::kSettled);
  EXPECT_FALSE(all[1].pictures.empty());
  const auto rest = watcher.finish();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].kind, Happening::Kind::kEnds);
  EXPECT_TRUE(rest[0].pictures.empty());
  EXPECT_EQ(rest[0].last_frame, 29);
}

TEST(Watcher, TheEndOfTheSourceEndsEvents) {
  Watcher watcher(settings());
  (void)watch(watcher, {200, 200, 200});
  const auto rest = watcher.finish();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_FALSE(rest[0].pictures.empty());
  EXPECT_TRUE(watcher.finish().empty());
}

TEST(Watcher, AClockThatJumpsBackCountsAsNoTime) {
  Watcher watcher(settings());
  (void)watch(watcher, {200, 200, 200}, 100);
  const Image picture = scene(1, -1, 64, 48);
  (void)watcher.see({picture, 103, 1.0, {200}});
  const auto rest = watcher.finish();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_NEAR(rest[0].end, 10.2, 1e-9);
}

TEST(Watcher, EachClassHasItsOwnEvents) {
  WatchSettings two = settings();
  two.rules.push_back(two.rules.front());
  two.rules[1].event_class = "dog";
  Watcher watcher(two);
  const Image picture = scene(1, -1, 64, 48);
  std::vector<Happening> all;
  for (int frame = 0; frame < 4; ++frame)
    for (Happening& one : watcher.see({picture, frame, frame * 0.1, {200, static_cast<uint8_t>(frame * 80)}}))
      all.push_back(std::move(one));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].rule, 0U);
  EXPECT_EQ(all[1].rule, 1U);
  EXPECT_NE(all[0].number, all[1].number);
}

}  // namespace
}  // namespace dew::cascade
