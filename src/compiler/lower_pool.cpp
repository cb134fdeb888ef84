// Lowers AveragePool2D, MaxPool2D and Mean.
#include <algorithm>
#include <array>

#include "compiler/lower.h"
#include "graph/requantise.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

/// The multiplier of 1 / n, indexed by n, for Dewdrop's rounding.
std::vector<int32_t> reciprocals(int64_t most) {
  std::vector<int32_t> result = {0};
  for (int64_t count = 1; count <= most; ++count)
    result.push_back(graph::dew_multiplier(1.0 / static_cast<double>(count)).multiplier);
  return result;
}

/// TensorFlow Lite folds 1 / count into the multiplier, rounding down.
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
  step.table.taps = to.fit<dew_small>(w.filter_h);
  step.table.extent = to.fit<uint16_t>(w.filter_h);
  step.table.stride = to.fit<dew_small>(op.stride_h);
  step.table.pad = to.fit<dew_small>(w.pad_top);
  dew_pool fields = {};
  fields.in_width = to.fit<uint16_t>(w.in_w);
  fields.in_rows = to.fit<uint16_t>(w.in_h);
  fields.out_width = to.fit<uint16_t>(w.out_w);
  fields.channels = to.fit<uint16_t>(shape4(to.tensor(op.inputs[0]))[3]);
  fields.height = to.fit<uint16_t>(w.filter_h);
  fields.width = to.fit<uint16_t>(w.filter_w);
  fields.stride_y = to.fit<dew_small>(op.stride_h);
  fields.stride_x = to.fit<dew_small>(op.stride_w);
  fields.pad_y = to.fit<dew_small>(w.pad_top);
  fields.pad_x = to.fit<dew_small>(w.pad_left);
  fields.low = static_cast<int8_t>(range.low);
  fields.high = static_cast<int8_t>(range.high);
  step.kernel = "dew_max_pool";
  if (op.kind == OpKind::kAveragePool2D) {
    step.kernel = to.tflite() ? "dew_average_pool_tflite" : "dew_average_pool";
    const int64_t most = std::min<int64_t>(w.filter_h, w.in_h) * std::min<int64_t>(w.filter_w, w.in_w);
    if (!to.tflite()) fields.multiplier = to.constant("reciprocal", reciprocals(most));
  }
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

namespace {

/// Which of the axes N, H, W, C are averaged over.
std::array<bool, 4> reduced_axes(const Lowering& to, const Op& op) {
  const auto rank = static_cast<int>(to.tensor(op.inputs[0]).shape.size());
  std::array<bool, 4> reduced = {};
  for (const int axis : graph::constant_int32(to.tensor(op.inputs[1])))
    reduced[static_cast<size_t>((axis < 0 ? axis + rank : axis) + 4 - rank)] = true;
  return reduced;
}

/// What a mean adds up: `rows` rows of `width` pixels, each of the `channels` separately.
struct Sums {
  int64_t rows;
  int64_t width;
  int64_t channels;
};

/// Turns any mean into one over rows: the tensor is transposed so that each row holds one term of every sum.
Sums gather(Lowering& to, const Op& op, const Shape4& shape, const std::array<bool, 4>& reduced,
            uint16_t& from) {
  Step step = to.begin(op);
  step.name = "Gather for " + step.name;
  step.kernel = "dew_transpose";
  step.table.extent = to.fit<uint16_t>(shape[1]);
  Sums sums = {1, 1, 1};
  dew_transpose fields = {};
  size_t at = 0;
  for (const bool wanted : {true, false}) {
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (reduced[axis] != wanted) continue;
      int64_t stride = 1;
      for (size_t inner = axis + 1; inner < shape.size(); ++inner) stride *= shape[inner];
      fields.extent[at] = to.fit<uint32_t>(shape[axis]);
      fields.stride[at++] = to.fit<uint32_t>(stride);
      (wanted ? sums.rows : sums.channels) *= shape[axis];
    }
  }
  step.table.rows = to.fit<uint16_t>(sums.rows);
  step.table.row_bytes = to.fit<uint32_t>(sums.channels);
  step.table.events = 1;
  step.kernel_table = kernel_table(fields);
  from = to.add(std::move(step));
  return sums;
}

}  // namespace

Result<void> lower_mean(Lowering& to, const Op& op) {
  const Shape4 shape = shape4(to.tensor(op.inputs[0]));
  const auto reduced = reduced_axes(to, op);
  const auto whole = [&](size_t axis) { return reduced[axis] || shape[axis] == 1; };
  const bool image = whole(1) && whole(2) && (!reduced[3] || shape[3] == 1);
  uint16_t from = to.step_of(op.inputs[0]);
  const Sums sums = image ? Sums{shape[1], shape[2], shape[3]} : gather(to, op, shape, reduced, from);

  const int64_t count = sums.rows * sums.width;
  const double ratio = to.scale(op.inputs[0]) / to.scale(op.outputs[0]);
  const Factor exact = to.tflite() ? divided(factor(graph::Rounding::kTflite, ratio), count)
                                   : factor(graph::Rounding::kDew, ratio / static_cast<double>(count));
  const Factor f = for_kernels(to.options().rounding, exact);
  Step step = to.begin(op);
  step.kernel = "dew_mean";
  step.table.in = from;
  step.table.rows = 1;
  step.table.row_bytes = to.fit<uint32_t>(sums.channels);
  step.table.events = to.fit<uint16_t>(sums.rows);
  step.scratch_bytes = sums.channels * 4;
  step.scratch_kept = true;
  dew_mean fields = {};
  fields.start = static_cast<int32_t>(-to.zero_point(op.inputs[0]) * count);
  fields.multiplier = f.multiplier;
  fields.shift = f.shift;
  fields.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  fields.low = -128;
  fields.high = 127;
  fields.width = to.fit<uint16_t>(sums.width);
  fields.channels = to.fit<uint16_t>(sums.channels);
  step.kernel_table = kernel_table(fields);
  to.add_rows(op, to.add(std::move(step)));
  return {};
}

}  // namespace dew::compiler
