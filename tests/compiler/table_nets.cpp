// Large random operators, the blocks that nets are made of, and nets of randomly drawn operators.
#include <algorithm>

#include "tests/compiler/table.h"

namespace dew::test {
namespace {

using graph::Activation;
using graph::OpKind;
using graph::Padding;

void draw_window(Net& net, int kernel) {
  net.like = {};
  net.like.padding = net.pick(0, 2) == 0 ? Padding::kValid : Padding::kSame;
  net.like.stride_h = net.like.stride_w = net.pick(0, 3) == 0 ? 2 : 1;
  net.like.activation = static_cast<Activation>(net.pick(0, 2));
  if (kernel == 1) net.like.padding = Padding::kSame;
}

int convolution(Net& net, int in, int channels, int kernel_h, int kernel_w) {
  net.like = {};
  net.like.padding = Padding::kSame;
  net.like.activation = static_cast<Activation>(net.pick(0, 2));
  const int out = net.conv(in, channels, kernel_h, kernel_w);
  net.like = {};
  return out;
}

/// MobileNetV2's block: expand, depthwise, project, and the sum if the shapes allow it.
int inverted_residual(Net& net, int in, int channels, int kernel, int stride) {
  const int from = net.shape(in)[3];
  const int wide = convolution(net, in, from * net.pick(1, 4), 1, 1);
  net.like.padding = Padding::kSame;
  net.like.stride_h = net.like.stride_w = stride;
  net.like.activation = Activation::kRelu6;
  const int deep = net.depthwise(wide, kernel, kernel);
  net.like = {};
  const int out = net.conv(deep, channels, 1, 1);
  return stride == 1 && from == channels ? net.add(in, out) : out;
}

/// Squeeze-and-excite: a gate per channel, computed from all pixels.
int squeeze_excite(Net& net, int in) {
  const int channels = net.shape(in)[3];
  net.like = {};
  net.like.keep_dims = true;
  int x = net.mean(in, {1, 2});
  x = convolution(net, x, std::max(1, channels / 2), 1, 1);
  x = net.unary(OpKind::kLogistic, convolution(net, x, channels, 1, 1));
  return net.pick(0, 1) == 0 ? net.mul(in, x) : net.mul(x, in);
}

/// Branches of different depth side by side.
int inception(Net& net, int in) {
  const int axis = net.pick(1, 3);
  const int shared = net.pick(1, 8);
  std::vector<int> ins;
  for (int i = net.pick(2, 3); i > 0; --i) {
    const int kernel = net.pick(1, 3);
    int x = in;
    if (net.pick(0, 1) == 0) x = convolution(net, x, net.pick(1, 8), 3, 3);
    ins.push_back(convolution(net, x, shared, kernel, kernel));
  }
  return net.concatenation(ins, axis);
}

int pooled(Net& net, int in) {
  draw_window(net, 2);
  const auto kind = net.pick(0, 1) == 0 ? OpKind::kAveragePool2D : OpKind::kMaxPool2D;
  const int out = net.pool(kind, in, std::min(net.shape(in)[1], net.pick(1, 3)),
                           std::min(net.shape(in)[2], net.pick(1, 3)));
  net.like = {};
  return out;
}

int one_more(Net& net, int in) {
  const int h = net.shape(in)[1];
  const int w = net.shape(in)[2];
  const int channels = net.shape(in)[3];
  switch (net.pick(0, 11)) {
    case 0:
    case 1:
      return inverted_residual(net, in, net.pick(0, 1) == 0 ? channels : net.pick(1, 16), 3, net.pick(1, 2));
    case 2:
      return convolution(net, in, net.pick(1, 16), net.pick(1, 5), net.pick(1, 5));
    case 3:
      return squeeze_excite(net, in);
    case 4:
      return inception(net, in);
    case 5:
      return pooled(net, in);
    case 6:
      return net.pad(in, {0, 0, net.pick(0, 2), net.pick(0, 2), net.pick(0, 2), net.pick(0, 2), 0, 0});
    case 7:
      return net.unary(net.pick(0, 1) == 0 ? OpKind::kRelu : OpKind::kRelu6, in);
    case 8:
      return net.transpose(in, {0, 2, 1, 3});
    case 9:
      return net.reshape(in, {1, w, h, channels});
    case 10:
      return net.add(in, net.pick(0, 1) == 0 ? in : net.constant({channels}));
    default: {
      // Two readers of one tensor, several rows apart.
      const int deep = convolution(net, convolution(net, in, channels, 3, 3), channels, 5, 5);
      return net.mul(deep, in);
    }
  }
}

}  // namespace

void large(Cases& cases) {
  for (int i = 0; i < 120; ++i) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    const int in = net.input(net.pick(10, 33), net.pick(10, 41), net.pick(1, 65));
    const int kernel = std::vector<int>{1, 1, 3, 3, 5, 7}[static_cast<size_t>(net.pick(0, 5))];
    draw_window(net, kernel);
    switch (i % 6) {
      case 0:
        net.conv(in, net.pick(1, kernel > 1 ? 9 : 80), kernel, kernel);
        break;
      case 1:
        net.depthwise(in, kernel, kernel);
        break;
      case 2:
        net.pool(i % 4 < 2 ? OpKind::kAveragePool2D : OpKind::kMaxPool2D, in, kernel, kernel);
        break;
      case 3:
        net.dense(in, net.pick(1, 9));
        break;
      case 4:
        net.mean(in, {1, 2});
        break;
      default:
        inverted_residual(net, in, net.pick(1, 9), 3, net.pick(1, 2));
    }
    cases.take(net);
  }
}

void blocks(Cases& cases) {
  for (int size = 1; size <= 9; ++size) {
    for (const int channels : {1, 3, 8, 16, 17, 24}) {
      for (int kind = 0; kind < 5; ++kind) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(size, net.pick(1, 9), channels);
        if (kind == 0) inverted_residual(net, in, channels, 3, 1);
        if (kind == 1) inverted_residual(net, in, net.pick(1, 24), 3, 2);
        if (kind == 2) inverted_residual(net, in, channels, 5, 1);
        if (kind == 3) squeeze_excite(net, in);
        if (kind == 4) inception(net, in);
        cases.take(net);
      }
    }
  }
}

void odd_nets(Cases& cases) {
  for (int i = 0; i < (cases.exhaustive() ? 20'000 : 2000); ++i) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    int x = net.input(net.pick(1, 14), net.pick(1, 14), net.pick(1, 8));
    x = convolution(net, x, net.pick(1, 8), 3, 3);
    for (int steps = net.pick(1, 6); steps > 0; --steps) {
      // Only a tensor that is still an image, and still small, is extended further.
      if (net.shape(x)[1] * net.shape(x)[2] * net.shape(x)[3] < 3000) x = one_more(net, x);
      net.like = {};
    }
    if (net.pick(0, 2) > 0) x = net.dense(net.mean(x, {1, 2}), net.pick(1, 5));
    // Products of products can have scales that Softmax does not support.
    if (net.scale(x) > 1e-6 && net.pick(0, 1) == 0) net.unary(OpKind::kSoftmax, x);
    cases.take(net);
  }
}

/// The demo's net without its head, which has most of the weights, and smaller ones.
void mobilenets(Cases& cases) {
  struct Size {
    double alpha;
    int image;
    int head;
  };
  for (const Size& size : {Size{0.35, 96, 0}, Size{0.35, 40, 64}, Size{0.5, 33, 0}}) {
    if (!cases.wanted()) continue;
    Net inputs(cases.seed());
    inputs.input(size.image, size.image, 3);
    cases.take(mobilenet_v2(size.alpha, size.image, 2, size.head, cases.seed()), inputs);
  }
}

}  // namespace dew::test
