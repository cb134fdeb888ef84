// Whole nets: memory as planned, every byte as the oracle has it.
#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

using compiler::Schedule;
using graph::Padding;

compiler::Plan plan_of(const graph::Graph& graph, Schedule schedule) {
  compiler::Options options;
  options.schedule = schedule;
  auto plan = compiler::compile(graph, options);
  EXPECT_TRUE(plan) << told(plan.error());
  return plan ? *plan : compiler::Plan{};
}

TEST(Nets, MobileNetV2ByLayersTakesTheLayerWiseOptimum) {
  const auto plan = plan_of(mobilenet_v2(0.35, 96, 2, 1280, 1), Schedule::kLayers);
  EXPECT_EQ(plan.arena_bytes, 138240);
  EXPECT_EQ(plan.macs, 10656688);
}

TEST(Nets, MobileNetV2EqualsTheOracle) {
  const auto graph = mobilenet_v2(0.35, 96, 2, 1280, 2);
  Net inputs(9);
  inputs.input(96, 96, 3);
  for (const auto& options : all_options())
    ASSERT_TRUE(equals_oracle(graph, {inputs.random_input()}, options, host_runner));
}

}  // namespace
}  // namespace dew::test
