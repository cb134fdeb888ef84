// Sample names: written and read back for everything that can be named, refused for everything that cannot.
#include <gmock/gmock.h>

#include <random>

#include "media/media.h"

namespace dew {
namespace {

using ::testing::HasSubstr;

TEST(Fragment, IsWrittenAsTheRestOfTheWorldDoes) {
  EXPECT_EQ((Fragment{"vtest.avi", 15, Rect{192, 0, 192, 192}}.str()),
            "vtest.avi#frame=15&xywh=192,0,192,192");
  EXPECT_EQ((Fragment{"a/b c.jpg", {}, {}}.str()), "a/b c.jpg");
  EXPECT_EQ((Fragment{"a.jpg", {}, Rect{0, 1, 2, 3}}.str()), "a.jpg#xywh=0,1,2,3");
  EXPECT_EQ((Fragment{"a.avi", 0, {}}.str()), "a.avi#frame=0");
  EXPECT_EQ((Fragment{"50%#1\n.jpg", {}, {}}.str()), "50%25%231%0A.jpg");
}

TEST(Fragment, ReadsItsKeysInAnyOrderAndTheStandardsUnit) {
  const auto fragment = Fragment::parse("vtest.avi#xywh=pixel:1,2,3,4&frame=7");
  ASSERT_TRUE(fragment);
  EXPECT_EQ(*fragment, (Fragment{"vtest.avi", 7, Rect{1, 2, 3, 4}}));
  EXPECT_EQ(Fragment::parse("100% real.jpg")->source, "100% real.jpg");
}

TEST(Fragment, ComesBackAsItWas) {
  std::mt19937 random(7);
  const auto number = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  for (int round = 0; round < 2000; ++round) {
    Fragment fragment;
    const int length = 1 + number(12);
    for (int i = 0; i < length; ++i) fragment.source += "ab/.#%&=,25 \n\xc3\xa9"[number(15)];
    if (number(2) == 0) fragment.frame = static_cast<int64_t>(random()) << number(30);
    if (number(2) == 0)
      fragment.region = Rect{number(1 << 30), number(9), 1 + number(1 << 30), 1 + number(9)};
    const auto back = Fragment::parse(fragment.str());
    ASSERT_TRUE(back) << fragment.str();
    EXPECT_EQ(*back, fragment) << fragment.str();
  }
}

TEST(Fragment, WhatIsNoneIsTheUsersError) {
  for (const char* text : {"",
                           "#frame=1",
                           "a#",
                           "a#frame",
                           "a#frame=",
                           "a#frame=x",
                           "a#frame=-1",
                           "a#frame=+1",
                           "a#frame= 1",
                           "a#frame=1 ",
                           "a#frame=1.5",
                           "a#frame=99999999999999999999",
                           "a#frame=1&",
                           "a#frame=1&&xywh=0,0,1,1",
                           "a#frame=1&frame=2",
                           "a#t=1",
                           "a#Frame=1",
                           "a#xywh=",
                           "a#xywh=1,2,3",
                           "a#xywh=1,2,3,4,5",
                           "a#xywh=0,0,0,5",
                           "a#xywh=0,0,5,0",
                           "a#xywh=-1,0,5,5",
                           "a#xywh=0,0,5,5,",
                           "a#xywh=percent:0,0,5,5",
                           "a#xywh=2147483647,0,1,1",
                           "a#xywh=0,0,4294967297,1",
                           "a#frame=1#frame=2"}) {
    const auto parsed = Fragment::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().fault, Fault::kUsage) << text;
    EXPECT_THAT(parsed.error().next, HasSubstr("vtest.avi#frame=15")) << text;
  }
}

}  // namespace
}  // namespace dew
