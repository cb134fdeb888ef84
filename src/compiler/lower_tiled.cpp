// Convolutions as steps for cores with the DSP extension: tiles of pixels, and planar rows between a
// convolution and the depthwise convolution that reads it.
#include <algorithm>
#include <optional>

#include "compiler/lower.h"

namespace dew::compiler {
namespace {

using graph::Graph;
using graph::Op;
using graph::OpKind;

/// The one operator that reads a tensor; null: several do, or the model's output is it.
const Op* only_reader(const Graph& graph, int tensor) {
  const Op* reader = nullptr;
  if (std::count(graph.outputs.begin(), graph.outputs.end(), tensor) > 0) return nullptr;
  for (const Op& op : graph.ops) {
    if (std::count(op.inputs.begin(), op.inputs.end(), tensor) == 0) continue;
    if (reader != nullptr) return nullptr;
    reader = &op;
  }
  return reader;
}

const Op* maker(const Graph& graph, int tensor) {
  for (const Op& op : graph.ops) {
    if (op.outputs[0] == tensor) return &op;
  }
  return nullptr;
}

int channels_of(const Graph& graph, const Op& op) {
  return graph.tensors[static_cast<size_t>(op.outputs[0])].shape.back();
}

/// The fast kernels have no left shift in Dewdrop's rounding: factors below one half only.
bool fast_factors(const Graph& graph, const Op& op, const Options& options) {
  if (options.rounding == graph::Rounding::kTflite) return true;
  for (int c = 0; c < channels_of(graph, op); ++c) {
    if (factor(options.rounding, graph::effective_scale(graph, op, c)).shift != 0) return false;
  }
  return true;
}

bool can_tile(const Graph& graph, const Options& options, const Op& op) {
  const bool kind = op.kind == OpKind::kConv2D || op.kind == OpKind::kFullyConnected;
  return options.isa == Isa::kArmDsp && kind && fast_factors(graph, op, options);
}

/// Every output channel's weights, filled up with zeros to whole blocks of four.
std::vector<int8_t> in_blocks(const graph::Tensor& weights, int64_t channels, int64_t blocks) {
  const auto count = static_cast<int64_t>(weights.data.size()) / channels;
  std::vector<int8_t> packed(static_cast<size_t>(channels * blocks * 4), 0);
  for (int64_t o = 0; o < channels; ++o) {
    for (int64_t i = 0; i < count; ++i)
      packed[static_cast<size_t>(o * blocks * 4 + i)] =
          static_cast<int8_t>(weights.data[static_cast<size_t>(o * count + i)]);
  }
  return packed;
}

/// Instructions a row takes, roughly: products, and what each output costs besides.
int64_t tile_cost(int64_t width, int64_t blocks, int tile) {
  const int64_t tiles = (width + tile - 1) / tile;
  return tiles * (blocks * (tile == 3 ? 11 : 14) + (tile == 3 ? 34 : 40));
}

/// kernel[y][x][channel] to kernel[channel][y][x], and a byte that a word load may touch.
std::vector<int8_t> by_channel(const graph::Tensor& weights, size_t channels) {
  std::vector<int8_t> packed;
  const size_t taps = weights.data.size() / channels;
  for (size_t c = 0; c < channels; ++c) {
    for (size_t t = 0; t < taps; ++t) packed.push_back(static_cast<int8_t>(weights.data[t * channels + c]));
  }
  packed.push_back(0);
  return packed;
}

}  // namespace

std::optional<PlanarRow> planar_row(const Graph& graph, const Options& options, int tensor) {
  const Op* from = maker(graph, tensor);
  const Op* to = only_reader(graph, tensor);
  if (from == nullptr || to == nullptr || to->kind != OpKind::kDepthwiseConv2D) return std::nullopt;
  if (from->kind != OpKind::kConv2D || !can_tile(graph, options, *from)) return std::nullopt;
  const graph::Window w = graph::window(graph, *to);
  const bool slides = w.filter_h == 3 && w.filter_w == 3 && to->dilation_h == 1 && to->dilation_w == 1 &&
                      to->depth_multiplier == 1 && to->stride_w <= 2 && w.pad_left <= 255;
  if (!slides || !fast_factors(graph, *to, options)) return std::nullopt;
  PlanarRow row;
  row.before = w.pad_left;
  row.pitch = std::max<int64_t>(row.before + w.in_w, int64_t{w.out_w - 1} * to->stride_w + 3);
  row.after = row.pitch - row.before - w.in_w;
  row.bytes = (row.pitch * channels_of(graph, *from) + 1 + 3) / 4 * 4;
  return row.pitch > 65535 || row.after > 255 ? std::nullopt : std::optional(row);
}

bool lower_tiled(Lowering& to, const Op& op) {
  if (!can_tile(to.graph(), to.options(), op)) return false;
  const bool dense = op.kind == OpKind::kFullyConnected;
  const graph::Tensor& weights = to.tensor(op.inputs[1]);
  const int64_t channels = weights.shape[0];
  const int64_t count = static_cast<int64_t>(weights.data.size()) / channels;
  const int64_t blocks = (count + 3) / 4;
  graph::Window w;
  if (dense) {
    w.in_w = w.out_w = static_cast<int>(to.tensor(op.inputs[0]).elements() / count);
    w.out_h = w.filter_h = w.filter_w = 1;
  } else {
    w = graph::window(to.graph(), op);
  }
  const auto planar = planar_row(to.graph(), to.options(), op.outputs[0]);
  Step step = to.begin(op);
  dew_tiled layer = {};
  layer.weights = to.constant("weights", in_blocks(weights, channels, blocks), static_cast<int>(blocks * 4));
  layer.scale = lower_scale(to, op);
  if (w.pad_left > 0 || w.pad_right > 0) layer.zero = to.zeros(to.zero_point(op.inputs[0]));
  layer.in_width = to.fit<uint16_t>(w.in_w);
  layer.in_channels = to.fit<uint16_t>(weights.shape.back());
  layer.out_width = to.fit<uint16_t>(w.out_w);
  layer.out_channels = to.fit<uint16_t>(channels);
  layer.kernel_height = to.fit<uint8_t>(w.filter_h);
  layer.kernel_width = to.fit<uint8_t>(w.filter_w);
  layer.stride = to.fit<uint8_t>(dense ? 1 : op.stride_w);
  layer.dilation = to.fit<uint8_t>(dense ? 1 : op.dilation_w);
  layer.pad = to.fit<uint8_t>(w.pad_left);
  layer.tile = tile_cost(w.out_w, blocks, 3) < tile_cost(w.out_w, blocks, 4) ? 3 : 4;
  layer.blocks = to.fit<uint16_t>(blocks);
  layer.pixel_step = to.fit<uint16_t>(planar ? 1 : channels);
  layer.channel_step = to.fit<uint16_t>(planar ? planar->pitch : 1);
  if (planar) {
    layer.pad_before = to.fit<uint8_t>(planar->before);
    layer.pad_after = to.fit<uint8_t>(planar->after);
    step.table.row_bytes = to.fit<uint32_t>(planar->bytes);
  }
  const bool in_place = w.filter_h == 1 && w.filter_w == 1 && count % 4 == 0;
  step.kernel = "dew_tiled";
  step.layer = layer;
  step.macs = int64_t{w.out_h} * w.out_w * channels * count;
  step.scratch_bytes = blocks * 4 * (2 * layer.tile + (in_place ? 0 : 1));
  if (dense) {
    step.table.in = to.flat(to.step_of(op.inputs[0]));
    to.add_flat(op, std::move(step));
  } else {
    lower_window(to, step.table, op, w);
    to.add(op, std::move(step));
  }
  return true;
}

bool lower_depthwise_planar(Lowering& to, const Op& op) {
  const auto planar = planar_row(to.graph(), to.options(), op.inputs[0]);
  if (!planar) return false;
  const graph::Window w = graph::window(to.graph(), op);
  const auto channels = static_cast<size_t>(channels_of(to.graph(), op));
  Step step = to.begin(op);
  dew_depthwise_planar layer = {};
  layer.weights = to.constant("weights", by_channel(to.tensor(op.inputs[1]), channels), 9);
  layer.scale = lower_scale(to, op);
  layer.pitch = to.fit<uint16_t>(planar->pitch);
  layer.out_width = to.fit<uint16_t>(w.out_w);
  layer.channels = to.fit<uint16_t>(static_cast<int64_t>(channels));
  layer.stride = to.fit<uint8_t>(op.stride_w);
  step.kernel = "dew_depthwise_planar";
  step.layer = layer;
  step.macs = int64_t{w.out_h} * w.out_w * static_cast<int64_t>(channels) * 9;
  lower_window(to, step.table, op, w);
  to.add(op, std::move(step));
  return true;
}

}  // namespace dew::compiler
