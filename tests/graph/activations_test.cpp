// Operators of detectors and speech models, compared with real arithmetic in both roundings.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"

namespace dew::graph {
namespace {

double real(const Tensor& t, uint8_t byte) {
  return t.quantisation.scale[0] *
         (static_cast<int8_t>(byte) - static_cast<double>(t.quantisation.zero_point[0]));
}

/// Output i of the graph is `due(inputs, i)`, within `steps` of the output's scale.
void expect_real(Builder& b, double steps,
                 const std::function<double(const std::vector<double>& x, size_t i)>& due) {
  const Graph& graph = b.graph();
  const auto bytes = b.random_input();
  const Tensor& in = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  const Tensor& out = graph.tensors[static_cast<size_t>(graph.outputs[0])];
  std::vector<double> x;
  for (const uint8_t byte : bytes) x.push_back(real(in, byte));
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const auto values = interpret(graph, bytes, rounding);
    ASSERT_TRUE(values) << problem(values.error());
    const auto& made = (*values)[static_cast<size_t>(graph.outputs[0])];
    ASSERT_EQ(static_cast<int64_t>(made.size()), out.elements());
    const double zero = static_cast<double>(out.quantisation.zero_point[0]);
    for (size_t i = 0; i < made.size(); ++i) {
      const double wanted = std::clamp(due(x, i) / out.quantisation.scale[0] + zero, -128.0, 127.0);
      ASSERT_NEAR(static_cast<int8_t>(made[i]), wanted, steps) << "output " << i;
    }
  }
}

/// A function of one byte over all of them.
void expect_function(OpKind kind, float scale_in, float scale_out, int zero_out, double steps,
                     const std::function<double(double)>& due, float alpha = 0) {
  Builder b(1);
  b.output(b.relu(b.input({1, 32, 32, 2}, scale_in, -7), kind, scale_out, zero_out));
  b.last().alpha = alpha;
  expect_real(b, steps, [&](const auto& x, size_t i) { return due(x[i]); });
}

TEST(Activations, LeakyRelu) {
  for (const float alpha : {0.0F, 0.1F, 0.3F, 1.5F})
    expect_function(
        OpKind::kLeakyRelu, 0.05F, 0.04F, -20, 0.76, [alpha](double x) { return x < 0 ? alpha * x : x; },
        alpha);
}

/// In 16 bits, of which it drops some twice.
TEST(Activations, HardSwish) {
  for (const float scale : {0.01F, 0.03F, 0.08F, 0.3F})
    expect_function(OpKind::kHardSwish, scale, scale * 0.7F, -90, 1.1,
                    [](double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; });
}

TEST(Activations, Tanh) {
  for (const float scale : {0.005F, 0.03F, 0.1F})
    expect_function(OpKind::kTanh, scale, 1.0F / 128, 0, 0.55, [](double x) { return std::tanh(x); });
}

TEST(Activations, Neg) {
  expect_function(OpKind::kNeg, 0.05F, 0.05F, 4, 0.01, [](double x) { return -x; });
  expect_function(OpKind::kNeg, 0.05F, 0.03F, 4, 0.76, [](double x) { return -x; });
}

TEST(Activations, Relu6OfAnotherScaleClampsBytesInTensorFlowLitesRounding) {
  Builder b(2);
  b.output(b.relu(b.input({1, 8, 8, 4}, 0.1F, 10), OpKind::kRelu6, 0.05F, -128));
  const auto bytes = b.random_input();
  const auto values = interpret(b.graph(), bytes, Rounding::kTflite);
  ASSERT_TRUE(values);
  const auto& out = (*values)[static_cast<size_t>(b.graph().outputs[0])];
  for (size_t i = 0; i < out.size(); ++i)
    EXPECT_EQ(static_cast<int8_t>(out[i]), std::clamp<int>(static_cast<int8_t>(bytes[i]), 10, 70));
}

TEST(Activations, PreluHasASlopeForEachChannel) {
  Builder b(3);
  const int x = b.input({1, 5, 6, 4}, 0.06F, 12);
  const int slopes = b.constant({1, 1, 4}, 0.01F, -3);
  const int y = b.add(x, slopes);
  b.last().kind = OpKind::kPrelu;
  b.output(y);
  const Tensor alpha = b.graph().tensors[static_cast<size_t>(slopes)];
  expect_real(b, 0.76, [&](const auto& v, size_t i) {
    return v[i] >= 0 ? v[i] : v[i] * real(alpha, alpha.data[i % 4]);
  });
}

TEST(Binary, SubInBothOrders) {
  for (const bool turned : {false, true}) {
    Builder b(4);
    const int x = b.input({1, 5, 6, 4}, 0.06F, 12);
    const int c = b.constant({1, 1, 1, 4}, 0.02F, -3);
    const int y = turned ? b.add(c, x) : b.add(x, c);
    b.last().kind = OpKind::kSub;
    b.output(y);
    const Tensor constant = b.graph().tensors[static_cast<size_t>(c)];
    expect_real(b, 0.76, [&](const auto& v, size_t i) {
      const double difference = v[i] - real(constant, constant.data[i % 4]);
      return turned ? -difference : difference;
    });
  }
}

TEST(Binary, MaximumAndMinimum) {
  for (const OpKind kind : {OpKind::kMaximum, OpKind::kMinimum}) {
    Builder b(5);
    const int x = b.input({1, 5, 6, 4}, 0.06F, 12);
    const int c = b.constant({4}, 0.06F, 12);
    const int y = b.add(x, c);
    b.last().kind = kind;
    b.graph().tensors[static_cast<size_t>(y)].quantisation = {{0.06F}, {12}, -1};
    b.output(y);
    const Tensor constant = b.graph().tensors[static_cast<size_t>(c)];
    expect_real(b, 0.001, [&](const auto& v, size_t i) {
      const double other = real(constant, constant.data[i % 4]);
      return kind == OpKind::kMaximum ? std::max(v[i], other) : std::min(v[i], other);
    });
  }
}

TEST(Resize, NearestTwiceAsLarge) {
  Builder b(6);
  b.output(b.resize(OpKind::kResizeNearest, b.input({1, 3, 4, 2}, 0.06F, 12), 6, 8));
  expect_real(b, 0.001, [](const auto& v, size_t i) {
    const size_t y = i / 16 / 2;
    const size_t x = i / 2 % 8 / 2;
    return v[(y * 4 + x) * 2 + i % 2];
  });
}

/// One row, so that a pixel lies between two others; centres at (x + 1/2) * in / out - 1/2. A third is
/// rounded to 341/1024, which moves the last pixels by up to a step.
TEST(Resize, BilinearByHalfPixelCentres) {
  Builder b(7);
  b.output(b.resize(OpKind::kResizeBilinear, b.input({1, 1, 5, 1}, 0.06F, 12), 1, 15));
  b.last().half_pixel_centers = true;
  expect_real(b, 1.6, [](const auto& v, size_t i) {
    const double at = std::clamp((static_cast<double>(i) + 0.5) / 3 - 0.5, 0.0, 4.0);
    const auto left = static_cast<size_t>(at);
    const size_t right = std::min<size_t>(left + 1, 4);
    return v[left] + (v[right] - v[left]) * (at - static_cast<double>(left));
  });
}

TEST(Resize, BilinearWithAlignedCornersKeepsThem) {
  Builder b(8);
  b.output(b.resize(OpKind::kResizeBilinear, b.input({1, 2, 2, 1}, 0.06F, 12), 3, 3));
  b.last().align_corners = true;
  expect_real(b, 0.6, [](const auto& v, size_t i) {
    const double y = static_cast<double>(i / 3) / 2;
    const double x = static_cast<double>(i % 3) / 2;
    return (v[0] * (1 - x) + v[1] * x) * (1 - y) + (v[2] * (1 - x) + v[3] * x) * y;
  });
}

}  // namespace
}  // namespace dew::graph
