#include "cascade/motion.h"

#include <gtest/gtest.h>

#include "tests/cascade/pictures.h"

namespace dew::cascade {
namespace {

using testing::scene;

TEST(Motion, StillPicturesDoNotMove) {
  Motion motion;
  EXPECT_TRUE(motion.moves(scene(1)));  // nothing is known before
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(motion.moves(scene(1)));
  EXPECT_EQ(motion.share(), 0);
}

TEST(Motion, SomethingSmallThatComesMoves) {
  Motion motion;
  motion.moves(scene(1));
  EXPECT_TRUE(motion.moves(scene(1, 60)));
}

TEST(Motion, ALampThatIsSwitchedOnIsNoMotion) {
  Motion motion;
  motion.moves(scene(1));
  Image brighter = scene(1);
  for (uint8_t& value : brighter.rgb) value = static_cast<uint8_t>(value + 30);
  EXPECT_FALSE(motion.moves(brighter));
}

TEST(Motion, WhatStaysBecomesBackground) {
  Motion motion;
  motion.moves(scene(1));
  int moving = 0;
  for (int i = 0; i < 200; ++i) moving += motion.moves(scene(1, 60)) ? 1 : 0;
  EXPECT_GT(moving, 10);
  EXPECT_LT(moving, 100);
}

}  // namespace
}  // namespace dew::cascade
