// A plan on emulated boards: every output byte equals the oracle's.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/graph/builder.h"
#include "tests/target/need_tools.h"

namespace dew::target {
namespace {

using graph::Rounding;

/// A net, inputs, and the oracle's outputs for them, one run after the other.
struct Case {
  graph::Graph graph;
  std::vector<Bytes> inputs;
  std::vector<Bytes> outputs;
  compiler::Plan plan;

  Case(const Board& board, Rounding rounding, graph::Graph net = graph::mobilenet_like(11, 24, 3))
      : graph(std::move(net)) {
    graph::Builder draw(5);
    draw.input(graph.tensors[static_cast<size_t>(graph.inputs[0])].shape, 1, 0);
    graph::Memory memory = graph::first_memory(graph);
    for (int i = 0; i < (memory.empty() ? 4 : 12); ++i) {
      inputs.push_back(draw.random_input());
      const auto tensors = graph::interpret(graph, inputs.back(), rounding, memory);
      outputs.push_back(tensors.value()[static_cast<size_t>(graph.outputs[0])]);
    }
    plan = compiler::compile(graph,
                             {.symbol = "random", .rounding = rounding, .isa = compiler::isa_of(board.core)})
               .value();
  }
};

class PlanOnBoard : public testing::TestWithParam<Board> {
 protected:
  void SetUp() override { NEED_TOOLS(GetParam()); }
  BoardRun run(const Case& wanted, Feed feed) {
    const auto result = run_on_board(wanted.plan, GetParam(), wanted.inputs, watch_, feed);
    EXPECT_TRUE(result) << result.error().what;
    return result.value_or(BoardRun{});
  }
  Watch watch_;
};

TEST_P(PlanOnBoard, EveryOutputIsTheOracles) {
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const Case wanted(GetParam(), rounding);
    const BoardRun got = run(wanted, Feed::kImage);
    EXPECT_EQ(got.outputs, wanted.outputs);
    EXPECT_EQ(got.figures.instructions > wanted.plan.macs / 4, GetParam().counter != Counter::kNone);
    EXPECT_GE(got.figures.static_bytes, wanted.plan.arena_bytes + wanted.plan.input.bytes());
  }
}

TEST_P(PlanOnBoard, PushedRowsGiveTheSameWithoutAnImageInRam) {
  const Case wanted(GetParam(), Rounding::kDew);
  const BoardRun by_rows = run(wanted, Feed::kRows);
  EXPECT_EQ(by_rows.outputs, wanted.outputs);
  if (GetParam().architecture == Architecture::kWasm)
    return;  // it counts constants as RAM, and has no instruction counter
  const BoardRun by_image = run(wanted, Feed::kImage);
  const int64_t saved = wanted.plan.input.bytes() - wanted.plan.program[0].table.row_bytes;
  EXPECT_NEAR(by_image.figures.static_bytes - by_rows.figures.static_bytes, saved, 64);
  EXPECT_NEAR(by_rows.figures.instructions, by_image.figures.instructions,
              by_image.figures.instructions / 50);
}

TEST_P(PlanOnBoard, AStreamingNetRemembersTheRunsBefore) {
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const Case wanted(GetParam(), rounding, graph::keyword_net(4));
    for (const Feed feed : {Feed::kImage, Feed::kRows}) EXPECT_EQ(run(wanted, feed).outputs, wanted.outputs);
  }
}

TEST_P(PlanOnBoard, AGateSaysTheSameAsOnTheHost) {
  Case wanted(GetParam(), Rounding::kDew);
  const int tensor = graph::gated_tensor(wanted.graph);
  const auto& features = wanted.graph.tensors[static_cast<size_t>(tensor)];
  const auto count = static_cast<size_t>(features.elements());
  compiler::Options options{.symbol = "random", .isa = compiler::isa_of(GetParam().core)};
  options.gate = graph::Gate{std::vector(3, std::vector<uint8_t>(count, 200)), {0, 0, 0}};
  // With equal weights the sum grows with the features' unevenness, which differs between the inputs.
  std::vector<double> sums;
  for (const Bytes& input : wanted.inputs) {
    const auto values = graph::interpret(wanted.graph, input, Rounding::kDew).value();
    const auto zero_point = static_cast<int>(features.quantisation.zero_point[0]);
    double all = 0;
    double squares = 0;
    for (const uint8_t byte : values[static_cast<size_t>(tensor)]) {
      const double u = std::max(0, static_cast<int8_t>(byte) - zero_point);
      all += u;
      squares += u * u;
    }
    const auto n = static_cast<double>(count);
    sums.push_back(200 * (n * n * squares / (all * all) + n));
  }
  std::sort(sums.begin(), sums.end());
  options.gate->limits[1] = static_cast<int32_t>((sums[1] + sums[2]) / 2);
  wanted.plan = compiler::compile(wanted.graph, options).value();
  const auto host = run_on_host(wanted.plan, wanted.inputs, watch_).value();
  int known = 0;
  for (const Bytes& output : host) known += output.back();
  EXPECT_EQ(known, 2);
  EXPECT_EQ(run(wanted, Feed::kImage).outputs, host);
  EXPECT_EQ(run(wanted, Feed::kRows).outputs, host);
}

TEST_P(PlanOnBoard, StepsAddUpToTheInstructionsOfTheWhole) {
  const Case wanted(GetParam(), Rounding::kDew);
  const auto plain = run(wanted, Feed::kImage).figures.instructions;
  const auto counted = count_step_instructions(wanted.plan, GetParam(), wanted.inputs[0], plain, watch_);
  ASSERT_TRUE(counted) << counted.error().what;
  if (GetParam().counter == Counter::kNone) {
    EXPECT_TRUE(counted->empty());
    return;
  }
  ASSERT_EQ(counted->size(), wanted.plan.program.size());
  EXPECT_NEAR(std::accumulate(counted->begin(), counted->end(), int64_t{0}), plain, plain / 50);
  for (size_t i = 0; i < counted->size(); ++i)
    EXPECT_GE((*counted)[i], wanted.plan.program[i].macs / 8) << wanted.plan.program[i].name;
  EXPECT_EQ(count_step_instructions(wanted.plan, GetParam(), wanted.inputs[0], plain, watch_).value(),
            *counted);
}

INSTANTIATE_TEST_SUITE_P(Boards, PlanOnBoard, testing::ValuesIn(boards_to_test()), core_name);

}  // namespace
}  // namespace dew::target
