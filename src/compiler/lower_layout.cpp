// Lowers Pad, Reshape, Concatenation and Transpose: values move, none changes.
#include <algorithm>

#include "compiler/lower.h"

namespace dew::compiler {
namespace {

using graph::Op;

int64_t product(const Shape4& shape, size_t from) {
  int64_t result = 1;
  for (size_t i = from; i < shape.size(); ++i) result *= shape[i];
  return result;
}

/// Joins two steps: row by row, or as one flattened row if the axis is that of rows.
Step join(Lowering& to, const Op& op, uint16_t a, uint16_t b, int64_t a_bytes, int64_t b_bytes, bool flat) {
  Step step = to.begin(op);
  step.kernel = "dew_concatenation";
  step.table.in = flat ? to.flat(a) : a;
  step.table.in2 = flat ? to.flat(b) : b;
  const dew_step first = to.step(step.table.in).table;
  const dew_step second = to.step(step.table.in2).table;
  step.table.row_bytes = first.row_bytes + second.row_bytes;
  step.table.rows = step.table.events = first.rows;
  dew_concatenation fields = {};
  fields.first = to.fit<uint32_t>(a_bytes);
  fields.second = to.fit<uint32_t>(b_bytes);
  fields.times = first.row_bytes / fields.first;
  step.kernel_table = kernel_table(fields);
  return step;
}

}  // namespace

Result<void> lower_pad(Lowering& to, const Op& op) {
  auto paddings = graph::constant_int32(to.tensor(op.inputs[1]));
  paddings.insert(paddings.begin(), 8 - paddings.size(), 0);
  if (paddings[0] != 0 || paddings[1] != 0) return to.fail("pads the batch, which is not supported");
  const Shape4 in = shape4(to.tensor(op.inputs[0]));
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  if (out[1] != in[1] + paddings[2] + paddings[3]) return to.fail("pads an axis it does not have");
  Step step = to.begin(op);
  step.kernel = "dew_pad";
  step.table.pad = to.fit<uint8_t>(paddings[2]);
  step.table.zero = to.zeros(to.zero_point(op.inputs[0]));
  dew_pad fields = {};
  fields.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  fields.in_width = to.fit<uint16_t>(in[2]);
  fields.in_channels = to.fit<uint16_t>(in[3]);
  fields.left = to.fit<uint16_t>(paddings[4]);
  fields.right = to.fit<uint16_t>(paddings[5]);
  fields.before = to.fit<uint16_t>(paddings[6]);
  fields.after = to.fit<uint16_t>(paddings[7]);
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

Result<void> lower_reshape(Lowering& to, const Op& op) {
  const uint16_t from = to.step_of(op.inputs[0]);
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  if (to.step(from).table.rows == out[1]) {
    to.alias(op.outputs[0], from);
    return {};
  }
  const uint16_t flat = to.flat(from);
  if (out[1] == 1) {
    to.alias(op.outputs[0], flat);
    return {};
  }
  Step rows = to.begin(op);
  rows.kernel = "dew_transpose";
  rows.table.in = flat;
  rows.table.events = 1;
  dew_transpose fields = {};
  fields.extent[0] = fields.extent[1] = 1;
  fields.extent[2] = rows.table.rows;
  fields.extent[3] = to.fit<uint16_t>(rows.table.row_bytes);
  fields.stride[2] = rows.table.row_bytes;
  fields.stride[3] = 1;
  rows.kernel_table = kernel_table(fields);
  to.add(op, std::move(rows));
  return {};
}

Result<void> lower_concatenation(Lowering& to, const Op& op) {
  const auto rank = static_cast<int>(to.tensor(op.outputs[0]).shape.size());
  const auto axis = static_cast<size_t>((op.axis < 0 ? op.axis + rank : op.axis) + 4 - rank);
  if (axis == 0 && op.inputs.size() > 1) return to.fail("joins along the batch, which is not supported");
  for (const int input : op.inputs) {
    if (to.tensor(input).constant()) return to.fail("joins a constant, which is not supported");
  }
  const bool flat = axis == 1;
  uint16_t joined = to.step_of(op.inputs[0]);
  int64_t bytes = product(shape4(to.tensor(op.inputs[0])), axis);
  for (size_t i = 1; i < op.inputs.size(); ++i) {
    const int64_t more = product(shape4(to.tensor(op.inputs[i])), axis);
    Step step = join(to, op, joined, to.step_of(op.inputs[i]), bytes, more, flat);
    bytes += more;
    if (i + 1 == op.inputs.size() && flat) {
      to.add_flat(op, std::move(step));
      return {};
    }
    joined = to.add(std::move(step));
  }
  to.alias(op.outputs[0], joined);
  return {};
}

Result<void> lower_transpose(Lowering& to, const Op& op) {
  const auto permutation = graph::constant_int32(to.tensor(op.inputs[1]));
  const Shape4 in = shape4(to.tensor(op.inputs[0]));
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  const size_t lead = 4 - permutation.size();
  Step step = to.begin(op);
  step.kernel = "dew_transpose";
  step.table.events = 1;
  step.table.extent = to.fit<uint16_t>(in[1]);
  dew_transpose fields = {};
  for (size_t i = 0; i < 4; ++i) {
    const size_t from = i < lead ? i : static_cast<size_t>(permutation[i - lead]) + lead;
    fields.extent[i] = to.fit<uint16_t>(out[i]);
    fields.stride[i] = to.fit<uint32_t>(product(in, from + 1));
  }
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

}  // namespace dew::compiler
