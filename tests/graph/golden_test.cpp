// The oracle against TensorFlow Lite Micro's reference kernels: every layer and every output, to the bit.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/graph/golden.h"

namespace dew::graph {
namespace {

class Golden : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!have_models()) GTEST_SKIP() << kModelsMissing;
    auto graph = read_model(GetParam());
    ASSERT_TRUE(graph) << problem(graph.error());
    graph_ = *std::move(graph);
  }
  Graph graph_;
};

int differing(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  int count = a.size() == b.size() ? 0 : 1000000;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

TEST_P(Golden, EveryLayerEqualsToTheBit) {
  const auto values = interpret(graph_, golden(GetParam(), "in", 0), Rounding::kTflite);
  ASSERT_TRUE(values) << problem(values.error());
  const auto layers = golden_layers(GetParam());
  ASSERT_EQ(layers.size(), graph_.ops.size());
  for (const OperatorOutput& layer : layers) {
    ASSERT_EQ(graph_.ops[layer.op].outputs[0], layer.tensor);
    EXPECT_EQ(differing((*values)[static_cast<size_t>(layer.tensor)], layer.bytes), 0)
        << "operator " << layer.op << " (" << op_name(graph_.ops[layer.op].kind) << ")";
  }
}

TEST_P(Golden, EveryOutputEqualsToTheBit) {
  const auto softmax = std::find_if(graph_.ops.rbegin(), graph_.ops.rend(),
                                    [](const Op& op) { return op.kind == OpKind::kSoftmax; });
  ASSERT_NE(softmax, graph_.ops.rend());
  for (int i = 0; i < kGoldens; ++i) {
    const auto values = interpret(graph_, golden(GetParam(), "in", i), Rounding::kTflite);
    ASSERT_TRUE(values) << problem(values.error());
    EXPECT_EQ((*values)[static_cast<size_t>(softmax->inputs[0])], golden(GetParam(), "pre", i))
        << "case " << i;
    EXPECT_EQ((*values)[static_cast<size_t>(graph_.outputs[0])], golden(GetParam(), "out", i))
        << "case " << i;
  }
}

std::string model_name(const testing::TestParamInfo<std::string>& model) {
  return model.param.substr(0, model.param.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Small, Golden, testing::Values("person_detect", "vww_96_int8"), model_name);
INSTANTIATE_TEST_SUITE_P(Large, Golden, testing::Values("tf2_mobilenet_v2_1.0_224_ptq"), model_name);

}  // namespace
}  // namespace dew::graph
