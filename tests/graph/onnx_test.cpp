// ONNX out: the format's own checker and shape inference, and ONNX Runtime (in WebAssembly, under Node) on
// what we wrote, against the oracle. Runtimes requantise in float, so outputs are compared within steps.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <cstring>
#include <iostream>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"

namespace dew::graph {
namespace {

const fs::path kInterop = fs::path(DEWDROP_SOURCE_DIR) / "tests/interop";
using Inputs = std::vector<std::vector<uint8_t>>;

bool have_runtime() {
  if (find_program("node") && fs::exists(kInterop / "node_modules/onnxruntime-web")) return true;
  std::cerr << "\n*** NOT TESTED: Node or " << kInterop / "node_modules/onnxruntime-web"
            << " is absent, so no other runtime has read our ONNX files.\n*** Run: npm ci --prefix "
               "tests/interop\n\n";
  return false;
}

/// The outputs for all inputs, one after the other.
Result<std::string> run_elsewhere(const Graph& graph, const Inputs& inputs, const char* optimisation) {
  DEW_TRY(const auto folder, TemporaryFolder::create("onnx"));
  DEW_TRY(const auto model, write_onnx(graph));
  DEW_CHECK(write_file(folder.path() / "model.onnx", model));
  std::string all;
  for (const auto& input : inputs) all.append(input.begin(), input.end());
  DEW_CHECK(write_file(folder.path() / "in.bin", all));
  const auto at = [&](const char* file) { return (folder.path() / file).string(); };
  DEW_TRY(const auto ran, run_process({"node", (kInterop / "run_onnx.mjs").string(), at("model.onnx"),
                                       at("in.bin"), at("out.bin"), optimisation},
                                      std::chrono::seconds(300), Watch()));
  if (ran.status != 0) return work_error(ran.errors);
  return read_file(folder.path() / "out.bin");
}

int value(DType type, uint8_t byte) {
  return type == DType::kInt8 ? static_cast<int8_t>(byte) : byte;
}

size_t largest_class(DType type, const uint8_t* bytes, size_t count) {
  return static_cast<size_t>(
      std::max_element(bytes, bytes + count,
                       [type](uint8_t a, uint8_t b) { return value(type, a) < value(type, b); }) -
      bytes);
}

Inputs random_pictures(const Graph& graph, int count) {
  Builder b(7);
  const Tensor& in = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  Inputs pictures;
  for (int i = 0; i < count; ++i) {
    const int colour[] = {b.uniform(-95, 95), b.uniform(-95, 95), b.uniform(-95, 95)};
    std::vector<uint8_t> picture;
    for (int64_t p = 0; p < in.elements(); ++p)
      picture.push_back(
          static_cast<uint8_t>((in.type == DType::kInt8 ? 0 : 128) + colour[p % 3] + b.uniform(-32, 32)));
    pictures.push_back(picture);
  }
  return pictures;
}

onnx::ModelProto parsed(const Graph& graph) {
  const auto bytes = write_onnx(graph);
  EXPECT_TRUE(bytes) << problem(bytes.error());
  onnx::ModelProto model;
  EXPECT_TRUE(bytes && model.ParseFromString(*bytes));
  return model;
}

std::vector<int> shape_of(const onnx::ValueInfoProto& value) {
  std::vector<int> shape;
  for (const auto& dimension : value.type().tensor_type().shape().dim())
    shape.push_back(static_cast<int>(dimension.dim_value()));
  return shape;
}

// Strict: an operator's own rules are run over the whole graph; what they find must be what we say.
TEST(Onnx, ShapesAreWhatTheFormatsOwnInferenceFinds) {
  for (const Graph& graph : {mobilenet_like(1, 48, 4), all_operators(1), all_operators(2)}) {
    onnx::ModelProto model = parsed(graph);
    const auto due = model.graph().output();
    for (auto& output : *model.mutable_graph()->mutable_output())
      output.mutable_type()->mutable_tensor_type()->clear_shape();
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), {true, 1, false});
    ASSERT_EQ(static_cast<size_t>(due.size()), graph.outputs.size());
    for (int i = 0; i < due.size(); ++i) {
      EXPECT_EQ(shape_of(model.graph().output(i)), shape_of(due[i])) << due[i].name();
      EXPECT_EQ(shape_of(due[i]),
                graph.tensors[static_cast<size_t>(graph.outputs[static_cast<size_t>(i)])].shape);
    }
  }
}

TEST(Onnx, EveryActivationIsQuantisedAndWeightsStayIntegers) {
  const Graph graph = mobilenet_like(1, 48, 4);
  const onnx::ModelProto model = parsed(graph);
  std::map<std::string, int> nodes;
  for (const auto& node : model.graph().node()) ++nodes[node.op_type()];
  EXPECT_EQ(nodes["QuantizeLinear"], static_cast<int>(graph.ops.size()));
  EXPECT_GT(nodes["DequantizeLinear"], nodes["QuantizeLinear"]);
  int64_t integers = 0;
  int64_t floats = 0;
  for (const auto& constant : model.graph().initializer()) {
    const bool is_float = constant.data_type() == onnx::TensorProto::FLOAT;
    (is_float ? floats : integers) += static_cast<int64_t>(constant.raw_data().size());
  }
  EXPECT_GT(integers, 2 * floats) << "scales alone are float";
}

TEST(Onnx, NamesAreNotMixedUp) {
  Graph graph = mobilenet_like(1, 48, 4);
  for (size_t i = 0; i < graph.tensors.size(); ++i)
    graph.tensors[i].name = i % 3 == 0 ? "same" : i % 3 == 1 ? "same_scale" : "Conv";
  graph.classes = {"a", "b", "c", "d"};
  const onnx::ModelProto model = parsed(graph);
  EXPECT_EQ(model.graph().input(0).name(), "same");
  EXPECT_EQ(model.metadata_props(0).value(), "a\nb\nc\nd");
}

class OnnxRuntime : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_runtime()) GTEST_SKIP() << "no ONNX Runtime on this machine";
  }
};

/// Top-1 equal in at least 99 of 100, no output further than `most` steps of the graph's own: a softmax
/// makes several of 1/256 of one step of its input.
void expect_agreement(const Graph& graph, const Inputs& inputs, const char* optimisation, int most) {
  const auto theirs = run_elsewhere(graph, inputs, optimisation);
  ASSERT_TRUE(theirs) << problem(theirs.error());
  const Tensor& out = graph.tensors[static_cast<size_t>(graph.outputs[0])];
  const auto count = static_cast<size_t>(out.bytes());
  ASSERT_EQ(theirs->size(), inputs.size() * count);
  int64_t equal = 0;
  int furthest = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto values = interpret(graph, inputs[i], Rounding::kDew);
    const auto& ours = (*values)[static_cast<size_t>(graph.outputs[0])];
    const auto* bytes = reinterpret_cast<const uint8_t*>(theirs->data()) + i * count;
    equal += largest_class(out.type, bytes, count) == largest_class(out.type, ours.data(), count) ? 1 : 0;
    for (size_t c = 0; c < count; ++c)
      furthest = std::max(furthest, std::abs(value(out.type, ours[c]) - value(out.type, bytes[c])));
  }
  std::cout << graph.name << ", optimisation " << optimisation << ": top-1 equal in " << equal << " of "
            << inputs.size() << ", furthest " << furthest << " steps\n";
  EXPECT_GE(static_cast<double>(equal), 0.99 * static_cast<double>(inputs.size()));
  EXPECT_LE(furthest, most);
}

TEST_F(OnnxRuntime, ASmallMobileNet) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const Graph graph = mobilenet_like(seed, 48, 4);
    const Inputs inputs = random_pictures(graph, 20);
    for (const char* optimisation : {"all", "disabled"}) expect_agreement(graph, inputs, optimisation, 4);
  }
}

TEST_F(OnnxRuntime, EveryOperator) {
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    const Graph graph = all_operators(seed);
    const Inputs inputs = random_pictures(graph, 10);
    const auto theirs = run_elsewhere(graph, inputs, "all");
    ASSERT_TRUE(theirs) << problem(theirs.error());
    const size_t each = 5 + 5 * sizeof(float);
    ASSERT_EQ(theirs->size(), inputs.size() * each);
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto values = interpret(graph, inputs[i], Rounding::kDew);
      const auto& logits = (*values)[static_cast<size_t>(graph.outputs[1])];
      for (size_t c = 0; c < 5; ++c) {
        float our = 0;
        float their = 0;
        std::memcpy(&our, &logits[c * sizeof(float)], sizeof our);
        std::memcpy(&their, &(*theirs)[i * each + 5 + c * sizeof(float)], sizeof their);
        EXPECT_NEAR(our, their, 2 * 6.0F / 255) << "seed " << seed << " input " << i << " class " << c;
      }
    }
  }
}

TEST_F(OnnxRuntime, PublishedModelsKeepTheirAnswers) {
  if (!have_models()) GTEST_SKIP() << "the test data is absent";
  for (const char* model : {"vww_96_int8", "person_detect", "tf2_mobilenet_v2_1.0_224_ptq"}) {
    const auto graph = read_model(model);
    ASSERT_TRUE(graph) << problem(graph.error());
    Inputs inputs;
    for (int i = 0; i < 10; ++i) inputs.push_back(golden(model, "in", i));
    expect_agreement(*graph, inputs, "all", 12);
  }
}

}  // namespace
}  // namespace dew::graph
