// The gate: what it reads, what it decides and why, its text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "graph/gate.h"
#include "tests/graph/builder.h"

namespace dew::graph {
namespace {

using testing::HasSubstr;

/// As its comment defines it, in real numbers: the sum of w * y * (y + 1), y = C * u / sum(u).
double sum_of(const std::vector<uint8_t>& weights, const std::vector<int8_t>& features, int zero_point) {
  double all = 0;
  for (const int8_t q : features) all += std::max(0, q - zero_point);
  double sum = 0;
  for (size_t i = 0; i < features.size(); ++i) {
    const double y = static_cast<double>(features.size()) * std::max(0, features[i] - zero_point) / all;
    sum += weights[i] * y * (y + 1);
  }
  return sum;
}

TEST(Gate, DecidesAsTheSumInRealNumbers) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> byte(0, 255);
  int known = 0;
  constexpr int kTries = 400;
  for (int i = 0; i < kTries; ++i) {
    const int zero_point = byte(random) % 60 - 128;
    std::vector<int8_t> features(90);
    for (int8_t& q : features) q = static_cast<int8_t>(byte(random) - 128);
    Gate gate{{std::vector<uint8_t>(90), std::vector<uint8_t>(90)}, {0, 0}};
    bool any = false;
    for (size_t c = 0; c < 2; ++c) {
      for (uint8_t& weight : gate.weights[c]) weight = static_cast<uint8_t>(byte(random));
      // Half a step off, so that rounding decides nothing.
      const double sum = sum_of(gate.weights[c], features, zero_point);
      gate.limits[c] = static_cast<int32_t>(sum * (0.99 + 0.02 * byte(random) / 255 - 0.005));
      any = any || sum <= gate.limits[c];
    }
    EXPECT_EQ(is_known(gate, features, zero_point), any) << i;
    known += any ? 1 : 0;
  }
  EXPECT_GT(known, kTries / 4);
  EXPECT_LT(known, kTries);
}

TEST(Gate, HasRoomForTheLargestNumbers) {
  const std::vector<int8_t> features(kMostGatedFeatures, 127);
  Gate gate{{std::vector<uint8_t>(kMostGatedFeatures, 255)}, {}};
  const int32_t due = static_cast<int32_t>(kMostGatedFeatures * 255 * 2);  // y is 1
  gate.limits = {due - 1};
  EXPECT_FALSE(is_known(gate, features, -128));
  gate.limits = {due};
  EXPECT_TRUE(is_known(gate, features, -128));
  gate.limits = {highest_limit(kMostGatedFeatures)};
  EXPECT_GT(gate.limits[0], due);
  EXPECT_TRUE(is_known(gate, features, -128));
}

TEST(Gate, DoesNotKnowWhatHasNoFeatures) {
  const Gate gate{{{1, 2, 3}}, {1000}};
  EXPECT_FALSE(is_known(gate, std::vector<int8_t>{-128, -128, -128}, -128));
  EXPECT_TRUE(is_known(gate, std::vector<int8_t>{-128, -127, -128}, -128));
}

TEST(Gate, ReadsWhatTheDenseLayerReads) {
  const Graph net = mobilenet_like(1, 32, 3);
  const int tensor = gated_tensor(net);
  ASSERT_GE(tensor, 0);
  const Op* dense = nullptr;
  for (const Op& op : net.ops)
    if (op.kind == OpKind::kFullyConnected) dense = &op;
  ASSERT_NE(dense, nullptr);
  EXPECT_EQ(tensor, dense->inputs[0]);

  Builder b(1);
  b.output(b.softmax(b.conv(b.input({1, 6, 6, 2}, 0.05F, 3), 2, 3, 1, Padding::kValid, Activation::kRelu6)));
  EXPECT_EQ(gated_tensor(b.graph()), -1);
  EXPECT_THAT(check_gate({{{1}}, {1}}, b.graph()).error().what, HasSubstr("no dense layer"));
}

TEST(Gate, IsRefusedWhereItDoesNotFit) {
  const Graph net = mobilenet_like(1, 32, 3);
  const auto features = static_cast<size_t>(net.tensors[static_cast<size_t>(gated_tensor(net))].elements());
  const Gate good{std::vector(3, std::vector<uint8_t>(features, 9)), {1, 2, 3}};
  EXPECT_TRUE(check_gate(good, net));
  Gate fewer = good;
  fewer.weights.pop_back();
  EXPECT_THAT(check_gate(fewer, net).error().what, HasSubstr("3 classes"));
  Gate shorter = good;
  shorter.weights[1].pop_back();
  EXPECT_FALSE(check_gate(shorter, net));
  Gate higher = good;
  higher.limits[2] = highest_limit(static_cast<int64_t>(features));
  EXPECT_TRUE(check_gate(higher, net));
  if (higher.limits[2] < std::numeric_limits<int32_t>::max()) {
    ++higher.limits[2];
    EXPECT_THAT(check_gate(higher, net).error().what, HasSubstr("too high"));
  }
}

TEST(Gate, ComesBackFromItsText) {
  const Gate gate{{{0, 255, 17}, {1, 2, 3}}, {-5, 2000000}};
  const std::string text = to_text(gate);
  EXPECT_EQ(text, "-5: 0 255 17\n2000000: 1 2 3\n");
  EXPECT_EQ(read_gate(text, "x").value(), gate);
  for (const char* bad : {"5 1 2", "a: 1", "5: 256", "5: 1 x", "99999999999: 1", ": 1", "5: 1 -2"}) {
    const auto read = read_gate("7: 1 2\n" + std::string(bad), "some file");
    ASSERT_FALSE(read) << bad;
    EXPECT_THAT(read.error().what, HasSubstr("line 2"));
    EXPECT_EQ(read.error().where, "some file");
  }
}

}  // namespace
}  // namespace dew::graph
