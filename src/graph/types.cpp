// Small functions of tensors and operators: sizes, names, windows, scales, ranges.
#include "graph/graph.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dew::graph {

int64_t Tensor::elements() const {
  int64_t product = 1;
  for (const int extent : shape) {
    if (__builtin_mul_overflow(product, int64_t{extent}, &product))
      return std::numeric_limits<int64_t>::max();
  }
  return product;
}

int64_t Tensor::bytes() const {
  int64_t total = 0;
  if (__builtin_mul_overflow(elements(), element_bytes(type), &total))
    return std::numeric_limits<int64_t>::max();
  return total;
}

int64_t element_bytes(DType type) {
  switch (type) {
    case DType::kInt8:
    case DType::kUInt8:
      return 1;
    case DType::kInt32:
    case DType::kFloat32:
      return 4;
  }
  return 0;
}

std::string_view type_name(DType type) {
  switch (type) {
    case DType::kInt8:
      return "int8";
    case DType::kUInt8:
      return "uint8";
    case DType::kInt32:
      return "int32";
    case DType::kFloat32:
      return "float32";
  }
  return "?";
}

std::string_view op_name(OpKind kind) {
  switch (kind) {
    case OpKind::kConv2D:
      return "Conv2D";
    case OpKind::kDepthwiseConv2D:
      return "DepthwiseConv2D";
    case OpKind::kFullyConnected:
      return "FullyConnected";
    case OpKind::kAdd:
      return "Add";
    case OpKind::kSub:
      return "Sub";
    case OpKind::kMul:
      return "Mul";
    case OpKind::kDiv:
      return "Div";
    case OpKind::kMaximum:
      return "Maximum";
    case OpKind::kMinimum:
      return "Minimum";
    case OpKind::kPrelu:
      return "Prelu";
    case OpKind::kPad:
      return "Pad";
    case OpKind::kAveragePool2D:
      return "AveragePool2D";
    case OpKind::kMaxPool2D:
      return "MaxPool2D";
    case OpKind::kMean:
      return "Mean";
    case OpKind::kReshape:
      return "Reshape";
    case OpKind::kSoftmax:
      return "Softmax";
    case OpKind::kLogSoftmax:
      return "LogSoftmax";
    case OpKind::kLogistic:
      return "Logistic";
    case OpKind::kRelu:
      return "Relu";
    case OpKind::kRelu6:
      return "Relu6";
    case OpKind::kLeakyRelu:
      return "LeakyRelu";
    case OpKind::kHardSwish:
      return "HardSwish";
    case OpKind::kTanh:
      return "Tanh";
    case OpKind::kNeg:
      return "Neg";
    case OpKind::kConcatenation:
      return "Concatenation";
    case OpKind::kTranspose:
      return "Transpose";
    case OpKind::kStridedSlice:
      return "StridedSlice";
    case OpKind::kResizeNearest:
      return "ResizeNearest";
    case OpKind::kResizeBilinear:
      return "ResizeBilinear";
    case OpKind::kQuantize:
      return "Quantize";
    case OpKind::kDequantize:
      return "Dequantize";
  }
  return "?";
}

std::vector<int> constant_int32(const Tensor& tensor) {
  std::vector<int> values;
  for (size_t i = 0; i + 4 <= tensor.data.size(); i += 4) {
    const uint32_t bits = tensor.data[i] | uint32_t{tensor.data[i + 1]} << 8 |
                          uint32_t{tensor.data[i + 2]} << 16 | uint32_t{tensor.data[i + 3]} << 24;
    values.push_back(static_cast<int32_t>(bits));
  }
  return values;
}

Window window(const Graph& graph, const Op& op) {
  const auto& in = graph.tensors[static_cast<size_t>(op.inputs[0])].shape;
  Window w{.in_h = in[1], .in_w = in[2]};
  if (op.kind == OpKind::kConv2D || op.kind == OpKind::kDepthwiseConv2D) {
    const auto& weights = graph.tensors[static_cast<size_t>(op.inputs[1])].shape;
    w.filter_h = weights[1];
    w.filter_w = weights[2];
  } else {
    w.filter_h = op.filter_h;
    w.filter_w = op.filter_w;
  }
  const auto along = [&op](int extent, int filter, int stride, int dilation, int& before, int& after) {
    const int64_t reach = int64_t{filter - 1} * dilation + 1;
    int64_t out = 0;
    if (op.padding == Padding::kSame) {
      out = (int64_t{extent} + stride - 1) / stride;
      const int64_t total = std::max(int64_t{0}, (out - 1) * stride + reach - extent);
      before = static_cast<int>(total / 2);
      after = static_cast<int>(total - total / 2);
    } else {
      const int64_t room = int64_t{extent} + before + after - reach;
      out = room < 0 ? 0 : room / stride + 1;
    }
    return static_cast<int>(out);
  };
  if (op.padding == Padding::kExplicit) {
    w.pad_top = op.pad_top;
    w.pad_bottom = op.pad_bottom;
    w.pad_left = op.pad_left;
    w.pad_right = op.pad_right;
  }
  w.out_h = along(w.in_h, w.filter_h, op.stride_h, op.dilation_h, w.pad_top, w.pad_bottom);
  w.out_w = along(w.in_w, w.filter_w, op.stride_w, op.dilation_w, w.pad_left, w.pad_right);
  return w;
}

double effective_scale(const Graph& graph, const Op& op, int channel) {
  const auto quantisation = [&graph](int index) -> const Quantisation& {
    return graph.tensors[static_cast<size_t>(index)].quantisation;
  };
  const float in = quantisation(op.inputs[0]).scale[0];
  const auto& weights = quantisation(op.inputs[1]).scale;
  const double out = quantisation(op.outputs[0]).scale[0];
  if (weights.size() > 1) return double{in} * double{weights[static_cast<size_t>(channel)]} / out;
  if (op.kind == OpKind::kFullyConnected) return double{in * weights[0]} / out;
  return double{in} * double{weights[0]} / out;
}

Range activation_range(const Op& op, const Tensor& output) {
  const Range all = output.type == DType::kUInt8 ? Range{0, 255} : Range{-128, 127};
  const auto zero_point = static_cast<int>(output.quantisation.zero_point[0]);
  Range range = all;
  const bool relu6 = op.activation == Activation::kRelu6 || op.kind == OpKind::kRelu6;
  if (relu6 || op.activation == Activation::kRelu || op.kind == OpKind::kRelu)
    range.low = std::max(all.low, zero_point);
  if (relu6) {
    // In float, halves away from zero, as TensorFlow Lite does; with a tiny scale, six is out of range.
    const float six = std::min(std::round(6.0F / output.quantisation.scale[0]), 1024.0F);
    range.high = std::min(all.high, zero_point + static_cast<int>(six));
  }
  return range;
}

}  // namespace dew::graph
