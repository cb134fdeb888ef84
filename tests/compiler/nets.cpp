// Random nets. Scales are chosen so that accumulators land inside int8; otherwise the tests would only
// compare clamps.
#include "tests/compiler/nets.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace dew::test {

using graph::Activation;
using graph::DType;
using graph::Op;
using graph::OpKind;
using graph::Padding;

int Net::tensor(std::vector<int> shape, DType type, double scale, int zero_point) {
  graph::Tensor made;
  made.name = "t" + std::to_string(graph_.tensors.size());
  made.shape = std::move(shape);
  made.type = type;
  if (type == DType::kInt8 || type == DType::kUInt8)
    made.quantisation = {{static_cast<float>(scale)}, {zero_point}, -1};
  graph_.tensors.push_back(std::move(made));
  return static_cast<int>(graph_.tensors.size()) - 1;
}

int Net::int32_constant(const std::vector<int>& values) {
  const int index = tensor({static_cast<int>(values.size())}, DType::kInt32, 0, 0);
  auto& data = graph_.tensors.back().data;
  data.resize(values.size() * 4);
  std::memcpy(data.data(), values.data(), data.size());
  return index;
}

int Net::constant(const std::vector<int>& shape) {
  const int index = tensor(shape, DType::kInt8, uniform(0.01, 0.05), pick(-20, 20));
  auto& made = graph_.tensors.back();
  for (int64_t i = 0; i < made.elements(); ++i) made.data.push_back(static_cast<uint8_t>(pick(0, 255)));
  return index;
}

int Net::weights(const std::vector<int>& shape, int channel_axis, double fan_in, double gain) {
  // Uniform inputs and weights deviate by 74 and 73 steps; scaled sums of their products are to deviate
  // by 50.
  const double one = 50.0 / (74 * 73 * std::sqrt(fan_in)) * gain;
  const int index = constant(shape);
  auto& made = graph_.tensors.back();
  for (auto& byte : made.data) byte = static_cast<uint8_t>(static_cast<int8_t>(pick(-127, 127)));
  made.quantisation = {{static_cast<float>(one)}, {0}, -1};
  if (!per_channel) return index;
  const int channels = shape[static_cast<size_t>(channel_axis)];
  made.quantisation = {};
  made.quantisation.axis = channel_axis;
  for (int c = 0; c < channels; ++c) {
    const double powers = spread > 0 ? uniform(-spread, spread) : 0;
    made.quantisation.scale.push_back(static_cast<float>(one * uniform(0.2, 1.8) * std::exp2(powers)));
    made.quantisation.zero_point.push_back(0);
    if (dead_channels && c % 3 == 1) made.quantisation.scale.back() = 0;
  }
  return index;
}

int Net::bias(int channels) {
  std::vector<int> values;
  for (int c = 0; c < channels; ++c) values.push_back(pick(-largest_bias, largest_bias));
  return int32_constant(values);
}

int Net::emit(Op op, std::vector<int> inputs, int output) {
  op.inputs = std::move(inputs);
  op.outputs = {output};
  graph_.ops.push_back(std::move(op));
  return output;
}

int Net::input(std::vector<int> shape, DType type) {
  const int zero_point = type == DType::kUInt8 ? 127 : pick(-20, 20);
  double scale = type == DType::kUInt8 ? 1.0 / 127 : pick(0, 1) == 0 ? 6.0 / 255 : 0.05;
  if (input_scale > 0) scale = input_scale;
  graph_.inputs = {tensor(std::move(shape), type, scale, zero_point)};
  graph_.name = "random";
  return graph_.inputs[0];
}

int Net::input(int h, int w, int c) {
  return input({1, h, w, c});
}

int Net::convolve(OpKind kind, int in, const std::vector<int>& weight_shape, int channels, double fan_in) {
  Op op = like;
  op.kind = kind;
  const bool six = whole_relu6 && op.activation == Activation::kRelu6;
  const double gain = six ? 6.0 / 255 / scale(in) : 1.0;
  const int w = weights(weight_shape, kind == OpKind::kDepthwiseConv2D ? 3 : 0, fan_in, gain);
  const int b = pick(0, 3) == 0 ? -1 : bias(channels);
  const double out_scale = stretch * gain * scale(in);
  const int zero_point = op.activation == Activation::kNone ? pick(-30, 30) : -128;
  std::vector<int> out_shape = {1, channels};
  const int out = tensor(out_shape, DType::kInt8, out_scale, zero_point);
  emit(op, b < 0 ? std::vector<int>{in, w} : std::vector<int>{in, w, b}, out);
  if (kind != OpKind::kFullyConnected) {
    const graph::Window window = graph::window(graph_, graph_.ops.back());
    graph_.tensors[static_cast<size_t>(out)].shape = {1, window.out_h, window.out_w, channels};
  }
  return out;
}

int Net::conv(int in, int channels, int kernel_h, int kernel_w) {
  const int depth = shape(in)[3];
  return convolve(OpKind::kConv2D, in, {channels, kernel_h, kernel_w, depth}, channels,
                  kernel_h * kernel_w * depth);
}

int Net::depthwise(int in, int kernel_h, int kernel_w) {
  const int channels = shape(in)[3] * like.depth_multiplier;
  return convolve(OpKind::kDepthwiseConv2D, in, {1, kernel_h, kernel_w, channels}, channels,
                  kernel_h * kernel_w);
}

int Net::dense(int in, int units) {
  int64_t depth = 1;
  for (const int extent : shape(in)) depth *= extent;
  return convolve(OpKind::kFullyConnected, in, {units, static_cast<int>(depth)}, units,
                  static_cast<double>(depth));
}

int Net::binary(OpKind kind, int a, int b) {
  Op op = like;
  op.kind = kind;
  const auto& sa = shape(a);
  const auto& sb = shape(b);
  std::vector<int> out_shape(std::max(sa.size(), sb.size()), 1);
  for (size_t i = 0; i < sa.size(); ++i) out_shape[out_shape.size() - sa.size() + i] = sa[i];
  for (size_t i = 0; i < sb.size(); ++i) {
    auto& extent = out_shape[out_shape.size() - sb.size() + i];
    extent = std::max(extent, sb[i]);
  }
  const double both = kind == OpKind::kAdd || kind == OpKind::kSub ? scale(a) + scale(b)
                      : kind == OpKind::kPrelu                     ? scale(a)
                      : kind == OpKind::kDiv                       ? scale(a) / scale(b) / 30
                                                                   : scale(a) * scale(b) * 60;
  const int zero_point = op.activation == Activation::kNone ? pick(-30, 30) : -128;
  return emit(op, {a, b}, tensor(out_shape, DType::kInt8, stretch * both * 0.7, zero_point));
}

int Net::div(int a, int b) {
  graph::Tensor& divisors = graph_.tensors[static_cast<size_t>(b)];
  for (uint8_t& byte : divisors.data) {
    if (static_cast<int8_t>(byte) == divisors.quantisation.zero_point[0])
      byte = static_cast<uint8_t>(byte ^ 0x40);
  }
  return binary(OpKind::kDiv, a, b);
}

int Net::like_input(int in, std::vector<int> shape) {
  const int made = tensor(std::move(shape), DType::kInt8, 1, 0);
  graph_.tensors.back().quantisation = graph_.tensors[static_cast<size_t>(in)].quantisation;
  return made;
}

int Net::maximum(OpKind kind, int a, int b) {
  Op op;
  op.kind = kind;
  graph_.tensors[static_cast<size_t>(b)].quantisation = graph_.tensors[static_cast<size_t>(a)].quantisation;
  const auto elements = [this](int index) { return graph_.tensors[static_cast<size_t>(index)].elements(); };
  return emit(op, {a, b}, like_input(a, shape(elements(a) >= elements(b) ? a : b)));
}

int Net::slice(int in, const std::vector<int>& begin, const std::vector<int>& end,
               const std::vector<int>& step) {
  Op op;
  op.kind = OpKind::kStridedSlice;
  std::vector<int> out_shape;
  for (size_t i = 0; i < begin.size(); ++i) out_shape.push_back((end[i] - begin[i] - 1) / step[i] + 1);
  const int first = int32_constant(begin);
  const int past = int32_constant(end);
  const int steps = int32_constant(step);
  return emit(op, {in, first, past, steps}, like_input(in, out_shape));
}

int Net::resize(OpKind kind, int in, int height, int width) {
  Op op = like;
  op.kind = kind;
  const int size = int32_constant({height, width});
  return emit(op, {in, size}, like_input(in, {1, height, width, shape(in)[3]}));
}

int Net::pad(int in, const std::vector<int>& paddings) {
  Op op;
  op.kind = OpKind::kPad;
  std::vector<int> out_shape = shape(in);
  for (size_t i = 0; i < paddings.size(); ++i) out_shape[i / 2] += paddings[i];
  const int constant = int32_constant(paddings);
  const auto zero_point =
      static_cast<int>(graph_.tensors[static_cast<size_t>(in)].quantisation.zero_point[0]);
  return emit(op, {in, constant}, tensor(out_shape, DType::kInt8, scale(in), zero_point));
}

int Net::pool(OpKind kind, int in, int filter_h, int filter_w) {
  Op op = like;
  op.kind = kind;
  op.filter_h = filter_h;
  op.filter_w = filter_w;
  const auto zero_point =
      static_cast<int>(graph_.tensors[static_cast<size_t>(in)].quantisation.zero_point[0]);
  const int out = tensor({1}, DType::kInt8, scale(in), zero_point);
  emit(op, {in}, out);
  const graph::Window window = graph::window(graph_, graph_.ops.back());
  graph_.tensors[static_cast<size_t>(out)].shape = {1, window.out_h, window.out_w, shape(in)[3]};
  return out;
}

int Net::mean(int in, const std::vector<int>& axes) {
  Op op = like;
  op.kind = OpKind::kMean;
  std::vector<int> out_shape;
  for (size_t i = 0; i < shape(in).size(); ++i) {
    const int axis = static_cast<int>(i);
    const int from_last = axis - static_cast<int>(shape(in).size());
    const bool gone =
        std::any_of(axes.begin(), axes.end(), [&](int a) { return a == axis || a == from_last; });
    if (!gone) out_shape.push_back(shape(in)[i]);
    if (gone && op.keep_dims) out_shape.push_back(1);
  }
  const int constant = int32_constant(axes);
  return emit(op, {in, constant}, tensor(out_shape, DType::kInt8, stretch * scale(in) * 0.4, pick(-30, 30)));
}

int Net::unary(OpKind kind, int in) {
  Op op = like;
  op.kind = kind;
  const bool probability = kind == OpKind::kLogistic || kind == OpKind::kSoftmax;
  const int out = probability                   ? tensor(shape(in), DType::kInt8, 1.0 / 256, -128)
                  : kind == OpKind::kLogSoftmax ? tensor(shape(in), DType::kInt8, 16.0 / 256, 127)
                  : kind == OpKind::kTanh
                      ? tensor(shape(in), DType::kInt8, 1.0 / 128, 0)
                      : tensor(shape(in), DType::kInt8, stretch * scale(in) * 0.6, pick(-128, 0));
  return emit(op, {in}, out);
}

int Net::reshape(int in, const std::vector<int>& to) {
  Op op;
  op.kind = OpKind::kReshape;
  const auto zero_point =
      static_cast<int>(graph_.tensors[static_cast<size_t>(in)].quantisation.zero_point[0]);
  return emit(op, {in}, tensor(to, DType::kInt8, scale(in), zero_point));
}

int Net::concatenation(const std::vector<int>& ins, int axis) {
  Op op;
  op.kind = OpKind::kConcatenation;
  op.axis = axis;
  std::vector<int> out_shape = shape(ins[0]);
  out_shape[static_cast<size_t>(axis)] = 0;
  const auto quantisation = graph_.tensors[static_cast<size_t>(ins[0])].quantisation;
  for (const int in : ins) {
    out_shape[static_cast<size_t>(axis)] += shape(in)[static_cast<size_t>(axis)];
    graph_.tensors[static_cast<size_t>(in)].quantisation = quantisation;
  }
  const int out = tensor(out_shape, DType::kInt8, 1, 0);
  graph_.tensors.back().quantisation = quantisation;
  return emit(op, ins, out);
}

int Net::transpose(int in, const std::vector<int>& permutation) {
  Op op;
  op.kind = OpKind::kTranspose;
  std::vector<int> out_shape;
  for (const int axis : permutation) out_shape.push_back(shape(in)[static_cast<size_t>(axis)]);
  const int constant = int32_constant(permutation);
  const int out = tensor(out_shape, DType::kInt8, 1, 0);
  graph_.tensors.back().quantisation = graph_.tensors[static_cast<size_t>(in)].quantisation;
  return emit(op, {in, constant}, out);
}

int Net::quantize(int in, DType type, double out_scale, int zero_point) {
  Op op;
  op.kind = OpKind::kQuantize;
  return emit(op, {in}, tensor(shape(in), type, out_scale, zero_point));
}

int Net::quantize_flipped(int in) {
  const auto& from = graph_.tensors[static_cast<size_t>(in)].quantisation;
  return quantize(in, DType::kUInt8, from.scale[0], static_cast<int>(from.zero_point[0]) + 128);
}

int Net::dequantize(int in) {
  Op op;
  op.kind = OpKind::kDequantize;
  return emit(op, {in}, tensor(shape(in), DType::kFloat32, 0, 0));
}

int Net::state(int as, const std::vector<int>& shape, bool level) {
  const int made = like_input(as, shape);
  const auto zero_point = graph_.tensors.back().quantisation.zero_point[0];
  Bytes initial;
  for (int64_t i = 0; i < graph_.tensors.back().elements(); ++i)
    initial.push_back(static_cast<uint8_t>(level ? zero_point : pick(-128, 127)));
  graph_.states.push_back({"state " + std::to_string(graph_.states.size()), made, -1, std::move(initial)});
  return made;
}

void Net::remember(int state, int value) {
  for (graph::State& each : graph_.states) {
    if (each.from == state) each.to = value;
  }
}

graph::Graph Net::finish() {
  return finish(graph_.ops.back().outputs[0]);
}

graph::Graph Net::finish(int output) {
  graph_.outputs = {output};
  return graph_;
}

Bytes Net::random_input() {
  const auto& tensor = graph_.tensors[static_cast<size_t>(graph_.inputs[0])];
  Bytes bytes;
  if (tensor.type == DType::kFloat32) {
    bytes.resize(static_cast<size_t>(tensor.bytes()));
    for (int64_t i = 0; i < tensor.elements(); ++i) {
      const auto value = static_cast<float>(uniform(-2, 2));
      std::memcpy(&bytes[static_cast<size_t>(i) * 4], &value, 4);
    }
    return bytes;
  }
  for (int64_t i = 0; i < tensor.bytes(); ++i) bytes.push_back(static_cast<uint8_t>(pick(0, 255)));
  return bytes;
}

namespace {

/// As Keras' _make_divisible.
int divisible(double value) {
  const int made = std::max(8, static_cast<int>(value + 4) / 8 * 8);
  return made < 0.9 * value ? made + 8 : made;
}

struct Stage {
  int expansion;
  int channels;
  int repeats;
  int stride;
};

int block(Net& net, int in, int in_channels, int channels, int expansion, int stride) {
  net.like = {};
  net.like.activation = Activation::kRelu6;
  int x = expansion == 1 ? in : net.conv(in, in_channels * expansion, 1, 1);
  net.like.padding = Padding::kSame;
  net.like.stride_h = net.like.stride_w = stride;
  x = net.depthwise(x, 3, 3);
  net.like = {};
  x = net.conv(x, channels, 1, 1);
  return stride == 1 && in_channels == channels ? net.add(in, x) : x;
}

}  // namespace

graph::Graph mobilenet_v2(double alpha, int size, int classes, int head, uint32_t seed) {
  constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  Net net(seed);
  net.whole_relu6 = true;
  int x = net.input(size, size, 3);
  net.like.padding = Padding::kSame;
  net.like.stride_h = net.like.stride_w = 2;
  net.like.activation = Activation::kRelu6;
  int channels = divisible(32 * alpha);
  x = net.conv(x, channels, 3, 3);
  for (const Stage& stage : kStages) {
    for (int i = 0; i < stage.repeats; ++i) {
      const int next = divisible(stage.channels * alpha);
      x = block(net, x, channels, next, stage.expansion, i == 0 ? stage.stride : 1);
      channels = next;
    }
  }
  net.like = {};
  net.like.activation = Activation::kRelu6;
  if (head > 0) x = net.conv(x, head, 1, 1);
  net.like = {};
  x = net.mean(x, {1, 2});
  x = net.dense(x, classes);
  net.unary(OpKind::kSoftmax, x);
  return net.finish();
}

}  // namespace dew::test
