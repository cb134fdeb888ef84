// ONNX out: the format's own checker and shape inference accept what we write, and ONNX Runtime (in
// WebAssembly, under Node) gives the oracle's outputs. Runtimes requantise in float, so outputs are compared
// within a few steps.
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
  return find_program("node") && fs::exists(kInterop / "node_modules/onnxruntime-web");
}

struct Job {
  Graph graph;
  Inputs inputs;
};

/// For each job the outputs for all its inputs, one after the other. One process: the runtime is 14 MB.
Result<std::vector<std::string>> run_elsewhere(const std::vector<Job>& jobs, bool optimised) {
  DEW_TRY(const auto folder, TemporaryFolder::create("onnx"));
  std::vector<std::string> command = {"node", (kInterop / "run_onnx.mjs").string()};
  if (!optimised) command.emplace_back("--disabled");
  for (size_t i = 0; i < jobs.size(); ++i) {
    const std::string stem = (folder.path() / std::to_string(i)).string();
    DEW_TRY(const auto model, write_onnx(jobs[i].graph));
    DEW_CHECK(write_file(stem + ".onnx", model));
    std::string all;
    for (const auto& input : jobs[i].inputs) all.append(input.begin(), input.end());
    DEW_CHECK(write_file(stem + ".in", all));
    command.insert(command.end(), {stem + ".onnx", stem + ".in", stem + ".out"});
  }
  DEW_TRY(const auto ran, run_process(command, std::chrono::seconds(300), Watch()));
  if (ran.status != 0) return work_error(ran.errors);
  std::vector<std::string> outputs;
  for (size_t i = 0; i < jobs.size(); ++i) {
    DEW_TRY(outputs.emplace_back(), read_file(folder.path() / (std::to_string(i) + ".out")));
  }
  return outputs;
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

// Strict: shape inference runs each operator's own rules; the shapes it finds must be those we wrote.
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
    if (!have_runtime())
      GTEST_SKIP() << "NOT TESTED: node or tests/interop/node_modules is absent, so no other runtime has "
                      "read our ONNX "
                      "files; run: npm ci --prefix tests/interop";
  }
};

/// The values in a tensor's bytes: floats, or integers.
std::vector<double> values_of(const Tensor& tensor, const char* bytes) {
  std::vector<double> values;
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    float real = 0;
    if (tensor.type == DType::kFloat32)
      std::memcpy(&real, bytes + i * 4, sizeof real);
    else
      real = static_cast<float>(value(tensor.type, static_cast<uint8_t>(bytes[i])));
    values.push_back(real);
  }
  return values;
}

/// Top-1 is equal for at least 99 of 100 inputs, and no output is more than `most` steps from the oracle's.
/// (A softmax turns one step of its input into several steps of 1/256.)
void expect_agreement(const Job& job, const std::string& theirs, int most) {
  const Graph& graph = job.graph;
  const Tensor& out = graph.tensors[static_cast<size_t>(graph.outputs[0])];
  const auto count = static_cast<size_t>(out.bytes());
  ASSERT_EQ(theirs.size(), job.inputs.size() * count);
  int64_t equal = 0;
  int furthest = 0;
  for (size_t i = 0; i < job.inputs.size(); ++i) {
    const auto values = interpret(graph, job.inputs[i], Rounding::kDew);
    const auto& ours = (*values)[static_cast<size_t>(graph.outputs[0])];
    const auto* bytes = reinterpret_cast<const uint8_t*>(theirs.data()) + i * count;
    equal += largest_class(out.type, bytes, count) == largest_class(out.type, ours.data(), count) ? 1 : 0;
    for (size_t c = 0; c < count; ++c)
      furthest = std::max(furthest, std::abs(value(out.type, ours[c]) - value(out.type, bytes[c])));
  }
  std::cout << graph.name << ": top-1 equal in " << equal << " of " << job.inputs.size() << ", furthest "
            << furthest << " steps\n";
  EXPECT_GE(static_cast<double>(equal), 0.99 * static_cast<double>(job.inputs.size()));
  EXPECT_LE(furthest, most);
}

void expect_agreement(const std::vector<Job>& jobs, bool optimised, int most) {
  const auto theirs = run_elsewhere(jobs, optimised);
  ASSERT_TRUE(theirs) << problem(theirs.error());
  for (size_t i = 0; i < jobs.size(); ++i) expect_agreement(jobs[i], (*theirs)[i], most);
}

TEST_F(OnnxRuntime, ASmallMobileNetFusedAndAsWritten) {
  std::vector<Job> jobs;
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const Graph graph = mobilenet_like(seed, 48, 4);
    jobs.push_back({graph, random_pictures(graph, 20)});
  }
  for (const bool optimised : {true, false}) expect_agreement(jobs, optimised, 4);
}

TEST_F(OnnxRuntime, EveryOperatorInOneGraph) {
  std::vector<Job> jobs;
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    const Graph graph = all_operators(seed);
    jobs.push_back({graph, random_pictures(graph, 10)});
  }
  const auto theirs = run_elsewhere(jobs, true);
  ASSERT_TRUE(theirs) << problem(theirs.error());
  for (size_t job = 0; job < jobs.size(); ++job) {
    const auto& [graph, inputs] = jobs[job];
    const Tensor& logits = graph.tensors[static_cast<size_t>(graph.outputs[1])];
    const size_t each = 5 + 5 * sizeof(float);
    ASSERT_EQ((*theirs)[job].size(), inputs.size() * each);
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto values = interpret(graph, inputs[i], Rounding::kDew);
      const auto& bytes = (*values)[static_cast<size_t>(graph.outputs[1])];
      const auto ours = values_of(logits, reinterpret_cast<const char*>(bytes.data()));
      const auto their = values_of(logits, (*theirs)[job].data() + i * each + 5);
      for (size_t c = 0; c < 5; ++c)
        EXPECT_NEAR(ours[c], their[c], 2 * 6.0 / 255) << "job " << job << " input " << i << " class " << c;
    }
  }
}

// Small models of every kind, including odd windows, broadcasts and axes: the seeds of the compiler's fuzzer.
TEST_F(OnnxRuntime, TheCompilersCorpus) {
  std::vector<Job> jobs;
  for (const auto& entry : fs::directory_iterator(fs::path(DEWDROP_SOURCE_DIR) / "fuzz/corpus/compile")) {
    const std::string name = entry.path().filename().string();
    const auto graph = read_tflite(read_file(entry.path()).value_or(""), name);
    if (entry.path().extension() != ".tflite" || !graph || graph->outputs.size() != 1) continue;
    Builder b(3);
    std::vector<uint8_t> input;
    const Tensor& in = graph->tensors[static_cast<size_t>(graph->inputs[0])];
    if (in.type == DType::kFloat32) continue;
    for (int64_t i = 0; i < in.bytes(); ++i) input.push_back(static_cast<uint8_t>(b.uniform(0, 255)));
    jobs.push_back({*graph, {input}});
  }
  ASSERT_GE(jobs.size(), 30U);
  const auto theirs = run_elsewhere(jobs, true);
  ASSERT_TRUE(theirs) << problem(theirs.error());
  for (size_t i = 0; i < jobs.size(); ++i) {
    const Graph& graph = jobs[i].graph;
    const Tensor& out = graph.tensors[static_cast<size_t>(graph.outputs[0])];
    const auto values = interpret(graph, jobs[i].inputs[0], Rounding::kDew);
    const auto& bytes = (*values)[static_cast<size_t>(graph.outputs[0])];
    ASSERT_EQ((*theirs)[i].size(), bytes.size()) << graph.name;
    const auto ours = values_of(out, reinterpret_cast<const char*>(bytes.data()));
    const auto their = values_of(out, (*theirs)[i].data());
    double furthest = 0;
    for (size_t c = 0; c < ours.size(); ++c) furthest = std::max(furthest, std::abs(ours[c] - their[c]));
    EXPECT_LE(furthest, 3) << graph.name << "\n" << dump(graph);
  }
  std::cout << jobs.size() << " models\n";
}

TEST_F(OnnxRuntime, PublishedModelsKeepTheirAnswers) {
  if (!have_models()) GTEST_SKIP() << kModelsMissing;
  std::vector<Job> jobs;
  for (const char* model : {"vww_96_int8", "person_detect", "tf2_mobilenet_v2_1.0_224_ptq"}) {
    const auto graph = read_model(model);
    ASSERT_TRUE(graph) << problem(graph.error());
    jobs.push_back({*graph, {}});
    for (int i = 0; i < 10; ++i) jobs.back().inputs.push_back(golden(model, "in", i));
  }
  expect_agreement(jobs, true, 12);
}

}  // namespace
}  // namespace dew::graph
