// A plan on emulated boards: every output byte as the oracle's.
#include <gtest/gtest.h>

#include "tests/graph/builder.h"
#include "tests/target/need_tools.h"

namespace dew::target {
namespace {

using graph::Rounding;

/// The oracle's output tensor.
Bytes expected(const graph::Graph& graph, const Bytes& input, Rounding rounding) {
  const auto tensors = graph::interpret(graph, input, rounding);
  EXPECT_TRUE(tensors) << tensors.error().what;
  return tensors ? tensors->at(static_cast<size_t>(graph.outputs[0])) : Bytes{};
}

class PlanOnBoard : public testing::TestWithParam<Board> {
 protected:
  void SetUp() override { NEED_TOOLS(GetParam()); }
};

TEST_P(PlanOnBoard, EveryOutputIsTheOracles) {
  Watch watch;
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const graph::Graph graph = graph::mobilenet_like(11, 24, 3);
    graph::Builder draw(5);
    draw.input(graph.tensors[static_cast<size_t>(graph.inputs[0])].shape, 1, 0);
    std::vector<Bytes> inputs;
    std::vector<Bytes> outputs;
    for (int i = 0; i < 4; ++i) {
      inputs.push_back(draw.random_input());
      outputs.push_back(expected(graph, inputs.back(), rounding));
    }
    const auto plan = compiler::compile(graph, {.symbol = "random", .rounding = rounding});
    ASSERT_TRUE(plan) << plan.error().what;
    const auto run = run_on_board(*plan, GetParam(), inputs, watch);
    ASSERT_TRUE(run) << run.error().what;
    EXPECT_EQ(run->outputs, outputs);
    EXPECT_EQ(run->figures.instructions > plan->macs / 4, GetParam().counter != Counter::kNone);
    EXPECT_GE(run->figures.static_bytes, plan->arena_bytes + plan->input.bytes());
  }
}

INSTANTIATE_TEST_SUITE_P(Boards, PlanOnBoard, testing::ValuesIn(boards_to_test()), core_name);

}  // namespace
}  // namespace dew::target
