// See the header.
#include "tests/graph/builder.h"

#include <algorithm>
#include <cmath>

namespace dew::graph {

int Builder::activation(std::vector<int> shape, float scale, int zero_point, DType type) {
  Tensor t;
  t.name = "t" + std::to_string(graph_.tensors.size());
  t.shape = std::move(shape);
  t.type = type;
  if (type != DType::kFloat32) t.quantisation = {{scale}, {zero_point}, -1};
  graph_.tensors.push_back(std::move(t));
  return static_cast<int>(graph_.tensors.size()) - 1;
}

int Builder::like(int tensor, std::vector<int> shape) {
  return activation(std::move(shape), at(tensor).quantisation.scale[0],
                    static_cast<int>(at(tensor).quantisation.zero_point[0]));
}

int Builder::input(std::vector<int> shape, float scale, int zero_point, DType type) {
  const int tensor = activation(std::move(shape), scale, zero_point, type);
  graph_.inputs.push_back(tensor);
  return tensor;
}

int Builder::constant(std::vector<int> shape, float scale, int zero_point) {
  const int tensor = activation(std::move(shape), scale, zero_point);
  Tensor& t = graph_.tensors.back();
  for (int64_t i = 0; i < t.elements(); ++i) t.data.push_back(static_cast<uint8_t>(uniform(-128, 127)));
  return tensor;
}

int Builder::int32_constant(const std::vector<int>& values, std::vector<int> shape) {
  Tensor t;
  t.name = "c" + std::to_string(graph_.tensors.size());
  t.shape = std::move(shape);
  t.type = DType::kInt32;
  for (const int value : values) {
    for (int byte = 0; byte < 4; ++byte)
      t.data.push_back(static_cast<uint8_t>(static_cast<uint32_t>(value) >> (8 * byte)));
  }
  graph_.tensors.push_back(std::move(t));
  return static_cast<int>(graph_.tensors.size()) - 1;
}

/// The scale with which a sum of `sums` products of random bytes spreads over 60 steps of the output.
/// Unscaled, it spreads over about 5100 times the square root of `sums`.
float Builder::weight_scale(int in, int sums, float scale_out) const {
  const float spread = 5100.0F * std::sqrt(static_cast<float>(sums)) * at(in).quantisation.scale[0];
  return loudness * 60.0F * scale_out / spread;
}

int Builder::weights(std::vector<int> shape, int channels, int axis, float scale) {
  Tensor t;
  t.name = "w" + std::to_string(graph_.tensors.size());
  t.shape = std::move(shape);
  for (int64_t i = 0; i < t.elements(); ++i) t.data.push_back(static_cast<uint8_t>(uniform(-127, 127)));
  const int scales = per_channel ? channels : 1;
  for (int i = 0; i < scales; ++i)
    t.quantisation.scale.push_back(scale * static_cast<float>(uniform(50, 150)) / 100.0F);
  t.quantisation.zero_point.assign(static_cast<size_t>(scales), 0);
  t.quantisation.axis = scales > 1 ? axis : -1;
  graph_.tensors.push_back(std::move(t));
  return static_cast<int>(graph_.tensors.size()) - 1;
}

/// Values about as large as the sums of `sums` products that they are added to.
int Builder::bias(int channels, int sums, float scale_in, int weights) {
  if (!with_bias) return -1;
  const int reach = static_cast<int>(3000 * std::sqrt(sums));
  std::vector<int> values;
  for (int i = 0; i < channels; ++i) values.push_back(uniform(-reach, reach));
  const int tensor = int32_constant(values, {channels});
  Quantisation q = at(weights).quantisation;
  for (float& scale : q.scale) scale *= scale_in;
  q.axis = q.scale.size() > 1 ? 0 : -1;
  graph_.tensors.back().quantisation = q;
  return tensor;
}

Op& Builder::add_op(OpKind kind, std::vector<int> inputs, int out) {
  Op op;
  op.kind = kind;
  op.inputs = std::move(inputs);
  op.outputs = {out};
  graph_.ops.push_back(std::move(op));
  return graph_.ops.back();
}

constexpr float kScaleOut = 6.0F / 255;  // what converters use after ReLU6

int Builder::conv(int in, int channels, int filter, int stride, Padding padding, Activation activation_kind,
                  int width) {
  const int in_channels = at(in).shape[3];
  const int columns = width > 0 ? width : filter;
  const int sums = filter * columns * in_channels;
  const int w =
      weights({channels, filter, columns, in_channels}, channels, 0, weight_scale(in, sums, kScaleOut));
  const int b = bias(channels, sums, at(in).quantisation.scale[0], w);
  const int zero_point = activation_kind == Activation::kNone ? uniform(-30, 30) : -128;
  const int out = activation({}, kScaleOut, zero_point);
  Op& op = add_op(OpKind::kConv2D, {in, w, b}, out);
  if (b < 0) op.inputs.pop_back();
  op.padding = padding;
  op.stride_h = op.stride_w = stride;
  op.activation = activation_kind;
  const Window shape = window(graph_, op);
  graph_.tensors[static_cast<size_t>(out)].shape = {1, shape.out_h, shape.out_w, channels};
  return out;
}

int Builder::depthwise(int in, int multiplier, int filter, int stride, Padding padding,
                       Activation activation_kind, int width) {
  const int channels = at(in).shape[3] * multiplier;
  const int columns = width > 0 ? width : filter;
  const int w =
      weights({1, filter, columns, channels}, channels, 3, weight_scale(in, filter * columns, kScaleOut));
  const int b = bias(channels, filter * columns, at(in).quantisation.scale[0], w);
  const int zero_point = activation_kind == Activation::kNone ? uniform(-30, 30) : -128;
  const int out = activation({}, kScaleOut, zero_point);
  Op& op = add_op(OpKind::kDepthwiseConv2D, {in, w, b}, out);
  if (b < 0) op.inputs.pop_back();
  op.padding = padding;
  op.stride_h = op.stride_w = stride;
  op.depth_multiplier = multiplier;
  op.activation = activation_kind;
  const Window shape = window(graph_, op);
  graph_.tensors[static_cast<size_t>(out)].shape = {1, shape.out_h, shape.out_w, channels};
  return out;
}

int Builder::fully_connected(int in, int units) {
  const auto depth = static_cast<int>(at(in).elements());
  const bool remembered = per_channel;
  per_channel = false;  // as TensorFlow Lite's converter does
  const int w = weights({units, depth}, units, 0, weight_scale(in, depth, kScaleOut));
  per_channel = remembered;
  const int b = bias(units, depth, at(in).quantisation.scale[0], w);
  const int out = activation({1, units}, kScaleOut, uniform(-20, 20));
  Op& op = add_op(OpKind::kFullyConnected, {in, w, b}, out);
  if (b < 0) op.inputs.pop_back();
  return out;
}

int Builder::add(int a, int b, Activation activation_kind) {
  const float scale = at(a).quantisation.scale[0] + at(b).quantisation.scale[0];
  const auto& shape = at(a).elements() >= at(b).elements() ? at(a).shape : at(b).shape;
  const int out = activation(std::vector<int>(shape), scale * 0.8F, uniform(-20, 20));
  add_op(OpKind::kAdd, {a, b}, out).activation = activation_kind;
  return out;
}

int Builder::mul(int a, int b, Activation activation_kind) {
  const float scale = at(a).quantisation.scale[0] * at(b).quantisation.scale[0] * 60.0F;
  const auto& shape = at(a).elements() >= at(b).elements() ? at(a).shape : at(b).shape;
  const int out = activation(std::vector<int>(shape), scale, uniform(-20, 20));
  add_op(OpKind::kMul, {a, b}, out).activation = activation_kind;
  return out;
}

int Builder::div(int a, int divisors, Activation activation_kind) {
  Tensor& b = graph_.tensors[static_cast<size_t>(divisors)];
  for (uint8_t& byte : b.data) {
    if (static_cast<int8_t>(byte) == b.quantisation.zero_point[0]) byte = static_cast<uint8_t>(byte ^ 0x40);
  }
  const float scale = at(a).quantisation.scale[0] / b.quantisation.scale[0] / 30.0F;
  const int out = activation(std::vector<int>(at(a).shape), scale, uniform(-20, 20));
  add_op(OpKind::kDiv, {a, divisors}, out).activation = activation_kind;
  return out;
}

int Builder::pad(int in, int top, int bottom, int left, int right) {
  auto shape = at(in).shape;
  shape[1] += top + bottom;
  shape[2] += left + right;
  const int amounts = int32_constant({0, 0, top, bottom, left, right, 0, 0}, {4, 2});
  const int out = like(in, std::move(shape));
  add_op(OpKind::kPad, {in, amounts}, out);
  return out;
}

int Builder::pool(OpKind kind, int in, int filter, int stride, Padding padding) {
  const int out = like(in, {});
  Op& op = add_op(kind, {in}, out);
  op.filter_h = op.filter_w = filter;
  op.stride_h = op.stride_w = stride;
  op.padding = padding;
  const Window shape = window(graph_, op);
  graph_.tensors[static_cast<size_t>(out)].shape = {1, shape.out_h, shape.out_w, at(in).shape[3]};
  return out;
}

int Builder::mean(int in, std::vector<int> axes, bool keep_dims) {
  std::vector<int> shape;
  for (int d = 0; d < static_cast<int>(at(in).shape.size()); ++d) {
    const bool reduced = std::find(axes.begin(), axes.end(), d) != axes.end();
    if (!reduced) shape.push_back(at(in).shape[static_cast<size_t>(d)]);
    if (reduced && keep_dims) shape.push_back(1);
  }
  const int count = static_cast<int>(axes.size());
  const int axes_tensor = int32_constant(axes, {count});
  const int out = activation(shape, at(in).quantisation.scale[0] * 0.6F, uniform(-20, 20));
  add_op(OpKind::kMean, {in, axes_tensor}, out).keep_dims = keep_dims;
  return out;
}

int Builder::reshape(int in, std::vector<int> shape) {
  const int count = static_cast<int>(shape.size());
  const int shape_tensor = int32_constant(shape, {count});
  const int out = like(in, std::move(shape));
  add_op(OpKind::kReshape, {in, shape_tensor}, out);
  return out;
}

int Builder::softmax(int in) {
  const int out = activation(std::vector<int>(at(in).shape), 1.0F / 256, -128);
  add_op(OpKind::kSoftmax, {in}, out);
  return out;
}

int Builder::log_softmax(int in) {
  const int out = activation(std::vector<int>(at(in).shape), 16.0F / 256, 127);
  add_op(OpKind::kLogSoftmax, {in}, out);
  return out;
}

int Builder::logistic(int in) {
  const int out = activation(std::vector<int>(at(in).shape), 1.0F / 256, -128);
  add_op(OpKind::kLogistic, {in}, out);
  return out;
}

int Builder::relu(int in, OpKind kind, float scale, int zero_point) {
  const int out = activation(std::vector<int>(at(in).shape), scale, zero_point);
  add_op(kind, {in}, out);
  return out;
}

int Builder::concatenation(const std::vector<int>& in, int axis) {
  auto shape = at(in[0]).shape;
  for (size_t i = 1; i < in.size(); ++i)
    shape[static_cast<size_t>(axis)] += at(in[i]).shape[static_cast<size_t>(axis)];
  const int out = like(in[0], std::move(shape));
  add_op(OpKind::kConcatenation, in, out).axis = axis;
  return out;
}

int Builder::transpose(int in, std::vector<int> permutation) {
  std::vector<int> shape;
  for (const int axis : permutation) shape.push_back(at(in).shape[static_cast<size_t>(axis)]);
  const int count = static_cast<int>(permutation.size());
  const int axes = int32_constant(permutation, {count});
  const int out = like(in, std::move(shape));
  add_op(OpKind::kTranspose, {in, axes}, out);
  return out;
}

int Builder::resize(OpKind kind, int in, int height, int width) {
  const int size = int32_constant({height, width}, {2});
  const int out = like(in, {1, height, width, at(in).shape[3]});
  add_op(kind, {in, size}, out);
  return out;
}

int Builder::slice(int in, std::vector<int> begin, std::vector<int> end, std::vector<int> step) {
  std::vector<int> shape;
  for (size_t i = 0; i < begin.size(); ++i) shape.push_back((end[i] - begin[i] - 1) / step[i] + 1);
  const int rank = static_cast<int>(begin.size());
  const int first = int32_constant(begin, {rank});
  const int past = int32_constant(end, {rank});
  const int steps = int32_constant(step, {rank});
  const int out = like(in, std::move(shape));
  add_op(OpKind::kStridedSlice, {in, first, past, steps}, out);
  return out;
}

int Builder::quantize(int in, DType type, float scale, int zero_point) {
  const int out = activation(std::vector<int>(at(in).shape), scale, zero_point, type);
  add_op(OpKind::kQuantize, {in}, out);
  return out;
}

int Builder::state(int as, std::vector<int> shape) {
  const int made = like(as, std::move(shape));
  std::vector<uint8_t> initial;
  for (int64_t i = 0; i < at(made).elements(); ++i)
    initial.push_back(static_cast<uint8_t>(uniform(-128, 127)));
  graph_.states.push_back({"memory/" + std::to_string(graph_.states.size()), made, -1, std::move(initial)});
  return made;
}

void Builder::remember(int state, int value) {
  for (State& each : graph_.states) {
    if (each.from == state) each.to = value;
  }
}

int Builder::dequantize(int in) {
  const int out = activation(std::vector<int>(at(in).shape), 0, 0, DType::kFloat32);
  add_op(OpKind::kDequantize, {in}, out);
  return out;
}

std::vector<uint8_t> Builder::random_input() {
  std::vector<uint8_t> bytes(static_cast<size_t>(at(graph_.inputs[0]).bytes()));
  for (auto& byte : bytes) byte = static_cast<uint8_t>(uniform(0, 255));
  return bytes;
}

Graph mobilenet_like(uint32_t seed, int size, int classes) {
  Builder b(seed);
  const auto block = [&b](int in, int expand, int channels, int stride) {
    const int wide = b.conv(in, expand, 1, 1, Padding::kSame, Activation::kRelu6);
    const int deep = b.depthwise(wide, 1, 3, stride, Padding::kSame, Activation::kRelu6);
    return b.conv(deep, channels, 1, 1, Padding::kSame, Activation::kNone);
  };
  const int image = b.input({1, size, size, 3}, 1.0F / 128, 0);
  const int stem = b.conv(image, 8, 3, 2, Padding::kSame, Activation::kRelu6);
  const int first = block(stem, 24, 8, 2);
  const int second = b.add(first, block(first, 24, 8, 1));
  const int third = block(second, 32, 16, 2);
  const int head = b.conv(third, 32, 1, 1, Padding::kSame, Activation::kRelu6);
  const int pooled = b.mean(head, {1, 2}, false);
  b.output(b.softmax(b.fully_connected(pooled, classes)));
  return b.graph();
}

Graph keyword_net(uint32_t seed) {
  Builder b(seed);
  // `rows` of what was there before, then the new ones; the last `rows` of them all are there the next time.
  const auto streamed = [&b](int in, int rows) {
    const auto shape = b.graph().tensors[static_cast<size_t>(in)].shape;
    const int before = b.state(in, {1, rows, 1, shape[3]});
    const int all = b.concatenation({before, in}, 1);
    const int count = rows + shape[1];
    b.remember(before, b.slice(all, {0, count - rows, 0, 0}, {1, count, 1, shape[3]}, {1, 1, 1, 1}));
    return all;
  };
  int x = b.reshape(b.input({1, 3, 40}, 26.0F / 256, -128), {1, 3, 1, 40});
  x = b.conv(streamed(x, 2), 8, 5, 3, Padding::kValid, Activation::kRelu, 1);
  for (const int rows : {4, 8}) {
    x = b.depthwise(streamed(x, rows), 1, rows + 1, 1, Padding::kValid, Activation::kNone, 1);
    x = b.conv(x, 12, 1, 1, Padding::kValid, Activation::kRelu);
  }
  x = b.logistic(b.fully_connected(b.reshape(streamed(x, 5), {1, 72}), 1));
  b.output(b.quantize(x, DType::kUInt8, 1.0F / 256, 0));
  return b.graph();
}

Graph all_operators(uint32_t seed) {
  Builder b(seed);
  const int image = b.input({1, 12, 12, 3}, 1.0F / 128, 128, DType::kUInt8);
  const int x = b.quantize(image, DType::kInt8, 1.0F / 128, 0);
  const int stem = b.conv(x, 8, 3, 2, Padding::kSame, Activation::kRelu6);
  const int deep = b.depthwise(stem, 2, 3, 1, Padding::kValid, Activation::kRelu);
  const int padded = b.pad(deep, 1, 1, 1, 1);
  const int largest = b.pool(OpKind::kMaxPool2D, padded, 2, 2, Padding::kValid);
  const int average = b.pool(OpKind::kAveragePool2D, padded, 2, 2, Padding::kSame);
  const int joined = b.concatenation({largest, average}, 3);
  const int gates = b.logistic(b.mean(joined, {1, 2}, true));
  const int gated = b.mul(joined, gates);
  const int sum = b.add(gated, joined, Activation::kRelu);
  const Quantisation as = b.graph().tensors[static_cast<size_t>(sum)].quantisation;
  const int cut = b.relu(sum, OpKind::kRelu6, as.scale[0], static_cast<int>(as.zero_point[0]));
  const int turned = b.transpose(b.relu(cut, OpKind::kRelu, 6.0F / 255, -128), {0, 2, 1, 3});
  const int flat = b.reshape(turned, {1, 3 * 3 * 32});
  b.with_bias = false;
  const int logits = b.fully_connected(flat, 5);
  b.output(b.softmax(logits));
  b.output(b.dequantize(logits));
  return b.graph();
}

}  // namespace dew::graph
