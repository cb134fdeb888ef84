// Variables of .tflite files: what they become, over several runs, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <map>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"
#include "tflite_generated.h"

namespace dew::graph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Bytes = std::vector<uint8_t>;
using Ints = std::vector<int>;

/// A file made operator by operator. All values are four int8 in a row, of one scale.
class File {
 public:
  File() {
    model_.version = 3;
    model_.buffers.push_back(std::make_unique<tflite::BufferT>());
    for (int i = 0; i < 2; ++i) model_.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
    main().inputs = {value()};
  }

  tflite::SubGraphT& main() { return *model_.subgraphs[0]; }
  tflite::SubGraphT& once() { return *model_.subgraphs[1]; }
  tflite::ModelT& model() { return model_; }
  int value() { return value(main()); }
  static int value(tflite::SubGraphT& graph) {
    auto made = std::make_unique<tflite::TensorT>();
    made->shape = {1, 4};
    made->type = tflite::TensorType_INT8;
    made->quantization = std::make_unique<tflite::QuantizationParametersT>();
    made->quantization->scale = {0.5F};
    made->quantization->zero_point = {3};
    graph.tensors.push_back(std::move(made));
    return static_cast<int>(graph.tensors.size()) - 1;
  }
  int constant(tflite::SubGraphT& graph, const Bytes& bytes) {
    const int made = value(graph);
    graph.tensors.back()->buffer = static_cast<uint32_t>(model_.buffers.size());
    model_.buffers.push_back(std::make_unique<tflite::BufferT>());
    model_.buffers.back()->data = bytes;
    return made;
  }

  template <typename Options>
  void op(tflite::SubGraphT& graph, tflite::BuiltinOperator code, const Ints& in, const Ints& out,
          Options options) {
    auto kind = std::make_unique<tflite::OperatorCodeT>();
    kind->builtin_code = code;
    auto made = std::make_unique<tflite::OperatorT>();
    made->opcode_index = static_cast<uint32_t>(model_.operator_codes.size());
    made->inputs = in;
    made->outputs = out;
    made->builtin_options.Set(std::move(options));
    model_.operator_codes.push_back(std::move(kind));
    graph.operators.push_back(std::move(made));
  }

  int handle(tflite::SubGraphT& graph, const std::string& name, const std::string& container = "") {
    const int made = value(graph);
    graph.tensors.back()->type = tflite::TensorType_RESOURCE;
    tflite::VarHandleOptionsT options;
    options.shared_name = name;
    options.container = container;
    op(graph, tflite::BuiltinOperator_VAR_HANDLE, {}, {made}, std::move(options));
    return made;
  }
  int handle(const std::string& name) { return handle(main(), name); }
  int read(int handle) {
    const int made = value();
    op(main(), tflite::BuiltinOperator_READ_VARIABLE, {handle}, {made}, tflite::ReadVariableOptionsT());
    return made;
  }
  void assign(tflite::SubGraphT& graph, int handle, int value) {
    op(graph, tflite::BuiltinOperator_ASSIGN_VARIABLE, {handle, value}, {}, tflite::AssignVariableOptionsT());
  }
  void assign(int handle, int value) { assign(main(), handle, value); }
  void begin(const std::string& name, const Bytes& bytes, const std::string& container = "") {
    const int of = handle(once(), name, container);
    assign(once(), of, constant(once(), bytes));
  }
  void call_once(int subgraph = 1) {
    tflite::CallOnceOptionsT options;
    options.init_subgraph_index = subgraph;
    op(main(), tflite::BuiltinOperator_CALL_ONCE, {}, {}, std::move(options));
  }
  /// Ends the net with the values one after the other.
  void joined(const Ints& values) {
    const int made = value();
    main().tensors.back()->shape = {1, static_cast<int>(values.size()) * 4};
    tflite::ConcatenationOptionsT options;
    options.axis = 1;
    op(main(), tflite::BuiltinOperator_CONCATENATION, values, {made}, std::move(options));
    main().outputs = {made};
  }

  [[nodiscard]] Result<Graph> graph() const {
    flatbuffers::FlatBufferBuilder builder;
    tflite::FinishModelBuffer(builder, tflite::Model::Pack(builder, &model_));
    return read_tflite({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, "f");
  }

 private:
  tflite::ModelT model_;
};

constexpr int kInput = 0;

/// What the file gives for the inputs {1, 1, 1, 1}, {2, 2, 2, 2} ..., each output's bytes as one number a
/// value.
std::vector<Ints> runs(const File& file, int count) {
  const auto graph = file.graph();
  EXPECT_TRUE(graph) << problem(graph.error());
  if (!graph) return {};
  Memory memory = first_memory(*graph);
  std::vector<Ints> all;
  for (int i = 1; i <= count; ++i) {
    const auto values = interpret(*graph, Bytes(4, static_cast<uint8_t>(i)), Rounding::kTflite, memory);
    EXPECT_TRUE(values) << problem(values.error());
    if (!values) return {};
    const auto& made = (*values)[static_cast<size_t>(graph->outputs[0])];
    Ints numbers;
    for (size_t at = 0; at < made.size(); at += 4) numbers.push_back(static_cast<int8_t>(made[at]));
    all.push_back(numbers);
  }
  return all;
}

TEST(Variables, AreTheValueOfTheRunBefore) {
  File file;
  file.begin("x", {9, 9, 9, 9});
  file.call_once();
  const int x = file.handle("x");
  const int before = file.read(x);
  file.assign(x, kInput);
  file.joined({before, kInput});
  EXPECT_THAT(runs(file, 3), ElementsAre(ElementsAre(9, 1), ElementsAre(1, 2), ElementsAre(2, 3)));
}

TEST(Variables, GiveWhatWasAssignedLastBeforeTheRead) {
  File file;
  file.begin("x", {9, 9, 9, 9});
  file.call_once();
  const int x = file.handle("x");
  const int before = file.read(x);
  file.assign(x, kInput);
  const int middle = file.read(x);
  const int seven = file.constant(file.main(), {7, 7, 7, 7});
  file.assign(x, seven);
  const int behind = file.read(x);
  file.assign(x, kInput);
  file.joined({before, middle, behind, kInput});
  EXPECT_THAT(runs(file, 2), ElementsAre(ElementsAre(9, 1, 7, 1), ElementsAre(1, 2, 7, 2)));
}

TEST(Variables, AreToldApartByBothNames) {
  File file;
  file.begin("x", {9, 9, 9, 9});
  file.begin("x", {5, 5, 5, 5}, "other");
  file.begin("never used", {6, 6, 6, 6});
  file.call_once();
  const int one = file.read(file.handle("x"));
  const int other = file.read(file.handle(file.main(), "x", "other"));
  file.assign(file.handle("x"), kInput);
  file.joined({one, other});
  EXPECT_THAT(runs(file, 2), ElementsAre(ElementsAre(9, 5), ElementsAre(1, 5)));
  const auto graph = file.graph();
  ASSERT_EQ(graph->states.size(), 1U);
  EXPECT_EQ(graph->states[0].name, "x");
}

TEST(Variables, BeginWithFloatsThatAreQuantised) {
  File file;
  const int of = file.handle(file.once(), "x");
  const float floats[] = {1, 2, -3, 100};  // of the scale 0.5 and the zero point 3
  const auto* bytes = reinterpret_cast<const uint8_t*>(floats);
  const int in = file.constant(file.once(), {bytes, bytes + sizeof floats});
  file.once().tensors.back()->type = tflite::TensorType_FLOAT32;
  file.once().tensors.back()->quantization = nullptr;
  const int out = File::value(file.once());
  file.op(file.once(), tflite::BuiltinOperator_QUANTIZE, {in}, {out}, tflite::QuantizeOptionsT());
  file.assign(file.once(), of, out);
  file.call_once();
  const int x = file.handle("x");
  const int before = file.read(x);
  file.assign(x, kInput);
  file.joined({before, kInput});
  const auto graph = file.graph();
  ASSERT_TRUE(graph) << problem(graph.error());
  EXPECT_THAT(first_memory(*graph), ElementsAre(ElementsAre(5, 7, 0xFD, 127)));
}

TEST(Variables, CanTakeOverWhatAnotherHolds) {
  File file;
  file.begin("one", {9, 9, 9, 9});
  file.begin("two", {5, 5, 5, 5});
  file.call_once();
  const int one = file.handle("one");
  const int two = file.handle("two");
  const int a = file.read(one);
  const int b = file.read(two);
  file.assign(one, b);
  file.assign(two, a);
  file.joined({a, b, kInput});
  EXPECT_THAT(runs(file, 3), ElementsAre(ElementsAre(9, 5, 1), ElementsAre(5, 9, 2), ElementsAre(9, 5, 3)));
}

TEST(Variables, AssignedBeforeTheyAreReadNeedNoFirstValue) {
  File file;
  file.model().subgraphs.pop_back();
  const int x = file.handle("x");
  file.assign(x, kInput);
  file.joined({file.read(x)});
  EXPECT_THAT(runs(file, 2), ElementsAre(ElementsAre(1), ElementsAre(2)));
  EXPECT_TRUE(file.graph()->states.empty());
}

TEST(Variables, ComeBackAsTheyWereWritten) {
  const Graph graph = keyword_net(3);
  ASSERT_EQ(graph.states.size(), 4U);
  const auto bytes = write_tflite(graph);
  ASSERT_TRUE(bytes) << problem(bytes.error());
  const auto read = read_tflite(*bytes, "made");
  ASSERT_TRUE(read) << problem(read.error());
  EXPECT_EQ(dump(*read), dump(graph));
  EXPECT_TRUE(write_tflite(*read).value() == *bytes);
  Memory ours = first_memory(graph);
  Memory theirs = first_memory(*read);
  EXPECT_TRUE(ours == theirs);
  Builder random(5);
  random.input({1, 3, 40}, 1, 0);
  std::vector<Bytes> answers;
  for (int i = 0; i < 30; ++i) {
    const Bytes input = random.random_input();
    const auto one = interpret(graph, input, Rounding::kTflite, ours).value();
    const auto other = interpret(*read, input, Rounding::kTflite, theirs).value();
    answers.push_back(one[static_cast<size_t>(graph.outputs[0])]);
    EXPECT_EQ(answers.back(), other[static_cast<size_t>(read->outputs[0])]);
    EXPECT_TRUE(ours == theirs);
  }
  EXPECT_NE(answers.front(), answers.back());
}

/// As TensorFlow's converter orders them: a variable is read where it is joined, and its last rows are cut by
/// negative bounds and masks.
TEST(Variables, OfAConvertersFileAreTheSame) {
  const Graph graph = keyword_net(3);
  tflite::ModelT model;
  tflite::GetModel(write_tflite(graph).value().data())->UnPackTo(&model);
  auto& main = *model.subgraphs[0];
  const auto code = [&](const auto& op) { return model.operator_codes[op->opcode_index]->builtin_code; };
  std::vector<std::unique_ptr<tflite::OperatorT>> sorted;
  std::map<int, std::unique_ptr<tflite::OperatorT>> handles;  // by the tensor they make
  std::map<int, std::unique_ptr<tflite::OperatorT>> reads;
  for (auto& op : main.operators) {
    if (code(op) == tflite::BuiltinOperator_VAR_HANDLE) {
      handles[op->outputs[0]] = std::move(op);
    } else if (code(op) == tflite::BuiltinOperator_READ_VARIABLE) {
      reads[op->outputs[0]] = std::move(op);
    } else {
      if (code(op) == tflite::BuiltinOperator_CONCATENATION) {
        auto& read = reads.at(op->inputs[0]);
        sorted.push_back(std::move(handles.at(read->inputs[0])));
        sorted.push_back(std::move(read));
      }
      if (code(op) == tflite::BuiltinOperator_STRIDED_SLICE) {
        const int rows = main.tensors[static_cast<size_t>(op->outputs[0])]->shape[1];
        auto& begin = model.buffers[main.tensors[static_cast<size_t>(op->inputs[1])]->buffer]->data;
        auto& end = model.buffers[main.tensors[static_cast<size_t>(op->inputs[2])]->buffer]->data;
        const int32_t from = -rows;
        std::memcpy(&begin[4], &from, 4);
        std::fill(end.begin(), end.end(), uint8_t{0});
        op->builtin_options.AsStridedSliceOptions()->begin_mask = 13;
        op->builtin_options.AsStridedSliceOptions()->end_mask = 15;
      }
      sorted.push_back(std::move(op));
    }
  }
  main.operators = std::move(sorted);
  flatbuffers::FlatBufferBuilder builder;
  tflite::FinishModelBuffer(builder, tflite::Model::Pack(builder, &model));
  const auto read =
      read_tflite({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, "f");
  ASSERT_TRUE(read) << problem(read.error());
  Memory ours = first_memory(graph);
  Memory theirs = first_memory(*read);
  Builder random(5);
  random.input({1, 3, 40}, 1, 0);
  for (int i = 0; i < 20; ++i) {
    const Bytes input = random.random_input();
    const auto one = interpret(graph, input, Rounding::kTflite, ours).value();
    const auto other = interpret(*read, input, Rounding::kTflite, theirs).value();
    EXPECT_EQ(one[static_cast<size_t>(graph.outputs[0])], other[static_cast<size_t>(read->outputs[0])]);
    EXPECT_TRUE(ours == theirs);
  }
}

TEST(Variables, OfOneNameAreWrittenUnderSeveral) {
  Builder b(1);
  const int x = b.input({1, 4}, 0.5F, 3);
  std::vector<int> all = {x};
  for (const char* name : {"x", "x", "x/1", "", "x"}) {
    all.push_back(b.state(x, {1, 4}));
    b.graph().states.back().name = name;
    b.remember(all.back(), x);
  }
  b.output(b.concatenation(all, 1));
  const auto read = read_tflite(write_tflite(b.graph()).value(), "made");
  ASSERT_TRUE(read) << problem(read.error());
  EXPECT_EQ(dump(*read), dump(b.graph()));
  EXPECT_EQ(first_memory(*read), first_memory(b.graph()));
}

TEST(Variables, ANewMemoryIsThatOfTheFirstRun) {
  const Graph graph = keyword_net(3);
  const Bytes input(120, 17);
  Memory memory = first_memory(graph);
  const auto first = interpret(graph, input, Rounding::kDew, memory).value();
  EXPECT_TRUE(interpret(graph, input, Rounding::kDew).value() == first);
  EXPECT_FALSE(memory == first_memory(graph));
  memory.pop_back();
  const auto refused = interpret(graph, input, Rounding::kDew, memory);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the memory is that of another net");
}

TEST(Variables, AreNotWrittenAsOnnx) {
  const auto written = write_onnx(keyword_net(3));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().what, HasSubstr("ONNX has none"));
  EXPECT_THAT(written.error().next, HasSubstr(".tflite"));
}

struct Refusal {
  std::string name;
  std::function<void(File&)> make;
  std::string what;
  std::string where;
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.name;
}

/// A sound file: x is read, joined with the input, and assigned.
void sound(File& file) {
  file.begin("x", {9, 9, 9, 9});
  file.call_once();
  const int x = file.handle("x");
  const int before = file.read(x);
  file.assign(x, kInput);
  file.joined({before, kInput});
}

class VariablesRefuse : public testing::TestWithParam<Refusal> {};

TEST_P(VariablesRefuse, WithTheReason) {
  File file;
  GetParam().make(file);
  const auto graph = file.graph();
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().fault, Fault::kUsage);
  EXPECT_THAT(graph.error().what, HasSubstr(GetParam().what));
  EXPECT_THAT(graph.error().where, HasSubstr(GetParam().where));
}

tflite::OperatorT& op(File& file, size_t i) {
  return *file.main().operators[i];
}

const std::vector<Refusal> kRefusals = {
    {"ReadButNeverAssigned",
     [](File& file) {
       file.call_once();
       file.joined({file.read(file.handle("x")), kInput});
     },
     "the variable \"x\" is read, but nothing is ever assigned to it", "f: its variables"},
    {"NoFirstValue",
     [](File& file) {
       sound(file);
       file.once().operators.clear();
     },
     "the variable \"x\" is read, but nothing is assigned to it before the first run", "f: its variables"},
    {"FirstValueIsNoConstant",
     [](File& file) {
       sound(file);
       file.once().tensors[1]->buffer = 0;
     },
     "the variable \"x\" begins with no constant", "f: subgraph 1, operator 1 (ASSIGN_VARIABLE)"},
    {"FirstValueIsComputed",
     [](File& file) {
       sound(file);
       file.op(file.once(), tflite::BuiltinOperator_NEG, {1}, {1}, tflite::NegOptionsT());
     },
     "does something else than to assign constants", "f: subgraph 1, operator 2 (NEG)"},
    {"FirstValueQuantisesNoConstant",
     [](File& file) {
       sound(file);
       const int in = File::value(file.once());
       file.op(file.once(), tflite::BuiltinOperator_QUANTIZE, {in}, {File::value(file.once())},
               tflite::QuantizeOptionsT());
     },
     "quantises no constant", "f: subgraph 1, operator 2 (QUANTIZE)"},
    {"FirstValueOfAnotherShape",
     [](File& file) {
       sound(file);
       file.once().tensors[1]->shape = {4};
     },
     "uses the variable \"x\" with the shape [1, 4], which has the shape [4] elsewhere",
     "f: operator 2 (READ_VARIABLE)"},
    {"FloatVariable",
     [](File& file) {
       sound(file);
       file.once().tensors[1]->type = tflite::TensorType_FLOAT32;
       file.model().buffers[1]->data.resize(16);
     },
     "uses the variable \"x\" of type float32; int8 is supported", "f: operator 0 (CALL_ONCE)"},
    {"ReadAsFloat",
     [](File& file) {
       sound(file);
       file.main().tensors[2]->type = tflite::TensorType_FLOAT32;
     },
     "uses the variable \"x\" of type float32; int8 is supported", "f: operator 2 (READ_VARIABLE)"},
    {"AssignedInAnotherShape",
     [](File& file) {
       sound(file);
       file.main().tensors[kInput]->shape = {4, 1};
     },
     "uses the variable \"x\" with the shape [4, 1], which has the shape [1, 4] elsewhere",
     "f: operator 3 (ASSIGN_VARIABLE)"},
    {"AssignedAConstant",
     [](File& file) {
       file.begin("x", {9, 9, 9, 9});
       file.call_once();
       const int x = file.handle("x");
       file.joined({file.read(x), kInput});
       file.assign(x, file.constant(file.main(), {1, 2, 3, 4}));
     },
     "the variable \"x\" is assigned the same constant in every run", "f: its variables"},
    {"ReadAgainWithAnotherScale",
     [](File& file) {
       sound(file);
       const int again = file.read(file.handle("x"));
       file.main().tensors[static_cast<size_t>(again)]->quantization->scale[0] = 0.25F;
     },
     "another scale or zero point than it was assigned with", "f: operator 6 (READ_VARIABLE)"},
    {"CalledAfterItsUse",
     [](File& file) {
       file.begin("x", {9, 9, 9, 9});
       const int x = file.handle("x");
       const int before = file.read(x);
       file.call_once();
       file.assign(x, kInput);
       file.joined({before, kInput});
     },
     "begins the variable \"x\" after an operator has used it", "f: operator 2 (CALL_ONCE)"},
    {"NoHandle",
     [](File& file) {
       sound(file);
       op(file, 2).inputs = {kInput};
     },
     "takes tensor 0, which no VAR_HANDLE before it has made", "f: operator 2 (READ_VARIABLE)"},
    {"NoSubgraph",
     [](File& file) {
       sound(file);
       op(file, 0).builtin_options.AsCallOnceOptions()->init_subgraph_index = 7;
     },
     "there is no subgraph 7 to call", "f: operator 0 (CALL_ONCE)"},
    {"CallsItself",
     [](File& file) {
       sound(file);
       op(file, 0).builtin_options.AsCallOnceOptions()->init_subgraph_index = 0;
     },
     "one is supported, and those that CALL_ONCE runs", "f"},
    {"AnotherSubgraph",
     [](File& file) {
       sound(file);
       file.model().subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
     },
     "the model has 3 subgraphs", "f"},
    {"ReadsIntoTheInput",
     [](File& file) {
       sound(file);
       op(file, 2).outputs = {kInput};
     },
     "the model's input is not an activation", "f"},
    {"ReadsIntoAConstant",
     [](File& file) {
       sound(file);
       op(file, 2).outputs = {file.constant(file.main(), {1, 2, 3, 4})};
     },
     "which is a constant", "f: operator 2 (READ_VARIABLE)"},
    {"NoVarHandleOptions",
     [](File& file) {
       sound(file);
       op(file, 1).builtin_options.Reset();
     },
     "lacks its VarHandleOptions", "f: operator 1 (VAR_HANDLE)"},
    {"AssignsNothing",
     [](File& file) {
       sound(file);
       op(file, 3).inputs.pop_back();
     },
     "has 1 inputs and 0 outputs", "f: operator 3 (ASSIGN_VARIABLE)"},
    {"AssignsWhatNothingMakes",
     [](File& file) {
       sound(file);
       op(file, 3).inputs[1] = file.value();
     },
     "takes its next value from tensor 4, which nothing makes", "f: variable 0 (x)"},
    {"OperatorWithoutCode",
     [](File& file) {
       sound(file);
       file.once().operators[0]->opcode_index = 99;
     },
     "the operator has no code", "f: subgraph 1, operator 0"},
};

INSTANTIATE_TEST_SUITE_P(All, VariablesRefuse, testing::ValuesIn(kRefusals),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace dew::graph
