// The corruptions: the same on every call, stronger with severity, and never the same as one another.
#include "compare/corrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <set>
#include <thread>

namespace dew::compare {
namespace {

using Picture = std::vector<uint8_t>;

constexpr int kSide = 64;

/// A scene: sky over ground, a disk, a striped box, some grain; `kind` moves and colours them.
Picture scene(int side, int kind) {
  Picture rgb;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double u = (x + 0.5) / side;
      const double v = (y + 0.5) / side;
      std::array<double, 3> colour{90 + 60 * v, 120 + 20.0 * kind, 190 - 110 * v};
      if (v > 0.6) colour = {70 + 20.0 * kind, 110 - 20 * u, 50};
      if (std::hypot(u - 0.3 - 0.1 * kind, v - 0.45) < 0.2) colour = {200, 60 + 40.0 * kind, 40};
      if (u > 0.55 && u < 0.85 && v > 0.3 && v < 0.8) colour = {x / 3 % 2 == 0 ? 30.0 : 210.0, 160, 120};
      const int grain = (x * 7 + y * 13 + x * y * 5) % 17 - 8;
      for (const double c : colour) rgb.push_back(static_cast<uint8_t>(c + grain));
    }
  }
  return rgb;
}

double distance(const Picture& a, const Picture& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return sum / static_cast<double>(a.size());
}

size_t named(const std::string& name) {
  for (size_t i = 0; i < corruptions().size(); ++i)
    if (corruptions()[i].name == name) return i;
  ADD_FAILURE() << "no corruption is called " << name;
  return 0;
}

double mean(const Picture& picture) {
  double sum = 0;
  for (const uint8_t value : picture) sum += value;
  return sum / static_cast<double>(picture.size());
}

/// Mean difference of neighbours in a row: what a blur lowers and noise raises.
double detail(const Picture& picture, int side) {
  double sum = 0;
  for (int y = 0; y < side; ++y)
    for (int x = 1; x < side; ++x)
      for (int c = 0; c < 3; ++c) {
        const size_t at = 3 * static_cast<size_t>(y * side + x) + static_cast<size_t>(c);
        sum += std::abs(int{picture[at]} - int{picture[at - 3]});
      }
  return sum / static_cast<double>(picture.size());
}

TEST(Corruptions, AreImageNetCsInItsOrderThenTheCameras) {
  ASSERT_EQ(corruptions().size(), 19);
  EXPECT_EQ(corruptions().front().name, "gaussian noise");
  EXPECT_EQ(corruptions()[14].name, "jpeg compression");
  EXPECT_EQ(corruptions()[14].family, Family::kDigital);
  EXPECT_EQ(corruptions()[15].family, Family::kCamera);
  std::set<std::string> names;
  for (const Corruption& each : corruptions()) names.insert(each.name);
  EXPECT_EQ(names.size(), 19);
}

TEST(Corruptions, OfOneSeedAreTheSameInEveryThread) {
  const Picture picture = scene(kSide, 0);
  for (size_t which = 0; which < corruptions().size(); ++which) {
    const Picture once = corrupt(picture, kSide, which, 3, 11);
    std::vector<Picture> others(3);
    std::vector<std::thread> threads;
    for (Picture& other : others)
      threads.emplace_back([&, which] { other = corrupt(picture, kSide, which, 3, 11); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(others, testing::Each(once)) << corruptions()[which].name;
  }
}

TEST(Corruptions, OfAnotherSeedDifferWhereChanceHasAPart) {
  const Picture picture = scene(kSide, 0);
  const std::set<std::string> without_chance{"defocus blur", "zoom blur", "brightness",
                                             "contrast",     "pixelate",  "jpeg compression"};
  for (size_t which = 0; which < corruptions().size(); ++which) {
    const bool same = corrupt(picture, kSide, which, 3, 1) == corrupt(picture, kSide, which, 3, 2);
    EXPECT_EQ(same, without_chance.contains(corruptions()[which].name)) << corruptions()[which].name;
  }
}

TEST(Corruptions, GrowWithSeverity) {
  for (size_t which = 0; which < corruptions().size(); ++which) {
    double before = 0;
    for (int severity = 1; severity <= kSeverities; ++severity) {
      double sum = 0;
      for (int kind = 0; kind < 3; ++kind)
        for (uint64_t seed = 0; seed < 3; ++seed)
          sum += distance(scene(kSide, kind), corrupt(scene(kSide, kind), kSide, which, severity, seed));
      EXPECT_GT(sum / 9, before + 0.2) << corruptions()[which].name << " at severity " << severity;
      before = sum / 9;
    }
  }
}

TEST(Corruptions, DifferFromEachOther) {
  const Picture picture = scene(kSide, 1);
  std::vector<Picture> all;
  for (size_t which = 0; which < corruptions().size(); ++which)
    all.push_back(corrupt(picture, kSide, which, 3, 5));
  for (size_t a = 0; a < all.size(); ++a)
    for (size_t b = 0; b < a; ++b)
      EXPECT_GT(distance(all[a], all[b]), 2) << corruptions()[a].name << ", " << corruptions()[b].name;
}

TEST(Corruptions, KeepTheSizeOfAnySide) {
  for (const int side : {1, 2, 3, 7, 33, 65}) {
    const Picture picture = scene(side, 0);
    for (size_t which = 0; which < corruptions().size(); ++which)
      for (const int severity : {1, kSeverities})
        EXPECT_EQ(corrupt(picture, side, which, severity, 3).size(), picture.size())
            << corruptions()[which].name << ", side " << side;
  }
}

TEST(Corruptions, OfFlatPicturesAreWhatTheyShouldBe) {
  for (const int level : {0, 128, 255}) {
    const Picture flat(3 * static_cast<size_t>(kSide) * kSide, static_cast<uint8_t>(level));
    for (size_t which = 0; which < corruptions().size(); ++which) {
      const Picture spoilt = corrupt(flat, kSide, which, kSeverities, 3);
      const Family family = corruptions()[which].family;
      const std::string& name = corruptions()[which].name;
      ASSERT_EQ(spoilt.size(), flat.size());
      // A blur, a warp or an encoder finds nothing to change.
      const bool moves_only =
          family == Family::kBlur || name == "angle" || name == "shake" || family == Family::kDigital;
      EXPECT_TRUE(!moves_only || distance(flat, spoilt) <= 1) << name << " of level " << level;
    }
  }
}

TEST(Corruptions, DoWhatTheirNamesSay) {
  const Picture picture = scene(kSide, 0);
  const auto spoilt = [&](const char* name) { return corrupt(picture, kSide, named(name), 4, 9); };
  for (const char* name : {"gaussian noise", "shot noise", "impulse noise"})
    EXPECT_GT(detail(spoilt(name), kSide), 1.3 * detail(picture, kSide)) << name;
  for (const char* name : {"defocus blur", "motion blur", "zoom blur", "contrast"})
    EXPECT_LT(detail(spoilt(name), kSide), 0.7 * detail(picture, kSide)) << name;
  for (const char* name : {"snow", "frost", "fog", "brightness"})
    EXPECT_GT(mean(spoilt(name)), mean(picture) + 10) << name;
  for (const char* name : {"dark", "dirt"}) EXPECT_LT(mean(spoilt(name)), mean(picture) - 5) << name;
}

TEST(Corruptions, ShotNoiseKeepsTheMeanAndGrowsWithLight) {
  const auto of_level = [](int level) {
    const Picture flat(3 * static_cast<size_t>(kSide) * kSide, static_cast<uint8_t>(level));
    return corrupt(flat, kSide, named("shot noise"), 1, 3);
  };
  const Picture dim = of_level(30);
  const Picture light = of_level(120);
  EXPECT_NEAR(mean(dim), 30, 0.5);
  EXPECT_NEAR(mean(light), 120, 1);
  const auto deviation = [](const Picture& picture, double middle) {
    double sum = 0;
    for (const uint8_t value : picture) sum += (value - middle) * (value - middle);
    return std::sqrt(sum / static_cast<double>(picture.size()));
  };
  // Poisson: the deviation is the root of level * 255 / photons.
  EXPECT_NEAR(deviation(dim, 30), std::sqrt(30 * 255 / 60.0), 0.4);
  EXPECT_NEAR(deviation(light, 120), std::sqrt(120 * 255 / 60.0), 0.7);
}

}  // namespace
}  // namespace dew::compare
