// Pictures that are pushed, as a source of frames.
#include "media/pushed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/frames.h"
#include "tests/support/shapes.h"
#include "tests/verbs/recorded_watch.h"

namespace dew {
namespace {

using namespace dew::testing;
using std::chrono_literals::operator""ms;

std::string jpeg(int side = 64, uint64_t seed = 1) {
  return encode_jpeg(resize(disc_picture(true, seed), side, side));
}

TEST(PushedFrames, TheOldestMakeRoomAndAreCounted) {
  PushedFrames frames("yard", 3);
  for (int i = 0; i < 5; ++i) frames.put({std::string(1, static_cast<char>('a' + i)), 0.1 * i});
  EXPECT_EQ(frames.counts().arrived, 5);
  EXPECT_EQ(frames.counts().dropped, 2);
  for (int i = 2; i < 5; ++i) {
    const auto taken = frames.take(0ms);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->number, i) << "numbers count what arrived";
    EXPECT_EQ(taken->frame.bytes, std::string(1, static_cast<char>('a' + i)));
  }
  EXPECT_FALSE(frames.take(0ms));
}

TEST(PushedFrames, BytesAreBoundedToo) {
  PushedFrames frames("yard");
  const std::string large(PushedFrames::kMostBytes / 2 + 1, 'x');
  for (int i = 0; i < 3; ++i) frames.put({large, 0});
  EXPECT_EQ(frames.counts().dropped, 2);
}

TEST(PushedFrames, WhoCanWaitLosesNothing) {
  PushedFrames frames("folder", 1);
  PushedFrame first{"a", 0};
  PushedFrame second{"b", 0};
  EXPECT_TRUE(frames.put_if_room(first, 0ms));
  EXPECT_FALSE(frames.put_if_room(second, 1ms));
  EXPECT_EQ(second.bytes, "b") << "it is the caller's still";
  (void)frames.take(0ms);
  EXPECT_TRUE(frames.put_if_room(second, 0ms));
  EXPECT_EQ(frames.counts().dropped, 0);
}

TEST(PushedFrames, TheWordThatItIsOverKeepsItsPlace) {
  PushedFrames frames("yard", 2);
  frames.put({"a", 0});
  frames.put_over();
  frames.put({"b", 0});
  EXPECT_EQ(frames.take(0ms)->frame.bytes, "a");
  EXPECT_TRUE(frames.take(0ms)->over);
  EXPECT_EQ(frames.take(0ms)->frame.bytes, "b");
  frames.put({"c", 0});
  frames.put_over();
  frames.put({"d", 0});
  frames.put({"e", 0});  // "c" makes room, not the word behind it
  EXPECT_TRUE(frames.take(0ms)->over);
  EXPECT_EQ(frames.take(0ms)->frame.bytes, "d");
}

TEST(PushedSource, GivesFramesWithTheirArrivalUntilItIsClosed) {
  auto frames = std::make_shared<PushedFrames>("mqtt://hub/yard");
  frames->put({jpeg(), 100.0});
  frames->put({jpeg(32), 100.5});  // another size
  frames->put_over();
  frames->close();
  RecordedWatch watch;
  PushedSource source(frames, {});
  ASSERT_EQ(error_of(source.advance(watch)), "fine");
  EXPECT_EQ(source.number(), 0);
  EXPECT_EQ(source.seconds(), 0);
  ASSERT_TRUE(source.advance(watch).value());
  EXPECT_EQ(source.number(), 1);
  EXPECT_DOUBLE_EQ(source.seconds(), 0.5);
  EXPECT_EQ(source.image().width, 64) << "scaled to the first one's size";
  ASSERT_TRUE(source.advance(watch).value());
  EXPECT_TRUE(source.over());
  EXPECT_FALSE(source.advance(watch).value());
  EXPECT_TRUE(watch.warned.empty());
}

TEST(PushedSource, BrokenPicturesAreToldOnceAndCounted) {
  auto frames = std::make_shared<PushedFrames>("mqtt://hub/yard");
  frames->put({"no picture", 1});
  frames->put({jpeg().substr(0, 200), 2});
  frames->put({jpeg(), 3});
  frames->put({jpeg(512), 4});  // more pixels than the limit
  frames->put({jpeg(), 5});
  frames->close();
  RecordedWatch watch;
  MediaLimits limits;
  limits.max_pixels = 10'000;
  PushedSource source(frames, limits);
  ASSERT_TRUE(source.advance(watch).value());
  EXPECT_EQ(source.number(), 2);
  ASSERT_TRUE(source.advance(watch).value());
  EXPECT_EQ(source.number(), 4);
  EXPECT_DOUBLE_EQ(source.seconds(), 2);
  EXPECT_FALSE(source.advance(watch).value());
  EXPECT_EQ(frames->counts().broken, 3);
  ASSERT_EQ(watch.warned.size(), 1U);
  EXPECT_THAT(watch.warned[0], ::testing::HasSubstr("mqtt://hub/yard"));
}

TEST(PushedSource, WaitsNoLongerThanItIsWanted) {
  RecordedWatch watch;
  watch.questions = 2;
  PushedSource source(std::make_shared<PushedFrames>("yard"), {});
  EXPECT_THAT(error_of(source.advance(watch)), ::testing::HasSubstr("interrupted"));
}

TEST(PrintableSource, HidesTheUserOfABroker) {
  EXPECT_EQ(printable_source("mqtt://anna:s3cret@hub/cams/#"), "mqtt://hub/cams/#");
  EXPECT_EQ(printable_source("frigate://anna@hub/frigate"), "frigate://hub/frigate");
  EXPECT_EQ(printable_source("mqtt://hub/cams/a@b"), "mqtt://hub/cams/a@b");
}

}  // namespace
}  // namespace dew
