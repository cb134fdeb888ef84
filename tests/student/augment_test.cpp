// Augmentation on bytes.
#include "student/augment.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace dew::student {
namespace {

constexpr int kSize = 8;

std::vector<uint8_t> ramp() {
  std::vector<uint8_t> rgb;
  for (int i = 0; i < kSize * kSize * 3; ++i) rgb.push_back(static_cast<uint8_t>(i * 37 % 256));
  return rgb;
}

std::vector<float> augmented(const std::vector<uint8_t>& rgb, const Augmentation& augmentation,
                             uint64_t seed) {
  std::vector<float> out(rgb.size());
  augment(rgb, kSize, augmentation, Random(seed, 3), kSize, out);
  return out;
}

TEST(Augment, NormalisesAsTheInt8GraphReadsBytes) {
  const std::vector<uint8_t> bytes = {0, 127, 128, 255};
  std::vector<float> reals(4);
  normalise(bytes, reals);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int q = bytes[i] - 128;
    EXPECT_FLOAT_EQ(reals[i], static_cast<float>((q + 1) / 127.5));
  }
}

TEST(Augment, ChangesNothingWhenTold) {
  const auto rgb = ramp();
  std::vector<float> plain(rgb.size());
  normalise(rgb, plain);
  EXPECT_EQ(augmented(rgb, {0, 0, 0, 0, 0, 0}, 1), plain);
}

TEST(Augment, MirrorsColumns) {
  const auto rgb = ramp();
  const auto mirrored = augmented(rgb, {1, 0, 0, 0, 0, 0}, 1);
  std::vector<float> plain(rgb.size());
  normalise(rgb, plain);
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      for (int c = 0; c < 3; ++c) {
        EXPECT_EQ(mirrored[(y * kSize + x) * 3 + c], plain[(y * kSize + kSize - 1 - x) * 3 + c]);
      }
    }
  }
}

TEST(Augment, StaysInRangeAndFollowsItsSeed) {
  const auto rgb = ramp();
  const Augmentation strong{0.5, 0.5, 0.5, 0.5, 0.9, 0.5};
  bool varied = false;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const auto out = augmented(rgb, strong, seed);
    EXPECT_EQ(out, augmented(rgb, strong, seed));
    varied = varied || out != augmented(rgb, strong, seed + 1);
    for (const float x : out) {
      ASSERT_GE(x, -127.0F / 127.5F);
      ASSERT_LE(x, 128.0F / 127.5F);
    }
  }
  EXPECT_TRUE(varied);
}

/// A window of a larger picture, which is red on the left and blue on the right.
TEST(Augment, CropsTheLargerPicture) {
  constexpr int kLarge = 16;
  Example example{std::vector<uint8_t>(kSize * kSize * 3, 127)};
  for (int i = 0; i < kLarge * kLarge; ++i)
    for (int c = 0; c < 3; ++c) example.large.push_back(c == (i % kLarge < kLarge / 2 ? 0 : 2) ? 255 : 0);
  Augmentation crop{0, 0, 0, 0, 0, 0};
  crop.crop = 0.75;
  std::set<double> shares;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    std::vector<float> out(example.rgb.size());
    augment(example, kSize, crop, Random(seed, 3), out);
    double red = 0;
    for (size_t i = 0; i < out.size(); i += 3) {
      ASSERT_NEAR(out[i] + out[i + 2], 1.0 / 127.5, 1e-5) << "inside the picture, nothing else is seen";
      red += out[i] > 0 ? 1.0 / (kSize * kSize) : 0;
    }
    shares.insert(red);
  }
  EXPECT_LT(*shares.begin(), 0.3);
  EXPECT_GT(*shares.rbegin(), 0.7);
}

TEST(Augment, TakesThePlainPictureAsTheNetWillSeeIt) {
  Example example{ramp()};
  example.large.assign(16 * 16 * 3, 255);
  std::vector<float> out(example.rgb.size()), plain(example.rgb.size());
  Augmentation always{0, 0, 0, 0, 0, 0};
  always.plain = 1;
  always.crop = 0.5;
  augment(example, kSize, always, Random(1, 3), out);
  normalise(example.rgb, plain);
  EXPECT_EQ(out, plain);
}

}  // namespace
}  // namespace dew::student
