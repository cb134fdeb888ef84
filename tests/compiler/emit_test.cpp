// The emitted C: gcc and clang compile it with every warning an error, it runs under sanitizers between guard
// bytes and equals the oracle. Its text equals a golden file.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

using compiler::Options;
using compiler::Schedule;
using graph::Activation;
using graph::DType;
using graph::OpKind;
using graph::Padding;
using graph::Rounding;

/// A net with every kernel.
graph::Graph everything(Net& net) {
  net.like.padding = Padding::kSame;
  net.like.activation = Activation::kRelu6;
  const int image = net.input(12, 10, 3);
  net.like.stride_h = net.like.stride_w = 2;
  int x = net.conv(image, 8, 3, 3);
  net.like.stride_h = net.like.stride_w = 1;
  const int skip = net.conv(x, 8, 1, 1);
  x = net.depthwise(skip, 3, 3);
  x = net.depthwise(x, 3, 5);
  net.like = {};
  x = net.add(net.conv(x, 8, 1, 1), skip);
  x = net.div(net.mul(x, net.constant({8})), net.constant({8}));
  x = net.sub(net.prelu(x, net.constant({1, 1, 8})), skip);
  x = net.maximum(OpKind::kMaximum, x, net.constant({}));
  x = net.resize(OpKind::kResizeBilinear, net.slice(x, {0, 1, 0, 0}, {1, 6, 5, 8}, {1, 2, 1, 1}), 6, 5);
  const int a = net.pool(OpKind::kMaxPool2D, x, 2, 2);
  const int b = net.pool(OpKind::kAveragePool2D, x, 2, 2);
  x = net.concatenation({a, b}, 3);
  x = net.pad(x, {0, 0, 1, 0, 0, 1, 0, 0});
  x = net.unary(OpKind::kLogistic, x);
  x = net.transpose(x, {0, 2, 1, 3});
  x = net.mean(x, {1, 2});
  net.unary(OpKind::kSoftmax, net.dense(net.unary(OpKind::kLogSoftmax, net.dense(x, 6)), 3));
  graph::Graph graph = net.finish();
  graph.classes = {"yes", "no \"?\"",
                   "*/ what?"
                   "?/"};
  return graph;
}

graph::Graph float_ends(Net& net) {
  const int x = net.quantize(net.input({1, 5, 4, 3}, DType::kFloat32), DType::kInt8, 0.011, 3);
  net.dequantize(net.dense(net.conv(x, 4, 3, 3), 5));
  return net.finish();
}

graph::Graph uint8_ends(Net& net) {
  const int x = net.quantize(net.input({1, 5, 4, 3}, DType::kUInt8), DType::kInt8, 1.0 / 127, -1);
  net.quantize(net.dense(net.conv(x, 4, 3, 3), 5), DType::kUInt8, 0.031, 77);
  return net.finish();
}

/// Runs in.bin through run_tensor into out.bin, in an arena between guards. Then runs the same image as a
/// whole and row by row; both must agree. The exit status says what failed.
constexpr const char* kMain = R"(#include <stdio.h>
#include <string.h>
#include "dew_{s}.h"
#define GUARD 64
static uint32_t memory[DEW_{S}_ARENA_BYTES / 4 + 2 * GUARD + 1];
static unsigned char in[DEW_{S}_INPUT_BYTES], out[DEW_{S}_OUTPUT_BYTES];
static uint32_t words_in[DEW_{S}_INPUT_BYTES / 4 + 1];
#ifdef DEW_{S}_CLASSES
#define COUNT DEW_{S}_CLASSES
#define VALUES scores
#define REAL(i) dew_{s}_dequantise(whole.scores[i])
#else
#define COUNT DEW_{S}_VALUES
#define VALUES values
#define REAL(i) dew_{s}_value(&whole, i)
#endif
int main(void) {{
  dew_{s}_t m;
  dew_{s}_result whole, rows;
  const int row = DEW_{S}_INPUT_WIDTH * DEW_{S}_INPUT_CHANNELS;
  const dew_{s}_input *data = (const dew_{s}_input *)(const void *)words_in;
  int i;
  FILE *f = fopen("in.bin", "rb");
  if (!f || fread(in, 1, sizeof in, f) != sizeof in || fclose(f)) return 2;
  memset(memory, 0xA5, sizeof memory);
  dew_{s}_init(&m, (uint8_t *)(memory + GUARD + 1));
  dew_{s}_run_tensor(&m, in, out);
  f = fopen("out.bin", "wb");
  if (!f || fwrite(out, 1, sizeof out, f) != sizeof out || fclose(f)) return 3;
  for (i = 0; i < (int)sizeof in; i++) ((unsigned char *)words_in)[i] = in[i] ^ {flip};
  dew_{s}_run(&m, data, &whole);
  dew_{s}_begin(&m);
  for (i = 0; i < DEW_{S}_INPUT_HEIGHT + 1; i++) dew_{s}_push_row(&m, data + (i % DEW_{S}_INPUT_HEIGHT) * row);
  dew_{s}_finish(&m, &rows);
  if (memcmp(whole.VALUES, rows.VALUES, sizeof rows.VALUES)) return 4;
{compare}#ifdef DEW_{S}_CLASSES
  for (i = 0; i < COUNT; i++) if (whole.scores[i] > whole.scores[whole.top] || whole.top != rows.top) return 6;
  if (dew_{s}_classes[0][0] == 0) return 8;
#endif
  for (i = 0; i < GUARD * 4; i++) {{
    const unsigned char *bytes = (const unsigned char *)memory;
    if (bytes[4 + i] != 0xA5 || bytes[sizeof memory - 1 - (unsigned)i] != 0xA5) return 7;
  }}
  return 0;
}}
)";

const std::vector<std::string> kFlags = {"-std=c99",
                                         "-Wall",
                                         "-Wextra",
                                         "-Werror",
                                         "-pedantic",
                                         "-Wshadow",
                                         "-O1",
                                         "-fsanitize=address,undefined",
                                         "-fno-sanitize-recover=all"};

/// The values of a result must be those of run_tensor, output by output.
std::string comparisons(const compiler::Plan& plan) {
  std::string text;
  for (const compiler::OutputPart& part : plan.parts) {
    text += fmt::format("  for (i = 0; i < {}; i++) {{\n", part.tensor.elements());
    if (part.tensor.type == DType::kFloat32)
      text += fmt::format(
          "    const float value = REAL(i + {});\n    if (memcmp(&value, out + {} + 4 * i, 4)) return 5;\n",
          part.offset, part.at);
    else
      text += fmt::format("    if (whole.VALUES[i + {}] != (int8_t)(out[{} + i] ^ {})) return 5;\n",
                          part.offset, part.at, part.tensor.type == DType::kUInt8 ? "0x80" : "0");
    text += "  }\n";
  }
  return text;
}

Result<Bytes> compile_and_run(const compiler::Plan& plan, const Bytes& input, const std::string& cc) {
  DEW_TRY(const auto folder, TemporaryFolder::create());
  for (const auto& [file, text] : compiler::emit_c(plan)) DEW_CHECK(write_file(folder.path() / file, text));
  const bool flips =
      compiler::ends_of(plan).input == compiler::Ends::Input::kPicture && plan.input.type == DType::kInt8;
  std::string upper = plan.symbol;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const std::string main =
      fmt::format(fmt::runtime(kMain), fmt::arg("s", plan.symbol), fmt::arg("S", upper),
                  fmt::arg("flip", flips ? "0x80" : "0"), fmt::arg("compare", comparisons(plan)));
  DEW_CHECK(write_file(folder.path() / "main.c", main));
  DEW_CHECK(write_file(folder.path() / "in.bin", std::string(input.begin(), input.end())));
  const std::string at = folder.path().string();
  std::vector<std::string> argv = {cc};
  argv.insert(argv.end(), kFlags.begin(), kFlags.end());
  for (const std::string& word :
       {at + "/main.c", at + "/dew_" + plan.symbol + ".c", std::string("-o"), at + "/a.out"})
    argv.push_back(word);
  const Watch watch;
  DEW_TRY(const auto built, run_process(argv, std::chrono::seconds(100), watch));
  if (built.status != 0) return work_error(cc + ": " + built.errors);
  DEW_TRY(const auto ran, run_process({"env", "-C", at, "./a.out"}, std::chrono::seconds(60), watch));
  if (ran.status != 0) return work_error(fmt::format("status {}: {}", ran.status, ran.errors));
  DEW_TRY(const auto bytes, read_file(folder.path() / "out.bin"));
  return Bytes(bytes.begin(), bytes.end());
}

class Emitted : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!find_program(GetParam())) GTEST_SKIP() << "NOT TESTED: " << GetParam() << " is not installed";
  }
  static ::testing::AssertionResult equal(const graph::Graph& graph, const Bytes& input,
                                          const Options& options) {
    const auto runner = [](const compiler::Plan& plan, const std::vector<Bytes>& inputs) {
      return compile_and_run(plan, inputs[0], GetParam()).map([](Bytes b) {
        return std::vector<Bytes>{std::move(b)};
      });
    };
    return equals_oracle(graph, {input}, options, runner);
  }
};

TEST_P(Emitted, EveryKernelEqualsTheOracle) {
  Net net(1);
  const auto graph = everything(net);
  for (const auto& options : all_options()) {
    // Rows with one rounding, layers with the other, because each compilation takes a second.
    const bool rows = options.schedule == Schedule::kRows;
    if (rows == (options.rounding == Rounding::kTflite)) continue;
    ASSERT_TRUE(equal(graph, net.random_input(), options));
  }
}

TEST_P(Emitted, OtherTypesAtTheEnds) {
  Net floats(2);
  const auto with_floats = float_ends(floats);
  ASSERT_TRUE(equal(with_floats, floats.random_input(), all_options()[0]));
  Net bytes(3);
  const auto with_bytes = uint8_ends(bytes);
  ASSERT_TRUE(equal(with_bytes, bytes.random_input(), all_options()[3]));
}

/// Signed bytes, floats and unsigned ones, of which one differ by their top bit and others by their scale.
TEST_P(Emitted, OutputsOfDifferentTypes) {
  Net net(5);
  const int x = net.conv(net.input(5, 4, 3), 4, 3, 3);
  const int flipped = net.quantize_flipped(net.conv(x, 3, 1, 1));
  const int floats = net.dequantize(net.unary(OpKind::kLogistic, net.conv(x, 2, 1, 1)));
  const int scaled = net.quantize(net.conv(x, 3, 1, 1), DType::kUInt8, 0.031, 77);
  const int bytes = net.dense(x, 5);
  auto graph = net.finish();
  for (const auto& outputs :
       {std::vector{bytes, floats, scaled, flipped}, {floats, scaled, bytes}, {scaled, bytes}}) {
    graph.outputs = outputs;
    ASSERT_TRUE(equal(graph, net.random_input(), all_options()[0]));
  }
}

/// Three outputs of floats, each with its own scale, one of them from the middle.
TEST_P(Emitted, SeveralOutputs) {
  Net net(4);
  const int x = net.conv(net.input(5, 4, 3), 4, 3, 3);
  const int boxes = net.dequantize(x);
  const int scores = net.dequantize(net.unary(OpKind::kLogistic, net.conv(x, 2, 1, 1)));
  const int more = net.dequantize(net.dense(x, 5));
  auto graph = net.finish();
  graph.outputs = {scores, boxes, more};
  ASSERT_TRUE(equal(graph, net.random_input(), all_options()[0]));
}

/// Windows that need two bytes in the tables.
TEST_P(Emitted, WindowsAbove255) {
  Net net(5);
  net.like.stride_h = 2;
  net.mean(net.conv(net.input(302, 1, 2), 5, 300, 1), {1, 2});
  ASSERT_TRUE(equal(net.finish(), net.random_input(), all_options()[1]));
}

TEST_P(Emitted, ASmallMobileNetV2) {
  const auto graph = mobilenet_v2(0.35, 32, 2, 0, 4);
  Net net(5);
  net.input(32, 32, 3);
  ASSERT_TRUE(equal(graph, net.random_input(), all_options()[3]));
}

/// Its exit status says which answer was wrong.
constexpr const char* kDecideMain = R"(#include "dew_tiny.h"
static int said(int top, int score) {
  dew_tiny_result result = {{-128, -128, -128}, 0};
  result.top = top;
  result.scores[top] = (int8_t)score;
  return dew_tiny_decide(&result);
}
int main(void) {
  if (said(0, -128) != 0) return 1;
  if (said(1, 5) != DEW_UNKNOWN) return 2;
  if (said(1, 6) != 1) return 3;
  if (said(2, 126) != DEW_UNKNOWN) return 4;
  return said(2, 127) != 2;
}
)";

TEST_P(Emitted, ThresholdsMakeItSayUnknown) {
  Net net(1);
  net.unary(OpKind::kSoftmax, net.dense(net.mean(net.conv(net.input(6, 6, 3), 4, 3, 3), {1, 2}), 3));
  auto plan = compiler::compile(net.finish(), {.symbol = "tiny"}).value();
  EXPECT_EQ(compiler::emit_c(plan).at("dew_tiny.h").find("decide"), std::string::npos);
  // 134 / 256 is 0.523. No score reaches 1, so the highest score stands for it.
  plan.thresholds = {0.0, 0.522, 1.0};
  const auto folder = TemporaryFolder::create().value();
  for (const auto& [file, text] : compiler::emit_c(plan)) ASSERT_TRUE(write_file(folder.path() / file, text));
  ASSERT_TRUE(write_file(folder.path() / "main.c", kDecideMain));
  const std::string at = folder.path().string();
  std::vector<std::string> argv = {GetParam()};
  argv.insert(argv.end(), kFlags.begin(), kFlags.end());
  for (const char* word : {"/main.c", "/dew_tiny.c"}) argv.push_back(at + word);
  argv.insert(argv.end(), {"-o", at + "/a.out"});
  const Watch watch;
  const auto built = run_process(argv, std::chrono::seconds(100), watch);
  ASSERT_TRUE(built);
  ASSERT_EQ(built->status, 0) << built->errors;
  EXPECT_EQ(run_process({at + "/a.out"}, std::chrono::seconds(60), watch).value().status, 0);
}

INSTANTIATE_TEST_SUITE_P(By, Emitted, ::testing::Values("gcc", "clang"),
                         [](const auto& each) { return each.param; });

/// DEWDROP_REGENERATE=1 writes the files again; without it, a difference is a failure.
TEST(Golden, EmittedTextIsTheOneOnRecord) {
  Net net(1);
  net.like.padding = Padding::kSame;
  net.like.activation = Activation::kRelu6;
  int x = net.conv(net.input(6, 6, 3), 4, 3, 3);
  x = net.depthwise(x, 3, 3);
  net.like = {};
  net.unary(OpKind::kSoftmax, net.dense(net.mean(x, {1, 2}), 2));
  auto graph = net.finish();
  graph.classes = {"yes", "no"};
  const auto plan = compiler::compile(graph, {.symbol = "tiny"});
  ASSERT_TRUE(plan) << told(plan.error());
  for (const auto& [file, text] : compiler::emit_c(*plan)) {
    const fs::path golden = fs::path(DEWDROP_SOURCE_DIR) / "tests/golden" / file;
    if (std::getenv("DEWDROP_REGENERATE") != nullptr) {
      ASSERT_TRUE(write_file(golden, text));
    }
    const auto recorded = read_file(golden);
    ASSERT_TRUE(recorded) << told(recorded.error());
    EXPECT_TRUE(*recorded == text) << file
                                   << " is no longer what the compiler emits. Read the difference, then "
                                   << "run this test with DEWDROP_REGENERATE=1 and commit the file.";
  }
}

}  // namespace
}  // namespace dew::test
