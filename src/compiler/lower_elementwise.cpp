// Lowers Add, Sub, Mul, Div, Maximum, Minimum, Prelu, and every function of a single byte.
#include <algorithm>
#include <string>

#include "compiler/lower.h"
#include "graph/requantise.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

/// A constant's values, broadcast to the shape `to`.
std::vector<int8_t> broadcast(const graph::Tensor& from, const Shape4& to) {
  const Shape4 own = shape4(from);
  std::vector<int8_t> values;
  for (int64_t y = 0; y < to[1]; ++y) {
    for (int64_t x = 0; x < to[2]; ++x) {
      for (int64_t c = 0; c < to[3]; ++c) {
        const int64_t at =
            ((own[1] == 1 ? 0 : y) * own[2] + (own[2] == 1 ? 0 : x)) * own[3] + (own[3] == 1 ? 0 : c);
        values.push_back(static_cast<int8_t>(from.data[static_cast<size_t>(at)]));
      }
    }
  }
  return values;
}

/// A constant operand, as short as possible: a pixel, a row, or all of it.
dew_operand constant_operand(Lowering& to, const graph::Tensor& tensor, const Shape4& out) {
  const Shape4 own = shape4(tensor);
  Shape4 kept = out;
  if (own[1] == 1) kept[1] = 1;
  if (own[1] == 1 && own[2] == 1) kept[2] = 1;
  dew_operand operand = {};
  operand.constant = to.constant("operand", broadcast(tensor, kept));
  operand.step = own[1] == 1 ? 0 : to.fit<uint32_t>(out[2] * out[3]);
  operand.period = to.fit<uint32_t>(kept[2] * kept[3]);
  return operand;
}

/// The step that gives an activation in the shape `out`: its own, or a copy that broadcasts it.
uint16_t expanded(Lowering& to, int tensor, const Shape4& out) {
  const Shape4 own = shape4(to.tensor(tensor));
  const uint16_t from = to.step_of(tensor);
  if (own == out) return from;
  Step step;
  step.name =
      "Broadcast to " + std::to_string(out[1]) + "x" + std::to_string(out[2]) + "x" + std::to_string(out[3]);
  step.kernel = "dew_transpose";
  step.table.in = from;
  step.table.in2 = DEW_NONE;
  step.table.rows = to.fit<uint16_t>(out[1]);
  step.table.row_bytes = to.fit<uint32_t>(out[2] * out[3]);
  step.table.events = step.table.taps = step.table.dilation = step.table.stride = 1;
  step.table.extent = to.fit<uint16_t>(own[1]);
  dew_transpose fields = {};
  int64_t stride = 1;
  for (size_t axis = 4; axis-- > 0;) {
    fields.extent[axis] = to.fit<uint32_t>(out[axis]);
    fields.stride[axis] = own[axis] == 1 ? 0 : to.fit<uint32_t>(stride);
    stride *= own[axis];
  }
  step.kernel_table = kernel_table(fields);
  return to.add(std::move(step));
}

/// A difference is a sum with a negative weight, that of the operator's second input.
graph::DewSum weighted_sum(const Lowering& to, const Op& op) {
  const double out = to.scale(op.outputs[0]);
  const auto of = op.kind == OpKind::kSub ? graph::dew_difference : graph::dew_sum;
  return of(to.scale(op.inputs[0]) / out, to.scale(op.inputs[1]) / out, to.zero_point(op.inputs[0]),
            to.zero_point(op.inputs[1]), to.zero_point(op.outputs[0]));
}

dew_add dew_add_fields(const Lowering& to, const Op& op, bool swapped) {
  auto sum = weighted_sum(to, op);
  if (swapped) std::swap(sum.weight_a, sum.weight_b);
  dew_add fields = {};
  fields.weight_a = sum.weight_a;
  fields.weight_b = sum.weight_b;
  fields.offset = sum.offset;
  fields.shift = static_cast<uint8_t>(sum.shift);
  return fields;
}

dew_add_tflite tflite_add_fields(const Lowering& to, const Op& op, int a, int b) {
  constexpr int kShift = 20;
  const double twice_larger = 2 * std::max(to.scale(a), to.scale(b));
  const auto f_a = graph::tflite_multiplier(to.scale(a) / twice_larger);
  const auto f_b = graph::tflite_multiplier(to.scale(b) / twice_larger);
  const auto f = graph::tflite_multiplier(twice_larger / ((1 << kShift) * to.scale(op.outputs[0])));
  dew_add_tflite fields = {};
  fields.multiplier_a = f_a.multiplier;
  fields.multiplier_b = f_b.multiplier;
  fields.multiplier = f.multiplier;
  fields.shift_a = static_cast<int8_t>(f_a.shift);
  fields.shift_b = static_cast<int8_t>(f_b.shift);
  fields.shift = static_cast<int8_t>(f.shift);
  fields.zero_a = static_cast<int8_t>(to.zero_point(a));
  fields.zero_b = static_cast<int8_t>(to.zero_point(b));
  fields.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  return fields;
}

dew_subtract_tflite subtract_fields(const Lowering& to, const Op& op, int a, int b, bool swapped) {
  auto f = graph::tflite_difference(to.graph(), op);
  if (swapped) std::swap(f.a, f.b);
  dew_subtract_tflite fields = {};
  fields.multiplier_a = f.a.multiplier;
  fields.multiplier_b = f.b.multiplier;
  fields.multiplier = f.out.multiplier;
  fields.shift_a = static_cast<int8_t>(f.a.shift);
  fields.shift_b = static_cast<int8_t>(f.b.shift);
  fields.shift = static_cast<int8_t>(f.out.shift);
  fields.zero_a = static_cast<int8_t>(to.zero_point(a));
  fields.zero_b = static_cast<int8_t>(to.zero_point(b));
  fields.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  fields.sign = swapped ? -1 : 1;
  return fields;
}

dew_multiply multiply_fields(const Lowering& to, const Op& op, int a, int b) {
  const auto rounding = to.options().rounding;
  const double value = to.scale(a) * to.scale(b) / to.scale(op.outputs[0]);
  const Factor f = for_kernels(rounding, factor(rounding, value));
  dew_multiply fields = {};
  fields.multiplier = f.multiplier;
  fields.shift = f.shift;
  fields.zero_a = static_cast<int8_t>(to.zero_point(a));
  fields.zero_b = static_cast<int8_t>(to.zero_point(b));
  fields.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  return fields;
}

dew_maximum maximum_fields(const Op& op) {
  dew_maximum fields = {};
  fields.smaller = op.kind == OpKind::kMinimum ? 1 : 0;
  return fields;
}

dew_prelu prelu_fields(const Lowering& to, const Op& op) {
  const auto rounding = to.options().rounding;
  const double value = to.scale(op.inputs[0]) / to.scale(op.outputs[0]);
  const double below = to.scale(op.inputs[0]) * to.scale(op.inputs[1]) / to.scale(op.outputs[0]);
  const Factor f = for_kernels(rounding, factor(rounding, value));
  const Factor f_below = for_kernels(rounding, factor(rounding, below));
  dew_prelu fields = {};
  fields.multiplier = f.multiplier;
  fields.multiplier_below = f_below.multiplier;
  fields.shift = f.shift;
  fields.shift_below = f_below.shift;
  fields.zero_in = static_cast<int8_t>(to.zero_point(op.inputs[0]));
  fields.zero_slope = static_cast<int8_t>(to.zero_point(op.inputs[1]));
  fields.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  return fields;
}

template <typename T>
void finish(Lowering& to, const Op& op, Step step, const std::string& kernel, T fields, dew_operand second) {
  fields.second = second;
  if constexpr (requires { fields.low; }) {
    const graph::Range range = graph::activation_range(op, to.tensor(op.outputs[0]));
    fields.low = static_cast<int8_t>(range.low);
    fields.high = static_cast<int8_t>(range.high);
  }
  fields.count = step.table.row_bytes;
  step.kernel = kernel;
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
}

/// Chooses the kernel. `swapped`: it is given the operator's second input first.
void finish_binary(Lowering& to, const Op& op, Step step, bool swapped, dew_operand second) {
  const int a = op.inputs[swapped ? 1 : 0];
  const int b = op.inputs[swapped ? 0 : 1];
  switch (op.kind) {
    case OpKind::kMul:
      return finish(to, op, std::move(step), "dew_multiply", multiply_fields(to, op, a, b), second);
    case OpKind::kMaximum:
    case OpKind::kMinimum:
      return finish(to, op, std::move(step), "dew_maximum", maximum_fields(op), second);
    case OpKind::kPrelu:
      return finish(to, op, std::move(step), "dew_prelu", prelu_fields(to, op), second);
    default:
      break;
  }
  if (!to.tflite())
    return finish(to, op, std::move(step), "dew_add", dew_add_fields(to, op, swapped), second);
  if (op.kind == OpKind::kSub)
    return finish(to, op, std::move(step), "dew_subtract_tflite", subtract_fields(to, op, a, b, swapped),
                  second);
  finish(to, op, std::move(step), "dew_add_tflite", tflite_add_fields(to, op, a, b), second);
}

/// The operator applied to all 256 bytes, by the oracle. `divisor`: of a division.
Result<std::vector<int8_t>> tabulate(const Lowering& to, const Op& op, uint8_t divisor = 0) {
  graph::Graph alone;
  alone.name = to.graph().name;
  alone.tensors = {to.tensor(op.inputs[0]), to.tensor(op.outputs[0])};
  for (auto& tensor : alone.tensors) tensor.shape = {1, 256};
  alone.ops = {op};
  alone.ops[0].inputs = {0};
  alone.ops[0].outputs = {1};
  if (op.kind == OpKind::kDiv) {
    alone.tensors.push_back(to.tensor(op.inputs[1]));
    alone.tensors[2].shape = {1};
    alone.tensors[2].data = {divisor};
    alone.ops[0].inputs = {0, 2};
  }
  alone.inputs = {0};
  alone.outputs = {1};
  std::vector<uint8_t> bytes(256);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i);
  DEW_TRY(const auto values, graph::interpret(alone, bytes, to.options().rounding));
  std::vector<int8_t> table;
  for (const uint8_t value : values[1]) table.push_back(static_cast<int8_t>(value));
  return table;
}

}  // namespace

Result<void> lower_binary(Lowering& to, const Op& op) {
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  const auto rank = [&](int index) {
    return (to.tensor(index).constant() ? 0 : 2) + (shape4(to.tensor(index)) == out ? 1 : 0);
  };
  int a = op.inputs[0];
  int b = op.inputs[1];
  const bool swapped = rank(b) > rank(a);
  if (swapped) std::swap(a, b);
  if (to.tensor(a).constant()) return to.fail("has two constant operands; one of them must be an activation");
  const uint16_t first = expanded(to, a, out);
  dew_operand second = {};
  uint16_t other = DEW_NONE;
  if (to.tensor(b).constant()) {
    second = constant_operand(to, to.tensor(b), out);
  } else {
    // The kernel repeats a row, or the pixels within one; it does not repeat channels.
    const Shape4 own = shape4(to.tensor(b));
    const bool repeats = own[3] == out[3];
    other = repeats ? to.step_of(b) : expanded(to, b, out);
    second.period = to.fit<uint32_t>(repeats ? own[2] * own[3] : out[2] * out[3]);
  }
  Step step = to.begin(op);
  step.table.in = first;
  step.table.in2 = other;
  finish_binary(to, op, std::move(step), swapped, second);
  return {};
}

/// A division is a function of one byte for each of its divisors: there are at most 255.
Result<void> lower_division(Lowering& to, const Op& op) {
  const Shape4 out = shape4(to.tensor(op.outputs[0]));
  graph::Tensor which = to.tensor(op.inputs[1]);
  std::vector<uint8_t> divisors;
  for (uint8_t& byte : which.data) {
    const auto known = std::find(divisors.begin(), divisors.end(), byte);
    const auto at = static_cast<uint8_t>(known - divisors.begin());
    if (known == divisors.end()) divisors.push_back(byte);
    byte = at;
  }
  std::vector<int8_t> tables;
  for (const uint8_t divisor : divisors) {
    DEW_TRY(const auto table, tabulate(to, op, divisor));
    tables.insert(tables.end(), table.begin(), table.end());
  }
  const uint16_t in = expanded(to, op.inputs[0], out);
  Step step = to.begin(op);
  step.table.in = in;
  const int8_t* constant = to.constant("table", tables, 16);
  if (divisors.size() == 1) {
    dew_lookup fields = {};
    fields.table = constant;
    fields.count = step.table.row_bytes;
    step.kernel = "dew_lookup";
    step.kernel_table = kernel_table(fields);
    to.add(op, std::move(step));
    return {};
  }
  dew_divide fields = {};
  fields.tables = constant;
  finish(to, op, std::move(step), "dew_divide", fields, constant_operand(to, which, out));
  return {};
}

Result<void> lower_unary(Lowering& to, const Op& op) {
  if (to.tensor(op.inputs[0]).type == graph::DType::kFloat32)
    return to.fail("takes float32 in the middle of the model; it is supported at its beginning");
  DEW_TRY(const auto table, tabulate(to, op));
  Step step = to.begin(op);
  step.kernel = "dew_lookup";
  dew_lookup fields = {};
  fields.table = to.constant("table", table, 16);
  fields.count = step.table.row_bytes;
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
  return {};
}

}  // namespace dew::compiler
