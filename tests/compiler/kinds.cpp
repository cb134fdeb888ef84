#include "tests/compiler/kinds.h"

#include <utility>

namespace dew::test {

using graph::Activation;
using graph::DType;
using graph::OpKind;
using graph::Padding;

namespace {

/// Real values from `low` to `low` + 255 * `scale` at the input.
graph::Graph with_input(graph::Graph graph, float scale, int64_t zero_point) {
  graph.tensors[static_cast<size_t>(graph.inputs[0])].quantisation = {{scale}, {zero_point}, -1};
  return graph;
}

int strided(Net& net, int in, int channels, int kernel_h, int kernel_w) {
  net.like.padding = Padding::kSame;
  net.like.activation = Activation::kRelu6;
  net.like.stride_h = net.like.stride_w = 2;
  const int out = net.conv(in, channels, kernel_h, kernel_w);
  net.like = {};
  return out;
}

/// Convolutions, a mean and a softmax over `classes`.
graph::Graph classifier(uint32_t seed, std::vector<int> input, int classes) {
  Net net(seed);
  int x = strided(net, net.input(std::move(input)), 8, 3, 3);
  net.like.padding = Padding::kSame;
  x = net.add(net.depthwise(x, 3, 3), x);
  net.like = {};
  net.unary(OpKind::kSoftmax, net.dense(net.mean(x, {1, 2}), classes));
  return net.finish();
}

/// 128 readings of three axes.
graph::Graph accelerometer(uint32_t seed, int outputs, bool classes) {
  Net net(seed);
  int x = net.quantize(net.input({1, 1, 128, 3}, DType::kFloat32), DType::kInt8, 0.031, 4);
  net.like.stride_w = 2;
  x = net.conv(x, 8, 1, 5);
  net.like = {};
  x = net.dense(net.mean(x, {1, 2}), outputs);
  if (classes) x = net.unary(OpKind::kSoftmax, x);
  net.dequantize(x);
  return net.finish();
}

graph::Graph autoencoder() {
  Net net(6);
  net.like.activation = Activation::kRelu;
  int x = net.dense(net.input({1, 64}), 16);
  x = net.dense(x, 4);
  net.like = {};
  net.dense(x, 64);
  return net.finish();
}

graph::Graph map_of_scores() {
  Net net(7);
  const int x = strided(net, net.input(24, 24, 3), 8, 3, 3);
  net.unary(OpKind::kSoftmax, net.conv(x, 3, 1, 1));
  return net.finish();
}

/// A keyword model over three new rows of features at a time.
graph::Graph streaming() {
  Net net(11);
  int x = net.reshape(net.input({1, 3, 40}), {1, 3, 1, 40});
  for (const int rows : {2, 4}) {
    const int channels = net.shape(x)[3];
    const int count = rows + net.shape(x)[1];
    const int before = net.state(x, {1, rows, 1, channels}, rows == 2);
    x = net.concatenation({before, x}, 1);
    net.remember(before, net.slice(x, {0, count - rows, 0, 0}, {1, count, 1, channels}, {1, 1, 1, 1}));
    net.like.activation = Activation::kRelu;
    x = net.conv(x, 6, 3, 1);
    net.like = {};
  }
  net.quantize(net.unary(OpKind::kLogistic, net.dense(x, 1)), DType::kUInt8, 1.0 / 256, 0);
  return net.finish();
}

graph::Graph unsigned_bytes() {
  Net net(8);
  const int x = net.quantize(net.input({1, 12, 12, 3}, DType::kUInt8), DType::kInt8, 1.0 / 127, -1);
  net.quantize(net.dense(strided(net, x, 4, 3, 3), 5), DType::kUInt8, 0.031, 77);
  return net.finish();
}

}  // namespace

Result<compiler::Plan> Kind::compile(const compiler::Options& options) const {
  compiler::Options mine = options;
  mine.symbol = name;
  mine.gate = gate;
  DEW_TRY(compiler::Plan plan, compiler::compile(graph, mine));
  plan.thresholds = thresholds;
  return plan;
}

std::vector<Kind> kinds() {
  constexpr float kPixel = 1 / 127.5F;
  std::vector<Kind> all;
  all.push_back({"picture", with_input(classifier(1, {1, 32, 32, 3}, 2), kPixel, -1), {}});
  all.back().graph.classes = {"yes", "no"};
  all.push_back({"careful", with_input(classifier(2, {1, 24, 32, 3}, 3), kPixel, -1), {0.4, 0.5, 0.6}});
  all.back().graph.classes = {"a cup", "\"none\"", "what?\?/"};
  all.push_back({"grey", with_input(classifier(3, {1, 16, 24, 1}, 4), 1 / 255.0F, -128), {}});
  all.push_back({"keyword", with_input(classifier(4, {1, 49, 10, 1}, 12), 0.5847F, 83), {}});
  all.push_back({"angle", accelerometer(5, 1, false), {}});
  all.push_back({"gesture", accelerometer(9, 4, true), {}});
  all.back().graph.classes = {"idle", "snake", "updown", "wave"};
  all.push_back({"autoencoder", autoencoder(), {}});
  all.push_back({"map", with_input(map_of_scores(), kPixel, -1), {}});
  all.push_back({"unsigned_bytes", unsigned_bytes(), {}});
  all.push_back({"gated", with_input(classifier(10, {1, 24, 24, 3}, 2), kPixel, -1), {}});
  all.back().graph.classes = {"yes", "no"};
  all.back().gate = graph::Gate{{{9, 8, 7, 6, 5, 4, 3, 255}, {1, 0, 1, 0, 1, 0, 1, 0}}, {2000, 20}};
  all.push_back({"streaming", streaming(), {}});
  return all;
}

}  // namespace dew::test
