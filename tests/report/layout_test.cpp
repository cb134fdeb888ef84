// The map of many pictures: what looks alike lies together, and the same set gives the same map.
#include "report/layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace dew::report {
namespace {

constexpr size_t kWidth = 48;
constexpr size_t kLandmarks = 150;  // fewer than usual: t-SNE takes its time

/// Rows around corners of a cube; of every hundred one is of the last group, which is rare.
std::vector<float> features_of(size_t count, const std::vector<size_t>& group) {
  std::mt19937 random(9);
  std::vector<float> features;
  for (size_t i = 0; i < count; ++i)
    for (size_t k = 0; k < kWidth; ++k)
      features.push_back((k == group[i] ? 6.0F : 1.0F) + static_cast<float>(random() % 1000) / 1000);
  return features;
}

std::vector<size_t> groups_of(size_t count) {
  std::vector<size_t> group;
  for (size_t i = 0; i < count; ++i) group.push_back(i % 250 == 249 ? 4 : i % 4);
  return group;
}

class Stopped : public Watch {
  [[nodiscard]] bool interrupted() const override { return true; }
};

TEST(Layout, PicturesThatLookAlikeLieTogetherAlsoBeyondTheLandmarks) {
  constexpr size_t kCount = 10 * kLandmarks;
  const auto group = groups_of(kCount);
  Watch watch;
  const auto places = lay_out(features_of(kCount, group), kWidth, watch, kLandmarks);
  ASSERT_TRUE(places);
  ASSERT_EQ(places->size(), kCount);
  std::vector<Place> middle(5, Place{0, 0});
  std::vector<double> members(5, 0);
  for (size_t i = 0; i < kCount; ++i) {
    const Place& place = (*places)[i];
    for (const double part : place) ASSERT_TRUE(part >= 0 && part <= 1) << part;
    for (size_t axis = 0; axis < 2; ++axis) middle[group[i]][axis] += place[axis];
    ++members[group[i]];
  }
  for (size_t g = 0; g < 5; ++g)
    for (double& part : middle[g]) part /= members[g];
  size_t astray = 0;
  for (size_t i = 0; i < kCount; ++i) {
    size_t nearest = 0;
    const auto away = [&](size_t g) {
      return std::hypot((*places)[i][0] - middle[g][0], (*places)[i][1] - middle[g][1]);
    };
    for (size_t g = 1; g < 5; ++g)
      if (away(g) < away(nearest)) nearest = g;
    astray += nearest == group[i] ? 0 : 1;
  }
  EXPECT_LT(astray, kCount / 100) << "also the few of the rare group are their own";
}

TEST(Layout, TheSameSetGivesTheSameMapToTheLastBit) {
  const auto group = groups_of(kLandmarks + 50);
  const auto features = features_of(group.size(), group);
  Watch watch;
  EXPECT_EQ(lay_out(features, kWidth, watch, kLandmarks).value(),
            lay_out(features, kWidth, watch, kLandmarks).value());
}

TEST(Layout, NothingOneAndEqualPicturesAndNumbersThatAreNone) {
  Watch watch;
  EXPECT_TRUE(lay_out({}, 0, watch)->empty());
  EXPECT_TRUE(lay_out({}, 8, watch)->empty());
  for (std::vector<float> features :
       {std::vector<float>{1, 2, 3}, std::vector<float>(3 * 2000, 4.0F),
        std::vector<float>{1, 2, 3, std::nanf(""), 5, 6, 7, 8, std::numeric_limits<float>::infinity()}}) {
    const auto places = lay_out(features, 3, watch);
    ASSERT_EQ(places->size(), features.size() / 3);
    for (const Place& place : *places) EXPECT_EQ(place, (Place{0.5, 0.5}));
  }
}

TEST(Layout, StopsWhenItIsAskedTo) {
  Stopped watch;
  const auto group = groups_of(40);
  const auto places = lay_out(features_of(40, group), kWidth, watch);
  ASSERT_FALSE(places);
  EXPECT_EQ(places.error().what, interrupted_error().value().what);
}

}  // namespace
}  // namespace dew::report
