// What a net says of each position of a picture, against what it says of the whole.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "student/infer.h"
#include "student/layout.h"
#include "student/look.h"
#include "student/random.h"
#include "student/student.h"
#include "student/weights.h"

namespace dew::student {
namespace {

constexpr int kInput = 96;
constexpr size_t kClasses = 4;

/// A net of random weights whose scores differ from position to position and from picture to picture.
Weights random_weights() {
  Weights weights;
  weights.architecture = mobilenet_v2(0.35, kInput, kClasses);
  const Layout layout(weights.architecture);
  weights.parameters.resize(static_cast<size_t>(layout.parameters));
  weights.statistics.assign(static_cast<size_t>(layout.statistics), 1.0F);
  Random random(11, 1);
  for (float& value : weights.parameters) value = static_cast<float>(random.normal() * 0.3);
  for (size_t i = 0; i < layout.layers.size(); ++i)
    for (int c = 0; c < weights.architecture.layers[i].out; ++c) {
      weights.parameters[static_cast<size_t>(layout.layers[i].gamma + c)] = 1;
      weights.statistics[static_cast<size_t>(layout.layers[i].mean + c)] = 0;
    }
  return weights;
}

std::vector<std::vector<uint8_t>> noise(size_t count) {
  std::vector<std::vector<uint8_t>> pictures(count, std::vector<uint8_t>(size_t{3} * kInput * kInput));
  Random random(12, 1);
  for (auto& picture : pictures)
    for (size_t i = 0; i < picture.size(); ++i)
      picture[i] = static_cast<uint8_t>((i / 2000) * 7 + random.below(90));
  return pictures;
}

TEST(Look, ThePositionsMeanIsThePicturesLogits) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  const Weights weights = random_weights();
  ASSERT_TRUE(save_weights(folder.path(), weights));
  const auto pictures = noise(35);  // more than a batch
  Watch watch;
  const auto looks = look(folder.path(), pictures, watch);
  ASSERT_TRUE(looks) << looks.error().what;
  const auto rows = predict(folder.path(), pictures, watch).value();
  ASSERT_EQ(looks->size(), pictures.size());
  const Layout layout(weights.architecture);
  const auto features = static_cast<size_t>(weights.architecture.features());
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Look& one = (*looks)[i];
    ASSERT_EQ(one.side, 3);
    ASSERT_EQ(one.evidence.size(), 9 * kClasses);
    ASSERT_EQ(one.features.size(), features);
    EXPECT_EQ(one.probabilities, rows[i]);
    std::vector<float> means(kClasses);
    for (size_t at = 0; at < one.evidence.size(); ++at) means[at % kClasses] += one.evidence[at] / 9;
    const std::vector<float> from_positions = softmax(means);
    for (size_t c = 0; c < kClasses; ++c) {
      // The dense layer once more, by hand.
      double logit = weights.parameters[static_cast<size_t>(layout.dense_bias) + c];
      for (size_t k = 0; k < features; ++k)
        logit += double{weights.parameters[static_cast<size_t>(layout.dense_weight) + c * features + k]} *
                 one.features[k];
      EXPECT_NEAR(means[c], logit, 1e-3 * (1 + std::abs(logit))) << i << " " << c;
      EXPECT_NEAR(from_positions[c], rows[i][c], 1e-3);
    }
    // The positions really differ: a map that is level everywhere would pass all of the above.
    EXPECT_GT(std::abs(one.evidence[0] - one.evidence[4 * kClasses]), 1e-3);
  }
}

TEST(Look, TakesNoPicturesAndRefusesThoseOfAnotherSize) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  ASSERT_TRUE(save_weights(folder.path(), random_weights()));
  Watch watch;
  EXPECT_TRUE(look(folder.path(), {}, watch).value().empty());
  const std::vector<std::vector<uint8_t>> small(1, std::vector<uint8_t>(48));
  EXPECT_FALSE(look(folder.path(), small, watch));
  EXPECT_FALSE(look(folder.path() / "none", small, watch));
}

}  // namespace
}  // namespace dew::student
