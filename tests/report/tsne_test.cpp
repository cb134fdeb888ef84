// The map: main axes of a set whose axes are known, and groups that stay groups.
#include "report/tsne.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace dew::report {
namespace {

using Rows = std::vector<std::vector<float>>;

/// `each` points around each of `groups` corners of a hypercube of `width` dimensions.
Rows clouds(size_t groups, size_t each, size_t width, float noise) {
  std::mt19937 random(5);
  const auto jitter = [&] { return (static_cast<float>(random() % 2001) / 1000 - 1) * noise; };
  Rows rows;
  for (size_t i = 0; i < groups * each; ++i) {
    rows.emplace_back(width);
    for (float& value : rows.back()) value = 3 + jitter();
    rows.back()[i % groups] += 4;
  }
  return rows;
}

double distance(const Place& a, const Place& b) {
  return std::hypot(a[0] - b[0], a[1] - b[1]);
}

TEST(MainAxes, AreThoseOfAStretchedCross) {
  // Along (3, 4) / 5 from -10 to 10, across it from -1 to 1, and nothing else.
  Rows rows;
  for (int i = -10; i <= 10; ++i) {
    const float along = static_cast<float>(i);
    const float across = i % 2 == 0 ? 1.0F : -1.0F;
    rows.push_back({7 + along * 0.6F - across * 0.8F, -2 + along * 0.8F + across * 0.6F, 5});
  }
  const auto places = main_axes(rows);
  ASSERT_EQ(places.size(), rows.size());
  const double sign = places[20][0] > 0 ? 1 : -1;
  const double other = places[20][1] > 0 ? 1 : -1;
  for (int i = -10; i <= 10; ++i) {
    const Place& place = places[static_cast<size_t>(i + 10)];
    EXPECT_NEAR(sign * place[0], i, 0.1);
    EXPECT_NEAR(other * place[1], i % 2 == 0 ? 1 : -1, 0.25);  // its mean over 21 points is not quite 0
  }
}

TEST(MainAxes, OfNothingOneEqualRowsAndNumbersThatAreNoneAreZero) {
  EXPECT_TRUE(main_axes({}).empty());
  for (const Rows& rows : {Rows{{1, 2}}, Rows(9, {4, 4, 4}), Rows{{1}, {std::nanf("")}, {3}},
                           Rows{{1}, {std::numeric_limits<float>::infinity()}, {3}}, Rows(7)})
    for (const auto& places : {main_axes(rows), tsne(rows)}) {
      ASSERT_EQ(places.size(), rows.size());
      for (const Place& place : places) EXPECT_EQ(place, (Place{0, 0}));
    }
}

TEST(Tsne, GroupsStayTogetherAndApart) {
  constexpr size_t kGroups = 5;
  const Rows rows = clouds(kGroups, 30, 64, 1);
  const auto places = tsne(rows);
  ASSERT_EQ(places.size(), rows.size());
  double widest = 0;
  double nearest = std::numeric_limits<double>::max();
  std::vector<Place> middle(kGroups, Place{0, 0});
  for (size_t i = 0; i < places.size(); ++i)
    for (size_t axis = 0; axis < 2; ++axis) middle[i % kGroups][axis] += places[i][axis] / 30;
  for (size_t i = 0; i < places.size(); ++i) {
    ASSERT_TRUE(std::isfinite(places[i][0]) && std::isfinite(places[i][1]));
    widest = std::max(widest, distance(places[i], middle[i % kGroups]));
    for (size_t j = 0; j < places.size(); ++j)
      if (i % kGroups != j % kGroups) nearest = std::min(nearest, distance(places[i], places[j]));
  }
  // No two groups touch: two strangers are further apart than a member is from its group's middle.
  EXPECT_GT(nearest, widest);
}

TEST(Tsne, IsTheSameEachTimeAndTakesEqualRowsAndFewOnes) {
  Rows rows = clouds(2, 20, 9, 0.5F);
  for (size_t i = 0; i < 10; ++i) rows[i] = rows[0];
  EXPECT_EQ(tsne(rows), tsne(rows));
  for (const Place& place : tsne(rows)) EXPECT_TRUE(std::isfinite(place[0]) && std::isfinite(place[1]));
  for (size_t count = 2; count < 9; ++count) {
    const auto places = tsne(std::span(rows).last(count));
    ASSERT_EQ(places.size(), count);
    EXPECT_GT(distance(places.front(), places.back()), 0);
    for (const Place& place : places) EXPECT_TRUE(std::isfinite(place[0]) && std::isfinite(place[1]));
  }
}

}  // namespace
}  // namespace dew::report
