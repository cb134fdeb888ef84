#include "cascade/key_pictures.h"

#include <gmock/gmock.h>

#include "tests/cascade/pictures.h"

namespace dew::cascade {
namespace {

using ::testing::ElementsAre;
using testing::scene;

std::vector<std::string> whys(const std::vector<Candidate>& chosen) {
  std::vector<std::string> all;
  for (const Candidate& one : chosen) all.push_back(one.why);
  return all;
}

TEST(KeyPictures, AreTheFirstTheSurestAndOthersInTheirOrder) {
  KeySettings settings;
  settings.pictures = 4;
  KeyPictures keys(settings, Candidate{scene(99), 3, 0.3, 0, 0, {}});
  for (int i = 0; i < 40; ++i)
    keys.add(scene(static_cast<unsigned>(i)), 10 + i, 1 + i * 0.1, i == 20 ? 0.99 : 0.5);
  const auto chosen = keys.choose();
  ASSERT_EQ(chosen.size(), 4U);
  EXPECT_EQ(chosen[0].frame, 3);
  EXPECT_EQ(chosen[0].why, "before");
  EXPECT_EQ(chosen[1].frame, 10);
  EXPECT_EQ(chosen[1].why, "first");
  for (size_t i = 1; i < chosen.size(); ++i) EXPECT_LT(chosen[i - 1].frame, chosen[i].frame);
  EXPECT_THAT(whys(chosen), ::testing::Contains("surest"));
}

TEST(KeyPictures, NearDuplicatesAreDropped) {
  KeySettings settings;
  KeyPictures keys(settings, std::nullopt);
  for (int i = 0; i < 100; ++i) keys.add(scene(1), i, i * 0.1, 0.5 + i * 0.001);
  EXPECT_THAT(whys(keys.choose()), ElementsAre("first"));
}

TEST(KeyPictures, LieEvenlyInALongEvent) {
  KeySettings settings;
  settings.pictures = 8;
  KeyPictures keys(settings, std::nullopt);
  for (int i = 0; i < 1000; ++i) keys.add(scene(static_cast<unsigned>(i), -1, 64, 48), i, i * 0.1, 0.5);
  const auto chosen = keys.choose();
  ASSERT_EQ(chosen.size(), 8U);
  EXPECT_EQ(chosen.front().frame, 0);
  for (size_t i = 1; i < chosen.size(); ++i) EXPECT_LT(chosen[i].frame - chosen[i - 1].frame, 400) << "a gap";
  EXPECT_GT(chosen.back().frame, 700);
}

TEST(KeyPictures, ShowWhatTheNetLookedAtWhereThatIsWanted) {
  const auto chosen_with = [](Crop crop) {
    KeySettings settings;
    settings.pictures = 4;
    settings.crop = crop;
    KeyPictures keys(settings, Candidate{scene(99, -1, 120, 80), 3, 0.3, 0, 0, {}});
    for (int i = 0; i < 40; ++i)
      keys.add(scene(static_cast<unsigned>(i), -1, 120, 80), 10 + i, 1 + i * 0.1, i == 20 ? 0.99 : 0.5,
               Rect{40, 0, 40, 40});
    return keys.choose();
  };
  for (const Candidate& one : chosen_with(Crop::kOff)) EXPECT_EQ(one.picture.width, 120);
  const auto only = chosen_with(Crop::kOnly);
  ASSERT_EQ(only.size(), 4U);
  EXPECT_EQ(only[0].picture.width, 120) << "before it, the net looked at nothing";
  for (size_t i = 1; i < only.size(); ++i) {
    EXPECT_TRUE(only[i].cropped);
    EXPECT_EQ(only[i].picture.width, 40);
    EXPECT_EQ(only[i].picture.height, 40);
  }
  const auto both = chosen_with(Crop::kBoth);
  ASSERT_EQ(both.size(), 4U) << "a frame and its part are two";
  EXPECT_EQ(both[0].frame, both[1].frame);
  EXPECT_EQ(both[0].picture.width, 120);
  EXPECT_EQ(both[1].picture.width, 40);
  EXPECT_EQ(both[1].picture.rgb, crop(scene(0, -1, 120, 80), {40, 0, 40, 40}).rgb);
}

TEST(KeyPictures, LargeOnesAreScaledDown) {
  KeySettings settings;
  settings.longest_side = 100;
  KeyPictures keys(settings, std::nullopt);
  keys.add(scene(1, -1, 400, 200), 0, 0, 1);
  const auto chosen = keys.choose();
  EXPECT_EQ(chosen.front().picture.width, 100);
  EXPECT_EQ(chosen.front().picture.height, 50);
}

TEST(Sharpness, IsLostByBlur) {
  const Image sharp = scene(3, 40);
  const Image blurred = resize(resize(sharp, 40, 30), sharp.width, sharp.height);
  EXPECT_GT(sharpness(sharp), 2 * sharpness(blurred));
  EXPECT_EQ(sharpness({}), 0);
}

TEST(LookBack, GivesTheMomentBefore) {
  KeySettings settings;
  settings.before = 1;
  LookBack back(settings);
  EXPECT_FALSE(back.before(0));
  for (int i = 0; i < 100; ++i) back.add(scene(1, -1, 32, 24), i, i * 0.1);
  const auto found = back.before(9.9);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->seconds, 8.9, 0.3);
}

}  // namespace
}  // namespace dew::cascade
