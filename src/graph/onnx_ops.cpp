// One function per operator writes its ONNX nodes, which work on real values; tensors of rank 4 are NCHW.
#include <algorithm>
#include <numeric>

#include "graph/onnx_writer.h"

namespace dew::graph {
namespace {

using Ints = std::vector<int64_t>;

void set_int(onnx::NodeProto& node, const std::string& name, int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_float(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void set_string(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

Ints shape_of(const Tensor& tensor) {
  return {tensor.shape.begin(), tensor.shape.end()};
}

/// The axis in ONNX's order (NCHW) for an axis of the .tflite's; only rank 4 is permuted.
int64_t turned(int axis, size_t rank) {
  const int positive = axis < 0 ? axis + static_cast<int>(rank) : axis;
  if (rank != 4) return positive;
  return std::find(kToNchw.begin(), kToNchw.end(), positive) - kToNchw.begin();
}

/// Makes values in the .tflite's order the operator's output.
void finish_nhwc(OnnxWriter& to, const Op& op, std::string value) {
  if (to.tensor(op.outputs[0]).shape.size() == 4) value = to.transpose(value, kToNchw);
  to.finish(op, value);
}

/// Appends the bias, dequantised by s_in * s_w, if the operator has one.
void add_bias(OnnxWriter& to, const Op& op, const std::vector<float>& weight_scale,
              std::vector<std::string>& inputs) {
  if (op.inputs.size() < 3 || op.inputs[2] < 0) return;
  const Tensor& bias = to.tensor(op.inputs[2]);
  const float in_scale = to.tensor(op.inputs[0]).quantisation.scale[0];
  std::vector<float> scale;
  for (const float one : weight_scale) scale.push_back(in_scale * one);
  inputs.push_back(to.dequantised(to.name(op.inputs[2]) + "_data", onnx::TensorProto::INT32, shape_of(bias),
                                  bias.data, scale, scale.size() > 1 ? 0 : -1));
}

void write_convolution(OnnxWriter& to, const Op& op) {
  const Tensor& weights = to.tensor(op.inputs[1]);
  const bool depthwise = op.kind == OpKind::kDepthwiseConv2D;
  const Window w = window(to.graph(), op);
  // OHWI -> OIHW; depthwise 1HWC -> C1HW.
  const std::vector<int> order = depthwise ? std::vector<int>{3, 0, 1, 2} : kToNchw;
  Ints shape;
  for (const int axis : order) shape.push_back(weights.shape[static_cast<size_t>(axis)]);
  const auto& scale = weights.quantisation.scale;
  std::vector<std::string> inputs = {
      to.real(op.inputs[0]),
      to.dequantised(to.name(op.inputs[1]) + "_data", onnx::TensorProto::INT8, shape,
                     permuted(weights.data, weights.shape, order, 1), scale, scale.size() > 1 ? 0 : -1)};
  add_bias(to, op, scale, inputs);
  const std::string made = to.node("Conv", inputs,
                                   {{"kernel_shape", {w.filter_h, w.filter_w}},
                                    {"strides", {op.stride_h, op.stride_w}},
                                    {"dilations", {op.dilation_h, op.dilation_w}},
                                    {"pads", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}}});
  if (depthwise) set_int(to.last(), "group", to.tensor(op.inputs[0]).shape[3]);
  to.finish(op, made);
}

void write_fully_connected(OnnxWriter& to, const Op& op) {
  const Tensor& weights = to.tensor(op.inputs[1]);
  const auto& scale = weights.quantisation.scale;
  std::string in = to.real_nhwc(op.inputs[0]);
  const Tensor& out = to.tensor(op.outputs[0]);
  const int64_t rows = out.elements() / weights.shape[0];
  const Ints in_rows = {rows, weights.shape[1]};
  const Ints out_rows = {rows, weights.shape[0]};
  if (shape_of(to.tensor(op.inputs[0])) != in_rows) in = to.reshape(in, in_rows);
  std::vector<std::string> inputs = {
      in, to.dequantised(to.name(op.inputs[1]) + "_data", onnx::TensorProto::INT8, shape_of(weights),
                         weights.data, scale, scale.size() > 1 ? 0 : -1)};
  add_bias(to, op, scale, inputs);
  std::string made = to.node("Gemm", inputs);
  set_int(to.last(), "transB", 1);
  if (shape_of(out) != out_rows) made = to.reshape(made, shape_of(out));
  finish_nhwc(to, op, made);
}

/// An operand with as many dimensions as the output, because broadcasting aligns the last axes and NCHW
/// permutes them.
std::string operand(OnnxWriter& to, int index, size_t rank) {
  const Tensor& tensor = to.tensor(index);
  if (rank != 4 || tensor.shape.size() == 4) return to.real(index);
  Ints shape(4 - tensor.shape.size(), 1);
  shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
  return to.transpose(to.reshape(to.real(index), shape), kToNchw);
}

const char* binary_type(OpKind kind) {
  switch (kind) {
    case OpKind::kAdd:
      return "Add";
    case OpKind::kSub:
      return "Sub";
    case OpKind::kDiv:
      return "Div";
    case OpKind::kMaximum:
      return "Max";
    case OpKind::kMinimum:
      return "Min";
    case OpKind::kPrelu:
      return "PRelu";
    default:
      return "Mul";
  }
}

void write_binary(OnnxWriter& to, const Op& op) {
  const size_t rank = to.tensor(op.outputs[0]).shape.size();
  const char* type = binary_type(op.kind);
  to.finish(op, to.node(type, {operand(to, op.inputs[0], rank), operand(to, op.inputs[1], rank)}));
}

/// Pads with real 0, which is the zero point.
void write_pad(OnnxWriter& to, const Op& op) {
  const auto amounts = constant_int32(to.tensor(op.inputs[1]));
  const size_t rank = to.tensor(op.inputs[0]).shape.size();
  Ints pads(2 * rank, 0);
  for (size_t axis = 0; axis < rank; ++axis) {
    const auto at = static_cast<size_t>(turned(static_cast<int>(axis), rank));
    pads[at] = amounts[2 * axis];
    pads[rank + at] = amounts[2 * axis + 1];
  }
  to.finish(op, to.node("Pad", {to.real(op.inputs[0]), to.int64s("pads", pads)}));
}

/// Averages do not count padding, which is ONNX's default.
void write_pool(OnnxWriter& to, const Op& op) {
  const Window w = window(to.graph(), op);
  const char* type = op.kind == OpKind::kAveragePool2D ? "AveragePool" : "MaxPool";
  to.finish(op, to.node(type, {to.real(op.inputs[0])},
                        {{"kernel_shape", {w.filter_h, w.filter_w}},
                         {"strides", {op.stride_h, op.stride_w}},
                         {"pads", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}}}));
}

void write_mean(OnnxWriter& to, const Op& op) {
  const size_t rank = to.tensor(op.inputs[0]).shape.size();
  Ints axes;
  for (const int axis : constant_int32(to.tensor(op.inputs[1])))
    axes.push_back(axis < 0 ? axis + static_cast<int>(rank) : axis);
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  // If rows and columns are both averaged over, what remains of NCHW is in the .tflite's order too.
  const bool in_place = rank == 4 && (op.keep_dims || axes == Ints{1, 2});
  if (in_place)
    for (int64_t& axis : axes) axis = turned(static_cast<int>(axis), rank);
  const std::string made = to.node(
      "ReduceMean", {in_place ? to.real(op.inputs[0]) : to.real_nhwc(op.inputs[0])}, {{"axes", axes}});
  set_int(to.last(), "keepdims", op.keep_dims ? 1 : 0);
  if (in_place)
    to.finish(op, made);
  else
    finish_nhwc(to, op, made);
}

void write_reshape(OnnxWriter& to, const Op& op) {
  finish_nhwc(to, op, to.reshape(to.real_nhwc(op.inputs[0]), shape_of(to.tensor(op.outputs[0]))));
}

void write_softmax(OnnxWriter& to, const Op& op) {
  std::string value = to.real(op.inputs[0]);
  if (op.beta != 1.0F) value = to.node("Mul", {value, to.floats("beta", {op.beta}, true)});
  const std::string made = to.node(op.kind == OpKind::kSoftmax ? "Softmax" : "LogSoftmax", {value});
  set_int(to.last(), "axis", turned(-1, to.tensor(op.inputs[0]).shape.size()));
  to.finish(op, made);
}

void write_concatenation(OnnxWriter& to, const Op& op) {
  std::vector<std::string> inputs;
  for (const int index : op.inputs) inputs.push_back(to.real(index));
  const std::string made = to.node("Concat", inputs);
  set_int(to.last(), "axis", turned(op.axis, to.tensor(op.outputs[0]).shape.size()));
  to.finish(op, made);
}

void write_transpose(OnnxWriter& to, const Op& op) {
  const auto permutation = constant_int32(to.tensor(op.inputs[1]));
  finish_nhwc(to, op, to.transpose(to.real_nhwc(op.inputs[0]), permutation));
}

void write_leaky_relu(OnnxWriter& to, const Op& op) {
  const std::string made = to.node("LeakyRelu", {to.real(op.inputs[0])});
  set_float(to.last(), "alpha", op.alpha);
  to.finish(op, made);
}

/// Opset 13 has HardSigmoid, but not yet HardSwish: x * max(0, min(1, x / 6 + 1 / 2)).
void write_hard_swish(OnnxWriter& to, const Op& op) {
  const std::string in = to.real(op.inputs[0]);
  const std::string gate = to.node("HardSigmoid", {in});
  set_float(to.last(), "alpha", 1.0F / 6);
  set_float(to.last(), "beta", 0.5F);
  to.finish(op, to.node("Mul", {in, gate}));
}

void write_strided_slice(OnnxWriter& to, const Op& op) {
  const size_t rank = to.tensor(op.inputs[0]).shape.size();
  std::vector<std::string> inputs = {to.real_nhwc(op.inputs[0])};
  Ints axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  const auto bounds = [&](size_t input) {
    const auto values = constant_int32(to.tensor(op.inputs[input]));
    return Ints(values.begin(), values.end());
  };
  inputs.push_back(to.int64s("starts", bounds(1)));
  inputs.push_back(to.int64s("ends", bounds(2)));
  inputs.push_back(to.int64s("axes", axes));
  inputs.push_back(to.int64s("steps", bounds(3)));
  finish_nhwc(to, op, to.node("Slice", inputs));
}

void write_resize(OnnxWriter& to, const Op& op) {
  const auto& out = to.tensor(op.outputs[0]).shape;
  const std::string sizes = to.int64s("sizes", {1, out[3], out[1], out[2]});
  const std::string made = to.node("Resize", {to.real(op.inputs[0]), "", "", sizes});
  set_string(to.last(), "mode", op.kind == OpKind::kResizeNearest ? "nearest" : "linear");
  set_string(to.last(), "coordinate_transformation_mode",
             op.align_corners        ? "align_corners"
             : op.half_pixel_centers ? "half_pixel"
                                     : "asymmetric");
  // TensorFlow's nearest neighbour of a half-pixel centre is the pixel that it lies in.
  set_string(to.last(), "nearest_mode",
             op.align_corners || op.half_pixel_centers ? "round_prefer_ceil" : "floor");
  to.finish(op, made);
}

void write_relu6(OnnxWriter& to, Op op) {
  op.activation = Activation::kRelu6;
  to.finish(op, to.real(op.inputs[0]));
}

}  // namespace

void write_op(OnnxWriter& to, const Op& op) {
  switch (op.kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
      return write_convolution(to, op);
    case OpKind::kFullyConnected:
      return write_fully_connected(to, op);
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
    case OpKind::kPrelu:
      return write_binary(to, op);
    case OpKind::kLeakyRelu:
      return write_leaky_relu(to, op);
    case OpKind::kHardSwish:
      return write_hard_swish(to, op);
    case OpKind::kTanh:
      return to.finish(op, to.node("Tanh", {to.real(op.inputs[0])}));
    case OpKind::kNeg:
      return to.finish(op, to.node("Neg", {to.real(op.inputs[0])}));
    case OpKind::kStridedSlice:
      return write_strided_slice(to, op);
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
      return write_resize(to, op);
    case OpKind::kPad:
      return write_pad(to, op);
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
      return write_pool(to, op);
    case OpKind::kMean:
      return write_mean(to, op);
    case OpKind::kReshape:
      return write_reshape(to, op);
    case OpKind::kSoftmax:
    case OpKind::kLogSoftmax:
      return write_softmax(to, op);
    case OpKind::kLogistic:
      return to.finish(op, to.node("Sigmoid", {to.real(op.inputs[0])}));
    case OpKind::kRelu:
      return to.finish(op, to.node("Relu", {to.real(op.inputs[0])}));
    case OpKind::kRelu6:
      return write_relu6(to, op);
    case OpKind::kConcatenation:
      return write_concatenation(to, op);
    case OpKind::kTranspose:
      return write_transpose(to, op);
    case OpKind::kQuantize:
    case OpKind::kDequantize:
      return to.finish(op, to.real(op.inputs[0]));
  }
}

}  // namespace dew::graph
