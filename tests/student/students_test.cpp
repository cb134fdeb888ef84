// The other students: their shapes, that they learn, become int8 and start from a backbone cut to size.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/graph.h"
#include "shapes.h"
#include "student/adapt.h"
#include "student/layout.h"
#include "student/weights.h"

namespace dew::student {
namespace {

TEST(Students, MobileNetV1IsThePersonDetectorOfMlperfTiny) {
  const Architecture net = mobilenet_v1(0.25, 96, 2);
  EXPECT_EQ(net.macs(), 7'489'664);  // `dewdrop compile vww_96_int8.tflite` counts as many
  EXPECT_EQ(net.features(), 256);
  EXPECT_EQ(net.layers.size(), 27U);
}

TEST(Students, BlocksAndHeadMakeAMobileNetV2Smaller) {
  const Architecture whole = mobilenet_v2(0.35, 96, 2);
  const Architecture cut = mobilenet_v2(0.35, 96, 2, 256, 13);
  EXPECT_EQ(cut.features(), 256);
  EXPECT_LT(cut.weights(), whole.weights() / 3);
  for (size_t i = 0; i + 1 < cut.layers.size(); ++i) EXPECT_EQ(cut.layers[i].name, whole.layers[i].name);
  EXPECT_EQ(cut.layers.back().block, 13);
  EXPECT_EQ(whole.layers.back().block, 17);
}

TEST(Students, NetsThatCannotBeAreRefused) {
  TrainSettings settings = shape_settings();
  Watch watch;
  const auto refused = [&](const std::string& what) {
    const auto result = train(shapes(1, 8), {}, settings, "never", watch);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().what.find(what), std::string::npos) << result.error().what;
    EXPECT_FALSE(result.error().next.empty());
  };
  settings.net = "resnet";
  refused("no net 'resnet'");
  settings.net = "tiny";
  settings.head = 64;
  refused("only mobilenet_v2");
  settings.net = "mobilenet_v2";
  settings.head = 100;
  refused("a head of 100 channels");
  settings.head = 0;
  settings.blocks = 18;
  refused("18 blocks");
}

class EveryStudent : public testing::TestWithParam<std::string> {};

TEST_P(EveryStudent, LearnAndKeepWhatTheyLearnedAsInt8) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  Watch watch;
  TrainSettings settings = shape_settings();
  settings.net = GetParam();
  settings.alpha = 0.5;
  settings.epochs = 16;
  const auto trained = train(shapes(1, 96), shapes(2, 40), settings, folder.path(), watch);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_GE(trained->validation_accuracy, 0.9);
  EXPECT_EQ(load_weights(folder.path()).value().architecture.net, settings.net);

  const auto pictures = pictures_of(shapes(2, 40));
  const auto graph = quantise(folder.path(), pictures_of(shapes(1, 96)), "shapes", {"red", "blue"}, watch);
  ASSERT_TRUE(graph) << graph.error().what;
  ASSERT_TRUE(graph::check(*graph));
  const auto rows = predict(folder.path(), pictures, watch).value();
  int same = 0;
  for (size_t i = 0; i < pictures.size(); ++i) {
    std::vector<uint8_t> input = pictures[i];
    for (uint8_t& p : input) p = static_cast<uint8_t>(p - 128);
    const auto tensors = graph::interpret(*graph, input, graph::Rounding::kDew).value();
    const auto& out = tensors[graph->outputs[0]];
    same += (static_cast<int8_t>(out[1]) > static_cast<int8_t>(out[0])) == (rows[i][1] > rows[i][0]);
  }
  EXPECT_GE(same, 39);
}

INSTANTIATE_TEST_SUITE_P(Nets, EveryStudent, testing::Values("mobilenet_v1", "tiny"));

TEST(Students, ASketchHasTheShapesOfTheTrainedNet) {
  TrainSettings settings = shape_settings();
  settings.head = 64;
  settings.blocks = 6;
  const auto drawn = sketch(settings, "shapes", {"a", "b"});
  ASSERT_TRUE(drawn) << drawn.error().what;
  ASSERT_TRUE(graph::check(*drawn));
  int64_t weights = 0;
  for (const graph::Tensor& tensor : drawn->tensors)
    if (tensor.type == graph::DType::kInt8) weights += static_cast<int64_t>(tensor.data.size());
  EXPECT_EQ(weights, mobilenet_v2(0.35, kShapeInput, 2, 64, 6).weights());
}

TEST(Students, ANarrowHeadTakesTheBackbonesStrongestChannels) {
  Backbone backbone = random_backbone(0.35, kShapeInput, 3);
  const Layout from(backbone.weights.architecture);
  const LayerLayout& last = from.layers.back();
  for (int c = 0; c < 1280; ++c)
    backbone.weights.parameters[last.gamma + c] = c % 5 == 0 ? -2.0F - static_cast<float>(c) : 1.0F;
  const Weights net = adapted(backbone, mobilenet_v2(0.35, kShapeInput, 2, 256), 1);
  const Layout to(net.architecture);
  for (int c = 0; c < 256; ++c) {
    EXPECT_EQ(net.parameters[to.layers.back().gamma + c], -2.0F - static_cast<float>(5 * c));
    EXPECT_EQ(net.parameters[to.layers.back().weight + int64_t{112} * c],
              backbone.weights.parameters[last.weight + int64_t{112} * 5 * c]);
  }
  // Whole layers as they are.
  for (int64_t k = 0; k < 100; ++k)
    EXPECT_EQ(net.parameters[to.layers[9].weight + k],
              backbone.weights.parameters[from.layers[9].weight + k]);
}

TEST(Students, AfterFewerBlocksTheLastConvolutionStartsAnew) {
  const Backbone backbone = random_backbone(0.35, kShapeInput, 3);
  const Weights net = adapted(backbone, mobilenet_v2(0.35, kShapeInput, 2, 0, 6), 1);
  const LayerLayout& last = Layout(net.architecture).layers.back();
  double size = 0;
  for (int64_t k = 0; k < 1000; ++k) size += std::abs(net.parameters[last.weight + k]);
  EXPECT_GT(size, 1.0);
  EXPECT_EQ(net.statistics[last.variance], 1.0F);
}

}  // namespace
}  // namespace dew::student
