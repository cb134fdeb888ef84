// HostNet: made once, run on many inputs.
#include <gtest/gtest.h>

#include <random>

#include "target/target.h"
#include "tests/graph/builder.h"

namespace dew::target {
namespace {

using graph::Rounding;

class HostNetTest : public testing::Test {
 protected:
  /// A net whose plan nobody else holds.
  HostNet make(Rounding rounding = Rounding::kDew) {
    return HostNet(compiler::compile(graph_, {.rounding = rounding, .isa = host_isa()}).value());
  }
  Bytes due(const Bytes& input, Rounding rounding = Rounding::kDew) {
    return graph::interpret(graph_, input, rounding).value()[static_cast<size_t>(graph_.outputs[0])];
  }
  Bytes draw() {
    Bytes input(static_cast<size_t>(graph_.tensors[static_cast<size_t>(graph_.inputs[0])].bytes()));
    for (uint8_t& byte : input) byte = static_cast<uint8_t>(random_());
    return input;
  }

  graph::Graph graph_ = graph::mobilenet_like(11, 24, 3);
  std::mt19937 random_{1};
};

TEST_F(HostNetTest, GivesTheOraclesBytesForOneInputAfterAnother) {
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    HostNet net = make(rounding);
    for (int i = 0; i < 5; ++i) {
      const Bytes input = draw();
      EXPECT_EQ(net.run(input).value(), due(input, rounding));
    }
  }
}

TEST_F(HostNetTest, RunsAfterItWasMoved) {
  const Bytes input = draw();
  HostNet first = make();
  ASSERT_EQ(first.run(input).value(), due(input));
  HostNet second = std::move(first);
  EXPECT_EQ(second.run(input).value(), due(input));
  std::vector<HostNet> several;
  for (int i = 0; i < 3; ++i) several.push_back(make());
  several[0] = std::move(second);
  for (HostNet& net : several) EXPECT_EQ(net.run(input).value(), due(input));
}

TEST_F(HostNetTest, RemembersItsRunsUntilItForgets) {
  graph_ = graph::keyword_net(4);
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    HostNet net = make(rounding);
    std::vector<Bytes> inputs;
    for (int i = 0; i < 20; ++i) inputs.push_back(draw());
    for (int time = 0; time < 2; ++time) {
      graph::Memory memory = graph::first_memory(graph_);
      for (const Bytes& input : inputs) {
        const auto values = graph::interpret(graph_, input, rounding, memory).value();
        EXPECT_EQ(net.run(input).value(), values[static_cast<size_t>(graph_.outputs[0])]);
      }
      net.forget();
    }
    Watch watch;
    const auto alone = run_on_host(compiler::compile(graph_, {.rounding = rounding}).value(), inputs, watch);
    ASSERT_TRUE(alone);
    std::vector<Bytes> again;
    for (const Bytes& input : inputs) again.push_back(net.run(input).value());
    EXPECT_EQ(*alone, again);
    EXPECT_NE(again.front(), again.back());
  }
}

TEST_F(HostNetTest, RefusesAnInputOfAnotherSizeAndGoesOn) {
  HostNet net = make();
  Bytes input = draw();
  input.pop_back();
  const auto refused = net.run(input);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kUsage);
  EXPECT_EQ(refused.error().what, "the input has 1727 bytes, the model takes 1728");
  input = draw();
  EXPECT_EQ(net.run(input).value(), due(input));
}

TEST_F(HostNetTest, WithoutMemoryForItsArenaItSaysSo) {
  auto plan = compiler::compile(graph_, {}).value();
  plan.arena_bytes = int64_t{1} << 60;
  const auto failed = HostNet(plan).run(draw());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault, Fault::kWork);
  EXPECT_EQ(failed.error().what, "out of memory: the arena takes 1,152,921,504,606,846,976 bytes");
}

TEST_F(HostNetTest, RunOnHostStopsWhenInterrupted) {
  class Stopped : public Watch {
    [[nodiscard]] bool interrupted() const override { return true; }
  };
  Stopped watch;
  const std::vector<Bytes> inputs = {draw()};
  const auto outputs = run_on_host(compiler::compile(graph_, {}).value(), inputs, watch);
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().what, "interrupted");
}

}  // namespace
}  // namespace dew::target
