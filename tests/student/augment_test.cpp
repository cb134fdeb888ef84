// Augmentation on bytes.
#include "student/augment.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace dew::student
