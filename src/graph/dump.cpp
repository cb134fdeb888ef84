// dump(): the graph as text, one line per operator.
//
//     person_detect.tflite: 31 operators, 89 tensors
//      input  88  [1, 96, 96, 1]  int8 0.00784314 zero -1
//       0  DepthwiseConv2D  88 -> 34  [1, 48, 48, 8]  int8 0.0235294 zero -128  3x3 stride 2 same relu6
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "graph/check.h"

namespace dew::graph {
namespace {

const Tensor* find(const Graph& graph, int index) {
  if (index < 0 || index >= static_cast<int>(graph.tensors.size())) return nullptr;
  return &graph.tensors[static_cast<size_t>(index)];
}

std::string tensor_text(const Graph& graph, int index) {
  const Tensor* t = find(graph, index);
  if (t == nullptr) return "no such tensor";
  std::string text = fmt::format("{}  {}", shape_text(t->shape), type_name(t->type));
  const Quantisation& q = t->quantisation;
  if (q.scale.size() == 1 && q.zero_point.size() == 1)
    text += fmt::format(" {:.6g} zero {}", q.scale[0], q.zero_point[0]);
  else if (!q.scale.empty())
    text += fmt::format(" {} scales", q.scale.size());
  return text;
}

std::string window_text(const Graph& graph, const Op& op) {
  int filter_h = op.filter_h;
  int filter_w = op.filter_w;
  if (op.kind == OpKind::kConv2D || op.kind == OpKind::kDepthwiseConv2D) {
    const Tensor* weights = op.inputs.size() > 1 ? find(graph, op.inputs[1]) : nullptr;
    if (weights == nullptr || weights->shape.size() != 4) return "no weights";
    filter_h = weights->shape[1];
    filter_w = weights->shape[2];
  }
  std::string text = fmt::format("{}x{}", filter_h, filter_w);
  if (op.stride_h != 1 || op.stride_w != 1) {
    text += fmt::format(" stride {}", op.stride_h);
    if (op.stride_w != op.stride_h) text += fmt::format("x{}", op.stride_w);
  }
  if (op.dilation_h != 1 || op.dilation_w != 1)
    text += fmt::format(" dilation {}x{}", op.dilation_h, op.dilation_w);
  if (op.padding == Padding::kSame) text += " same";
  if (op.padding == Padding::kExplicit)
    text += fmt::format(" pad {},{},{},{}", op.pad_top, op.pad_bottom, op.pad_left, op.pad_right);
  if (op.kind == OpKind::kDepthwiseConv2D && op.depth_multiplier != 1)
    text += fmt::format(" depth multiplier {}", op.depth_multiplier);
  return text;
}

/// "[0:1, 4:8:2]".
std::string slice_text(const Graph& graph, const Op& op) {
  std::vector<std::vector<int>> bounds;
  for (size_t i = 1; i < 4; ++i) {
    const Tensor* t = find(graph, op.inputs[i]);
    bounds.push_back(t == nullptr ? std::vector<int>{} : constant_int32(*t));
  }
  if (bounds[1].size() != bounds[0].size() || bounds[2].size() != bounds[0].size()) return "no bounds";
  std::vector<std::string> axes;
  for (size_t i = 0; i < bounds[0].size(); ++i) {
    axes.push_back(fmt::format("{}:{}", bounds[0][i], bounds[1][i]));
    if (bounds[2][i] != 1) axes.back() += fmt::format(":{}", bounds[2][i]);
  }
  return "[" + join(axes) + "]";
}

std::string details(const Graph& graph, const Op& op) {
  std::string text;
  switch (op.kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
      text = window_text(graph, op);
      break;
    case OpKind::kPad:
    case OpKind::kMean:
    case OpKind::kTranspose:
      if (const Tensor* t = op.inputs.size() > 1 ? find(graph, op.inputs[1]) : nullptr; t != nullptr)
        text = shape_text(constant_int32(*t));
      break;
    case OpKind::kStridedSlice:
      if (op.inputs.size() == 4) text = slice_text(graph, op);
      break;
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
      text = op.align_corners ? "align corners" : op.half_pixel_centers ? "half-pixel centers" : "";
      break;
    case OpKind::kLeakyRelu:
      text = fmt::format("slope {}", op.alpha);
      break;
    case OpKind::kConcatenation:
      text = fmt::format("axis {}", op.axis);
      break;
    case OpKind::kSoftmax:
      if (op.beta != 1.0F) text = fmt::format("beta {}", op.beta);
      break;
    default:
      break;
  }
  if (op.activation == Activation::kRelu) text += text.empty() ? "relu" : " relu";
  if (op.activation == Activation::kRelu6) text += text.empty() ? "relu6" : " relu6";
  return text;
}

/// The activations that an operator reads; its constants appear in its details.
std::vector<int> activations(const Graph& graph, const Op& op) {
  std::vector<int> result;
  for (const int index : op.inputs) {
    const Tensor* t = find(graph, index);
    if (t == nullptr || !t->constant()) result.push_back(index);
  }
  if (op.inputs.size() == 3 && op.inputs[2] == -1) result.pop_back();  // an absent bias
  return result;
}

}  // namespace

std::string dump(const Graph& graph) {
  std::string text =
      fmt::format("{}: {} operators, {} tensors\n", graph.name, graph.ops.size(), graph.tensors.size());
  for (const int index : graph.inputs)
    text += fmt::format(" input  {}  {}\n", index, tensor_text(graph, index));
  for (const State& state : graph.states)
    text += fmt::format(" state  {} <- {}  {}\n", state.from, state.to, tensor_text(graph, state.from));
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    std::string line = fmt::format("{:4}  {:<15}  {} -> {}", i, op_name(op.kind),
                                   fmt::join(activations(graph, op), ", "), fmt::join(op.outputs, ", "));
    if (!op.outputs.empty()) line += "  " + tensor_text(graph, op.outputs[0]);
    if (const auto more = details(graph, op); !more.empty()) line += "  " + more;
    text += line + "\n";
  }
  for (const int index : graph.outputs)
    text += fmt::format("output  {}  {}\n", index, tensor_text(graph, index));
  if (!graph.classes.empty()) text += "classes " + join(graph.classes) + "\n";
  return text;
}

}  // namespace dew::graph
