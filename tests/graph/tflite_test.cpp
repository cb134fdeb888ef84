// .tflite files: what we write reads back the same, and a file that is damaged or not supported is refused
// with the name of what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"
#include "tflite_generated.h"

namespace dew::graph {
namespace {

using testing::HasSubstr;

void expect_same_outputs(const Graph& a, const Graph& b, const std::vector<uint8_t>& input) {
  ASSERT_EQ(a.outputs.size(), b.outputs.size());
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const auto one = interpret(a, input, rounding);
    const auto other = interpret(b, input, rounding);
    ASSERT_TRUE(one) << problem(one.error());
    ASSERT_TRUE(other) << problem(other.error());
    for (size_t i = 0; i < a.outputs.size(); ++i) {
      EXPECT_EQ((*one)[static_cast<size_t>(a.outputs[i])], (*other)[static_cast<size_t>(b.outputs[i])]);
    }
  }
}

std::vector<uint8_t> some_input(const Graph& graph) {
  std::vector<uint8_t> bytes(
      static_cast<size_t>(graph.tensors[static_cast<size_t>(graph.inputs[0])].bytes()));
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 2654435761U >> 13);
  return bytes;
}

TEST(RoundTrip, EveryOperator) {
  const Graph graph = all_operators(3);
  const auto bytes = write_tflite(graph);
  ASSERT_TRUE(bytes) << problem(bytes.error());
  const auto read = read_tflite(*bytes, "made");
  ASSERT_TRUE(read) << problem(read.error());
  EXPECT_EQ(dump(*read), dump(graph));
  expect_same_outputs(graph, *read, some_input(graph));
  EXPECT_EQ(write_tflite(*read).value(), *bytes);
}

TEST(RoundTrip, ExplicitPaddingBecomesPad) {
  Builder b(4);
  const int x = b.input({1, 9, 7, 2}, 0.05F, -7);
  b.output(b.conv(x, 4, 3, 2, Padding::kValid, Activation::kRelu6));
  Op& op = b.last();
  op.padding = Padding::kExplicit;
  op.pad_bottom = 1;
  op.pad_right = 2;
  const Window w = window(b.graph(), op);
  b.graph().tensors.back().shape = {1, w.out_h, w.out_w, 4};
  const auto read = read_tflite(write_tflite(b.graph()).value(), "made");
  ASSERT_TRUE(read) << problem(read.error());
  ASSERT_EQ(read->ops.size(), 2U);
  EXPECT_EQ(read->ops[0].kind, OpKind::kPad);
  EXPECT_EQ(read->ops[1].padding, Padding::kValid);
  expect_same_outputs(b.graph(), *read, some_input(b.graph()));
}

TEST(RoundTrip, PublishedModels) {
  if (!have_models()) GTEST_SKIP() << kModelsMissing;
  for (const char* model : {"person_detect", "vww_96_int8", "tf2_mobilenet_v2_1.0_224_ptq"}) {
    const auto graph = read_model(model);
    ASSERT_TRUE(graph) << problem(graph.error());
    const auto again = read_tflite(write_tflite(*graph).value(), graph->name);
    ASSERT_TRUE(again) << problem(again.error());
    EXPECT_EQ(dump(*again), dump(*graph));
    ASSERT_EQ(again->tensors.size(), graph->tensors.size());
    for (size_t i = 0; i < graph->tensors.size(); ++i) {
      EXPECT_EQ(again->tensors[i].data, graph->tensors[i].data);
      EXPECT_EQ(again->tensors[i].quantisation.scale, graph->tensors[i].quantisation.scale);
    }
    if (graph->tensors.size() < 100) expect_same_outputs(*graph, *again, golden(model, "in", 3));
  }
}

TEST(Write, RefusesABrokenGraph) {
  Graph graph = mobilenet_like(1, 16, 2);
  graph.ops[2].stride_h = 0;
  EXPECT_THAT(write_tflite(graph).error().where, HasSubstr("operator 2"));
}

/// One alteration of a sound file, and the expected error.
struct Altered {
  const char* name;
  std::function<void(tflite::ModelT&)> alter;
  const char* what;
  const char* where;
};

class ReadRefuses : public testing::TestWithParam<Altered> {};

Result<Graph> read_model_t(const tflite::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  tflite::FinishModelBuffer(builder, tflite::Model::Pack(builder, &model));
  return read_tflite({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, "f");
}

TEST_P(ReadRefuses, ByName) {
  const std::string sound = write_tflite(all_operators(3)).value();
  tflite::ModelT model;
  tflite::GetModel(sound.data())->UnPackTo(&model);
  GetParam().alter(model);
  const auto read = read_model_t(model);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr(GetParam().what));
  EXPECT_THAT(read.error().where, HasSubstr(GetParam().where));
  EXPECT_EQ(read.error().fault, Fault::kUsage);
}

tflite::TensorT& tensor(tflite::ModelT& m, int index) {
  return *m.subgraphs[0]->tensors[static_cast<size_t>(index)];
}
tflite::OperatorT& op(tflite::ModelT& m, size_t index) {
  return *m.subgraphs[0]->operators[index];
}

// Tensor 0 is the image, 1 its int8 form, 2 the stem's weights; operator 0 quantizes, 1 is the stem.
const Altered kAltered[] = {
    {"UnsupportedOperator",
     [](auto& m) { m.operator_codes[1]->builtin_code = tflite::BuiltinOperator_TRANSPOSE_CONV; },
     "TRANSPOSE_CONV (code 67) is not supported", "f: operator 1"},
    {"OldOperatorCode",
     [](auto& m) {
       m.operator_codes[1]->builtin_code = tflite::BuiltinOperator_ADD;
       m.operator_codes[1]->deprecated_builtin_code = 27;
     },
     "SVDF (code 27)", "f: operator 1"},
    {"UnknownOperator",
     [](auto& m) { m.operator_codes[1]->builtin_code = static_cast<tflite::BuiltinOperator>(4711); },
     "code 4711", "f: operator 1"},
    {"CustomOperator",
     [](auto& m) {
       m.operator_codes[1]->builtin_code = tflite::BuiltinOperator_CUSTOM;
       m.operator_codes[1]->custom_code = "Their\x1bOp";
     },
     "custom operator Their\\x1bOp", "f: operator 1"},
    {"Int16Tensor", [](auto& m) { tensor(m, 2).type = tflite::TensorType_INT16; }, "INT16",
     "operator 1 (Conv2D), tensor 2"},
    {"DynamicShape",
     [](auto& m) {
       tensor(m, 1).shape_signature = {-1, -1, 12, 3};
     },
     "dynamic shape", "operator 0 (Quantize), tensor 1"},
    {"ZeroExtent",
     [](auto& m) {
       tensor(m, 1).shape = {1, 0, 12, 3};
     },
     "dynamic shape", "operator 0 (Quantize), tensor 1"},
    {"ZeroScale", [](auto& m) { tensor(m, 1).quantization->scale[0] = 0; }, "has the scale 0",
     "operator 0 (Quantize), tensor 1"},
    {"NanScale", [](auto& m) { tensor(m, 2).quantization->scale[5] = std::nanf(""); }, "has the scale nan",
     "operator 1 (Conv2D), tensor 2"},
    {"NegativeScale", [](auto& m) { tensor(m, 1).quantization->scale[0] = -0.5F; }, "has the scale -0.5",
     "operator 0 (Quantize), tensor 1"},
    {"NanScaleOfAnActivation", [](auto& m) { tensor(m, 1).quantization->scale[0] = std::nanf(""); },
     "has the scale nan; a scale must be a positive number", "operator 0 (Quantize), tensor 1"},
    {"InfiniteScale", [](auto& m) { tensor(m, 2).quantization->scale[5] = INFINITY; }, "has the scale inf",
     "operator 1 (Conv2D), tensor 2"},
    {"MissingZeroPoints",
     [](auto& m) {
       tensor(m, 2).quantization->zero_point = {0, 0};
     },
     "zero points", "operator 1 (Conv2D), tensor 2"},
    {"Quantised_dimension", [](auto& m) { tensor(m, 2).quantization->quantized_dimension = 7; }, "axis 7",
     "operator 1 (Conv2D), tensor 2"},
    {"Sparse", [](auto& m) { tensor(m, 2).sparsity = std::make_unique<tflite::SparsityParametersT>(); },
     "sparse", "operator 1 (Conv2D), tensor 2"},
    {"TwoSubgraphs", [](auto& m) { m.subgraphs.push_back(std::make_unique<tflite::SubGraphT>()); },
     "has 2 subgraphs; one is supported", "f"},
    {"Version", [](auto& m) { m.version = 2; }, "format version 2", "f"},
    {"OperatorWithoutCode", [](auto& m) { op(m, 1).opcode_index = 77; }, "no code", "operator 1"},
    {"TensorIndex", [](auto& m) { op(m, 1).inputs[0] = 1000; }, "no tensor 1000", "operator 1 (Conv2D)"},
    {"NegativeTensorIndex", [](auto& m) { op(m, 1).outputs[0] = -2; }, "no tensor -2", "operator 1 (Conv2D)"},
    {"Cycle", [](auto& m) { op(m, 1).inputs[0] = op(m, 4).outputs[0]; }, "before any operator has made it",
     "operator 1 (Conv2D)"},
    {"ReadsItsOwnOutput", [](auto& m) { op(m, 1).inputs[0] = op(m, 1).outputs[0]; },
     "before any operator has made it", "operator 1 (Conv2D)"},
    {"MadeTwice", [](auto& m) { op(m, 2).outputs[0] = op(m, 1).outputs[0]; }, "which something else has made",
     "operator 2 ("},
    {"ModelInputIndex", [](auto& m) { m.subgraphs[0]->inputs[0] = 1000; }, "no tensor 1000",
     "f: the model's input"},
    {"ModelOutputIndex", [](auto& m) { m.subgraphs[0]->outputs[0] = -7; }, "no tensor -7",
     "f: the model's output"},
    {"TwoInputs", [](auto& m) { m.subgraphs[0]->inputs.push_back(1); }, "one input", "f"},
    {"NoInput", [](auto& m) { op(m, 1).inputs.clear(); }, "has 0 inputs and 1 outputs",
     "operator 1 (Conv2D)"},
    {"AbsentInput", [](auto& m) { op(m, 1).inputs[0] = -1; }, "has no input 0", "operator 1 (Conv2D)"},
    {"ZeroStride", [](auto& m) { op(m, 1).builtin_options.AsConv2DOptions()->stride_h = 0; },
     "stride or dilation of 0", "operator 1 (Conv2D)"},
    {"WrongShape", [](auto& m) { tensor(m, op(m, 1).outputs[0]).shape[1] += 1; }, "is expected",
     "operator 1 (Conv2D)"},
    {"ZeroPointOutOfRange", [](auto& m) { tensor(m, 1).quantization->zero_point[0] = 300; },
     "the zero point 300, outside of int8", "operator 0 (Quantize), tensor 1"},
    {"FloatWeights",
     [](auto& m) {
       tensor(m, 2).type = tflite::TensorType_FLOAT32;
       auto& data = m.buffers[tensor(m, 2).buffer]->data;
       data.resize(data.size() * 4);
     },
     "has float32 weights; int8 is supported", "operator 1 (Conv2D)"},
    {"BufferIndex", [](auto& m) { tensor(m, 2).buffer = 1000; }, "no buffer 1000",
     "operator 1 (Conv2D), tensor 2"},
    {"ShortConstant", [](auto& m) { m.buffers[tensor(m, 2).buffer]->data.pop_back(); }, "bytes of data",
     "operator 1 (Conv2D), tensor 2"},
    {"OutsideData", [](auto& m) { m.buffers[tensor(m, 2).buffer]->offset = 4096; },
     "outside of the FlatBuffer", "tensor 2"},
    {"NoOptions", [](auto& m) { op(m, 1).builtin_options.Reset(); }, "lacks its Conv2DOptions",
     "operator 1 (Conv2D)"},
    {"Padding",
     [](auto& m) { op(m, 1).builtin_options.AsConv2DOptions()->padding = static_cast<tflite::Padding>(9); },
     "padding 9", "operator 1 (Conv2D)"},
    {"FusedTanh",
     [](auto& m) {
       op(m, 1).builtin_options.AsConv2DOptions()->fused_activation_function =
           tflite::ActivationFunctionType_TANH;
     },
     "TANH", "operator 1 (Conv2D)"},
};

INSTANTIATE_TEST_SUITE_P(All, ReadRefuses, testing::ValuesIn(kAltered),
                         [](const testing::TestParamInfo<Altered>& altered) { return altered.param.name; });

TEST(Read, FloatModel) {
  tflite::ModelT model;
  const std::string sound = write_tflite(mobilenet_like(1, 16, 2)).value();
  tflite::GetModel(sound.data())->UnPackTo(&model);
  for (auto& t : model.subgraphs[0]->tensors) {
    if (t->quantization == nullptr) continue;
    auto& data = model.buffers[t->buffer]->data;
    if (t->type == tflite::TensorType_INT8) data.resize(data.size() * 4);
    t->type = tflite::TensorType_FLOAT32;
    t->quantization = nullptr;
  }
  const auto read = read_model_t(model);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "has float32 input; int8 is supported");
  EXPECT_EQ(read.error().where, "f: operator 0 (Conv2D)");
  EXPECT_THAT(read.error().next, HasSubstr("quantise the model to int8"));
}

TEST(Read, TruncatedFiles) {
  const std::string sound = write_tflite(mobilenet_like(1, 16, 2)).value();
  ASSERT_TRUE(read_tflite(sound, "f"));
  for (size_t length = 0; length < sound.size(); length += 1 + length / 50) {
    const auto read = read_tflite(std::string_view(sound).substr(0, length), "f");
    ASSERT_FALSE(read) << length;
    EXPECT_THAT(read.error().what,
                testing::AnyOf(HasSubstr("not a TensorFlow Lite model"), HasSubstr("truncated or damaged")));
  }
}

TEST(Read, EveryLengthOfASmallFile) {
  Builder b(5);
  b.output(b.conv(b.input({1, 4, 4, 2}, 0.05F, 3), 3, 3, 2, Padding::kSame, Activation::kRelu6));
  const std::string sound = write_tflite(b.graph()).value();
  for (size_t length = 0; length < sound.size(); ++length) {
    const auto read = read_tflite(std::string_view(sound).substr(0, length), "f");
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().where, "f");
    EXPECT_FALSE(read.error().next.empty());
  }
}

TEST(Read, AnUnsupportedOperatorIsToldWithThoseThatAre) {
  tflite::ModelT model;
  const std::string sound = write_tflite(all_operators(3)).value();
  tflite::GetModel(sound.data())->UnPackTo(&model);
  model.operator_codes[1]->builtin_code = tflite::BuiltinOperator_TRANSPOSE_CONV;
  const auto read = read_model_t(model);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().next, HasSubstr("use UpSampling2D and Conv2D"));
  for (const char* supported :
       {"Conv2D",     "DepthwiseConv2D", "FullyConnected", "Add",   "Mul",           "Div",
        "Pad",        "AveragePool2D",   "MaxPool2D",      "Mean",  "Reshape",       "Softmax",
        "LogSoftmax", "Logistic",        "Relu",           "Relu6", "Concatenation", "Transpose",
        "Quantize",   "Dequantize"})
    EXPECT_THAT(read.error().next, HasSubstr(supported));
}

TEST(Read, AllMissingOperatorsAreToldAtOnceWithWhatToDo) {
  tflite::ModelT model;
  const std::string sound = write_tflite(all_operators(3)).value();
  tflite::GetModel(sound.data())->UnPackTo(&model);
  model.operator_codes[1]->builtin_code = tflite::BuiltinOperator_TRANSPOSE_CONV;
  model.operator_codes[3]->builtin_code = tflite::BuiltinOperator_CUSTOM;
  model.operator_codes[3]->deprecated_builtin_code = 32;
  model.operator_codes[3]->custom_code = "FlexErf";
  const auto read = read_model_t(model);
  ASSERT_FALSE(read);
  EXPECT_EQ(
      read.error().what,
      "TRANSPOSE_CONV (code 67) [operator 1], the custom operator FlexErf [operator 3] are not supported");
  EXPECT_EQ(read.error().where, "f: operators 1, 3");
  EXPECT_THAT(read.error().next, HasSubstr("use UpSampling2D and Conv2D"));
  EXPECT_THAT(read.error().next, HasSubstr("FlexErf: convert the model without SELECT_TF_OPS"));
}

TEST(Read, FilesCompiledForAcceleratorsAreKnownAsSuch) {
  const std::string sound = write_tflite(all_operators(3)).value();
  for (const auto& [custom, tool] :
       {std::pair("ethos-u", "vela"), {"edgetpu-custom-op", "edgetpu_compiler"}}) {
    tflite::ModelT model;
    tflite::GetModel(sound.data())->UnPackTo(&model);
    model.operator_codes[1]->builtin_code = tflite::BuiltinOperator_CUSTOM;
    model.operator_codes[1]->deprecated_builtin_code = 32;
    model.operator_codes[1]->custom_code = custom;
    const auto read = read_model_t(model);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().what, HasSubstr("has been compiled for"));
    EXPECT_EQ(read.error().next, std::string("use the .tflite file from before ") + tool);
  }
}

TEST(Read, NamesThatAreNotTextAreMadeText) {
  tflite::ModelT model;
  const std::string sound = write_tflite(all_operators(3)).value();
  tflite::GetModel(sound.data())->UnPackTo(&model);
  tensor(model, 1).name = "a\xff\x1b[31m";
  const auto read = read_model_t(model);
  ASSERT_TRUE(read) << problem(read.error());
  EXPECT_EQ(read->tensors[1].name, "a\\xff\\x1b[31m");
}

TEST(Read, AChannelOfWeightsMayHaveTheScaleZero) {
  tflite::ModelT model;
  const std::string sound = write_tflite(all_operators(3)).value();
  tflite::GetModel(sound.data())->UnPackTo(&model);
  tensor(model, 2).quantization->scale[5] = 0;
  const auto read = read_model_t(model);
  ASSERT_TRUE(read) << problem(read.error());
  const auto values = interpret(*read, some_input(*read), Rounding::kTflite);
  ASSERT_TRUE(values) << problem(values.error());
  const int stem = read->ops[1].outputs[0];
  const auto& out = (*values)[static_cast<size_t>(stem)];
  for (size_t i = 5; i < out.size(); i += 8)
    EXPECT_EQ(static_cast<int8_t>(out[i]),
              read->tensors[static_cast<size_t>(stem)].quantisation.zero_point[0]);
}

TEST(Read, ForeignBytes) {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string(1000, '\0'), std::string("\x1c\0\0\0TFL3", 8),
        std::string("\xff\xff\xff\xffTFL3....", 12)})
    EXPECT_FALSE(read_tflite(bytes, "f"));
}

TEST(Read, Int64AxesAndAnOpenBatch) {
  tflite::ModelT model;
  const std::string sound = write_tflite(all_operators(3)).value();
  tflite::GetModel(sound.data())->UnPackTo(&model);
  tensor(model, 0).shape_signature = {-1, 12, 12, 3};
  for (auto& t : model.subgraphs[0]->tensors) {
    if (t->type != tflite::TensorType_INT32 || t->quantization != nullptr) continue;
    t->type = tflite::TensorType_INT64;
    auto& data = model.buffers[t->buffer]->data;
    std::vector<uint8_t> wide;
    for (size_t i = 0; i < data.size(); i += 4) {
      wide.insert(wide.end(), data.begin() + static_cast<long>(i), data.begin() + static_cast<long>(i) + 4);
      wide.insert(wide.end(), 4, data[i + 3] >= 128 ? 255 : 0);
    }
    data = wide;
  }
  const auto read = read_model_t(model);
  ASSERT_TRUE(read) << problem(read.error());
  expect_same_outputs(all_operators(3), *read, some_input(*read));
}

TEST(Write, BuffersStandAtMultiplesOf16) {
  const std::string bytes = write_tflite(all_operators(3)).value();
  const auto* model = tflite::GetModel(bytes.data());
  EXPECT_EQ(model->buffers()->Get(0)->data(), nullptr);
  for (const auto* buffer : *model->buffers()) {
    if (buffer->data() == nullptr) continue;
    EXPECT_EQ((reinterpret_cast<const char*>(buffer->data()->data()) - bytes.data()) % 16, 0);
  }
}

}  // namespace
}  // namespace dew::graph
