// The operators without a window: FullyConnected, sums and products, Mean, functions of one byte, Softmax,
// operators that move values, and other types at the model's ends.
#include <algorithm>
#include <array>

#include "tests/compiler/table.h"

namespace dew::test {
namespace {

using graph::Activation;
using graph::DType;
using graph::OpKind;

using Shape = std::vector<int>;

constexpr std::array kChannels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 32, 48};

/// The sum or product of two convolutions of one image.
void binary(Cases& cases, OpKind kind) {
  for (const int channels : kChannels) {
    for (const double stretch : {1.0, 0.1, 0.01, 10.0}) {
      for (int width = 1; width <= 9; ++width) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(net.pick(1, 5), width, channels);
        const int a = net.conv(in, channels, 1, 1);
        const int b = net.pick(0, 2) == 0 ? in : net.conv(in, channels, 1, 1);
        net.stretch = stretch;
        net.like.activation = static_cast<Activation>(net.pick(0, 2));
        if (kind == OpKind::kAdd) net.add(a, b);
        if (kind == OpKind::kSub) net.sub(a, b);
        if (kind == OpKind::kMul) net.mul(a, b);
        cases.take(net);
      }
    }
  }
}

void of_one_byte(Cases& cases, OpKind kind) {
  for (int width = 1; width <= 40; ++width) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    net.stretch = net.pick(0, 2) == 0 ? 0.3 : 1.0;
    const int in = net.input(4, width, net.pick(1, 3));
    // After a convolution Relu may be fused; after the image it cannot.
    net.unary(kind, net.pick(0, 1) == 0 ? in : net.conv(in, net.pick(1, 9), 1, 1));
    cases.take(net);
  }
}

}  // namespace

void fully_connected(Cases& cases) {
  for (const int ins : kChannels) {
    for (const int units : {1, 2, 3, 4, 5, 10, 16, 33}) {
      for (const bool image : {false, true}) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        net.per_channel = net.pick(0, 2) != 0;
        net.like.activation = static_cast<Activation>(net.pick(0, 2));
        net.dense(image ? net.input(net.pick(1, 5), net.pick(1, 5), ins) : net.input({1, ins}), units);
        cases.take(net);
      }
    }
  }
}

void add(Cases& cases) {
  binary(cases, OpKind::kAdd);
}

void sub(Cases& cases) {
  binary(cases, OpKind::kSub);
}

void mul(Cases& cases) {
  binary(cases, OpKind::kMul);
}

/// By one number, by one a channel, and by one of its own for each element; or the dividend is the smaller
/// one.
void division(Cases& cases) {
  for (const Shape& shape : std::vector<Shape>{{},
                                               {1},
                                               {6},
                                               {1, 6},
                                               {4, 6},
                                               {4, 1},
                                               {1, 5, 4, 6},
                                               {5, 1, 6},
                                               {1, 1, 4, 1},
                                               {1, 5, 1, 1},
                                               {5, 4, 1}}) {
    for (const double stretch : {1.0, 0.05, 20.0}) {
      for (int smaller = 0; smaller < 3; ++smaller) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(5, 4, 6);
        const int x = smaller == 0 ? in : net.conv(in, 6, smaller == 1 ? 1 : 5, 1);
        net.stretch = stretch;
        net.like.activation = static_cast<Activation>(net.pick(0, 2));
        net.div(x, net.constant(shape));
        cases.take(net);
      }
    }
  }
}

/// An image and a constant of fewer elements, or a gate as in squeeze-and-excite.
void broadcasts(Cases& cases) {
  const std::vector<Shape> shapes = {{},        {1},          {6},          {1, 6},       {4, 6},
                                     {4, 1},    {1, 5, 1, 1}, {1, 5, 4, 6}, {1, 5, 1, 6}, {1, 1, 4, 1},
                                     {5, 4, 1}, {1, 1, 1, 6}, {1, 1, 4, 6}, {1, 5, 4, 1}};
  for (const OpKind kind : {OpKind::kAdd, OpKind::kMul, OpKind::kSub}) {
    for (const bool constant : {true, false}) {
      for (const bool swapped : {false, true}) {
        for (const Shape& shape : shapes) {
          // The smaller activation comes from the net: a window as large as the axes that it removes.
          const bool whole = shape.size() == 4 && (shape[3] == 6 || shape[3] == 1);
          if (!constant && !whole) continue;
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          const int in = net.input(5, 4, 6);
          const bool two = net.pick(0, 3) == 0;  // both are broadcast
          int x = two ? net.conv(in, 6, 1, 4) : net.conv(in, 6, 1, 1);
          int other = in;
          if (constant) {
            other = net.constant(shape);
          } else if (shape == Shape{1, 1, 1, 6}) {
            net.like.keep_dims = true;
            other = net.unary(OpKind::kLogistic, net.conv(net.mean(in, {1, 2}), 6, 1, 1));
          } else {
            other = net.conv(in, shape[3], shape[1] == 1 ? 5 : 1, shape[2] == 1 ? 4 : 1);
          }
          net.like = {};
          net.like.activation = static_cast<Activation>(net.pick(0, 2));
          const int a = swapped ? other : x;
          const int b = swapped ? x : other;
          if (kind == OpKind::kAdd) net.add(a, b);
          if (kind == OpKind::kSub) net.sub(a, b);
          if (kind == OpKind::kMul) net.mul(a, b);
          cases.take(net);
        }
      }
    }
  }
}

void mean(Cases& cases) {
  const std::vector<Shape> axes = {{1, 2}, {2, 1}, {-3, -2}, {-2, 1},   {1},       {2},
                                   {3},    {-1},   {1, 3},   {3, 2, 1}, {0, 1, 2}, {0}};
  for (int h = 1; h <= 9; ++h) {
    for (int w = 1; w <= 9; ++w) {
      for (const bool keep : {false, true}) {
        for (const Shape& axis : axes) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          net.like.keep_dims = keep;
          net.stretch = net.pick(0, 2) == 0 ? 0.05 : 1.0;
          const int channels = kChannels[static_cast<size_t>(net.pick(0, kChannels.size() - 1))];
          const int in = net.input(h, w, channels);
          net.mean(net.pick(0, 1) == 0 ? in : net.conv(in, channels, 1, 1), axis);
          cases.take(net);
        }
      }
    }
  }
  for (const Shape& axis : std::vector<Shape>{{0}, {1}, {0, 1}}) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    net.mean(net.input({net.pick(1, 9), net.pick(1, 9)}), axis);
    cases.take(net);
  }
}

void relus(Cases& cases) {
  of_one_byte(cases, OpKind::kRelu);
  of_one_byte(cases, OpKind::kRelu6);
}

void logistic(Cases& cases) {
  of_one_byte(cases, OpKind::kLogistic);
}

void softmax(Cases& cases) {
  for (const int classes : {1, 2, 3, 4, 5, 7, 10, 16, 17, 100, 1001, 4095}) {
    for (const float beta : {0.01F, 0.5F, 1.0F, 5.0F, 100.0F}) {
      for (int rows = 1; rows <= 3; ++rows) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        net.like.beta = beta;
        net.unary(OpKind::kSoftmax,
                  net.pick(0, 1) == 0 ? net.input({rows, classes}) : net.input({1, rows, 2, classes}));
        cases.take(net);
      }
    }
  }
}

/// Inputs whose differences are all small, all that there are, and mostly too large to count.
void log_softmax(Cases& cases) {
  for (const int classes : {1, 2, 3, 4, 5, 7, 10, 16, 17, 100, 1001, 4095}) {
    for (const double scale : {0.0001, 0.004, 0.03, 0.11, 0.13, 0.9, 40.0}) {
      for (int rows = 1; rows <= 3; ++rows) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const Shape shape = net.pick(0, 1) == 0 ? Shape{rows, classes} : Shape{1, rows, 2, classes};
        net.input_scale = scale;
        net.unary(OpKind::kLogSoftmax, net.input(shape));
        cases.take(net);
      }
    }
  }
}

/// Pads that no convolution can absorb, and pads that one can.
void pad(Cases& cases) {
  const std::vector<Shape> paddings = {{0, 0, 1, 2, 3, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 2, 1},
                                       {0, 0, 5, 0, 0, 4, 1, 0}, {0, 0, 0, 0, 0, 0, 0, 0},
                                       {0, 0, 1, 1, 1, 1, 0, 0}, {0, 0, 0, 1, 0, 1, 0, 0}};
  for (const Shape& padding : paddings) {
    for (int reader = 0; reader < 5; ++reader) {
      for (int more = 0; more < 3; ++more) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        int x = net.pad(net.input(net.pick(2, 6), net.pick(2, 6), net.pick(1, 9)), padding);
        net.like.stride_h = net.like.stride_w = net.pick(1, 2);
        if (reader == 1) net.conv(x, net.pick(1, 9), 2, 2);
        if (reader == 2) net.depthwise(x, 2, 2);
        if (reader == 3) net.pool(OpKind::kMaxPool2D, x, 2, 2);
        net.like = {};
        if (reader == 4) x = net.mul(net.conv(x, 3, 1, 1), net.depthwise(net.conv(x, 3, 1, 1), 1, 1));
        cases.take(net);
      }
    }
  }
  for (int width = 1; width <= 9; ++width) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    net.pad(net.input({1, width}), {0, 0, net.pick(0, 3), net.pick(0, 3)});
    cases.take(net);
  }
}

void reshape(Cases& cases) {
  const std::vector<Shape> shapes = {{60},         {1, 60}, {1, 3, 20, 1}, {1, 5, 4, 3},  {1, 4, 1, 15},
                                     {20, 3},      {5, 12}, {1, 60, 1, 1}, {1, 1, 1, 60}, {1, 1, 60, 1},
                                     {1, 5, 2, 6}, {3, 20}, {5, 4, 3},     {1, 10, 6},    {1, 15, 2, 2}};
  for (const Shape& from : std::vector<Shape>{{1, 5, 4, 3}, {1, 60}, {1, 10, 6}}) {
    for (const Shape& to : shapes) {
      for (int reader = 0; reader < 3; ++reader) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(from);
        const int x = net.reshape(from.size() == 4 ? net.conv(in, 3, 1, 1) : in, to);
        if (reader == 1) net.dense(x, 5);
        if (reader == 2) net.add(x, x);
        cases.take(net);
      }
    }
  }
}

void concatenation(Cases& cases) {
  for (int axis = -3; axis <= 3; ++axis) {
    if (axis == 0) continue;
    for (int parts = 1; parts <= 5; ++parts) {
      for (int more = 0; more < 6; ++more) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(net.pick(1, 5), net.pick(1, 5), net.pick(1, 5));
        const int shared = net.pick(1, 9);
        std::vector<int> ins;
        for (int i = 0; i < parts; ++i) {
          // Along channels the parts may differ.
          const bool channels = axis == 3 || axis == -1;
          ins.push_back(net.conv(in, channels ? net.pick(1, 17) : shared, 1, 1));
        }
        net.concatenation(ins, axis < 0 ? axis + 4 : axis);
        cases.take(net);
      }
    }
  }
}

void transpose(Cases& cases) {
  Shape order = {1, 2, 3};
  do {
    for (int more = 0; more < 8; ++more) {
      if (!cases.wanted()) continue;
      Net net(cases.seed());
      int x = net.input(net.pick(1, 6), net.pick(1, 6), net.pick(1, 9));
      if (more % 2 == 1) x = net.conv(x, net.pick(1, 9), 1, 1);
      x = net.transpose(x, {0, order[0], order[1], order[2]});
      if (more % 4 > 1) net.conv(x, net.pick(1, 9), 1, 1);
      cases.take(net);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  for (int rows = 1; rows <= 5; ++rows) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    net.transpose(net.input({rows, net.pick(1, 9)}), {1, 0});
    cases.take(net);
  }
}

/// uint8 and float32 at the model's ends, by Quantize and Dequantize.
void ends(Cases& cases) {
  for (const DType in : {DType::kInt8, DType::kUInt8, DType::kFloat32}) {
    for (const DType out : {DType::kInt8, DType::kUInt8, DType::kFloat32}) {
      for (const double in_scale : {1.0 / 127, 0.03}) {
        for (int middle = 0; middle < 3; ++middle) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          const int image = net.input({1, net.pick(1, 6), net.pick(1, 6), net.pick(1, 4)}, in);
          int x = net.quantize(image, DType::kInt8, in_scale, -1);
          if (middle > 0) x = net.conv(x, net.pick(1, 9), 1, 1);
          if (middle > 1) x = net.dense(x, net.pick(1, 9));
          if (out == DType::kFloat32)
            net.dequantize(x);
          else
            net.quantize(x, out, 0.05, out == DType::kInt8 ? -3 : 100);
          cases.take(net);
        }
      }
    }
  }
}

}  // namespace dew::test
