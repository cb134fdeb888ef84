// What lowering all operators has in common. The entry point is Lowering::run().
#include "compiler/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "graph/requantise.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

std::string extents(const Shape4& s) {
  return fmt::format("{}x{}x{}", s[1], s[2], s[3]);
}

template <typename T>
std::shared_ptr<const Constant> make_constant(const std::string& name, Constant::Type type,
                                              const std::vector<T>& values, int row) {
  auto made = std::make_shared<Constant>();
  made->name = name;
  made->type = type;
  made->row = row;
  made->bytes.resize(values.size() * sizeof(T));
  std::memcpy(made->bytes.data(), values.data(), made->bytes.size());
  return made;
}

/// Whether the tensor is not a picture of one batch.
bool is_batched(const graph::Tensor& tensor) {
  return tensor.shape.size() > 4 || (tensor.shape.size() == 4 && tensor.shape[0] != 1);
}

/// Whether the operator does not care which rows belong to the same picture.
bool takes_batches(const graph::Graph& graph, const Op& op) {
  const auto& out = graph.tensors[static_cast<size_t>(op.outputs[0])].shape;
  const auto rank = static_cast<int>(out.size());
  switch (op.kind) {
    case OpKind::kReshape:
    case OpKind::kFullyConnected:
    case OpKind::kSoftmax:
    case OpKind::kLogSoftmax:
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kLeakyRelu:
    case OpKind::kHardSwish:
    case OpKind::kTanh:
    case OpKind::kLogistic:
    case OpKind::kNeg:
    case OpKind::kQuantize:
      return true;
    case OpKind::kConcatenation:
      return (op.axis < 0 ? op.axis + rank : op.axis) >= rank - 2;
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
      return std::all_of(op.inputs.begin(), op.inputs.end(), [&](int index) {
        const graph::Tensor& in = graph.tensors[static_cast<size_t>(index)];
        const bool one_pixel =
            in.elements() == 1 || (in.elements() == out.back() && in.shape.back() == out.back());
        return in.shape == out || (one_pixel && in.shape.size() <= 4);
      });
    default:
      return false;
  }
}

/// Operators whose first input may be a constant.
bool takes_constant(OpKind kind) {
  switch (kind) {
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
    case OpKind::kConcatenation:
      return true;
    default:
      return false;
  }
}

}  // namespace

Shape4 shape4(const graph::Tensor& tensor) {
  Shape4 result = {1, 1, 1, 1};
  const size_t rank = tensor.shape.size();
  for (size_t i = 0; i < rank; ++i) result[std::max(i + 4, rank + 1) - rank] *= tensor.shape[i];
  return result;
}

Factor factor(graph::Rounding rounding, double value) {
  if (rounding == graph::Rounding::kDew) {
    const auto dew = graph::dew_multiplier(value);
    return {dew.multiplier, static_cast<int8_t>(dew.shift)};
  }
  const auto tflite = graph::tflite_multiplier(value);
  return {tflite.multiplier, static_cast<int8_t>(tflite.shift)};
}

Factor for_kernels(graph::Rounding rounding, Factor f) {
  if (rounding == graph::Rounding::kTflite && f.multiplier == 0) return {1 << 30, -31};
  return {f.multiplier, std::min<int8_t>(f.shift, 11)};
}

Lowering::Lowering(const graph::Graph& graph, const Options& options, Plan& plan)
    : graph_(graph), options_(options), plan_(plan), step_of_(graph.tensors.size(), DEW_NONE) {
  std::set<int> weights;
  for (const Op& op : graph.ops) {
    if (op.inputs.size() < 2 || op.inputs[1] < 0) continue;
    const graph::Tensor& second = tensor(op.inputs[1]);
    const bool read = second.constant() && second.type == graph::DType::kInt8;
    if (read && !weights.insert(op.inputs[1]).second) shared_.insert(op.inputs[1]);
  }
  for (const Op& op : graph.ops) {
    const bool window = op.kind == OpKind::kConv2D || op.kind == OpKind::kDepthwiseConv2D;
    if (!window && op.kind != OpKind::kPad) continue;
    const Shape4 in = shape4(tensor(op.inputs[0]));
    auto& longest = longest_zeros_[zero_point(op.inputs[0])];
    const graph::Window w = window ? graph::window(graph, op) : graph::Window{.pad_top = 1};
    const bool rows = w.pad_top > 0 || w.pad_bottom > 0;
    const auto planar = planar_row(graph, options, op.inputs[0]);
    const int64_t row = planar ? planar->bytes : in[2] * in[3];
    longest = std::max(longest, rows ? row : in[3]);
  }
}

tl::unexpected<Error> Lowering::fail(const std::string& what) const {
  return usage_error(
      what, fmt::format("{}: operator {} ({})", graph_.name, at_, graph::op_name(graph_.ops[at_].kind)));
}

const void* Lowering::add_constant(std::shared_ptr<const Constant> made) {
  // The same weights in another operator, which a batch of pictures has for each of them.
  const Op* op = at_ < graph_.ops.size() ? &graph_.ops[at_] : nullptr;
  const bool of_weights = op != nullptr && op->inputs.size() > 1 && shared_.count(op->inputs[1]) > 0;
  if (of_weights) {
    auto& known = of_weights_[op->inputs[1]];
    for (const auto& each : known) {
      if (each->type == made->type && each->bytes == made->bytes) return each->bytes.data();
    }
    known.push_back(made);
  }
  new_constant_bytes_ += static_cast<int64_t>(made->bytes.size());
  plan_.constants.push_back(std::move(made));
  return plan_.constants.back()->bytes.data();
}

const int8_t* Lowering::constant(const std::string& name, const std::vector<int8_t>& values, int row) {
  const std::string numbered = fmt::format("{}_{}", name, plan_.program.size());
  return static_cast<const int8_t*>(
      add_constant(make_constant(numbered, Constant::Type::kInt8, values, row)));
}

const int32_t* Lowering::constant(const std::string& name, const std::vector<int32_t>& values, int row) {
  const std::string numbered = fmt::format("{}_{}", name, plan_.program.size());
  return static_cast<const int32_t*>(
      add_constant(make_constant(numbered, Constant::Type::kInt32, values, row)));
}

const int8_t* Lowering::zeros(int zero_point) {
  auto& row = zeros_[zero_point];
  if (row == nullptr) {
    const auto length = static_cast<size_t>(longest_zeros_[zero_point]);
    row = constant("padding", std::vector<int8_t>(length, static_cast<int8_t>(zero_point)));
  }
  return row;
}

Step Lowering::begin(const Op& op) {
  const Shape4 in = shape4(tensor(op.inputs[0]));
  const Shape4 out = shape4(tensor(op.outputs[0]));
  Step step;
  step.name = fmt::format("{} {} -> {}", graph::op_name(op.kind), extents(in), extents(out));
  step.table.rows = step.table.events = fit<uint16_t>(out[1]);
  step.table.row_bytes = fit<uint32_t>(out[2] * out[3]);
  step.table.in = step_of(op.inputs[0]);
  step.table.in2 = DEW_NONE;
  step.table.extent = step.table.taps = step.table.dilation = step.table.stride = 1;
  return step;
}

uint16_t Lowering::add(Step step) {
  plan_.macs += step.macs;
  step.constant_bytes = std::exchange(new_constant_bytes_, 0);
  plan_.program.push_back(std::move(step));
  return static_cast<uint16_t>(plan_.program.size() - 1);
}

void Lowering::add(const Op& op, Step step) {
  alias(op.outputs[0], add(std::move(step)));
}

/// Makes `step` copy the whole tensor of `from` at once.
void Lowering::copy(Step& step, uint16_t from) {
  const dew_step& source = this->step(from).table;
  step.kernel = "dew_transpose";
  step.table.in = from;
  step.table.in2 = DEW_NONE;
  step.table.events = step.table.taps = step.table.dilation = step.table.stride = 1;
  step.table.extent = source.rows;
  dew_transpose fields = {};
  fields.extent[0] = fields.extent[1] = 1;
  fields.extent[2] = source.rows;
  fields.extent[3] = fit<uint32_t>(source.row_bytes);
  fields.stride[2] = source.row_bytes;
  fields.stride[3] = 1;
  step.kernel_table = kernel_table(fields);
}

uint16_t Lowering::flat(uint16_t from) {
  const dew_step& source = step(from).table;
  if (source.rows == 1) return from;
  Step flattened;
  flattened.name = "Flatten";
  flattened.table.rows = 1;
  flattened.table.row_bytes = source.rows * source.row_bytes;
  copy(flattened, from);
  return add(std::move(flattened));
}

void Lowering::add_flat(const Op& op, Step step) {
  const Shape4 out = shape4(tensor(op.outputs[0]));
  step.table.events = 1;
  step.table.rows = fit<uint16_t>(out[1]);
  step.table.row_bytes = fit<uint32_t>(out[2] * out[3]);
  add(op, std::move(step));
}

void Lowering::add_rows(const Op& op, uint16_t made) {
  const Shape4 out = shape4(tensor(op.outputs[0]));
  if (out[1] == 1) return alias(op.outputs[0], made);
  Step rows;
  rows.name = "Rows " + extents(out);
  rows.table.rows = fit<uint16_t>(out[1]);
  rows.table.row_bytes = fit<uint32_t>(out[2] * out[3]);
  copy(rows, made);
  add(op, std::move(rows));
}

Result<void> Lowering::lower(const Op& op) {
  switch (op.kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
      return lower_convolution(*this, op);
    case OpKind::kFullyConnected:
      return lower_fully_connected(*this, op);
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
    case OpKind::kPrelu:
      return lower_binary(*this, op);
    case OpKind::kDiv:
      return lower_division(*this, op);
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kLeakyRelu:
    case OpKind::kHardSwish:
    case OpKind::kTanh:
    case OpKind::kNeg:
    case OpKind::kLogistic:
    case OpKind::kQuantize:
      return lower_unary(*this, op);
    case OpKind::kSoftmax:
    case OpKind::kLogSoftmax:
      return lower_softmax(*this, op);
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
      return lower_pool(*this, op);
    case OpKind::kMean:
      return lower_mean(*this, op);
    case OpKind::kPad:
      return lower_pad(*this, op);
    case OpKind::kReshape:
      return lower_reshape(*this, op);
    case OpKind::kConcatenation:
      return lower_concatenation(*this, op);
    case OpKind::kTranspose:
      return lower_transpose(*this, op);
    case OpKind::kStridedSlice:
      return lower_strided_slice(*this, op);
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
      return lower_resize(*this, op);
    case OpKind::kDequantize:
      return fail("gives float32 in the middle of the model; Dequantize is supported only at its end");
  }
  return {};
}

std::string Lowering::limit_passed() const {
  const auto most = [](std::string_view what, int64_t value, int64_t limit) {
    return fmt::format("has {} {}; at most {} are supported", with_commas(value), what, with_commas(limit));
  };
  if (plan_.program.size() >= DEW_NONE) return most("steps before it", int64_t{DEW_NONE}, DEW_NONE - 1);
  const Op& op = graph_.ops[at_];
  if (plan_.program.back().table.taps > DEW_MAX_TAPS)
    return most("rows in its window", plan_.program.back().table.taps, DEW_MAX_TAPS);
  if (!too_large_) return {};
  constexpr std::array kAxes = {"rows", "columns", "channels"};
  for (const int index : {op.inputs[0], op.outputs[0]}) {
    const Shape4 shape = shape4(tensor(index));
    for (size_t axis = 1; axis < 4; ++axis) {
      if (shape[axis] > too_large_->most) return most(kAxes[axis - 1], shape[axis], too_large_->most);
    }
  }
  const std::array<std::pair<const char*, int64_t>, 4> steps = {{{"rows in its stride", op.stride_h},
                                                                 {"columns in its stride", op.stride_w},
                                                                 {"rows in its dilation", op.dilation_h},
                                                                 {"columns in its dilation", op.dilation_w}}};
  for (const auto& [what, value] : steps) {
    if (value == too_large_->value) return most(what, value, too_large_->most);
  }
  return fmt::format("has a window, padding or row that takes the number {}; at most {} is supported",
                     with_commas(too_large_->value), with_commas(too_large_->most));
}

Result<void> Lowering::add_image() {
  const graph::Tensor& image = tensor(graph_.inputs[0]);
  const Shape4 shape = shape4(image);
  Step first;
  first.name = "Image " + extents(shape);
  first.table.rows = first.table.events = fit<uint16_t>(shape[1]);
  first.table.row_bytes = fit<uint32_t>(shape[2] * shape[3]);
  first.table.in2 = DEW_NONE;
  alias(graph_.inputs[0], add(std::move(first)));
  if (image.type == graph::DType::kFloat32 || image.type == graph::DType::kInt32)
    return usage_error(
        "the model's input is neither int8 nor uint8, nor a float32 that goes straight into Quantize",
        graph_.name, "quantise the model to int8 (full integer quantisation)");
  return {};
}

Result<void> Lowering::run() {
  DEW_CHECK(add_image());
  DEW_CHECK(add_remembered());
  for (at_ = 0; at_ < graph_.ops.size(); ++at_) {
    const Op& op = graph_.ops[at_];
    for (const int index : {op.inputs[0], op.outputs[0]}) {
      if (is_batched(tensor(index)) && !takes_batches(graph_, op))
        return fail("has a tensor of another shape than [1, H, W, C] or fewer dimensions");
    }
    if (tensor(op.inputs[0]).constant() && !takes_constant(op.kind))
      return fail("reads a constant; only an activation is supported");
    DEW_CHECK(lower(op));
    if (const std::string passed = limit_passed(); !passed.empty()) return fail(passed);
  }
  keep_states();
  DEW_CHECK(finish());
  if (plan_.program.size() < DEW_NONE) return {};
  return usage_error("the model has too many steps with its outputs", graph_.name);
}

/// The engine's last step is the result.
Result<void> Lowering::finish() {
  for (const int output : graph_.outputs) {
    if (tensor(output).constant())
      return usage_error("one of the model's outputs is a constant", graph_.name,
                         "leave it out of the model's outputs: its value never changes");
  }
  if (options_.gate) {
    lower_gate(*this, *options_.gate);
    return {};
  }
  const auto last = static_cast<uint16_t>(plan_.program.size() - 1);
  if (graph_.outputs.size() > 1) return lower_outputs(*this, graph_.outputs);
  const uint16_t output = step_of(graph_.outputs[0]);
  if (output == last) return {};
  Step copied;
  copied.name = "Output";
  copied.table.rows = 1;
  copied.table.row_bytes = step(output).table.rows * step(output).table.row_bytes;
  copy(copied, output);
  add(std::move(copied));
  return {};
}

}  // namespace dew::compiler
