// graph: the int8 graph. Types, checks, dump, `.tflite` in and out, ONNX out, and the naive reference
// interpreter.
//
// Quantisation is TensorFlow Lite's int8 specification: real = scale * (q - zero_point); activations per
// tensor, weights symmetric, per channel for convolutions; bias int32 at s_in * s_w. All activations are
// NHWC with N = 1.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::graph {

enum class DType { kInt8, kUInt8, kInt32, kFloat32 };

/// Scales and zero points: one of each, or one of each per channel along `axis`.
struct Quantisation {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int axis = -1;  ///< -1: per tensor
};

/// An activation (`data` is empty) or a constant (`data` holds its bytes, little-endian, row-major).
struct Tensor {
  std::string name;
  std::vector<int> shape;
  DType type = DType::kInt8;
  Quantisation quantisation;
  std::vector<uint8_t> data;

  [[nodiscard]] bool constant() const { return !data.empty(); }
  [[nodiscard]] int64_t elements() const;
  [[nodiscard]] int64_t bytes() const;
};

enum class OpKind {
  kConv2D,           ///< in, weights OHWI, bias? -> out
  kDepthwiseConv2D,  ///< in, weights 1HWC, bias? -> out
  kFullyConnected,   ///< in, weights OI, bias? -> out
  kAdd,              ///< a, b -> out
  kSub,              ///< a, b -> out
  kMul,              ///< a, b -> out
  kDiv,              ///< a, b (constant, no value of which is real 0) -> out
  kMaximum,          ///< a, b -> out, all with one scale and zero point
  kMinimum,          ///< a, b -> out, all with one scale and zero point
  kPrelu,            ///< in, alpha (constant) -> out
  kPad,              ///< in, paddings int32 [rank,2] -> out; pads with the zero point
  kAveragePool2D,    ///< in -> out
  kMaxPool2D,        ///< in -> out
  kMean,             ///< in, axes int32 -> out
  kReshape,          ///< in, shape? -> out
  kSoftmax,          ///< in -> out, scale 1/256, zero point -128
  kLogSoftmax,       ///< in -> out, scale 16/256, zero point 127
  kLogistic,         ///< in -> out, scale 1/256, zero point -128
  kRelu,             ///< in -> out
  kRelu6,            ///< in -> out
  kLeakyRelu,        ///< in -> out
  kHardSwish,        ///< in -> out
  kTanh,             ///< in -> out, scale 1/128, zero point 0
  kNeg,              ///< in -> out
  kConcatenation,    ///< in... -> out
  kTranspose,        ///< in, permutation int32 -> out
  kStridedSlice,     ///< in, begin, end, strides int32 [rank], 0 <= begin < end, strides > 0 -> out
  kResizeNearest,    ///< in, [height, width] int32 -> out
  kResizeBilinear,   ///< in, [height, width] int32 -> out
  kQuantize,         ///< in -> out (float32, uint8 or int8 to int8 or uint8)
  kDequantize,       ///< in -> out
};
std::string_view op_name(OpKind kind);

enum class Activation { kNone, kRelu, kRelu6 };
enum class Padding { kSame, kValid, kExplicit };

/// Fields an operator does not use keep their defaults.
struct Op {
  OpKind kind = OpKind::kConv2D;
  std::vector<int> inputs;  ///< indices into Graph::tensors; -1: absent
  std::vector<int> outputs;
  Activation activation = Activation::kNone;
  Padding padding = Padding::kValid;
  int pad_top = 0;  ///< rows and columns of zero point, for kExplicit (kSame is worked out from shapes)
  int pad_bottom = 0;
  int pad_left = 0;
  int pad_right = 0;
  int stride_h = 1;
  int stride_w = 1;
  int dilation_h = 1;
  int dilation_w = 1;
  int filter_h = 0;  ///< pools
  int filter_w = 0;
  int depth_multiplier = 1;
  int axis = 0;                     ///< concatenation
  float beta = 1.0F;                ///< softmax
  float alpha = 0.0F;               ///< leaky relu: the slope below 0
  bool keep_dims = false;           ///< mean
  bool align_corners = false;       ///< resizing: the corners' pixels stay in the corners
  bool half_pixel_centers = false;  ///< resizing: a pixel is at its centre, not at its upper left corner
};

/// What a net remembers from one run to the next. At the start of a run, tensor `from`, which no operator
/// makes, holds what tensor `to` held at the end of the run before; in the first run it holds `initial`.
/// TensorFlow Lite's variables become this: a read gives what its last assignment before it has stored, so
/// only the value at the start of a run is left to remember.
struct State {
  std::string name;
  int from = 0;
  int to = 0;
  std::vector<uint8_t> initial;
};

/// Operators are in an order in which they can run.
struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Op> ops;
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::vector<std::string> classes;  ///< names of the outputs, if known
  std::vector<State> states = {};
};

// For graphs that have passed check().

int64_t element_bytes(DType type);
std::string_view type_name(DType type);

/// The values of a constant int32 tensor (axes, paddings, permutation, bias).
std::vector<int> constant_int32(const Tensor& tensor);

/// How the window of a convolution or pool moves over its input. Padding is in rows and columns.
struct Window {
  int in_h = 0;
  int in_w = 0;
  int filter_h = 0;
  int filter_w = 0;
  int out_h = 0;
  int out_w = 0;
  int pad_top = 0;
  int pad_bottom = 0;
  int pad_left = 0;
  int pad_right = 0;
};

/// kSame pads as TensorFlow does: just enough for ceil(in / stride) outputs, with an odd row or column at the
/// bottom or right. Needs 4-D input and weights and strides of at least 1; out_h or out_w is 0 if the window
/// does not fit.
Window window(const Graph& graph, const Op& op);

/// s_in * s_w / s_out for one output channel of a convolution or FullyConnected, in double. FullyConnected
/// with a single weight scale computes s_in * s_w in float, as TensorFlow Lite does.
double effective_scale(const Graph& graph, const Op& op, int channel);

/// Where an output row or column of a resized picture comes from: it is `lower` * (1024 - fraction) +
/// `upper` * fraction, over 1024. Nearest neighbours have the fraction 0.
struct Source {
  int lower = 0;
  int upper = 0;
  int fraction = 0;  ///< 0 if lower and upper are the same
};

/// The sources of all rows (axis 1) or columns (axis 2) of the operator's output, as TensorFlow Lite Micro
/// computes them.
std::vector<Source> resize_sources(const Graph& graph, const Op& op, size_t axis);

/// Both ends included.
struct Range {
  int low = -128;
  int high = 127;
};

/// The range that the operator's outputs are clamped to: the type's, limited by an activation to real 0
/// and 6.
Range activation_range(const Op& op, const Tensor& output);

/// How accumulators become int8 (docs/numeric-contract.md).
enum class Rounding {
  kDew,     ///< M = round(s * 2^32), y = zp + ((acc * M + 2^31) >> 32): one instruction on most cores
  kTflite,  ///< TensorFlow Lite's double rounding, to the bit
};

/// Checks shapes, types, scales and order. Error: names the operator, its index and what is wrong.
Result<void> check(const Graph& graph);

/// The graph as text, one line per operator.
std::string dump(const Graph& graph);

/// `name` is the file's name in errors. Error: truncated or foreign bytes; an unsupported operator, a float
/// model, a dynamic shape, a scale of 0 or NaN (each names the operator, its index and what is supported);
/// out of memory.
Result<Graph> read_tflite(std::string_view bytes, const std::string& name);

/// A FlatBuffer that TensorFlow Lite, LiteRT and XNNPACK load.
Result<std::string> write_tflite(const Graph& graph);

/// An ONNX model in QDQ form (opset 13). Inputs and outputs have the graph's types and layout (NHWC). Results
/// equal ours up to rounding, because runtimes requantise in float.
Result<std::string> write_onnx(const Graph& graph);

/// The oracle: runs the graph in the plainest code. `input` holds the bytes of the graph's single input
/// tensor; the result holds the bytes of every activation, indexed by tensor. A net with state runs for the
/// first time. Error: another number of bytes; out of memory.
Result<std::vector<std::vector<uint8_t>>> interpret(const Graph& graph, std::span<const uint8_t> input,
                                                    Rounding rounding);

/// The bytes of each of a graph's states.
using Memory = std::vector<std::vector<uint8_t>>;
Memory first_memory(const Graph& graph);

/// The same with what the run before has left in `memory`, which is brought up to date.
Result<std::vector<std::vector<uint8_t>>> interpret(const Graph& graph, std::span<const uint8_t> input,
                                                    Rounding rounding, Memory& memory);

}  // namespace dew::graph
