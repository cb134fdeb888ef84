// A net with a gate: host, vectors and emitted C give the oracle's scores and the gate's own answer; the C
// says unknown for strangers.
#include <algorithm>
#include <cmath>

#include "graph/gate.h"
#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

graph::Graph classifier(Net& net) {
  net.like.padding = graph::Padding::kSame;
  net.like.activation = graph::Activation::kRelu6;
  net.like.stride_h = net.like.stride_w = 2;
  int x = net.conv(net.input(12, 12, 3), 8, 3, 3);
  net.like.stride_h = net.like.stride_w = 1;
  x = net.depthwise(x, 3, 3);
  x = net.conv(x, 300, 1, 1);
  net.like = {};
  net.unary(graph::OpKind::kSoftmax, net.dense(net.mean(x, {1, 2}), 3));
  return net.finish();
}

struct Case {
  graph::Graph graph;
  std::vector<Bytes> inputs;
  std::map<graph::Rounding, std::vector<Bytes>> due;  ///< scores, and the gate's answer by the plain code
  graph::Gate gate;
};

/// A gate that knows about half of the inputs: of the first few only those that look like the first.
Case make_case() {
  Net net(3);
  Case result;
  result.graph = classifier(net);
  for (int i = 0; i < 24; ++i) {
    Bytes input = net.random_input();
    // Of one colour more and more.
    for (size_t k = 0; k < input.size(); ++k)
      if (static_cast<int>(k % 24) < i) input[k] = static_cast<uint8_t>(40 * (k % 3));
    result.inputs.push_back(std::move(input));
  }
  const int tensor = graph::gated_tensor(result.graph);
  const auto& features = result.graph.tensors[static_cast<size_t>(tensor)];
  const auto count = static_cast<size_t>(features.elements());
  const int zero_point = static_cast<int>(features.quantisation.zero_point[0]);
  const auto read = [&](const Bytes& input, graph::Rounding rounding) {
    return graph::interpret(result.graph, input, rounding).value();
  };
  const Bytes first = read(result.inputs[0], graph::Rounding::kDew)[static_cast<size_t>(tensor)];
  for (uint8_t c = 0; c < 3; ++c) {
    std::vector<uint8_t> weights;
    for (const uint8_t byte : first)
      weights.push_back(
          static_cast<uint8_t>(255 / (1 + c + std::max(0, static_cast<int8_t>(byte) - zero_point))));
    result.gate.weights.push_back(weights);
  }
  const auto known = [&](const Bytes& tensor_bytes) {
    return graph::is_known(result.gate, {reinterpret_cast<const int8_t*>(tensor_bytes.data()), count},
                           zero_point);
  };
  // The limit at which half of them are known, by bisection.
  int32_t low = 0;
  int32_t high = graph::highest_limit(static_cast<int64_t>(count));
  while (high - low > 1) {
    const int32_t middle = low + (high - low) / 2;
    result.gate.limits = {middle, middle / 4, middle / 4};
    const auto hits = std::count_if(result.inputs.begin(), result.inputs.end(), [&](const Bytes& input) {
      return known(read(input, graph::Rounding::kDew)[static_cast<size_t>(tensor)]);
    });
    (hits >= 12 ? high : low) = middle;
  }
  for (const auto rounding : {graph::Rounding::kDew, graph::Rounding::kTflite})
    for (const Bytes& input : result.inputs) {
      const auto values = read(input, rounding);
      Bytes due = outputs_of(result.graph, values);
      due.push_back(known(values[static_cast<size_t>(tensor)]) ? 1 : 0);
      result.due[rounding].push_back(due);
    }
  return result;
}

TEST(Gated, TheHostGivesScoresAndTheGatesAnswerUnderAllOptions) {
  const Case wanted = make_case();
  int known = 0;
  for (const Bytes& due : wanted.due.at(graph::Rounding::kDew)) known += due.back();
  EXPECT_GT(known, 3);
  EXPECT_LT(known, 21);
  for (compiler::Options options : all_options()) {
    options.gate = wanted.gate;
    EXPECT_TRUE(gives(wanted.graph, wanted.inputs, wanted.due.at(options.rounding), options, host_runner));
  }
}

TEST(Gated, WithoutAGateThePlanIsAsItWas) {
  const Case wanted = make_case();
  const auto plain = compiler::compile(wanted.graph, {.symbol = "tiny"}).value();
  const auto gated = compiler::compile(wanted.graph, {.symbol = "tiny", .gate = wanted.gate}).value();
  EXPECT_EQ(plain.scores(), 3);
  EXPECT_EQ(gated.scores(), 3);
  EXPECT_FALSE(plain.gate);
  EXPECT_EQ(gated.program.size(), plain.program.size() + 2);
  EXPECT_EQ(gated.weights_bytes, plain.weights_bytes + 3 * 300 + 3 * 4);
  EXPECT_LE(gated.arena_bytes, plain.arena_bytes + 16);
  for (const auto& [file, text] : compiler::emit_c(plain))
    EXPECT_EQ(text.find("known"), std::string::npos) << file;
}

TEST(Gated, IsRefusedWhereItDoesNotFit) {
  const Case wanted = make_case();
  graph::Gate other = wanted.gate;
  other.weights.pop_back();
  EXPECT_FALSE(compiler::compile(wanted.graph, {.gate = other}));
  Net net(4);
  net.dequantize(net.unary(graph::OpKind::kSoftmax, net.dense(net.input({1, 300}), 3)));
  const auto floats = compiler::compile(net.finish(), {.gate = wanted.gate});
  ASSERT_FALSE(floats);
  EXPECT_NE(floats.error().what.find("int8"), std::string::npos) << told(floats.error());
}

/// Writes what run_tensor gives, an input after the other; 1: finish or decide say something else.
constexpr const char* kMain = R"(#include <stdio.h>
#include "dew_tiny.h"
static uint32_t arena[DEW_TINY_ARENA_BYTES / 4];
static uint8_t in[DEW_TINY_INPUT_BYTES], out[DEW_TINY_OUTPUT_BYTES];
int main(void) {
  dew_tiny_t m;
  dew_tiny_result result;
  int i;
  dew_tiny_init(&m, (uint8_t *)arena);
  while (fread(in, 1, sizeof in, stdin) == sizeof in) {
    dew_tiny_run_tensor(&m, in, out);
    fwrite(out, 1, sizeof out, stdout);
    for (i = 0; i < DEW_TINY_INPUT_BYTES; i++) in[i] ^= 0x80; /* as pixels */
    dew_tiny_run(&m, (const dew_tiny_input *)(const void *)in, &result);
    for (i = 0; i < DEW_TINY_CLASSES; i++) if (result.scores[i] != (int8_t)out[i]) return 1;
    if (result.known != out[DEW_TINY_CLASSES] || DEW_TINY_GATED != 1) return 1;
    if (dew_tiny_decide(&result) != (result.known REACHES ? result.top : DEW_UNKNOWN)) return 1;
  }
  return 0;
}
)";

Result<std::string> build_and_run(const compiler::Plan& plan, std::string main_text,
                                  const std::vector<Bytes>& inputs) {
  DEW_TRY(const auto folder, TemporaryFolder::create());
  for (const auto& [file, text] : compiler::emit_c(plan)) DEW_CHECK(write_file(folder.path() / file, text));
  const std::string reaches =
      plan.thresholds.empty() ? "" : "&& result.scores[result.top] >= dew_tiny_thresholds[result.top]";
  main_text.replace(main_text.find("REACHES"), 7, reaches);
  DEW_CHECK(write_file(folder.path() / "main.c", main_text));
  std::string all;
  for (const Bytes& input : inputs) all.append(input.begin(), input.end());
  DEW_CHECK(write_file(folder.path() / "in.bin", all));
  const std::string line =
      "gcc -std=c99 -Wall -Wextra -Wconversion -Wsign-conversion -pedantic -Wshadow -Werror -O1 "
      "-fsanitize=address,undefined -fno-sanitize-recover=all main.c dew_tiny.c -o a.out && ./a.out < in.bin "
      "> "
      "out.bin";
  DEW_TRY(const auto ran, run_process({"env", "-C", folder.path().string(), "sh", "-c", line},
                                      std::chrono::seconds(100), Watch()));
  if (ran.status != 0) return work_error(std::to_string(ran.status) + ": " + ran.errors);
  return read_file(folder.path() / "out.bin");
}

TEST(Gated, TheEmittedCGivesTheSameBytesAndDecidesByThem) {
  if (!find_program("gcc")) GTEST_SKIP() << "NOT TESTED: gcc is not installed";
  const Case wanted = make_case();
  std::string due;
  for (const Bytes& bytes : wanted.due.at(graph::Rounding::kDew)) due.append(bytes.begin(), bytes.end());
  auto plan = compiler::compile(wanted.graph, {.symbol = "tiny", .gate = wanted.gate}).value();
  for (const bool thresholds : {false, true}) {
    if (thresholds) plan.thresholds = {0.4, 0.5, 0.6};
    const auto out = build_and_run(plan, kMain, wanted.inputs);
    ASSERT_TRUE(out) << told(out.error());
    EXPECT_EQ(*out, due);
  }
}

}  // namespace
}  // namespace dew::test
