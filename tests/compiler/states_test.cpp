// Nets that remember, beside the table's family: where in the arena they do, and what the emitted C offers.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/compiler/compare.h"
#include "tests/compiler/kinds.h"

namespace dew::test {
namespace {

using compiler::Plan;
using compiler::Schedule;

graph::Graph streaming() {
  return kinds().back().graph;
}

Plan plan_of(const graph::Graph& graph, Schedule schedule) {
  return compiler::compile(graph, {.symbol = "s", .schedule = schedule}).value();
}

int count(const Plan& plan, const std::string& begin) {
  return static_cast<int>(std::count_if(plan.steps.begin(), plan.steps.end(),
                                        [&](const std::string& name) { return name.rfind(begin, 0) == 0; }));
}

TEST(States, ShareTheirPlaceWithNothing) {
  for (const auto schedule : {Schedule::kLayers, Schedule::kRows}) {
    const Plan plan = plan_of(streaming(), schedule);
    ASSERT_EQ(plan.remembered.size(), 2U);
    EXPECT_EQ(plan.remembered[0].bytes, 2 * 40);
    EXPECT_EQ(plan.remembered[1].bytes, 4 * 6);
    EXPECT_EQ(plan.remembered[0].first, nullptr);  // zero points
    EXPECT_NE(plan.remembered[1].first, nullptr);
    for (const compiler::Remembered& state : plan.remembered) {
      const auto offset = static_cast<int64_t>(plan.program[state.step].table.offset);
      EXPECT_LE(offset + state.bytes, plan.arena_bytes);
      for (const auto& other : plan.placements) {
        if (other.offset == offset) {
          EXPECT_EQ(other.first_step, 0);
          EXPECT_EQ(other.last_step, static_cast<int>(plan.steps.size()) - 1);
        } else {
          EXPECT_TRUE(other.offset + other.bytes <= offset || offset + state.bytes <= other.offset)
              << other.name;
        }
      }
    }
  }
}

TEST(States, AreWrittenWhereTheyAreWithoutACopy) {
  const Plan plan = plan_of(streaming(), Schedule::kRows);
  EXPECT_EQ(count(plan, "State"), 2);
  EXPECT_EQ(count(plan, "Keep"), 0);
  EXPECT_EQ(count(plan, "Set aside"), 0);
  EXPECT_EQ(std::count_if(plan.program.begin(), plan.program.end(),
                          [](const auto& step) { return step.overwrites >= 0; }),
            2);
}

/// A keyword's probability comes from thousands of remembered values, which no kernel should copy.
TEST(States, LeaveAKeywordsScoreWithoutScratch) {
  for (const auto isa : {compiler::Isa::kArmDsp, compiler::Isa::kHelium}) {
    Net net(2);
    const int row = net.conv(net.input({1, 1, 1, 40}), 64, 1, 1);
    const int before = net.state(row, {1, 16, 1, 64});
    const int all = net.concatenation({before, row}, 1);
    net.remember(before, net.slice(all, {0, 1, 0, 0}, {1, 17, 1, 64}, {1, 1, 1, 1}));
    const int score = net.unary(graph::OpKind::kLogistic, net.dense(all, 1));
    const graph::Graph graph = net.finish(score);
    const auto plan = compiler::compile(graph, {.isa = isa});
    ASSERT_TRUE(plan) << told(plan.error());
    const auto dense = std::find_if(plan->program.begin(), plan->program.end(), [](const auto& step) {
      return step.name.rfind("FullyConnected", 0) == 0;
    });
    ASSERT_NE(dense, plan->program.end());
    EXPECT_EQ(dense->scratch_bytes, 0);
    EXPECT_TRUE(
        equals_oracle_everywhere(graph, {net.random_input(), net.random_input(), net.random_input()}));
  }
}

TEST(States, AreCopiedWhereTheOldValueIsStillToBeRead) {
  Net net(3);
  const int in = net.input(4, 4, 2);
  const int before = net.state(in, {1, 4, 4, 2});
  net.remember(before, net.unary(graph::OpKind::kTanh, in));
  const int out = net.add(in, before);
  const graph::Graph graph = net.finish(out);
  const Plan plan = plan_of(graph, Schedule::kRows);
  EXPECT_EQ(count(plan, "Keep"), 1);
  EXPECT_TRUE(equals_oracle_everywhere(graph, {net.random_input(), net.random_input(), net.random_input()}));
}

TEST(States, ThatNobodyReadsAreLeftOut) {
  Net net(3);
  const int in = net.input(4, 4, 2);
  const int one = net.state(in, {1, 4, 4, 2});
  const int other = net.state(in, {1, 4, 4, 2});
  net.remember(one, net.unary(graph::OpKind::kTanh, other));  // each read only for the other
  net.remember(other, net.unary(graph::OpKind::kTanh, one));
  const int out = net.unary(graph::OpKind::kRelu, in);
  const Plan plan = plan_of(net.finish(out), Schedule::kRows);
  EXPECT_TRUE(plan.remembered.empty());
  EXPECT_EQ(plan.steps.size(), 2U);
}

TEST(States, AreNoneOfTheHeadersBusinessWithoutVariables) {
  const std::string plain = compiler::emit_c(kinds()[3].compile({}).value()).at("dew_keyword.h");
  EXPECT_EQ(plain.find("reset"), std::string::npos);
  const std::string header = compiler::emit_c(kinds().back().compile({}).value()).at("dew_streaming.h");
  EXPECT_NE(header.find("#define DEW_STREAMING_MEMORY_BYTES 104 /* of the arena */\n"), std::string::npos);
  EXPECT_NE(header.find("memory     104 bytes of the arena"), std::string::npos);
  EXPECT_NE(header.find("void dew_streaming_reset(dew_streaming_t *m);\n"), std::string::npos);
}

/// Runs eight inputs whole, then again after a reset row by row, and again by tensors after an inference that
/// was begun and abandoned; writes all results.
constexpr const char* kMain = R"(#include <stdio.h>
#include "dew_streaming.h"
#define RUNS 8
static uint32_t arena[DEW_STREAMING_ARENA_BYTES / 4];
static unsigned char in[RUNS][DEW_STREAMING_INPUT_BYTES], out[3][RUNS];
int main(void) {
  dew_streaming_t m;
  dew_streaming_result result;
  FILE *f = fopen("in.bin", "rb");
  int i, y;
  if (!f || fread(in, 1, sizeof in, f) != sizeof in || fclose(f)) return 2;
  for (i = 0; i < (int)(sizeof arena / 4); i++) arena[i] = 0xA5A5A5A5;
  dew_streaming_init(&m, (uint8_t *)arena);
  for (i = 0; i < RUNS; i++) {
    dew_streaming_run(&m, (const dew_streaming_input *)in[i], &result);
    out[0][i] = (unsigned char)result.values[0] ^ 0x80;
  }
  dew_streaming_reset(&m);
  for (i = 0; i < RUNS; i++) {
    dew_streaming_begin(&m);
    for (y = 0; y < DEW_STREAMING_INPUT_HEIGHT; y++)
      dew_streaming_push_row(&m, (const dew_streaming_input *)in[i] + 
                                     y * DEW_STREAMING_INPUT_WIDTH * DEW_STREAMING_INPUT_CHANNELS);
    if (dew_streaming_finish(&m, &result)) return 3;
    out[1][i] = (unsigned char)result.values[0] ^ 0x80;
  }
  dew_streaming_begin(&m);
  dew_streaming_push_row(&m, (const dew_streaming_input *)in[5]);
  dew_streaming_reset(&m);
  for (i = 0; i < RUNS; i++) dew_streaming_run_tensor(&m, in[i], &out[2][i]);
  f = fopen("out.bin", "wb");
  return !f || fwrite(out, 1, sizeof out, f) != sizeof out || fclose(f) ? 4 : 0;
}
)";

TEST(States, OfTheEmittedCCanBeReset) {
  if (!find_program("gcc")) GTEST_SKIP() << "NOT TESTED: gcc is not installed";
  const graph::Graph graph = streaming();
  Net draw(9);
  draw.input({1, 3, 40});
  std::vector<Bytes> inputs;
  std::string all;
  for (int i = 0; i < 8; ++i) {
    inputs.push_back(draw.random_input());
    all.append(inputs.back().begin(), inputs.back().end());
  }
  for (const compiler::Options& options : all_options()) {
    const auto plan = kinds().back().compile(options);
    ASSERT_TRUE(plan) << told(plan.error());
    const auto folder = TemporaryFolder::create();
    for (const auto& [file, text] : compiler::emit_c(*plan))
      ASSERT_TRUE(write_file(folder->path() / file, text));
    ASSERT_TRUE(write_file(folder->path() / "main.c", kMain));
    ASSERT_TRUE(write_file(folder->path() / "in.bin", all));
    const Watch watch;
    const auto built =
        run_process({"env", "-C", folder->path().string(), "gcc", "-std=c99", "-Wall", "-Wextra", "-Werror",
                     "-pedantic", "-Wconversion", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
                     "main.c", "dew_streaming.c", "-o", "main"},
                    std::chrono::seconds(100), watch);
    ASSERT_TRUE(built) << told(built.error());
    ASSERT_EQ(built->status, 0) << built->errors;
    const auto ran =
        run_process({"env", "-C", folder->path().string(), "./main"}, std::chrono::seconds(60), watch);
    ASSERT_TRUE(ran) << told(ran.error());
    ASSERT_EQ(ran->status, 0) << ran->errors;
    const auto got = read_file(folder->path() / "out.bin");
    ASSERT_TRUE(got) << told(got.error());
    const auto due = oracle(graph, inputs, options.rounding);
    ASSERT_TRUE(due) << told(due.error());
    std::string expected;
    for (const Bytes& output : *due) expected.append(output.begin(), output.end());
    EXPECT_EQ(*got, expected + expected + expected) << name(options);
  }
}

}  // namespace
}  // namespace dew::test
