// Whole nets: their memory, and that every byte equals the oracle's.
#include <ctime>
#include <iostream>

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

TEST(Nets, MobileNetV2ByRowsTakesAnEighth) {
  // 17,640 with Cortex-M4's kernels, as docs/compiler.md says.
  for (const auto isa : compiler::all_isas()) {
    const auto plan = compiler::compile(mobilenet_v2(0.35, 96, 2, 1280, 1), {.isa = isa});
    ASSERT_TRUE(plan) << told(plan.error());
    EXPECT_LE(plan->arena_bytes, 17640) << compiler::isa_name(isa) << compiler::timeline(*plan);
    if (isa == compiler::Isa::kArmDsp) {
      EXPECT_EQ(plan->arena_bytes, 17640);
    }
  }
}

/// Processor time, so that a busy machine does not matter.
TEST(Nets, MobileNetV2IsCompiledAndEmittedInTwoSeconds) {
  const auto graph = mobilenet_v2(0.35, 96, 2, 1280, 1);
  for (const auto& options : all_options()) {
    const std::clock_t start = std::clock();
    const auto plan = compiler::compile(graph, options);
    ASSERT_TRUE(plan) << told(plan.error());
    EXPECT_FALSE(compiler::emit_c(*plan).empty());
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    EXPECT_LE(seconds, 2.0) << name(options);
    if (options.schedule == Schedule::kRows) std::cout << name(options) << ": " << seconds << " s\n";
  }
}

TEST(Nets, PlumeraisModelByRows) {
  const auto plan = plan_of(mobilenet_v2(0.30, 80, 1000, 1280, 1), Schedule::kRows);
  EXPECT_LE(plan.arena_bytes + 80 * 80 * 3, 40 * 1024) << compiler::timeline(plan);
}

TEST(Nets, MobileNetV2At224ByRows) {
  const auto layers = plan_of(mobilenet_v2(1.0, 224, 1000, 1280, 1), Schedule::kLayers);
  EXPECT_EQ(layers.arena_bytes, 1505280);
  const auto plan = compiler::compile(mobilenet_v2(1.0, 224, 1000, 1280, 1), {.isa = compiler::Isa::kArmDsp});
  ASSERT_TRUE(plan) << told(plan.error());
  EXPECT_EQ(plan->arena_bytes, 149696) << "as docs/compiler.md says";
  EXPECT_LE(plan->arena_bytes + 224 * 224 * 3, 320 * 1024) << compiler::timeline(*plan);
}

TEST(Nets, NothingOverlapsThatLivesAtTheSameTime) {
  for (const auto schedule : {Schedule::kLayers, Schedule::kRows}) {
    const auto plan = plan_of(mobilenet_v2(0.35, 96, 2, 1280, 1), schedule);
    for (const auto& a : plan.placements) {
      EXPECT_EQ(a.offset % 4, 0);
      EXPECT_LE(a.offset + a.bytes, plan.arena_bytes);
      for (const auto& b : plan.placements) {
        if (&a == &b || a.last_step < b.first_step || b.last_step < a.first_step) continue;
        EXPECT_TRUE(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset)
            << a.name << ", " << b.name;
      }
    }
  }
}

/// The kernels' assembly reads them without asking.
TEST(Nets, WeightsThatOperatorsShareAreStoredOnce) {
  for (const auto isa : compiler::all_isas()) {
    Net net(1);
    const int in = net.input(6, 5, 8);
    const int once = net.conv(in, 16, 3, 3);
    const auto alone = compiler::compile(net.finish(), {.isa = isa});
    const auto inputs = net.random_input();
    graph::Op again = net.finish().ops.back();
    const int other = net.conv(in, 16, 3, 3);
    net.concatenation({once, other}, 3);
    graph::Graph graph = net.finish();
    graph.ops[1].inputs = again.inputs;
    const auto plan = compiler::compile(graph, {.isa = isa});
    ASSERT_TRUE(alone && plan);
    EXPECT_EQ(plan->weights_bytes, alone->weights_bytes);
    EXPECT_TRUE(equals_oracle(graph, {inputs}, {.isa = isa}, host_runner));
  }
}

TEST(Nets, TfliteRoundingHasShiftsEvenIfAllAreZero) {
  Net net(1);
  net.conv(net.input(4, 4, 4), 4, 1, 1);
  graph::Graph graph = net.finish();
  const graph::Op& op = graph.ops.back();
  for (const int tensor : {op.inputs[0], op.outputs[0]})
    graph.tensors[static_cast<size_t>(tensor)].quantisation.scale = {1};
  for (float& scale : graph.tensors[static_cast<size_t>(op.inputs[1])].quantisation.scale) scale = 0.75F;
  for (const auto isa : {compiler::Isa::kGeneric, compiler::Isa::kArmDsp, compiler::Isa::kHelium}) {
    const auto plan = compiler::compile(graph, {.rounding = graph::Rounding::kTflite, .isa = isa});
    ASSERT_TRUE(plan) << told(plan.error());
    EXPECT_TRUE(std::any_of(plan->constants.begin(), plan->constants.end(), [](const auto& constant) {
      return constant->name.rfind("shift", 0) == 0;
    })) << compiler::isa_name(isa);
  }
}

}  // namespace
}  // namespace dew::test
