// check() and dump(): a broken graph is refused with the name of what is wrong, a sound one prints as
// expected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/graph/builder.h"

namespace dew::graph {
namespace {

using testing::HasSubstr;

/// input 0 [1, 6, 6, 2], weights 1, bias 2, output 3; softmax input 3 reshaped to 5, its output 6.
Graph small() {
  Builder b(1);
  const int x = b.input({1, 6, 6, 2}, 0.05F, 3);
  const int y = b.conv(x, 2, 3, 1, Padding::kValid, Activation::kRelu6);
  const int flat = b.reshape(y, {1, 32});
  b.output(b.softmax(flat));
  return b.graph();
}

TEST(Check, AcceptsWhatIsSound) {
  const auto checked = check(small());
  EXPECT_TRUE(checked) << checked.error().what;
  EXPECT_TRUE(check(mobilenet_like(1, 32, 3)));
}

struct Broken {
  const char* name;
  std::function<void(Graph&)> breaks;
  const char* what;
  const char* where;
};

class CheckRefuses : public testing::TestWithParam<Broken> {};

TEST_P(CheckRefuses, WithANamedOperator) {
  Graph graph = small();
  GetParam().breaks(graph);
  const auto checked = check(graph);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().what, HasSubstr(GetParam().what));
  EXPECT_THAT(checked.error().where, HasSubstr(GetParam().where));
  EXPECT_EQ(checked.error().fault, Fault::kUsage);
  EXPECT_FALSE(dump(graph).empty());  // a broken graph must print too: it is what one looks at
}

const Broken kBroken[] = {
    {"NoInput", [](Graph& g) { g.inputs.clear(); }, "has 0 inputs", "made"},
    {"UnmadeOutput", [](Graph& g) { g.outputs = {99}; }, "no operator makes", "made"},
    {"UnknownTensor", [](Graph& g) { g.ops[0].inputs[0] = 99; }, "does not exist", "operator 0 (Conv2D)"},
    {"WrongOrder", [](Graph& g) { std::swap(g.ops[0], g.ops[1]); }, "before any operator",
     "operator 0 (Reshape)"},
    {"MadeTwice", [](Graph& g) { g.ops[1].outputs = {3}; }, "something else has made",
     "operator 1 (Reshape)"},
    {"ZeroScale", [](Graph& g) { g.tensors[3].quantisation.scale[0] = 0; }, "has the scale 0",
     "operator 0 (Conv2D), tensor 3"},
    {"NanScale", [](Graph& g) { g.tensors[1].quantisation.scale[1] = std::nanf(""); }, "has the scale nan",
     "operator 0 (Conv2D), tensor 1"},
    {"NoScale", [](Graph& g) { g.tensors[0].quantisation = {}; }, "no scale",
     "operator 0 (Conv2D), tensor 0"},
    {"ZeroPoint", [](Graph& g) { g.tensors[0].quantisation.zero_point[0] = 128; }, "zero point 128",
     "tensor 0"},
    {"ScalesForNoAxis", [](Graph& g) { g.tensors[1].quantisation.axis = 1; }, "along axis 1", "tensor 1"},
    {"UnknownExtent", [](Graph& g) { g.tensors[3].shape[1] = -1; }, "every extent",
     "operator 0 (Conv2D), tensor 3"},
    {"HugeTensor",
     [](Graph& g) {
       g.tensors[3].shape = {1, 1 << 20, 1 << 20, 1 << 20};
     },
     "more than", "tensor 3"},
    {"ShortData", [](Graph& g) { g.tensors[1].data.pop_back(); }, "bytes of data", "tensor 1"},
    {"FloatInput", [](Graph& g) { g.tensors[0].type = DType::kFloat32; }, "float32 input; int8 is supported",
     "operator 0 (Conv2D)"},
    {"BatchOfTwo", [](Graph& g) { g.tensors[0].shape[0] = 2; }, "not [1, H, W, C]", "operator 0 (Conv2D)"},
    {"GroupedConvolution", [](Graph& g) { g.tensors[0].shape[3] = 4; }, "grouped", "operator 0 (Conv2D)"},
    {"OutputShape", [](Graph& g) { g.tensors[3].shape[1] = 5; }, "where [1, 4, 4, 2] is expected",
     "operator 0 (Conv2D)"},
    {"AsymmetricWeights", [](Graph& g) { g.tensors[1].quantisation.zero_point[0] = 1; },
     "zero point 1, not 0", "operator 0 (Conv2D)"},
    {"ZeroStride", [](Graph& g) { g.ops[0].stride_w = 0; }, "stride", "operator 0 (Conv2D)"},
    {"LargeFilter", [](Graph& g) { g.ops[0].dilation_h = 9; }, "larger than its input",
     "operator 0 (Conv2D)"},
    {"LongBias",
     [](Graph& g) {
       g.tensors[2].shape = {3};
       g.tensors[2].data.resize(12);
       g.tensors[2].quantisation = {};
     },
     "biases", "operator 0 (Conv2D)"},
    {"Overflow",
     [](Graph& g) {
       g.tensors[2].data[3] = 0x7f;
       g.tensors[2].data[2] = 0xff;
     },
     "overflow its 32-bit sum", "operator 0 (Conv2D)"},
    {"MissingInput", [](Graph& g) { g.ops[0].inputs[1] = -1; }, "has no input 1", "operator 0 (Conv2D)"},
    {"ReshapeToFewer",
     [](Graph& g) {
       g.tensors[5].shape = {1, 31};
     },
     "into [1, 31]", "operator 1 (Reshape)"},
    {"ReshapeToAnotherScale", [](Graph& g) { g.tensors[5].quantisation.scale[0] *= 2; }, "different scale",
     "operator 1 (Reshape)"},
    {"SoftmaxScale", [](Graph& g) { g.tensors[6].quantisation.scale[0] = 0.01F; }, "1/256",
     "operator 2 (Softmax)"},
    {"DivByAnActivation",
     [](Graph& g) {
       g.ops[2].kind = OpKind::kDiv;
       g.ops[2].inputs = {5, 5};
     },
     "a divisor that is not constant", "operator 2 (Div)"},
    {"DivByZero",
     [](Graph& g) {
       Tensor divisor = g.tensors[5];
       divisor.shape = {1};
       divisor.data = {static_cast<uint8_t>(divisor.quantisation.zero_point[0])};
       g.tensors.push_back(divisor);
       g.ops[2].kind = OpKind::kDiv;
       g.ops[2].inputs = {5, static_cast<int>(g.tensors.size()) - 1};
     },
     "divides by zero", "operator 2 (Div)"},
    {"LogSoftmaxScale", [](Graph& g) { g.ops[2].kind = OpKind::kLogSoftmax; }, "only 16/256 and 127",
     "operator 2 (LogSoftmax)"},
    {"SoftmaxBeta", [](Graph& g) { g.ops[2].beta = std::nanf(""); }, "beta", "operator 2 (Softmax)"},
};

INSTANTIATE_TEST_SUITE_P(All, CheckRefuses, testing::ValuesIn(kBroken),
                         [](const testing::TestParamInfo<Broken>& broken) { return broken.param.name; });

TEST(Check, ExplicitPaddingIsForConvolutions) {
  Builder b(2);
  const int x = b.input({1, 6, 6, 2}, 0.05F, 3);
  b.output(b.pool(OpKind::kMaxPool2D, x, 2, 2, Padding::kValid));
  b.last().padding = Padding::kExplicit;
  const auto checked = check(b.graph());
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().what, HasSubstr("SAME and VALID"));
}

TEST(Interpret, RefusesAnInputOfTheWrongSize) {
  const auto values = interpret(small(), std::vector<uint8_t>(71), Rounding::kDew);
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().what, "the input has 71 bytes, the model takes 72");
}

TEST(Dump, IsOneLinePerOperator) {
  EXPECT_EQ(dump(small()),
            "made: 3 operators, 7 tensors\n"
            " input  0  [1, 6, 6, 2]  int8 0.05 zero 3\n"
            "   0  Conv2D           0 -> 3  [1, 4, 4, 2]  int8 0.0235294 zero -128  3x3 relu6\n"
            "   1  Reshape          3 -> 5  [1, 32]  int8 0.0235294 zero -128\n"
            "   2  Softmax          5 -> 6  [1, 32]  int8 0.00390625 zero -128\n"
            "output  6  [1, 32]  int8 0.00390625 zero -128\n");
}

}  // namespace
}  // namespace dew::graph
