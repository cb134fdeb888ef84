// Lowers Pad, Reshape, Concatenation, Transpose and StridedSlice: values move, none changes. And resizing.
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

/// What a concatenation joins: `bytes` of each of the parts that one place of the axis has.
struct Part {
  uint16_t step = DEW_NONE;
  const int8_t* constant = nullptr;
  uint32_t constant_step = 0;  ///< from one row of the constant to the next
  int64_t bytes = 0;
};

Part part_of(Lowering& to, int tensor, size_t axis) {
  const graph::Tensor& t = to.tensor(tensor);
  const Shape4 shape = shape4(t);
  Part part;
  part.bytes = product(shape, axis);
  if (!t.constant()) {
    part.step = to.step_of(tensor);
    return part;
  }
  std::vector<int8_t> values;
  for (const uint8_t byte : t.data) values.push_back(static_cast<int8_t>(byte));
  part.constant = to.constant("joined", values);
  part.constant_step = to.fit<uint32_t>(shape[2] * shape[3]);
  return part;
}

/// Joins `more` to the activation `joined`, after it or before it: row by row, or as one flattened row if the
/// axis is that of rows.
Step join(Lowering& to, const Op& op, const Part& joined, const Part& more, bool before, bool flat) {
  Step step = to.begin(op);
  step.kernel = "dew_concatenation";
  step.table.in = flat ? to.flat(joined.step) : joined.step;
  const dew_step first = to.step(step.table.in).table;
  dew_concatenation fields = {};
  fields.constant = more.constant;
  fields.step = flat ? 0 : more.constant_step;
  fields.first = to.fit<uint32_t>(joined.bytes);
  fields.second = to.fit<uint32_t>(more.bytes);
  fields.times = first.row_bytes / fields.first;
  fields.turned = before ? 1 : 0;
  if (more.constant == nullptr) step.table.in2 = flat ? to.flat(more.step) : more.step;
  step.table.row_bytes = first.row_bytes + fields.times * fields.second;
  step.table.rows = step.table.events = first.rows;
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
  step.table.pad = to.fit<dew_small>(paddings[2]);
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
  fields.extent[3] = to.fit<uint32_t>(rows.table.row_bytes);
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
  const bool flat = axis == 1;
  // From the first activation on to the end, then what is in front of it.
  const auto head = static_cast<size_t>(
      std::find_if(op.inputs.begin(), op.inputs.end(), [&](int in) { return !to.tensor(in).constant(); }) -
      op.inputs.begin());
  if (head == op.inputs.size()) return to.fail("joins constants alone; one of them must be an activation");
  std::vector<size_t> order;
  for (size_t i = head + 1; i < op.inputs.size(); ++i) order.push_back(i);
  for (size_t i = head; i-- > 0;) order.push_back(i);
  Part joined = part_of(to, op.inputs[head], axis);
  for (size_t i = 0; i < order.size(); ++i) {
    const Part more = part_of(to, op.inputs[order[i]], axis);
    Step step = join(to, op, joined, more, order[i] < head, flat);
    joined.bytes += more.bytes;
    if (i + 1 == order.size() && flat) {
      to.add_flat(op, std::move(step));
      return {};
    }
    joined.step = to.add(std::move(step));
  }
  to.alias(op.outputs[0], joined.step);
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
    fields.extent[i] = to.fit<uint32_t>(out[i]);
    fields.stride[i] = to.fit<uint32_t>(product(in, from + 1));
  }
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

uint16_t join_rows(Lowering& to, uint16_t first, uint16_t second) {
  Step step;
  step.name = "Outputs";
  step.kernel = "dew_concatenation";
  step.table.in = first;
  step.table.in2 = second;
  step.table.rows = step.table.events = 1;
  step.table.extent = step.table.taps = step.table.dilation = step.table.stride = 1;
  dew_concatenation fields = {};
  fields.first = to.step(first).table.row_bytes;
  fields.second = to.step(second).table.row_bytes;
  fields.times = 1;
  step.table.row_bytes = to.fit<uint32_t>(int64_t{fields.first} + fields.second);
  step.kernel_table = kernel_table(fields);
  return to.add(std::move(step));
}

Result<void> lower_outputs(Lowering& to, const std::vector<int>& tensors) {
  uint16_t joined = to.flat(to.step_of(tensors[0]));
  for (size_t i = 1; i < tensors.size(); ++i) joined = join_rows(to, joined, to.flat(to.step_of(tensors[i])));
  return {};
}

/// Rows are skipped by the step, columns and channels by the kernel.
Result<void> lower_strided_slice(Lowering& to, const Op& op) {
  auto begin = graph::constant_int32(to.tensor(op.inputs[1]));
  auto stride = graph::constant_int32(to.tensor(op.inputs[3]));
  begin.insert(begin.begin(), 4 - begin.size(), 0);
  stride.insert(stride.begin(), 4 - stride.size(), 1);
  const Shape4 in = shape4(to.tensor(op.inputs[0]));
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  Step step = to.begin(op);
  step.kernel = "dew_slice";
  step.table.stride = to.fit<dew_small>(stride[1]);
  step.table.extent = to.fit<uint16_t>(int64_t{begin[1]} + 1);
  step.table.taps = begin[1] > 0 ? 2 : 1;
  step.table.dilation = to.fit<dew_small>(std::max(begin[1], 1));
  dew_slice fields = {};
  fields.offset = to.fit<uint32_t>(begin[2] * in[3] + begin[3]);
  fields.columns = to.fit<uint32_t>(out[2]);
  fields.column_stride = to.fit<uint32_t>(stride[2] * in[3]);
  fields.channels = to.fit<uint32_t>(out[3]);
  fields.channel_stride = to.fit<uint32_t>(stride[3]);
  fields.row = begin[1] > 0 ? 1 : 0;
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

namespace {

/// Offsets and weights, three numbers for each row or column.
std::vector<int32_t> source_table(Lowering& to, const std::vector<graph::Source>& sources, int64_t bytes) {
  std::vector<int32_t> table;
  for (const graph::Source& source : sources) {
    table.push_back(to.fit<int32_t>(source.lower * bytes));
    table.push_back(to.fit<int32_t>(source.upper * bytes));
    table.push_back(source.fraction);
  }
  return table;
}

}  // namespace

/// A step whose window does not move: it waits for the whole input, and then makes row after row.
Result<void> lower_resize(Lowering& to, const Op& op) {
  const Shape4 in = shape4(to.tensor(op.inputs[0]));
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  const auto rows = source_table(to, graph::resize_sources(to.graph(), op, 1), in[2] * in[3]);
  const auto columns = source_table(to, graph::resize_sources(to.graph(), op, 2), in[3]);
  Step step = to.begin(op);
  step.kernel = "dew_resize";
  step.table.stride = 0;
  step.table.extent = to.fit<uint16_t>(in[1]);
  dew_resize fields = {};
  fields.rows = to.constant("rows", rows, 3);
  fields.columns = to.constant("columns", columns, 3);
  fields.out_width = to.fit<uint16_t>(out[2]);
  fields.channels = to.fit<uint16_t>(out[3]);
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

}  // namespace dew::compiler
