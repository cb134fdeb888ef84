// The net's shape, its flat layout, and folding.
#include "student/architecture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "student/fold.h"
#include "student/layout.h"

namespace dew::student {
namespace {

const ConvLayer& layer_named(const Architecture& net, const std::string& name) {
  return *std::find_if(net.layers.begin(), net.layers.end(),
                       [&](const ConvLayer& layer) { return layer.name == name; });
}

TEST(Architecture, HasTheSizeTheDesignIsBuiltOn) {
  const Architecture net = mobilenet_v2(0.35, 96, 2);
  EXPECT_EQ(net.macs(), 10'656'688);
  EXPECT_EQ(net.weights(), 384'608);
}

TEST(Architecture, RoundsChannelsAsKerasDoes) {
  // Output channels of the projections, from keras.applications.MobileNetV2(alpha=...).
  const std::pair<double, std::vector<int>> expected[] = {{0.35, {8, 8, 16, 24, 32, 56, 112}},
                                                          {0.5, {8, 16, 16, 32, 48, 80, 160}},
                                                          {1.0, {16, 24, 32, 64, 96, 160, 320}}};
  const char* const blocks[] = {"expanded_conv", "block_1",  "block_3", "block_6",
                                "block_10",      "block_13", "block_16"};
  for (const auto& [alpha, channels] : expected) {
    const Architecture net = mobilenet_v2(alpha, 96, 2);
    for (size_t i = 0; i < channels.size(); ++i) {
      EXPECT_EQ(layer_named(net, std::string(blocks[i]) + "_project").out, channels[i]) << alpha << blocks[i];
    }
    EXPECT_EQ(net.features(), 1280);
  }
  EXPECT_EQ(mobilenet_v2(1.4, 96, 2).features(), 1792);
}

TEST(Architecture, AddsWhereTheShapeStays) {
  const Architecture net = mobilenet_v2(0.35, 96, 2);
  std::vector<std::string> sums;
  for (const ConvLayer& layer : net.layers) {
    if (layer.adds < 0) continue;
    sums.push_back(layer.name);
    EXPECT_EQ(net.layers[layer.adds].out, layer.out);
    EXPECT_EQ(net.layers[layer.adds].out_size(), layer.out_size());
    EXPECT_FALSE(layer.relu6);
  }
  const std::vector<std::string> expected = {
      "block_2_project", "block_4_project",  "block_5_project",  "block_7_project",  "block_8_project",
      "block_9_project", "block_11_project", "block_12_project", "block_14_project", "block_15_project"};
  EXPECT_EQ(sums, expected);
}

TEST(Architecture, PadsAsTensorFlowDoes) {
  const Architecture net = mobilenet_v2(0.35, 96, 2);
  for (const ConvLayer& layer : net.layers) {
    const int before = layer.kernel == 3 && layer.stride == 1 ? 1 : 0;
    EXPECT_EQ(layer.pad_before(), before) << layer.name;
    EXPECT_EQ(layer.pad_after(), layer.kernel == 3 ? 1 : 0) << layer.name;
  }
}

TEST(Layout, PlacesEveryNumberOnce) {
  const Architecture net = mobilenet_v2(0.35, 96, 3);
  const Layout layout(net);
  EXPECT_EQ(layout.decayed, net.weights());
  int64_t channels = 0;
  for (const ConvLayer& layer : net.layers) channels += layer.out;
  EXPECT_EQ(layout.parameters, net.weights() + 2 * channels + 3);
  EXPECT_EQ(layout.statistics, 2 * channels);
}

TEST(Fold, GivesWhatTheBatchNormGave) {
  const Architecture net = mobilenet_v2(0.35, 32, 2);
  const Layout layout(net);
  std::vector<float> parameters(layout.parameters), statistics(layout.statistics);
  for (size_t i = 0; i < parameters.size(); ++i) parameters[i] = 0.001F * static_cast<float>(i % 977) - 0.4F;
  for (size_t i = 0; i < statistics.size(); ++i) statistics[i] = 0.01F + 0.002F * static_cast<float>(i % 499);
  const FoldedNet folded = fold(net, parameters.data(), statistics.data());
  ASSERT_EQ(folded.layers.size(), net.layers.size());
  // For one input value x at tap k of channel c, both ways.
  const size_t index = 4;
  const LayerLayout& at = layout.layers[index];
  const int c = 3;
  const int64_t per_channel = net.layers[index].weights() / net.layers[index].out;
  const int64_t k = 2;
  const double x = 1.7;
  const double convolved = x * parameters[at.weight + c * per_channel + k];
  const double expected = parameters[at.gamma + c] * (convolved - statistics[at.mean + c]) /
                              std::sqrt(statistics[at.variance + c] + 1e-3) +
                          parameters[at.beta + c];
  EXPECT_NEAR(x * folded.layers[index].weights[c * per_channel + k] + folded.layers[index].bias[c], expected,
              1e-5);
}

}  // namespace
}  // namespace dew::student
