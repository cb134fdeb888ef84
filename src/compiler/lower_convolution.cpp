// Lowers Conv2D, DepthwiseConv2D and FullyConnected: tiles of pixels, and planar rows between a convolution
// and the depthwise convolution that reads it.
#include <algorithm>
#include <optional>

#include "compiler/lower.h"
#include "compiler/pack_weights.h"
#include "compiler/passes.h"

namespace dew::compiler {
namespace {

using graph::Graph;
using graph::Op;
using graph::OpKind;

/// The only operator that reads a tensor; null if there are several, or if the tensor is the model's output.
const Op* only_reader(const Graph& graph, int tensor) {
  const Op* reader = nullptr;
  if (std::count(graph.outputs.begin(), graph.outputs.end(), tensor) > 0 || is_remembered(graph, tensor))
    return nullptr;
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

/// Cores with Helium have the DSP extension too.
bool has_dsp(const Options& options) {
  return options.isa == Isa::kArmDsp || options.isa == Isa::kHelium;
}

/// Of a fully connected layer: one pixel, or one a batch.
graph::Window dense_window(const Graph& graph, const Op& op) {
  const auto tensor = [&](size_t i) -> const graph::Tensor& {
    return graph.tensors[static_cast<size_t>(op.inputs[i])];
  };
  graph::Window w;
  w.in_w = w.out_w = static_cast<int>(tensor(0).elements() / tensor(1).shape[1]);
  w.out_h = w.filter_h = w.filter_w = 1;
  return w;
}

/// Whether a row is a single pixel, made of a single pixel.
bool is_dense(const graph::Window& w) {
  return w.filter_h == 1 && w.filter_w == 1 && w.out_w == 1 && w.pad_left == 0;
}

/// Whether some layer of four channels or more is dense.
bool has_dense(const Graph& graph) {
  return std::any_of(graph.ops.begin(), graph.ops.end(), [&](const Op& op) {
    if (op.kind != OpKind::kConv2D && op.kind != OpKind::kFullyConnected) return false;
    const bool connected = op.kind == OpKind::kFullyConnected;
    return channels_of(graph, op) >= 4 &&
           is_dense(connected ? dense_window(graph, op) : graph::window(graph, op));
  });
}

/// Two products of -128 and -128 are beyond the 16 bits that dew_twin has for their sum.
bool overflows_twins(const Graph& graph, const Op& op, const WeightCounts& shape) {
  const auto packed =
      in_blocks(graph.tensors[static_cast<size_t>(op.inputs[1])], shape.channels, shape.blocks);
  for (size_t i = 0; i + 1 < packed.size(); i += 2) {
    if (packed[i] == -128 && packed[i + 1] == -128) return true;
  }
  return false;
}

/// The fastest convolution kernel that fits.
std::string tiled_kernel(const Graph& graph, const Options& options, const Op& op, const graph::Window& w,
                         const WeightCounts& shape) {
  if (!has_dsp(options)) return w.out_w > 1 && overflows_twins(graph, op, shape) ? "dew_tiled" : "dew_twin";
  // For fewer channels than these kernels take at a time, their code would cost more than it saves. But
  // dew_dense may be there anyway, and for a single score, as keyword nets have, three widened pixels are
  // much scratch.
  const bool helium = options.isa == Isa::kHelium;
  const int channels = channels_of(graph, op);
  if (channels < 4) {
    const bool worth = helium ? channels == 1 : has_dense(graph);
    return is_dense(w) && worth ? "dew_dense" : "dew_tiled";
  }
  if (helium) return "dew_helium";
  return is_dense(w) ? "dew_dense" : "dew_tiled";
}

/// Roughly the instructions per row: products, and what each tile costs besides.
int64_t tile_cost(int64_t width, int64_t blocks, int tile) {
  const int64_t tiles = (width + tile - 1) / tile;
  return tiles * (blocks * (tile == 3 ? 11 : 14) + (tile == 3 ? 34 : 40));
}

}  // namespace

std::optional<PlanarRow> planar_row(const Graph& graph, const Options& options, int tensor) {
  // kLayers is for comparison with engines that hold whole tensors, so its tensors have no padding columns.
  if (options.schedule == Schedule::kLayers || options.isa == Isa::kLanes) return std::nullopt;
  const Op* from = maker(graph, tensor);
  const Op* to = only_reader(graph, tensor);
  if (from == nullptr || to == nullptr || to->kind != OpKind::kDepthwiseConv2D) return std::nullopt;
  if (from->kind != OpKind::kConv2D) return std::nullopt;
  const graph::Window w = graph::window(graph, *to);
  const bool slides = w.filter_h == 3 && w.filter_w == 3 && to->dilation_h == 1 && to->dilation_w == 1 &&
                      to->depth_multiplier == 1 && to->stride_w <= 2 && w.pad_left <= 255;
  if (!slides) return std::nullopt;
  PlanarRow row;
  row.before = w.pad_left;
  row.pitch = std::max<int64_t>(row.before + w.in_w, int64_t{w.out_w - 1} * to->stride_w + 3);
  row.after = row.pitch - row.before - w.in_w;
  row.bytes = (row.pitch * channels_of(graph, *from) + 1 + 3) / 4 * 4;
  return row.pitch > 65535 || row.after > 255 ? std::nullopt : std::optional(row);
}

namespace {

/// The columns of the window and the layout of the output row; no constants.
dew_tiled tiled_geometry(Lowering& to, const Op& op, const graph::Window& w, const WeightCounts& shape) {
  const bool dense = op.kind == OpKind::kFullyConnected;
  const auto planar = planar_row(to.graph(), to.options(), op.outputs[0]);
  dew_tiled fields = {};
  if (w.pad_left > 0 || w.pad_right > 0) fields.zero = to.zeros(to.zero_point(op.inputs[0]));
  fields.in_width = to.fit<uint16_t>(w.in_w);
  fields.in_channels = to.fit<dew_count>(to.tensor(op.inputs[1]).shape.back());
  fields.out_width = to.fit<uint16_t>(w.out_w);
  fields.out_channels = to.fit<uint16_t>(shape.channels);
  fields.kernel_height = to.fit<dew_small>(w.filter_h);
  fields.kernel_width = to.fit<dew_small>(w.filter_w);
  fields.stride = to.fit<dew_small>(dense ? 1 : op.stride_w);
  fields.dilation = to.fit<dew_small>(dense ? 1 : op.dilation_w);
  fields.pad = to.fit<dew_small>(w.pad_left);
  fields.blocks = to.fit<uint16_t>(shape.blocks);
  fields.pixel_step = to.fit<uint16_t>(planar ? 1 : shape.channels);
  fields.channel_step = to.fit<uint16_t>(planar ? planar->pitch : 1);
  fields.pad_before = to.fit<uint8_t>(planar ? planar->before : 0);
  fields.pad_after = to.fit<uint8_t>(planar ? planar->after : 0);
  return fields;
}

dew_tiled tiled_fields(Lowering& to, const Op& op, const graph::Window& w, const WeightCounts& shape,
                       const std::string& kernel) {
  dew_tiled fields = tiled_geometry(to, op, w, shape);
  const bool fours = kernel == "dew_helium";
  auto packed = in_blocks(to.tensor(op.inputs[1]), shape.channels, shape.blocks);
  if (fours) packed = in_fours(packed, static_cast<size_t>(shape.blocks) * 4);
  if (kernel == "dew_dense") packed = in_turns(packed, shape);
  fields.weights = to.constant("weights", packed);
  fields.scale = lower_paired_scale(to, op, fours ? Reads::kFours : Reads::kOnes);
  return fields;
}

Step laned_step(Lowering& to, const Op& op, const graph::Window& w, const WeightCounts& shape) {
  Step step = to.begin(op);
  dew_laned fields = lower_laned_scale(to, op);
  const dew_paired_scale range = fields.conv.scale;
  fields.conv = tiled_geometry(to, op, w, shape);
  fields.conv.scale = range;
  fields.conv.tile = 4;
  const auto packed = in_blocks(to.tensor(op.inputs[1]), shape.channels, shape.blocks);
  fields.conv.weights = to.constant("weights", in_lanes(packed, shape));
  step.kernel = "dew_lanes";
  step.scratch_bytes = shape.blocks * 36;
  step.kernel_table = kernel_table(fields);
  step.macs = int64_t{w.out_h} * w.out_w * shape.channels * shape.count;
  return step;
}

/// Chooses the kernel, the tile and the scratch: gathered windows, and pixels widened to 16 bits where
/// needed.
Step tiled_step(Lowering& to, const Op& op, const graph::Window& w, const WeightCounts& shape) {
  if (to.options().isa == Isa::kLanes) return laned_step(to, op, w, shape);
  Step step = to.begin(op);
  step.kernel = tiled_kernel(to.graph(), to.options(), op, w, shape);
  dew_tiled fields = tiled_fields(to, op, w, shape, step.kernel);
  const auto planar = planar_row(to.graph(), to.options(), op.outputs[0]);
  if (planar) step.table.row_bytes = to.fit<uint32_t>(planar->bytes);
  const bool in_place = w.filter_h == 1 && w.filter_w == 1 && shape.count % 4 == 0;
  const int64_t patch = in_place ? 0 : shape.blocks * 4;
  if (step.kernel == "dew_helium") {
    fields.tile = 8;
    step.scratch_bytes = patch * fields.tile;
  } else {
    const bool single = step.kernel == "dew_dense" || (step.kernel == "dew_twin" && w.out_w == 1);
    const bool three = tile_cost(w.out_w, shape.blocks, 3) < tile_cost(w.out_w, shape.blocks, 4);
    fields.tile = single ? 1 : three ? 3 : 4;
    step.scratch_bytes = single                      ? patch
                         : step.kernel == "dew_twin" ? 2 * patch + shape.blocks * 32
                                                     : patch + shape.blocks * 8 * fields.tile;
  }
  step.kernel_table = kernel_table(fields);
  step.macs = int64_t{w.out_h} * w.out_w * shape.channels * shape.count;
  return step;
}

Result<void> lower_depthwise(Lowering& to, const Op& op) {
  if (lower_depthwise_planar(to, op) || lower_depthwise_lanes(to, op)) return {};
  const graph::Window w = graph::window(to.graph(), op);
  const graph::Tensor& weights = to.tensor(op.inputs[1]);
  Step step = to.begin(op);
  dew_depthwise fields = {};
  const auto times = static_cast<size_t>(op.depth_multiplier);
  fields.weights = to.constant("weights", in_groups(weights, times), w.filter_h * w.filter_w * 4);
  fields.scale = lower_scale(to, op);
  if (w.pad_left > 0 || w.pad_right > 0) fields.zero = to.zeros(to.zero_point(op.inputs[0]));
  fields.in_width = to.fit<uint16_t>(w.in_w);
  fields.in_channels = to.fit<uint16_t>(to.tensor(op.inputs[0]).shape[3]);
  fields.out_width = to.fit<uint16_t>(w.out_w);
  fields.kernel_height = to.fit<dew_small>(w.filter_h);
  fields.kernel_width = to.fit<dew_small>(w.filter_w);
  fields.stride = to.fit<dew_small>(op.stride_w);
  fields.dilation = to.fit<dew_small>(op.dilation_w);
  fields.pad = to.fit<dew_small>(w.pad_left);
  fields.multiplier = to.fit<uint8_t>(op.depth_multiplier);
  step.kernel = "dew_depthwise";
  // A pointer per tap: eight bytes on a host, where its alignment may take four more.
  const int64_t taps = int64_t{w.filter_h} * w.filter_w;
  if (taps > DEW_STACK_TAPS) step.scratch_bytes = taps * 8 + 4;
  step.kernel_table = kernel_table(fields);
  step.macs = int64_t{w.out_h} * w.out_w * weights.elements();
  lower_window(to, step.table, op, w);
  to.add(op, std::move(step));
  return {};
}

}  // namespace

Result<void> lower_convolution(Lowering& to, const Op& op) {
  if (op.kind == OpKind::kDepthwiseConv2D) return lower_depthwise(to, op);
  const graph::Window w = graph::window(to.graph(), op);
  const auto& weights = to.tensor(op.inputs[1]).shape;
  const int64_t count = int64_t{weights[1]} * weights[2] * weights[3];
  Step step = tiled_step(to, op, w, {weights[0], count, (count + 3) / 4});
  lower_window(to, step.table, op, w);
  to.add(op, std::move(step));
  return {};
}

Result<void> lower_fully_connected(Lowering& to, const Op& op) {
  const auto& weights = to.tensor(op.inputs[1]).shape;
  const graph::Window w = dense_window(to.graph(), op);
  const uint16_t from = to.flat(to.step_of(op.inputs[0]));
  Step step = tiled_step(to, op, w, {weights[0], weights[1], (weights[1] + 3) / 4});
  step.table.in = from;
  to.add_flat(op, std::move(step));
  return {};
}

bool lower_depthwise_planar(Lowering& to, const Op& op) {
  const auto planar = planar_row(to.graph(), to.options(), op.inputs[0]);
  if (!planar) return false;
  const graph::Window w = graph::window(to.graph(), op);
  const auto channels = static_cast<size_t>(channels_of(to.graph(), op));
  Step step = to.begin(op);
  dew_depthwise_planar fields = {};
  fields.weights = to.constant("weights", by_channel(to.tensor(op.inputs[1]), channels), 9);
  fields.scale = lower_paired_scale(to, op, Reads::kRuns);
  fields.pitch = to.fit<uint16_t>(planar->pitch);
  fields.out_width = to.fit<uint16_t>(w.out_w);
  fields.channels = to.fit<uint16_t>(static_cast<int64_t>(channels));
  fields.stride = to.fit<uint8_t>(op.stride_w);
  step.kernel = to.options().isa == Isa::kHelium ? "dew_depthwise_helium" : "dew_depthwise_planar";
  step.kernel_table = kernel_table(fields);
  step.macs = int64_t{w.out_h} * w.out_w * static_cast<int64_t>(channels) * 9;
  lower_window(to, step.table, op, w);
  to.add(op, std::move(step));
  return true;
}

}  // namespace dew::compiler
