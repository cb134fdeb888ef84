// Every operator by itself, over small shapes, equal to the oracle to the bit.
#include <array>
#include <cstdlib>

#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

using graph::Activation;
using graph::DType;
using graph::OpKind;
using graph::Padding;

constexpr std::array kChannels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 32, 48};

struct Kernel {
  int h;
  int w;
};
constexpr std::array kKernels = {Kernel{1, 1}, Kernel{3, 3}, Kernel{5, 5},
                                 Kernel{3, 1}, Kernel{1, 3}, Kernel{2, 2}};

/// Cycles through the channel counts, so that every window meets many of them.
struct Cycle {
  size_t at = 0;
  int next() { return kChannels[at++ % kChannels.size()]; }
};

void set_padding(Net& net, int kind, Kernel kernel) {
  net.like.padding = kind == 0 ? Padding::kValid : kind == 1 ? Padding::kSame : Padding::kExplicit;
  if (kind != 2) return;
  net.like.pad_top = net.pick(0, kernel.h);
  net.like.pad_bottom = net.pick(0, kernel.h);
  net.like.pad_left = net.pick(0, kernel.w);
  net.like.pad_right = net.pick(0, kernel.w);
}

bool fits(const Net& net, int h, int w, Kernel kernel) {
  return h + net.like.pad_top + net.like.pad_bottom >= kernel.h &&
         w + net.like.pad_left + net.like.pad_right >= kernel.w;
}

/// Calls use(net, in, kernel) for every small image, kernel, stride and padding that fit each other.
template <typename Use>
void for_windows(int largest, bool explicit_padding, Cycle& channels, Use use) {
  uint32_t seed = 1;
  for (int h = 1; h <= largest; ++h) {
    for (int w = 1; w <= largest; ++w) {
      for (const Kernel kernel : kKernels) {
        for (int stride = 1; stride <= 2; ++stride) {
          for (int padding = 0; padding < (explicit_padding ? 3 : 2); ++padding) {
            if (padding == 0 && (kernel.h > h || kernel.w > w)) continue;
            Net net(seed++);
            const int in = net.input(h, w, channels.next());
            net.like.stride_h = net.like.stride_w = stride;
            net.like.activation = static_cast<Activation>(seed % 3);
            net.per_channel = seed % 4 != 0;
            set_padding(net, padding, kernel);
            if (padding == 2 && !fits(net, h, w, kernel)) continue;
            use(net, in, kernel);
            if (::testing::Test::HasFailure()) return;
          }
        }
      }
    }
  }
}

TEST(Operators, ConvolutionOverSmallShapes) {
  Cycle channels;
  for_windows(7, true, channels, [&](Net& net, int in, Kernel kernel) {
    net.conv(in, channels.next(), kernel.h, kernel.w);
    ASSERT_TRUE(equals_oracle(net));
  });
}

TEST(Operators, DepthwiseOverSmallShapes) {
  Cycle channels;
  for_windows(9, true, channels, [&](Net& net, int in, Kernel kernel) {
    net.depthwise(in, kernel.h, kernel.w);
    ASSERT_TRUE(equals_oracle(net));
  });
}

TEST(Operators, DepthMultiplier) {
  for (int multiplier = 2; multiplier <= 5; ++multiplier) {
    Net net(static_cast<uint32_t>(multiplier));
    net.like.depth_multiplier = multiplier;
    net.like.padding = Padding::kSame;
    net.depthwise(net.input(5, 4, 3), 3, 3);
    ASSERT_TRUE(equals_oracle(net));
  }
}

TEST(Operators, Dilation) {
  for (int dilation_h = 1; dilation_h <= 3; ++dilation_h) {
    for (int dilation_w = 1; dilation_w <= 3; ++dilation_w) {
      for (const bool depthwise : {false, true}) {
        Net net(7);
        net.like.dilation_h = dilation_h;
        net.like.dilation_w = dilation_w;
        net.like.padding = Padding::kSame;
        const int in = net.input(9, 8, 6);
        depthwise ? net.depthwise(in, 3, 3) : net.conv(in, 5, 3, 3);
        ASSERT_TRUE(equals_oracle(net));
      }
    }
  }
}

TEST(Operators, PointwiseOverAllChannelPairs) {
  uint32_t seed = 1;
  for (const int ins : kChannels) {
    for (const int outs : kChannels) {
      Net net(seed++);
      net.conv(net.input(2, net.pick(1, 9), ins), outs, 1, 1);
      ASSERT_TRUE(equals_oracle(net));
    }
  }
}

TEST(Operators, FullyConnected) {
  uint32_t seed = 1;
  for (const int ins : kChannels) {
    for (const int units : {1, 2, 3, 10, 33}) {
      Net net(seed++);
      net.per_channel = units != 10;
      net.dense(net.input({1, ins}), units);
      ASSERT_TRUE(equals_oracle(net));
    }
  }
}

TEST(Operators, FullyConnectedFlattensAnImage) {
  Net net(3);
  net.dense(net.input(4, 3, 5), 7);
  ASSERT_TRUE(equals_oracle(net));
}

TEST(Operators, FactorsFromTinyToAboveOne) {
  for (const double stretch : {0.00005, 0.0005, 0.005, 0.05, 0.5, 2.0, 50.0, 1e4}) {
    for (const auto activation : {Activation::kNone, Activation::kRelu, Activation::kRelu6}) {
      Net net(11);
      net.like.activation = activation;
      net.stretch = stretch;
      int x = net.conv(net.input(4, 4, 9), 8, 1, 1);
      ASSERT_TRUE(equals_oracle(net)) << stretch;
      x = net.depthwise(x, 3, 3);
      ASSERT_TRUE(equals_oracle(net)) << stretch;
      net.conv(x, 4, 2, 2);
      ASSERT_TRUE(equals_oracle(net)) << stretch;
    }
  }
}

TEST(Operators, AddAndMulOfActivations) {
  uint32_t seed = 1;
  for (const bool sum : {true, false}) {
    for (const int channels : kChannels) {
      for (const double stretch : {1.0, 0.1, 0.01, 10.0}) {
        Net net(seed++);
        net.stretch = stretch;
        net.like.activation = static_cast<Activation>(seed % 3);
        const int in = net.input(5, 3, channels);
        const auto settings = net.like;
        net.like = {};
        const int a = net.conv(in, channels, 1, 1);
        const int b = net.conv(in, channels, 1, 1);
        net.like = settings;
        sum ? net.add(a, b) : net.mul(a, b);
        ASSERT_TRUE(equals_oracle(net));
      }
    }
  }
}

TEST(Operators, AddAndMulWithAConstantOrABroadcast) {
  const std::vector<std::vector<int>> shapes = {{1}, {6}, {1, 6}, {4, 6}, {4, 1}, {1, 5, 1, 1}, {1, 5, 4, 6}};
  for (const bool sum : {true, false}) {
    for (const auto& shape : shapes) {
      for (const bool swapped : {false, true}) {
        Net net(5);
        const int in = net.input(5, 4, 6);
        const int x = net.conv(in, 6, 1, 1);
        const int constant = net.constant(shape);
        const int a = swapped ? constant : x;
        const int b = swapped ? x : constant;
        sum ? net.add(a, b) : net.mul(a, b);
        ASSERT_TRUE(equals_oracle(net));
      }
    }
    Net net(6);
    const int in = net.input(5, 4, 6);
    const int gate = net.reshape(net.mean(in, {1, 2}), {1, 1, 1, 6});
    sum ? net.add(in, gate) : net.mul(gate, in);
    ASSERT_TRUE(equals_oracle(net));
  }
}

TEST(Operators, PoolsOverSmallShapes) {
  for (const auto kind : {OpKind::kAveragePool2D, OpKind::kMaxPool2D}) {
    Cycle channels;
    for_windows(6, false, channels, [&](Net& net, int in, Kernel kernel) {
      net.like.activation = Activation::kNone;
      net.pool(kind, in, kernel.h, kernel.w);
      ASSERT_TRUE(equals_oracle(net));
    });
  }
}

TEST(Operators, Mean) {
  uint32_t seed = 1;
  for (int h = 1; h <= 9; ++h) {
    for (int w = 1; w <= 9; ++w) {
      Net net(seed++);
      net.like.keep_dims = seed % 2 == 0;
      net.stretch = seed % 3 == 0 ? 0.05 : 1.0;
      const int in = net.input(h, w, net.pick(1, 17));
      net.mean(in, seed % 5 == 0 ? std::vector<int>{2, 1} : std::vector<int>{1, 2});
      ASSERT_TRUE(equals_oracle(net));
    }
  }
}

TEST(Operators, FunctionsOfOneByte) {
  for (const auto kind : {OpKind::kRelu, OpKind::kRelu6, OpKind::kLogistic}) {
    for (uint32_t seed = 1; seed <= 5; ++seed) {
      Net net(seed);
      const int in = net.input(16, 4, 4);
      net.unary(kind, in);
      graph::Graph graph = net.finish();
      Bytes all(256);
      for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint8_t>(i);
      for (const auto& options : all_options())
        ASSERT_TRUE(equals_oracle(graph, {all}, options, host_runner));
    }
  }
}

TEST(Operators, Softmax) {
  uint32_t seed = 1;
  for (const int classes : {1, 2, 3, 10, 100, 1001, 4095}) {
    for (const float beta : {0.01F, 1.0F, 5.0F, 100.0F}) {
      Net net(seed++);
      net.like.beta = beta;
      net.unary(OpKind::kSoftmax, net.input({net.pick(1, 3), classes}));
      ASSERT_TRUE(equals_oracle(net));
    }
  }
}

TEST(Operators, PadThatNothingTakesIn) {
  const std::vector<std::vector<int>> paddings = {
      {0, 0, 1, 2, 3, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 2, 1}, {0, 0, 5, 0, 0, 4, 1, 0}, {0, 0, 0, 0, 0, 0, 0, 0}};
  for (const auto& padding : paddings) {
    Net net(4);
    net.pad(net.input(3, 4, 5), padding);
    ASSERT_TRUE(equals_oracle(net));
  }
  Net net(5);
  net.pad(net.input({1, 7}), {0, 0, 2, 1});
  ASSERT_TRUE(equals_oracle(net));
}

TEST(Operators, ReshapeConcatenationTranspose) {
  for (const auto& shape :
       std::vector<std::vector<int>>{{1, 60}, {1, 3, 20, 1}, {1, 5, 4, 3}, {1, 4, 1, 15}, {20, 3}}) {
    Net net(2);
    net.reshape(net.input(5, 4, 3), shape);
    ASSERT_TRUE(equals_oracle(net));
  }
  for (int axis = 1; axis <= 3; ++axis) {
    for (const size_t parts : {size_t{1}, size_t{2}, size_t{4}}) {
      Net net(3);
      const int in = net.input(5, 4, 3);
      std::vector<int> ins;
      for (size_t i = 0; i < parts; ++i) ins.push_back(net.conv(in, 3, 1, 1));
      net.concatenation(ins, axis);
      ASSERT_TRUE(equals_oracle(net));
    }
  }
  for (const auto& order :
       std::vector<std::vector<int>>{{0, 1, 2, 3}, {0, 2, 1, 3}, {0, 3, 1, 2}, {0, 3, 2, 1}}) {
    Net net(4);
    net.transpose(net.input(5, 4, 3), order);
    ASSERT_TRUE(equals_oracle(net));
  }
  Net net(5);
  net.transpose(net.input({5, 4}), {1, 0});
  ASSERT_TRUE(equals_oracle(net));
}

TEST(Operators, EndsInOtherTypes) {
  for (const double in_scale : {1.0 / 127, 0.03}) {
    Net net(1);
    int x = net.input({1, 6, 5, 3}, DType::kUInt8);
    x = net.quantize(x, DType::kInt8, in_scale, -1);
    x = net.conv(x, 4, 3, 3);
    net.quantize(x, DType::kUInt8, 0.05, 100);
    ASSERT_TRUE(equals_oracle(net));
  }
  Net flip(2);
  int x = flip.quantize(flip.input({1, 6, 5, 3}, DType::kUInt8), DType::kInt8, 1.0 / 127, -1);
  ASSERT_TRUE(equals_oracle(flip));
  Net floats(3);
  x = floats.quantize(floats.input({1, 6, 5, 3}, DType::kFloat32), DType::kInt8, 0.01, 3);
  floats.dequantize(floats.conv(x, 4, 3, 3));
  ASSERT_TRUE(equals_oracle(floats));
}

}  // namespace
}  // namespace dew::test
