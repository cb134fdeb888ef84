#include "cascade/unsure_frames.h"

#include <gtest/gtest.h>

#include "tests/cascade/pictures.h"

namespace dew::cascade {
namespace {

using testing::scene;

UnsureFrames frames() {
  Rule rule{"yes"};
  rule.on = 0.6;
  rule.off = 0.4;
  return UnsureFrames({rule});
}

TEST(UnsureFrames, AreThoseBetweenTheThresholds) {
  const Rule rule{"yes", 0.6, 0.4};
  EXPECT_FALSE(wavers(rule, score_step(0.39)));
  EXPECT_TRUE(wavers(rule, score_step(0.4)));
  EXPECT_TRUE(wavers(rule, score_step(0.59)));
  EXPECT_FALSE(wavers(rule, score_step(0.6)));
  UnsureFrames kept = frames();
  EXPECT_FALSE(kept.take(scene(1), 0, {score_step(0.9)}));
  EXPECT_FALSE(kept.take(scene(1), 1, {score_step(0.1)}));
  EXPECT_TRUE(kept.take(scene(1), 2, {score_step(0.5)}));
}

TEST(UnsureFrames, AreFarFromEachOtherAndLookDifferent) {
  UnsureFrames kept = frames();
  const std::vector<uint8_t> unsure = {score_step(0.5)};
  EXPECT_TRUE(kept.take(scene(1), 0, unsure));
  EXPECT_FALSE(kept.take(scene(2), 10, unsure)) << "too soon";
  EXPECT_TRUE(kept.take(scene(2), 40, unsure));
  EXPECT_FALSE(kept.take(scene(1), 80, unsure)) << "looks like the first";
  EXPECT_TRUE(kept.take(scene(3), 90, unsure));
}

}  // namespace
}  // namespace dew::cascade
