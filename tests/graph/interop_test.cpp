// Files that we write, run by TensorFlow Lite's own interpreter (in WebAssembly, under Node).
//
// It runs most operators in XNNPACK, which rounds differently, so outputs are compared within a few steps and
// by their largest class. Equality to the bit is tested by golden_test.cpp and
// tests/compiler/tflite_golden_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"

namespace dew::graph {
namespace {

const fs::path kInterop = fs::path(DEWDROP_SOURCE_DIR) / "tests/interop";

bool have_interpreter() {
  return find_program("node") && fs::exists(kInterop / "node_modules/@tensorflow/tfjs-tflite");
}

/// The outputs of a `.tflite` file for all inputs, one after the other.
Result<std::string> run_elsewhere(const std::string& model, const std::vector<std::vector<uint8_t>>& inputs) {
  DEW_TRY(const auto folder, TemporaryFolder::create("interop"));
  DEW_CHECK(write_file(folder.path() / "model.tflite", model));
  std::string all;
  for (const auto& input : inputs) all.append(input.begin(), input.end());
  DEW_CHECK(write_file(folder.path() / "in.bin", all));
  const auto at = [&](const char* file) { return (folder.path() / file).string(); };
  const Watch watch;
  DEW_TRY(const auto ran, run_process({"node", (kInterop / "run_tflite.mjs").string(), at("model.tflite"),
                                       at("in.bin"), at("out.bin")},
                                      std::chrono::seconds(120), watch));
  if (ran.status != 0) return work_error(ran.errors);
  return read_file(folder.path() / "out.bin");
}

Result<std::string> run_elsewhere(const Graph& graph, const std::vector<std::vector<uint8_t>>& inputs) {
  DEW_TRY(const auto model, write_tflite(graph));
  return run_elsewhere(model, inputs);
}

size_t largest_class(const Tensor& t, const uint8_t* bytes, size_t count) {
  const auto less = [&t](uint8_t a, uint8_t b) {
    return t.type == DType::kInt8 ? static_cast<int8_t>(a) < static_cast<int8_t>(b) : a < b;
  };
  return static_cast<size_t>(std::max_element(bytes, bytes + count, less) - bytes);
}

class Interop : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_interpreter())
      GTEST_SKIP() << "NOT TESTED: node or tests/interop/node_modules is absent, so no other interpreter has "
                      "read our files; run: npm ci --prefix tests/interop";
  }
};

/// Pictures of one colour with noise; a mean over noise alone would be nearly constant.
std::vector<std::vector<uint8_t>> random_pictures(const Graph& graph, int count) {
  Builder b(99);
  const Tensor& in = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  const int middle = in.type == DType::kInt8 ? 0 : 128;
  std::vector<std::vector<uint8_t>> pictures;
  for (int i = 0; i < count; ++i) {
    const int colour[] = {b.uniform(-95, 95), b.uniform(-95, 95), b.uniform(-95, 95)};
    std::vector<uint8_t> picture;
    for (int64_t p = 0; p < in.elements(); ++p)
      picture.push_back(static_cast<uint8_t>(middle + colour[p % 3] + b.uniform(-32, 32)));
    pictures.push_back(picture);
  }
  return pictures;
}

TEST_F(Interop, ASmallMobileNet) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const Graph graph = mobilenet_like(seed, 48, 4);
    const auto inputs = random_pictures(graph, 20);
    const auto theirs = run_elsewhere(graph, inputs);
    ASSERT_TRUE(theirs) << problem(theirs.error());
    ASSERT_EQ(theirs->size(), inputs.size() * 4);
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto values = interpret(graph, inputs[i], Rounding::kDew);
      const auto& ours = (*values)[static_cast<size_t>(graph.outputs[0])];
      for (size_t c = 0; c < 4; ++c)
        EXPECT_NEAR(static_cast<int8_t>(ours[c]), static_cast<int8_t>((*theirs)[i * 4 + c]), 4)
            << seed << " " << i;
    }
  }
}

TEST_F(Interop, EveryOperator) {
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    const Graph graph = all_operators(seed);
    const auto inputs = random_pictures(graph, 10);
    const auto theirs = run_elsewhere(graph, inputs);
    ASSERT_TRUE(theirs) << problem(theirs.error());
    const size_t each = 5 + 5 * sizeof(float);
    ASSERT_EQ(theirs->size(), inputs.size() * each);
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto values = interpret(graph, inputs[i], Rounding::kTflite);
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

/// One operator each, which this interpreter computes in its own reference kernels or in XNNPACK.
std::vector<std::pair<const char*, Graph>> operators_of_detectors() {
  const auto one = [](const std::function<int(Builder&, int)>& add) {
    Builder b(31);
    b.output(add(b, b.input({1, 6, 8, 3}, 0.04F, -9)));
    return b.graph();
  };
  const auto as = [](Builder& b, int made, OpKind kind) {
    b.last().kind = kind;
    return made;
  };
  const auto leaky = [](Builder& b, int x) {
    const int y = b.relu(x, OpKind::kLeakyRelu, 0.03F, -20);
    b.last().alpha = 0.2F;
    return y;
  };
  return {
      {"Sub",
       one([&](Builder& b, int x) { return as(b, b.add(x, b.constant({3}, 0.02F, 9)), OpKind::kSub); })},
      {"Prelu", one([&](Builder& b, int x) {
         return as(b, b.add(x, b.constant({1, 1, 3}, 0.02F, 9)), OpKind::kPrelu);
       })},
      {"LeakyRelu", one(leaky)},
      {"HardSwish", one([](Builder& b, int x) { return b.relu(x, OpKind::kHardSwish, 0.03F, -100); })},
      {"Tanh", one([](Builder& b, int x) { return b.relu(x, OpKind::kTanh, 1.0F / 128, 0); })},
      {"LogSoftmax", one([](Builder& b, int x) { return b.log_softmax(x); })},
      {"StridedSlice", one([](Builder& b, int x) {
         return b.slice(x, {0, 1, 2, 0}, {1, 6, 8, 2}, {1, 2, 3, 1});
       })},
      {"ResizeNearest", one([](Builder& b, int x) { return b.resize(OpKind::kResizeNearest, x, 12, 20); })},
      {"ResizeBilinear", one([](Builder& b, int x) { return b.resize(OpKind::kResizeBilinear, x, 11, 16); })},
  };
}

TEST_F(Interop, OperatorsOfDetectors) {
  for (const auto& [name, graph] : operators_of_detectors()) {
    const auto inputs = random_pictures(graph, 5);
    const auto theirs = run_elsewhere(graph, inputs);
    ASSERT_TRUE(theirs) << name << ": " << problem(theirs.error());
    const auto each = static_cast<size_t>(graph.tensors[static_cast<size_t>(graph.outputs[0])].elements());
    ASSERT_EQ(theirs->size(), inputs.size() * each) << name;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto values = interpret(graph, inputs[i], Rounding::kTflite);
      const auto& ours = (*values)[static_cast<size_t>(graph.outputs[0])];
      for (size_t c = 0; c < each; ++c)
        ASSERT_NEAR(static_cast<int8_t>(ours[c]), static_cast<int8_t>((*theirs)[i * each + c]), 1)
            << name << ": input " << i << ", output " << c;
    }
  }
}

/// Which we unroll and it does not.
TEST_F(Interop, ABatchOfPictures) {
  const auto file = read_file(fs::path(DEWDROP_SOURCE_DIR) / "tests/golden/tflite/batches.tflite");
  const auto graph = read_tflite(file.value(), "batches");
  ASSERT_TRUE(graph) << problem(graph.error());
  const auto inputs = random_pictures(*graph, 8);
  const auto theirs = run_elsewhere(*file, inputs);
  ASSERT_TRUE(theirs) << problem(theirs.error());
  size_t at = 0;
  for (const auto& input : inputs) {
    const auto values = interpret(*graph, input, Rounding::kTflite);
    for (const uint8_t ours : (*values)[static_cast<size_t>(graph->outputs[0])]) {
      ASSERT_LT(at, theirs->size());
      ASSERT_NEAR(static_cast<int8_t>(ours), static_cast<int8_t>((*theirs)[at++]), 2);
    }
  }
  EXPECT_EQ(at, theirs->size());
}

/// Its variables keep their values between runs, as ours do. The rows that the first layer reads have only
/// been moved, so they are the same; those of the last have been through all layers.
TEST_F(Interop, VariablesOverManyRuns) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    Graph graph = keyword_net(seed);
    std::vector<int> joined;
    for (const Op& op : graph.ops) {
      if (op.kind == OpKind::kConcatenation) joined.push_back(op.outputs[0]);
    }
    Builder draw(seed);
    draw.input({1, 3, 40}, 1, 0);
    std::vector<std::vector<uint8_t>> inputs;
    for (int i = 0; i < 40; ++i) inputs.push_back(draw.random_input());
    for (const auto& [output, apart] : {std::pair(joined.front(), 0), std::pair(joined.back(), 4)}) {
      graph.outputs = {output};
      const auto theirs = run_elsewhere(graph, inputs);
      ASSERT_TRUE(theirs) << problem(theirs.error());
      Memory memory = first_memory(graph);
      size_t at = 0;
      for (const auto& input : inputs) {
        const auto values = interpret(graph, input, Rounding::kTflite, memory);
        for (const uint8_t ours : (*values)[static_cast<size_t>(output)]) {
          ASSERT_LT(at, theirs->size());
          ASSERT_NEAR(static_cast<int8_t>(ours), static_cast<int8_t>((*theirs)[at++]), apart) << seed;
        }
      }
      EXPECT_EQ(at, theirs->size());
    }
  }
}

TEST_F(Interop, PublishedModelsWrittenByUsKeepTheirAnswers) {
  if (!have_models()) GTEST_SKIP() << kModelsMissing;
  for (const char* model : {"vww_96_int8", "person_detect", "tf2_mobilenet_v2_1.0_224_ptq"}) {
    const auto graph = read_model(model);
    ASSERT_TRUE(graph) << problem(graph.error());
    std::vector<std::vector<uint8_t>> inputs;
    for (int i = 0; i < 10; ++i) inputs.push_back(golden(model, "in", i));
    const auto theirs = run_elsewhere(*graph, inputs);
    ASSERT_TRUE(theirs) << problem(theirs.error());
    const Tensor& out = graph->tensors[static_cast<size_t>(graph->outputs[0])];
    const auto count = static_cast<size_t>(out.elements());
    ASSERT_EQ(theirs->size(), 10 * count);
    for (size_t i = 0; i < 10; ++i) {
      const auto due = golden(model, "out", static_cast<int>(i));
      const auto* bytes = reinterpret_cast<const uint8_t*>(theirs->data()) + i * count;
      EXPECT_EQ(largest_class(out, bytes, count), largest_class(out, due.data(), count)) << model << " " << i;
    }
  }
}

}  // namespace
}  // namespace dew::graph
