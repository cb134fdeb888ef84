// Both roundings, operator by operator, compared with real arithmetic and with each other.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "graph/fixed_point.h"
#include "tests/graph/builder.h"
#include "tests/graph/golden.h"

namespace dew::graph {
namespace {

int as_number(const Tensor& t, const std::vector<uint8_t>& bytes, size_t i) {
  return t.type == DType::kInt8 ? static_cast<int8_t>(bytes[i]) : bytes[i];
}

double real(const Tensor& t, const std::vector<uint8_t>& bytes, size_t i) {
  return t.quantisation.scale[0] *
         (as_number(t, bytes, i) - static_cast<double>(t.quantisation.zero_point[0]));
}

int largest_difference(const Tensor& t, const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a.size() != b.size()) return 1000;
  int largest = 0;
  for (size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(as_number(t, a, i) - as_number(t, b, i)));
  return largest;
}

/// What a graph must compute: `expected(x, i)` is output i in real arithmetic, `x` the real inputs. It is
/// clamped to [low, high], in real numbers, and to the range of int8 before it is compared.
struct Truth {
  std::function<double(const std::vector<double>& x, size_t i)> expected;
  double tolerance = 0.55;  // in steps: half a step, plus the rounding of multipliers
  double low = -1e9;
  double high = 1e9;
};

void expect_truth(Builder& b, const Truth& truth) {
  const Graph& graph = b.graph();
  const auto input = b.random_input();
  const Tensor& in = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  const Tensor& out = graph.tensors[static_cast<size_t>(graph.outputs[0])];
  std::vector<double> x;
  for (size_t i = 0; i < input.size(); ++i) x.push_back(real(in, input, i));
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const auto values = interpret(graph, input, rounding);
    ASSERT_TRUE(values) << problem(values.error());
    const auto& bytes = (*values)[static_cast<size_t>(graph.outputs[0])];
    const double zero = static_cast<double>(out.quantisation.zero_point[0]);
    const int least = out.type == DType::kInt8 ? -128 : 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
      double due = std::clamp(truth.expected(x, i), truth.low, truth.high);
      due = std::clamp(due / out.quantisation.scale[0] + zero, least + 0.0, least + 255.0);
      // Where TensorFlow Lite divides by 2 after its first rounding, that rounding adds a quarter of a step.
      const double tolerance = truth.tolerance + (rounding == Rounding::kTflite ? 0.25 : 0);
      ASSERT_NEAR(as_number(out, bytes, i), due, tolerance)
          << "output " << i << (rounding == Rounding::kDew ? " dew" : " tflite");
    }
  }
}

TEST(Truth, Add) {
  Builder b(1);
  const int x = b.input({1, 5, 4, 6}, 0.11F, -17);
  const int c = b.constant({1, 5, 4, 6}, 0.03F, 40);
  b.output(b.add(x, c));
  const Tensor constant = b.graph().tensors[static_cast<size_t>(c)];
  expect_truth(b, {[&](const auto& v, size_t i) { return v[i] + real(constant, constant.data, i); }});
}

TEST(Truth, MulByOneValueAChannel) {
  Builder b(2);
  const int x = b.input({1, 3, 5, 7}, 0.02F, 3);
  const int c = b.constant({1, 1, 1, 7}, 0.01F, -9);
  b.output(b.mul(x, c, Activation::kRelu));
  const Tensor constant = b.graph().tensors[static_cast<size_t>(c)];
  Truth truth{[&](const auto& v, size_t i) { return v[i] * real(constant, constant.data, i % 7); }};
  truth.low = 0;
  expect_truth(b, truth);
}

TEST(Truth, DivByOneValueAChannel) {
  for (const float loudness : {1.0F, 0.01F}) {
    Builder b(2);
    const int x = b.input({1, 30, 5, 7}, 0.02F, 3);
    const int c = b.constant({1, 1, 1, 7}, 0.01F, -9);
    b.output(b.div(x, c));
    b.graph().tensors.back().quantisation.scale[0] *= loudness;
    const Tensor constant = b.graph().tensors[static_cast<size_t>(c)];
    expect_truth(b, {[&](const auto& v, size_t i) { return v[i] / real(constant, constant.data, i % 7); }});
  }
}

TEST(Truth, AveragePoolCountsOnlyPixelsInside) {
  Builder b(3);
  const int x = b.input({1, 5, 5, 2}, 0.05F, 11);
  b.output(b.pool(OpKind::kAveragePool2D, x, 3, 2, Padding::kSame));  // 3x3 outputs, one row above
  const auto expected = [](const auto& v, size_t i) {
    const int oy = static_cast<int>(i) / 6;
    const int ox = static_cast<int>(i) / 2 % 3;
    double sum = 0;
    int count = 0;
    for (int y = oy * 2 - 1; y < oy * 2 + 2; ++y) {
      for (int xx = ox * 2 - 1; xx < ox * 2 + 2; ++xx) {
        if (y < 0 || y > 4 || xx < 0 || xx > 4) continue;
        sum += v[static_cast<size_t>((y * 5 + xx) * 2) + i % 2];
        ++count;
      }
    }
    return sum / count;
  };
  expect_truth(b, {expected});
}

TEST(Truth, MaxPool) {
  Builder b(4);
  const int x = b.input({1, 4, 6, 3}, 0.05F, -100);
  b.output(b.pool(OpKind::kMaxPool2D, x, 2, 2, Padding::kValid));
  const auto expected = [](const auto& v, size_t i) {
    const size_t at = (i / 9 * 2 * 6 + i / 3 % 3 * 2) * 3 + i % 3;
    return std::max({v[at], v[at + 3], v[at + 18], v[at + 21]});
  };
  expect_truth(b, {expected, 0.001});
}

TEST(Truth, MeanOverRowsAndColumns) {
  Builder b(5);
  const int x = b.input({1, 7, 7, 5}, 0.04F, -30);
  b.output(b.mean(x, {1, 2}, false));
  const auto expected = [](const auto& v, size_t i) {
    double sum = 0;
    for (size_t p = 0; p < 49; ++p) sum += v[p * 5 + i];
    return sum / 49;
  };
  expect_truth(b, {expected});
}

TEST(Truth, MeanOverAnotherAxisKeepingIt) {
  Builder b(6);
  const int x = b.input({1, 3, 4, 5}, 0.04F, 0);
  b.output(b.mean(x, {3}, true));
  const auto expected = [](const auto& v, size_t i) {
    return (v[i * 5] + v[i * 5 + 1] + v[i * 5 + 2] + v[i * 5 + 3] + v[i * 5 + 4]) / 5;
  };
  expect_truth(b, {expected});
}

TEST(Truth, ReluToAnotherScale) {
  Builder b(7);
  const int x = b.input({1, 4, 4, 8}, 0.05F, -20);
  b.output(b.relu(x, OpKind::kRelu, 0.03F, -128));
  Truth truth{[](const auto& v, size_t i) { return v[i]; }};
  truth.low = 0;
  expect_truth(b, truth);
}

TEST(Truth, Relu6) {
  Builder b(8);
  const int x = b.input({1, 4, 4, 8}, 0.1F, 10);
  b.output(b.relu(x, OpKind::kRelu6, 0.1F, 10));
  Truth truth{[](const auto& v, size_t i) { return v[i]; }};
  truth.low = 0;
  truth.high = 6;
  expect_truth(b, truth);
}

TEST(Truth, Logistic) {
  Builder b(9);
  const int x = b.input({1, 16, 16, 4}, 0.06F, 12);
  b.output(b.logistic(x));
  expect_truth(b, {[](const auto& v, size_t i) { return 1 / (1 + std::exp(-v[i])); }});
}

TEST(Truth, Softmax) {
  Builder b(10);
  const int x = b.input({1, 3, 10}, 0.05F, -12);
  b.output(b.softmax(x));
  b.last().beta = 0.7F;
  const auto expected = [](const auto& v, size_t i) {
    double sum = 0;
    for (size_t c = 0; c < 10; ++c) sum += std::exp(0.7 * v[i / 10 * 10 + c]);
    return std::exp(0.7 * v[i]) / sum;
  };
  expect_truth(b, {expected});
}

TEST(Truth, SoftmaxOfManyEqualClasses) {
  Builder b(11);
  const int x = b.input({1, 4095}, 0.001F, 0);  // the sum needs all of its twelve integer bits
  b.output(b.softmax(x));
  expect_truth(b, {[](const auto&, size_t) { return 1.0 / 4095; }});
}

double log_softmax(const std::vector<double>& values, size_t depth, size_t i) {
  double sum = 0;
  for (size_t c = 0; c < depth; ++c) sum += std::exp(values[i / depth * depth + c]);
  return values[i] - std::log(sum);
}

TEST(Truth, LogSoftmax) {
  for (const float scale : {0.001F, 0.05F, 0.13F, 0.9F}) {
    Builder b(10);
    const int x = b.input({1, 3, 10}, scale, -12);
    b.output(b.log_softmax(x));
    expect_truth(b, {[](const auto& v, size_t i) { return log_softmax(v, 10, i); }});
  }
}

TEST(Truth, LogSoftmaxOfManyEqualClasses) {
  Builder b(11);
  const int x = b.input({1, 4095}, 0.001F, 0);
  b.output(b.log_softmax(x));
  expect_truth(b, {[](const auto& v, size_t i) { return log_softmax(v, 4095, i); }});
}

TEST(FixedPoint, LogarithmsOfTheWholeRangeOfSums) {
  EXPECT_EQ(fixed_log(1 << 19, 12), 0);
  int32_t before = 0;
  for (double x = 1.0; x < 4096; x *= 1.0007) {
    const auto raw = static_cast<int32_t>(std::ldexp(x, 19));
    const int32_t made = fixed_log(raw, 12);
    EXPECT_NEAR(made, std::ldexp(std::log(std::ldexp(raw, -19)), 26), 4) << raw;
    EXPECT_GE(made, before);
    before = made;
  }
}

TEST(Truth, QuantizeFromAndToUint8) {
  for (const bool up : {true, false}) {
    Builder b(12);
    const int x = b.input({1, 4, 4, 3}, 0.02F, up ? 100 : -28, up ? DType::kUInt8 : DType::kInt8);
    b.output(b.quantize(x, up ? DType::kInt8 : DType::kUInt8, 0.013F, up ? 5 : 140));
    expect_truth(b, {[](const auto& v, size_t i) { return v[i]; }});
  }
}

TEST(Truth, ConcatenationTransposePadAndReshapeMoveValues) {
  Builder b(13);
  const int x = b.input({1, 2, 3, 4}, 0.02F, 7);
  const int turned = b.transpose(x, {0, 3, 1, 2});          // [1, 4, 2, 3]
  const int joined = b.concatenation({turned, turned}, 2);  // [1, 4, 4, 3]
  const int padded = b.pad(joined, 1, 0, 0, 2);             // [1, 5, 6, 3]
  b.output(b.reshape(padded, {1, 90}));
  const auto expected = [](const auto& v, size_t i) {
    const size_t y = i / 18;
    const size_t xx = i / 3 % 6;
    if (y == 0 || xx > 3) return 0.0;
    return v[xx % 2 * 12 + i % 3 * 4 + (y - 1)];
  };
  expect_truth(b, {expected, 0.001});
}

TEST(Truth, FloatInAndOut) {
  Builder b(14);
  const int x = b.input({1, 6}, 0, 0, DType::kFloat32);
  b.output(b.dequantize(b.quantize(x, DType::kInt8, 0.5F, -3)));
  const float in[] = {0.24F, 0.25F, -0.25F, 1e30F, -1e30F, std::nanf("")};
  const auto* raw = reinterpret_cast<const uint8_t*>(in);
  const auto values = interpret(b.graph(), {raw, sizeof in}, Rounding::kDew);
  ASSERT_TRUE(values) << problem(values.error());
  float out[6];
  std::copy_n((*values)[static_cast<size_t>(b.graph().outputs[0])].data(), sizeof out,
              reinterpret_cast<uint8_t*>(out));
  const float due[] = {0, 0.5F, -0.5F, 65, -62.5F, 0};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(out[i], due[i]) << i;
}

/// A convolution in its textbook form.
double convolve(const Graph& graph, const std::vector<double>& image, size_t output) {
  const Op& op = graph.ops[0];
  const Tensor& in = graph.tensors[static_cast<size_t>(op.inputs[0])];
  const Tensor& w = graph.tensors[static_cast<size_t>(op.inputs[1])];
  const Tensor& out = graph.tensors[static_cast<size_t>(op.outputs[0])];
  const bool depthwise = op.kind == OpKind::kDepthwiseConv2D;
  const auto index = static_cast<int>(output);
  const int channel = index % out.shape[3];
  const int ox = index / out.shape[3] % out.shape[2];
  const int oy = index / out.shape[3] / out.shape[2];
  const auto& scales = w.quantisation.scale;
  const double scale = scales[scales.size() == 1 ? 0 : static_cast<size_t>(channel)];
  double sum = 0;
  if (op.inputs.size() == 3) {
    const auto bias = constant_int32(graph.tensors[static_cast<size_t>(op.inputs[2])]);
    sum = bias[static_cast<size_t>(channel)] * scale * in.quantisation.scale[0];
  }
  const int from = depthwise ? channel / op.depth_multiplier : 0;
  const int to = depthwise ? from + 1 : in.shape[3];
  for (int fy = 0; fy < w.shape[1]; ++fy) {
    for (int fx = 0; fx < w.shape[2]; ++fx) {
      const int y = oy * op.stride_h + fy * op.dilation_h - op.pad_top;
      const int x = ox * op.stride_w + fx * op.dilation_w - op.pad_left;
      if (y < 0 || x < 0 || y >= in.shape[1] || x >= in.shape[2]) continue;
      for (int c = from; c < to; ++c) {
        const int tap = depthwise ? (fy * w.shape[2] + fx) * out.shape[3] + channel
                                  : ((channel * w.shape[1] + fy) * w.shape[2] + fx) * in.shape[3] + c;
        sum += image[static_cast<size_t>((y * in.shape[2] + x) * in.shape[3] + c)] * scale *
               static_cast<int8_t>(w.data[static_cast<size_t>(tap)]);
      }
    }
  }
  return sum;
}

struct Case {
  OpKind kind;
  int height, width, channels, filter, stride, dilation;
};

TEST(Truth, ConvolutionsOfEveryShape) {
  const Case cases[] = {
      {OpKind::kConv2D, 5, 7, 3, 3, 1, 1},          {OpKind::kConv2D, 6, 5, 4, 3, 2, 1},
      {OpKind::kConv2D, 3, 3, 9, 1, 1, 1},          {OpKind::kConv2D, 9, 8, 2, 3, 1, 2},
      {OpKind::kConv2D, 7, 7, 1, 5, 3, 1},          {OpKind::kDepthwiseConv2D, 5, 7, 3, 3, 1, 1},
      {OpKind::kDepthwiseConv2D, 8, 6, 5, 3, 2, 1}, {OpKind::kDepthwiseConv2D, 9, 9, 2, 3, 1, 2},
      {OpKind::kDepthwiseConv2D, 7, 7, 1, 5, 2, 1}};
  uint32_t seed = 20;
  for (const Case& c : cases) {
    for (const float loudness : {1.0F, 60.0F, 4000.0F}) {
      for (const bool plain : {true, false}) {
        Builder b(++seed);
        b.per_channel = plain;
        b.with_bias = plain;
        b.loudness = loudness;
        const int x = b.input({1, c.height, c.width, c.channels}, 0.02F, b.uniform(-128, 127));
        const auto activation = plain ? Activation::kNone : Activation::kRelu6;
        const int out = c.kind == OpKind::kConv2D
                            ? b.conv(x, 5, c.filter, c.stride, Padding::kValid, activation)
                            : b.depthwise(x, 3, c.filter, c.stride, Padding::kValid, activation);
        Op& op = b.last();
        op.dilation_h = op.dilation_w = c.dilation;
        op.padding = Padding::kExplicit;
        op.pad_top = 2;
        op.pad_left = 1;
        op.pad_right = 3;
        const Window w = window(b.graph(), op);
        auto& shape = b.graph().tensors[static_cast<size_t>(out)].shape;
        shape = {1, w.out_h, w.out_w, shape[3]};
        b.output(out);
        Truth truth{[&](const auto& v, size_t i) { return convolve(b.graph(), v, i); }, 0.76};
        if (!plain) {
          truth.low = 0;
          truth.high = 6;
        }
        expect_truth(b, truth);
        if (HasFatalFailure()) FAIL() << "in " << dump(b.graph());
      }
    }
  }
}

TEST(Truth, FullyConnectedOfSeveralRows) {
  Builder b(15);
  const int x = b.input({1, 4, 4, 3}, 0.02F, -5);
  const int out = b.fully_connected(x, 7);
  b.output(out);
  const Tensor weights = b.graph().tensors[static_cast<size_t>(b.last().inputs[1])];
  const auto bias = constant_int32(b.graph().tensors[static_cast<size_t>(b.last().inputs[2])]);
  const double scale = weights.quantisation.scale[0];
  expect_truth(b, {[&](const auto& v, size_t i) {
                 double sum = bias[i] * scale * 0.02F;
                 for (size_t k = 0; k < 48; ++k)
                   sum += v[k] * scale * static_cast<int8_t>(weights.data[i * 48 + k]);
                 return sum;
               }});
}

/// One operator alone; its first activation becomes the input, the others constants.
Graph alone(const Graph& graph, const OperatorOutput& layer,
            const std::vector<std::vector<uint8_t>>& values) {
  Graph one = graph;
  one.ops = {graph.ops[layer.op]};
  one.outputs = {layer.tensor};
  const auto& inputs = one.ops[0].inputs;
  one.inputs = {inputs[0]};
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i] < 0) continue;
    Tensor& t = one.tensors[static_cast<size_t>(inputs[i])];
    if (!t.constant()) t.data = values[static_cast<size_t>(inputs[i])];
  }
  return one;
}

// docs/numeric-contract.md: given the same input, each layer differs by at most one step from TensorFlow
// Lite's.
TEST(Dew, IsAtMostOneStepFromTensorFlowLite) {
  if (!have_models()) GTEST_SKIP() << kModelsMissing;
  for (const char* model : {"person_detect", "vww_96_int8", "tf2_mobilenet_v2_1.0_224_ptq"}) {
    const auto graph = read_model(model);
    ASSERT_TRUE(graph) << problem(graph.error());
    std::vector<std::vector<uint8_t>> values(graph->tensors.size());
    values[static_cast<size_t>(graph->inputs[0])] = golden(model, "in", 0);
    int64_t different = 0;
    int64_t all = 0;
    for (const OperatorOutput& layer : golden_layers(model)) {
      const Op& op = graph->ops[layer.op];
      const Graph one = alone(*graph, layer, values);
      const auto ours = interpret(one, values[static_cast<size_t>(op.inputs[0])], Rounding::kDew);
      ASSERT_TRUE(ours) << problem(ours.error());
      const auto out = static_cast<size_t>(layer.tensor);
      EXPECT_LE(largest_difference(graph->tensors[out], (*ours)[out], layer.bytes), 1)
          << model << " operator " << layer.op << " " << op_name(op.kind);
      for (size_t i = 0; i < layer.bytes.size(); ++i) different += (*ours)[out][i] != layer.bytes[i] ? 1 : 0;
      all += static_cast<int64_t>(layer.bytes.size());
      values[out] = layer.bytes;
    }
    EXPECT_LT(different * 100, all) << model << ": more than 1 % of the values differ by a step";
    std::cout << model << ": " << different << " of " << all << " values one step apart\n";
  }
}

}  // namespace
}  // namespace dew::graph
