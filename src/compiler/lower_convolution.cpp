// Convolution, depthwise convolution and fully connected as steps.
#include <algorithm>

#include "compiler/lower.h"
#include "compiler/passes.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

std::vector<int8_t> weights_of(const Lowering& to, const Op& op) {
  const auto& data = to.tensor(op.inputs[1]).data;
  std::vector<int8_t> weights(data.size());
  std::transform(data.begin(), data.end(), weights.begin(), [](uint8_t b) { return static_cast<int8_t>(b); });
  return weights;
}

bool is_pointwise(const Op& op, const graph::Window& w) {
  return w.filter_h == 1 && w.filter_w == 1 && op.stride_h == 1 && op.stride_w == 1 && w.pad_top == 0 &&
         w.pad_left == 0 && w.out_h == w.in_h && w.out_w == w.in_w;
}

dew_pointwise pointwise(Lowering& to, const Op& op, int64_t width, int64_t in_channels,
                        int64_t out_channels) {
  dew_pointwise layer = {};
  layer.weights = to.constant("weights", weights_of(to, op), static_cast<int>(in_channels));
  layer.scale = lower_scale(to, op);
  layer.width = to.fit<uint16_t>(width);
  layer.in_channels = to.fit<uint16_t>(in_channels);
  layer.out_channels = to.fit<uint16_t>(out_channels);
  return layer;
}

/// The fields that dew_convolution and dew_depthwise share.
template <typename T>
T windowed(Lowering& to, const Op& op, const graph::Window& w, int64_t in_channels) {
  T layer = {};
  layer.weights = to.constant("weights", weights_of(to, op), to.tensor(op.inputs[1]).shape[3]);
  layer.scale = lower_scale(to, op);
  if (w.pad_left > 0 || w.pad_right > 0) layer.zero = to.zeros(to.zero_point(op.inputs[0]));
  layer.in_width = to.fit<uint16_t>(w.in_w);
  layer.in_channels = to.fit<uint16_t>(in_channels);
  layer.out_width = to.fit<uint16_t>(w.out_w);
  layer.kernel_height = to.fit<uint8_t>(w.filter_h);
  layer.kernel_width = to.fit<uint8_t>(w.filter_w);
  layer.stride = to.fit<uint8_t>(op.stride_w);
  layer.dilation = to.fit<uint8_t>(op.dilation_w);
  layer.pad = to.fit<uint8_t>(w.pad_left);
  return layer;
}

}  // namespace

/// Bias, multiplier and shift of every output channel; shifts only where one is not 0.
dew_scale lower_scale(Lowering& to, const Op& op) {
  const std::vector<int32_t> bias = fold_zero_point(to.graph(), op);
  std::vector<int32_t> multipliers;
  std::vector<int8_t> shifts;
  for (size_t c = 0; c < bias.size(); ++c) {
    const double value = graph::effective_scale(to.graph(), op, static_cast<int>(c));
    const Factor f = factor(to.options().rounding, value);
    multipliers.push_back(f.multiplier);
    shifts.push_back(f.shift);
  }
  const graph::Range range = graph::activation_range(op, to.tensor(op.outputs[0]));
  dew_scale scale = {};
  scale.bias = to.constant("bias", bias);
  scale.multiplier = to.constant("multiplier", multipliers);
  if (std::any_of(shifts.begin(), shifts.end(), [](int8_t s) { return s != 0; }))
    scale.shift = to.constant("shift", shifts);
  scale.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  scale.low = static_cast<int8_t>(range.low);
  scale.high = static_cast<int8_t>(range.high);
  return scale;
}

/// The window's rows are the step's, its columns the kernel's.
void lower_window(Lowering& to, dew_step& table, const Op& op, const graph::Window& w) {
  table.taps = to.fit<uint8_t>(w.filter_h);
  table.dilation = to.fit<uint8_t>(op.dilation_h);
  table.stride = to.fit<uint8_t>(op.stride_h);
  table.pad = to.fit<uint8_t>(w.pad_top);
  table.extent = to.fit<uint16_t>(int64_t{w.filter_h - 1} * op.dilation_h + 1);
  if (w.pad_top > 0 || w.pad_bottom > 0) table.zero = to.zeros(to.zero_point(op.inputs[0]));
}

Result<void> lower_convolution(Lowering& to, const Op& op) {
  if (op.kind == OpKind::kDepthwiseConv2D ? lower_depthwise_planar(to, op) : lower_tiled(to, op)) return {};
  const graph::Window w = graph::window(to.graph(), op);
  const int64_t in_channels = shape4(to.tensor(op.inputs[0]))[3];
  const int64_t out_channels = shape4(to.tensor(op.outputs[0]))[3];
  const int64_t pixels = int64_t{w.out_h} * w.out_w;
  const int64_t taps = int64_t{w.filter_h} * w.filter_w;
  Step step = to.begin(op);
  if (op.kind == OpKind::kDepthwiseConv2D) {
    step.kernel = "dew_depthwise";
    auto layer = windowed<dew_depthwise>(to, op, w, in_channels);
    layer.multiplier = to.fit<uint8_t>(op.depth_multiplier);
    step.layer = layer;
    step.macs = pixels * out_channels * taps;
  } else if (is_pointwise(op, w)) {
    step.kernel = "dew_pointwise";
    step.layer = pointwise(to, op, w.out_w, in_channels, out_channels);
    step.macs = pixels * in_channels * out_channels;
  } else {
    step.kernel = "dew_convolution";
    auto layer = windowed<dew_convolution>(to, op, w, in_channels);
    layer.out_channels = to.fit<uint16_t>(out_channels);
    step.layer = layer;
    step.macs = pixels * out_channels * taps * in_channels;
  }
  lower_window(to, step.table, op, w);
  to.add(op, std::move(step));
  return {};
}

Result<void> lower_fully_connected(Lowering& to, const Op& op) {
  if (lower_tiled(to, op)) return {};
  const auto& weights = to.tensor(op.inputs[1]).shape;
  Step step = to.begin(op);
  step.table.in = to.flat(to.step_of(op.inputs[0]));
  const int64_t pixels = to.tensor(op.inputs[0]).elements() / weights[1];
  step.kernel = "dew_pointwise";
  step.layer = pointwise(to, op, pixels, weights[1], weights[0]);
  step.macs = pixels * weights[0] * weights[1];
  to.add_flat(op, std::move(step));
  return {};
}

}  // namespace dew::compiler
