// Average pool, max pool and mean as steps.
#include <algorithm>

#include "compiler/lower.h"
#include "graph/requantise.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

/// One over n by n, for Dewdrop's rounding.
std::vector<int32_t> reciprocals(int64_t most) {
  std::vector<int32_t> result = {0};
  for (int64_t count = 1; count <= most; ++count)
    result.push_back(graph::dew_multiplier(1.0 / static_cast<double>(count)).multiplier);
  return result;
}

/// TensorFlow Lite folds one over the count into the multiplier, rounding down.
Factor divided(Factor f, int64_t count) {
  int shift = 0;
  while ((count >> (shift + 1)) != 0) ++shift;
  shift = std::min({shift, 32, 31 + f.shift});
  return {static_cast<int32_t>((int64_t{f.multiplier} << shift) / count),
          static_cast<int8_t>(f.shift - shift)};
}

}  // namespace

Result<void> lower_pool(Lowering& to, const Op& op) {
  const graph::Window w = graph::window(to.graph(), op);
  const graph::Range range = graph::activation_range(op, to.tensor(op.outputs[0]));
  Step step = to.begin(op);
  step.table.taps = to.fit<uint8_t>(w.filter_h);
  step.table.extent = to.fit<uint16_t>(w.filter_h);
  step.table.stride = to.fit<uint8_t>(op.stride_h);
  step.table.pad = to.fit<uint8_t>(w.pad_top);
  dew_pool layer = {};
  layer.in_width = to.fit<uint16_t>(w.in_w);
  layer.in_rows = to.fit<uint16_t>(w.in_h);
  layer.out_width = to.fit<uint16_t>(w.out_w);
  layer.channels = to.fit<uint16_t>(shape4(to.tensor(op.inputs[0]))[3]);
  layer.height = to.fit<uint16_t>(w.filter_h);
  layer.width = to.fit<uint16_t>(w.filter_w);
  layer.stride_y = to.fit<uint8_t>(op.stride_h);
  layer.stride_x = to.fit<uint8_t>(op.stride_w);
  layer.pad_y = to.fit<uint8_t>(w.pad_top);
  layer.pad_x = to.fit<uint8_t>(w.pad_left);
  layer.low = static_cast<int8_t>(range.low);
  layer.high = static_cast<int8_t>(range.high);
  step.kernel = "dew_max_pool";
  if (op.kind == OpKind::kAveragePool2D) {
    step.kernel = to.tflite() ? "dew_average_pool_tflite" : "dew_average_pool";
    const int64_t most = std::min<int64_t>(w.filter_h, w.in_h) * std::min<int64_t>(w.filter_w, w.in_w);
    if (!to.tflite()) layer.multiplier = to.constant("reciprocal", reciprocals(most));
  }
  step.layer = layer;
  to.add(op, std::move(step));
  return {};
}

Result<void> lower_mean(Lowering& to, const Op& op) {
  const graph::Tensor& in = to.tensor(op.inputs[0]);
  const Shape4 shape = shape4(in);
  const auto rank = static_cast<int>(in.shape.size());
  std::array<bool, 4> reduced = {};
  for (const int axis : graph::constant_int32(to.tensor(op.inputs[1])))
    reduced[static_cast<size_t>((axis < 0 ? axis + rank : axis) + 4 - rank)] = true;
  const auto whole = [&](size_t axis) { return reduced[axis] || shape[axis] == 1; };
  if (!whole(1) || !whole(2) || (reduced[3] && shape[3] != 1))
    return to.fail("is a mean over other axes than rows and columns, which is not supported");

  const int64_t count = shape[1] * shape[2];
  const double ratio = to.scale(op.inputs[0]) / to.scale(op.outputs[0]);
  const Factor f = to.tflite() ? divided(factor(graph::Rounding::kTflite, ratio), count)
                               : factor(graph::Rounding::kDew, ratio / static_cast<double>(count));
  Step step = to.begin(op);
  step.kernel = "dew_mean";
  step.table.rows = 1;
  step.table.row_bytes = to.fit<uint32_t>(shape[3]);
  step.table.events = to.fit<uint16_t>(shape[1]);
  step.scratch_bytes = shape[3] * 4;
  step.scratch_kept = true;
  dew_mean layer = {};
  layer.start = static_cast<int32_t>(-to.zero_point(op.inputs[0]) * count);
  layer.multiplier = f.multiplier;
  layer.shift = f.shift;
  layer.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  layer.low = -128;
  layer.high = 127;
  layer.width = to.fit<uint16_t>(shape[2]);
  layer.channels = to.fit<uint16_t>(shape[3]);
  step.layer = layer;
  to.add(op, std::move(step));
  return {};
}

}  // namespace dew::compiler
