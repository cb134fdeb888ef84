// Factors of convolutions: from those that vanish to those that need a left shift, alike or far apart in one
// layer, and biases at the ends of int32.
#include <cmath>
#include <cstring>

#include "tests/compiler/table.h"

namespace dew::test {

using graph::Activation;

/// From vanishing factors to factors above one, which need a left shift.
void factors(Cases& cases) {
  for (const double stretch : {0.00005, 0.0005, 0.005, 0.05, 0.5, 2.0, 50.0, 1e4}) {
    for (const auto activation : {Activation::kNone, Activation::kRelu, Activation::kRelu6}) {
      for (int kind = 0; kind < 5; ++kind) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        net.like.activation = activation;
        net.stretch = stretch;
        int x = net.input(4, net.pick(1, 9), net.pick(1, 17));
        if (kind != 1) x = net.conv(x, net.pick(1, 17), 1, 1);
        if (kind == 1 || kind == 2) x = net.depthwise(x, 3, 1);
        if (kind == 3) x = net.conv(x, net.pick(1, 9), 2, 1);
        if (kind == 4) x = net.dense(x, net.pick(1, 9));
        cases.take(net);
      }
    }
  }
}

namespace {

/// One layer of each kind that has kernels of its own, after one whose channels differ as well.
void mixed_layer(Net& net, int kind) {
  const auto some = [&net] { return net.pick(0, 1) == 0 ? 8 * net.pick(1, 2) : net.pick(1, 20); };
  const int image = net.input(net.pick(3, 5), net.pick(1, 9), some());
  net.like.activation = static_cast<Activation>(net.pick(0, 2));
  net.like.padding = graph::Padding::kSame;
  if (kind == 0) net.conv(image, some(), 1, 1);
  if (kind == 1) net.conv(image, some(), 3, 3);
  if (kind == 2) net.dense(image, net.pick(1, 9));
  if (kind < 3) return;
  const int in = kind == 3 ? image : net.conv(image, some(), 1, 1);
  net.like.stride_h = net.like.stride_w = net.pick(1, 2);
  net.depthwise(in, kind == 5 ? 5 : 3, 3);
}

}  // namespace

/// Channels of one layer whose factors lie far apart: some shift sums to the left, some to the right, some
/// vanish. Biases up to 2^30 belong to channels that training has switched off.
void mixed_factors(Cases& cases) {
  for (const double spread : {1.0, 4.0, 14.0, 35.0}) {
    for (const int bias : {4000, 1'000'000, 1 << 30}) {
      for (int kind = 0; kind < 6; ++kind) {
        for (int repeat = 0; repeat < 3; ++repeat) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          net.spread = spread;
          net.largest_bias = bias;
          net.stretch = repeat == 1 ? 0.3 : 1.0;
          mixed_layer(net, kind);
          cases.take(net);
        }
      }
    }
  }
}

namespace {

/// A factor that takes a sum next to int32's end to the middle between two outputs or a little beyond, one
/// that vanishes, or one of any size.
double extreme_factor(Net& net) {
  const int kind = net.pick(0, 3);
  if (kind == 0) return std::ldexp(1.0, -45);
  if (kind == 1) return std::ldexp(net.pick(65, 127), net.pick(-40, -6));
  auto factor = static_cast<float>(std::ldexp(net.pick(0, 120) + 0.5, -31));
  for (int more = net.pick(0, 12); more > 0; --more) factor = std::nextafter(factor, 1.0F);
  return factor;
}

/// Gives the last layer weights of -1, 0 and 1, and factors.
void fill(graph::Graph& graph, Net& net, double (*factor)(Net&)) {
  const graph::Op& op = graph.ops.back();
  auto& weights = graph.tensors[static_cast<size_t>(op.inputs[1])];
  for (auto& weight : weights.data) weight = static_cast<uint8_t>(net.pick(0, 3) == 0 ? net.pick(-1, 1) : 0);
  for (float& scale : weights.quantisation.scale) scale = static_cast<float>(factor(net));
  graph.tensors[static_cast<size_t>(op.inputs[0])].quantisation.scale = {1};
  graph.tensors[static_cast<size_t>(op.outputs[0])].quantisation.scale = {1};
}

/// Gives the last layer the largest biases that its weights leave room for.
void raise_biases(graph::Graph& graph, Net& net) {
  const graph::Op& op = graph.ops.back();
  if (op.inputs.size() < 3) return;  // it has none
  const auto& weights = graph.tensors[static_cast<size_t>(op.inputs[1])];
  auto& biases = graph.tensors[static_cast<size_t>(op.inputs[2])].data;
  const size_t channels = biases.size() / 4, block = weights.data.size() / channels;
  const bool last = op.kind == graph::OpKind::kDepthwiseConv2D;
  for (size_t c = 0; c < channels; ++c) {
    int bias = INT32_MAX - net.pick(0, 900);
    for (size_t i = 0; i < block; ++i)
      bias -= 256 * std::abs(static_cast<int8_t>(weights.data[last ? i * channels + c : c * block + i]));
    if (net.pick(0, 1) == 0) bias = -bias;
    std::memcpy(biases.data() + 4 * c, &bias, 4);
  }
}

}  // namespace

/// Biases for which a multiplication or a rounding more would overflow, in every kind of layer.
void largest_biases(Cases& cases) {
  for (int kind = 0; kind < 6; ++kind) {
    for (int repeat = 0; repeat < 30; ++repeat) {
      if (!cases.wanted()) continue;
      Net net(cases.seed());
      mixed_layer(net, kind);
      graph::Graph graph = net.finish();
      fill(graph, net, extreme_factor);
      raise_biases(graph, net);
      cases.take(graph, net);
    }
  }
}

/// Layers all of whose factors lie between one half and one: TensorFlow Lite's rounding shifts none of their
/// channels.
void unshifted_factors(Cases& cases) {
  const auto factor = [](Net& net) { return net.pick(512, 1023) / 1024.0; };
  for (int kind = 0; kind < 6; ++kind) {
    for (int repeat = 0; repeat < 10; ++repeat) {
      if (!cases.wanted()) continue;
      Net net(cases.seed());
      net.largest_bias = 100;
      mixed_layer(net, kind);
      graph::Graph graph = net.finish();
      fill(graph, net, factor);
      cases.take(graph, net);
    }
  }
}

/// Weights of -128, which TensorFlow Lite's converter never writes but others do, over inputs of -128.
void least_weights(Cases& cases) {
  for (int kind = 0; kind < 6; ++kind) {
    for (int repeat = 0; repeat < 10; ++repeat) {
      if (!cases.wanted()) continue;
      Net net(cases.seed());
      mixed_layer(net, kind);
      graph::Graph graph = net.finish();
      auto& weights = graph.tensors[static_cast<size_t>(graph.ops.back().inputs[1])];
      for (auto& weight : weights.data) weight = net.pick(0, 3) == 0 ? 0x7F : 0x80;
      cases.take(graph, net);
    }
  }
}

}  // namespace dew::test
