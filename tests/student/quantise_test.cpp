// Quantisation: a net made by hand, and one that was trained, as int8 graphs.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "random_net.h"
#include "shapes.h"
#include "student/calibrate.h"
#include "student/layout.h"
#include "student/weights.h"

namespace dew::student {
namespace {

std::vector<int8_t> int8_scores(const graph::Graph& graph, const std::vector<uint8_t>& picture) {
  std::vector<uint8_t> input = picture;
  for (uint8_t& p : input) p = static_cast<uint8_t>(p - 128);
  const auto tensors = graph::interpret(graph, input, graph::Rounding::kDew);
  EXPECT_TRUE(tensors.has_value()) << tensors.error().what;
  const auto& out = (*tensors)[graph.outputs[0]];
  return {out.begin(), out.end()};
}

TEST(Quantise, TheGraphIsSoundAndCloseToFloat) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  Watch watch;
  ASSERT_TRUE(save_weights(folder.path(), random_weights(3)));
  const auto pictures = pictures_of(shapes(1, 24));
  const auto graph = quantise(folder.path(), pictures, "shapes", {"a", "b", "c"}, watch);
  ASSERT_TRUE(graph) << graph.error().what;
  const auto sound = graph::check(*graph);
  ASSERT_TRUE(sound) << sound.error().what << sound.error().where;

  EXPECT_EQ(graph->name, "shapes");
  EXPECT_EQ(graph->classes, (std::vector<std::string>{"a", "b", "c"}));
  const graph::Tensor& input = graph->tensors[graph->inputs[0]];
  EXPECT_EQ(input.shape, (std::vector<int>{1, 32, 32, 3}));
  EXPECT_FLOAT_EQ(input.quantisation.scale[0], static_cast<float>(1 / 127.5));
  EXPECT_EQ(input.quantisation.zero_point[0], -1);

  const auto rows = predict(folder.path(), pictures, watch).value();
  for (size_t i = 0; i < pictures.size(); ++i) {
    const std::vector<int8_t> scores = int8_scores(*graph, pictures[i]);
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR((scores[c] + 128) / 256.0, rows[i][c], 0.06) << i << " " << c;
    }
  }
}

TEST(Quantise, RequantisationScalesAreUsable) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  Watch watch;
  Weights weights = random_weights(2);
  const Layout layout(weights.architecture);
  // Channels that batch norm has switched off: one with a bias, one without; and one whose bias is huge.
  for (const size_t layer : {size_t{1}, size_t{3}, size_t{4}, size_t{5}}) {
    const LayerLayout& at = layout.layers[layer];
    weights.parameters[at.gamma] = 0.0F;
    weights.parameters[at.beta] = 0.0F;
    weights.parameters[at.gamma + 1] = 0.0F;
    weights.parameters[at.beta + 1] = 3.0F;
    weights.parameters[at.gamma + 2] = 1e-30F;
    weights.parameters[at.beta + 2] = 1e4F;
  }
  ASSERT_TRUE(save_weights(folder.path(), weights));
  const auto pictures = pictures_of(shapes(1, 4));
  const auto graph = quantise(folder.path(), pictures, "dead", {"a", "b"}, watch);
  ASSERT_TRUE(graph) << graph.error().what;
  ASSERT_TRUE(graph::check(*graph));
  int multipliers = 0;
  int large = 0;
  for (const graph::Op& op : graph->ops) {
    if (op.kind != graph::OpKind::kConv2D && op.kind != graph::OpKind::kDepthwiseConv2D) continue;
    const double in = graph->tensors[op.inputs[0]].quantisation.scale[0];
    const double out = graph->tensors[op.outputs[0]].quantisation.scale[0];
    for (const float scale : graph->tensors[op.inputs[1]].quantisation.scale) {
      const double multiplier = in * scale / out;
      EXPECT_GE(multiplier, 0x1.0p-19);
      ++multipliers;
      large += multiplier >= 0.5 ? 1 : 0;
    }
  }
  EXPECT_LT(large, multipliers / 20);
  int8_scores(*graph, pictures[0]);
}

TEST(Quantise, SaysWhatIsWrong) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  Watch watch;
  const auto pictures = pictures_of(shapes(1, 2));
  EXPECT_FALSE(quantise(folder.path(), pictures, "none", {"a", "b"}, watch)) << "no weights.pt";
  ASSERT_TRUE(save_weights(folder.path(), random_weights(2)));
  const auto classes = quantise(folder.path(), pictures, "x", {"a", "b", "c"}, watch);
  ASSERT_FALSE(classes);
  EXPECT_NE(classes.error().what.find("2 classes"), std::string::npos);
  const auto empty = quantise(folder.path(), {}, "x", {"a", "b"}, watch);
  ASSERT_FALSE(empty);
  EXPECT_NE(empty.error().what.find("no pictures"), std::string::npos);
  const std::vector<std::vector<uint8_t>> small(1, std::vector<uint8_t>(10));
  const auto size = quantise(folder.path(), small, "x", {"a", "b"}, watch);
  ASSERT_FALSE(size);
  EXPECT_NE(size.error().what.find("10 bytes"), std::string::npos);
}

TEST(BestRange, KeepsAllOfAnEvenSpreadAndCutsALoneOutlier) {
  const std::vector<int64_t> even(1000, 10);
  const RealRange whole = best_range(even, -1.0, 3.0);
  EXPECT_DOUBLE_EQ(whole.low, -1.0);
  EXPECT_DOUBLE_EQ(whole.high, 3.0);
  std::vector<int64_t> outlier(1000, 0);
  for (int i = 0; i < 100; ++i) outlier[i] = 1'000'000;
  outlier[999] = 1;
  const RealRange cut = best_range(outlier, 0.0, 10.0);
  EXPECT_LT(cut.high, 5.0);
  EXPECT_GE(cut.high, 1.0);
}

}  // namespace
}  // namespace dew::student
