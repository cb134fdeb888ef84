// See the header. A union member that is absent or of another kind reads as nullptr, which DEW_OPTIONS
// checks.
#include "graph/tflite_ops.h"

#include <fmt/format.h>

#include "graph/tflite_rewrite.h"
#include "graph/tflite_variables.h"

namespace dew::graph {
namespace {

using Refusal = tl::unexpected<std::string>;
using Done = tl::expected<void, std::string>;

struct Pair {
  OpKind kind;
  tflite::BuiltinOperator code;
};

constexpr Pair kPairs[] = {
    {OpKind::kConv2D, tflite::BuiltinOperator_CONV_2D},
    {OpKind::kDepthwiseConv2D, tflite::BuiltinOperator_DEPTHWISE_CONV_2D},
    {OpKind::kFullyConnected, tflite::BuiltinOperator_FULLY_CONNECTED},
    {OpKind::kAdd, tflite::BuiltinOperator_ADD},
    {OpKind::kSub, tflite::BuiltinOperator_SUB},
    {OpKind::kMul, tflite::BuiltinOperator_MUL},
    {OpKind::kDiv, tflite::BuiltinOperator_DIV},
    {OpKind::kMaximum, tflite::BuiltinOperator_MAXIMUM},
    {OpKind::kMinimum, tflite::BuiltinOperator_MINIMUM},
    {OpKind::kPrelu, tflite::BuiltinOperator_PRELU},
    {OpKind::kPad, tflite::BuiltinOperator_PAD},
    {OpKind::kAveragePool2D, tflite::BuiltinOperator_AVERAGE_POOL_2D},
    {OpKind::kMaxPool2D, tflite::BuiltinOperator_MAX_POOL_2D},
    {OpKind::kMean, tflite::BuiltinOperator_MEAN},
    {OpKind::kReshape, tflite::BuiltinOperator_RESHAPE},
    {OpKind::kSoftmax, tflite::BuiltinOperator_SOFTMAX},
    {OpKind::kLogSoftmax, tflite::BuiltinOperator_LOG_SOFTMAX},
    {OpKind::kLogistic, tflite::BuiltinOperator_LOGISTIC},
    {OpKind::kRelu, tflite::BuiltinOperator_RELU},
    {OpKind::kRelu6, tflite::BuiltinOperator_RELU6},
    {OpKind::kLeakyRelu, tflite::BuiltinOperator_LEAKY_RELU},
    {OpKind::kHardSwish, tflite::BuiltinOperator_HARD_SWISH},
    {OpKind::kTanh, tflite::BuiltinOperator_TANH},
    {OpKind::kNeg, tflite::BuiltinOperator_NEG},
    {OpKind::kConcatenation, tflite::BuiltinOperator_CONCATENATION},
    {OpKind::kTranspose, tflite::BuiltinOperator_TRANSPOSE},
    {OpKind::kStridedSlice, tflite::BuiltinOperator_STRIDED_SLICE},
    {OpKind::kResizeNearest, tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR},
    {OpKind::kResizeBilinear, tflite::BuiltinOperator_RESIZE_BILINEAR},
    {OpKind::kQuantize, tflite::BuiltinOperator_QUANTIZE},
    {OpKind::kDequantize, tflite::BuiltinOperator_DEQUANTIZE},
};

Done read_activation(tflite::ActivationFunctionType from, Op& to) {
  switch (from) {
    case tflite::ActivationFunctionType_NONE:
      to.activation = Activation::kNone;
      return {};
    case tflite::ActivationFunctionType_RELU:
      to.activation = Activation::kRelu;
      return {};
    case tflite::ActivationFunctionType_RELU6:
      to.activation = Activation::kRelu6;
      return {};
    default:
      return Refusal(fmt::format("has the fused activation {} ({}); none, RELU and RELU6 are supported",
                                 static_cast<int>(from), tflite::EnumNameActivationFunctionType(from)));
  }
}

/// The options that convolutions and pools share.
template <typename Options>
Done read_window(const Options& from, Op& to) {
  if (from.padding() != tflite::Padding_SAME && from.padding() != tflite::Padding_VALID)
    return Refusal(
        fmt::format("has padding {}; SAME and VALID are supported", static_cast<int>(from.padding())));
  to.padding = from.padding() == tflite::Padding_SAME ? Padding::kSame : Padding::kValid;
  to.stride_h = from.stride_h();
  to.stride_w = from.stride_w();
  return read_activation(from.fused_activation_function(), to);
}

tflite::ActivationFunctionType written_activation(const Op& op) {
  switch (op.activation) {
    case Activation::kNone:
      return tflite::ActivationFunctionType_NONE;
    case Activation::kRelu:
      return tflite::ActivationFunctionType_RELU;
    case Activation::kRelu6:
      return tflite::ActivationFunctionType_RELU6;
  }
  return tflite::ActivationFunctionType_NONE;
}

const Tensor& tensor(const Graph& graph, int index) {
  return graph.tensors[static_cast<size_t>(index)];
}

}  // namespace

std::optional<OpKind> kind_of(tflite::BuiltinOperator code) {
  if (code == tflite::BuiltinOperator_PADV2) return OpKind::kPad;
  if (code == tflite::BuiltinOperator_SQUEEZE) return OpKind::kReshape;
  for (const Pair& pair : kPairs) {
    if (pair.code == code) return pair.kind;
  }
  return std::nullopt;
}

bool is_read(tflite::BuiltinOperator code) {
  return kind_of(code).has_value() || is_rewritten(code) || is_of_variables(code);
}

tflite::BuiltinOperator code_of(OpKind kind) {
  for (const Pair& pair : kPairs) {
    if (pair.kind == kind) return pair.code;
  }
  return tflite::BuiltinOperator_CUSTOM;
}

// Declares `options`, or returns a refusal.
#define DEW_OPTIONS(Type)                                 \
  const auto* options = from.builtin_options_as_##Type(); \
  if (options == nullptr) return Refusal("lacks its " #Type)

tl::expected<void, std::string> read_options(const tflite::Operator& from, Op& to) {
  switch (to.kind) {
    case OpKind::kConv2D: {
      DEW_OPTIONS(Conv2DOptions);
      to.dilation_h = options->dilation_h_factor();
      to.dilation_w = options->dilation_w_factor();
      return read_window(*options, to);
    }
    case OpKind::kDepthwiseConv2D: {
      DEW_OPTIONS(DepthwiseConv2DOptions);
      to.dilation_h = options->dilation_h_factor();
      to.dilation_w = options->dilation_w_factor();
      to.depth_multiplier = options->depth_multiplier();
      return read_window(*options, to);
    }
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D: {
      DEW_OPTIONS(Pool2DOptions);
      to.filter_h = options->filter_height();
      to.filter_w = options->filter_width();
      return read_window(*options, to);
    }
    case OpKind::kFullyConnected: {
      DEW_OPTIONS(FullyConnectedOptions);
      if (options->weights_format() != 0) return Refusal("has shuffled weights; plain ones are supported");
      return read_activation(options->fused_activation_function(), to);
    }
    case OpKind::kAdd: {
      DEW_OPTIONS(AddOptions);
      return read_activation(options->fused_activation_function(), to);
    }
    case OpKind::kMul: {
      DEW_OPTIONS(MulOptions);
      return read_activation(options->fused_activation_function(), to);
    }
    case OpKind::kDiv: {
      DEW_OPTIONS(DivOptions);
      return read_activation(options->fused_activation_function(), to);
    }
    case OpKind::kSub: {
      DEW_OPTIONS(SubOptions);
      return read_activation(options->fused_activation_function(), to);
    }
    case OpKind::kLeakyRelu: {
      DEW_OPTIONS(LeakyReluOptions);
      to.alpha = options->alpha();
      return {};
    }
    case OpKind::kResizeNearest: {
      DEW_OPTIONS(ResizeNearestNeighborOptions);
      to.align_corners = options->align_corners();
      to.half_pixel_centers = options->half_pixel_centers();
      return {};
    }
    case OpKind::kResizeBilinear: {
      DEW_OPTIONS(ResizeBilinearOptions);
      to.align_corners = options->align_corners();
      to.half_pixel_centers = options->half_pixel_centers();
      return {};
    }
    case OpKind::kConcatenation: {
      DEW_OPTIONS(ConcatenationOptions);
      to.axis = options->axis();
      return read_activation(options->fused_activation_function(), to);
    }
    case OpKind::kMean: {
      DEW_OPTIONS(ReducerOptions);
      to.keep_dims = options->keep_dims();
      return {};
    }
    case OpKind::kSoftmax: {
      DEW_OPTIONS(SoftmaxOptions);
      to.beta = options->beta();
      return {};
    }
    case OpKind::kPad:
    case OpKind::kReshape:
    case OpKind::kLogSoftmax:
    case OpKind::kLogistic:
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kTranspose:
    case OpKind::kQuantize:
    case OpKind::kDequantize:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
    case OpKind::kPrelu:
    case OpKind::kHardSwish:
    case OpKind::kTanh:
    case OpKind::kNeg:
    case OpKind::kStridedSlice:  // whose masks tflite_rewrite.cpp reads
      return {};
  }
  return {};
}
#undef DEW_OPTIONS

int version_of(const Graph& graph, const Op& op) {
  const size_t rank = tensor(graph, op.inputs[0]).shape.size();
  switch (op.kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
      return 3;
    case OpKind::kFullyConnected:
      return op.inputs.size() == 2 ? 6 : 4;
    case OpKind::kMul: {
      const auto scale = [&](int index) { return tensor(graph, index).quantisation.scale[0]; };
      return scale(op.inputs[0]) * scale(op.inputs[1]) / scale(op.outputs[0]) >= 1.0F ? 3 : 2;
    }
    case OpKind::kPad:
    case OpKind::kTranspose:
      return rank > 4 ? 4 : 2;
    case OpKind::kReshape:
    case OpKind::kQuantize:
    case OpKind::kPrelu:
    case OpKind::kHardSwish:
    case OpKind::kNeg:
      return 1;
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
      return op.half_pixel_centers ? 3 : 2;
    case OpKind::kDequantize:
      return tensor(graph, op.inputs[0]).type == DType::kInt8 ? 2 : 1;
    case OpKind::kAdd:
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
    case OpKind::kMean:
    case OpKind::kSoftmax:
    case OpKind::kLogSoftmax:
    case OpKind::kLogistic:
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kConcatenation:
    case OpKind::kSub:
    case OpKind::kDiv:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
    case OpKind::kLeakyRelu:
    case OpKind::kTanh:
    case OpKind::kStridedSlice:
      return 2;
  }
  return 1;
}

WrittenOptions write_options(flatbuffers::FlatBufferBuilder& builder, const Graph& graph, const Op& op) {
  const auto activation = written_activation(op);
  const auto padding = op.padding == Padding::kSame ? tflite::Padding_SAME : tflite::Padding_VALID;
  switch (op.kind) {
    case OpKind::kConv2D:
      return {tflite::BuiltinOptions_Conv2DOptions,
              tflite::CreateConv2DOptions(builder, padding, op.stride_w, op.stride_h, activation,
                                          op.dilation_w, op.dilation_h)
                  .Union()};
    case OpKind::kDepthwiseConv2D:
      return {
          tflite::BuiltinOptions_DepthwiseConv2DOptions,
          tflite::CreateDepthwiseConv2DOptions(builder, padding, op.stride_w, op.stride_h,
                                               op.depth_multiplier, activation, op.dilation_w, op.dilation_h)
              .Union()};
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
      return {tflite::BuiltinOptions_Pool2DOptions,
              tflite::CreatePool2DOptions(builder, padding, op.stride_w, op.stride_h, op.filter_w,
                                          op.filter_h, activation)
                  .Union()};
    case OpKind::kFullyConnected:
      return {tflite::BuiltinOptions_FullyConnectedOptions,
              tflite::CreateFullyConnectedOptions(builder, activation).Union()};
    case OpKind::kAdd:
      return {tflite::BuiltinOptions_AddOptions, tflite::CreateAddOptions(builder, activation).Union()};
    case OpKind::kMul:
      return {tflite::BuiltinOptions_MulOptions, tflite::CreateMulOptions(builder, activation).Union()};
    case OpKind::kConcatenation:
      return {tflite::BuiltinOptions_ConcatenationOptions,
              tflite::CreateConcatenationOptions(builder, op.axis, activation).Union()};
    case OpKind::kMean:
      return {tflite::BuiltinOptions_ReducerOptions,
              tflite::CreateReducerOptions(builder, op.keep_dims).Union()};
    case OpKind::kSoftmax:
      return {tflite::BuiltinOptions_SoftmaxOptions, tflite::CreateSoftmaxOptions(builder, op.beta).Union()};
    case OpKind::kLogSoftmax:
      return {tflite::BuiltinOptions_LogSoftmaxOptions, tflite::CreateLogSoftmaxOptions(builder).Union()};
    case OpKind::kReshape:
      return {tflite::BuiltinOptions_ReshapeOptions,
              tflite::CreateReshapeOptionsDirect(builder, &tensor(graph, op.outputs[0]).shape).Union()};
    case OpKind::kPad:
      return {tflite::BuiltinOptions_PadOptions, tflite::CreatePadOptions(builder).Union()};
    case OpKind::kTranspose:
      return {tflite::BuiltinOptions_TransposeOptions, tflite::CreateTransposeOptions(builder).Union()};
    case OpKind::kQuantize:
      return {tflite::BuiltinOptions_QuantizeOptions, tflite::CreateQuantizeOptions(builder).Union()};
    case OpKind::kDequantize:
      return {tflite::BuiltinOptions_DequantizeOptions, tflite::CreateDequantizeOptions(builder).Union()};
    case OpKind::kSub:
      return {tflite::BuiltinOptions_SubOptions, tflite::CreateSubOptions(builder, activation).Union()};
    case OpKind::kDiv:
      return {tflite::BuiltinOptions_DivOptions, tflite::CreateDivOptions(builder, activation).Union()};
    case OpKind::kMaximum:
    case OpKind::kMinimum:
      return {tflite::BuiltinOptions_MaximumMinimumOptions,
              tflite::CreateMaximumMinimumOptions(builder).Union()};
    case OpKind::kLeakyRelu:
      return {tflite::BuiltinOptions_LeakyReluOptions,
              tflite::CreateLeakyReluOptions(builder, op.alpha).Union()};
    case OpKind::kHardSwish:
      return {tflite::BuiltinOptions_HardSwishOptions, tflite::CreateHardSwishOptions(builder).Union()};
    case OpKind::kNeg:
      return {tflite::BuiltinOptions_NegOptions, tflite::CreateNegOptions(builder).Union()};
    case OpKind::kStridedSlice:
      return {tflite::BuiltinOptions_StridedSliceOptions, tflite::CreateStridedSliceOptions(builder).Union()};
    case OpKind::kResizeNearest:
      return {tflite::BuiltinOptions_ResizeNearestNeighborOptions,
              tflite::CreateResizeNearestNeighborOptions(builder, op.align_corners, op.half_pixel_centers)
                  .Union()};
    case OpKind::kResizeBilinear:
      return {tflite::BuiltinOptions_ResizeBilinearOptions,
              tflite::CreateResizeBilinearOptions(builder, op.align_corners, op.half_pixel_centers).Union()};
    case OpKind::kLogistic:
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kPrelu:
    case OpKind::kTanh:
      return {};
  }
  return {};
}

}  // namespace dew::graph
