// The rules for convolutions, FullyConnected, pools and Mean: shapes, scales, and sums that fit int32.
#include <fmt/format.h>

#include <cstdlib>

#include "graph/check.h"

namespace dew::graph {
namespace {

constexpr int64_t kMax32 = (int64_t{1} << 31) - 1;
constexpr int kMostStep = 1 << 16;     // of strides, dilations and pads
constexpr int64_t kMostSum = 1 << 22;  // values in one mean or pool

bool image(const Tensor& t) {
  return t.shape.size() == 4 && t.shape[0] == 1;
}

Result<void> check_steps(const OpCheck& at) {
  const Op& op = at.op();
  for (const int step : {op.stride_h, op.stride_w, op.dilation_h, op.dilation_w}) {
    if (step < 1 || step > kMostStep) return at.fail(fmt::format("has a stride or dilation of {}", step));
  }
  if (op.padding != Padding::kExplicit) return {};
  for (const int pad : {op.pad_top, op.pad_bottom, op.pad_left, op.pad_right}) {
    if (pad < 0 || pad > kMostStep) return at.fail(fmt::format("is padded by {}", pad));
  }
  return {};
}

/// A filter that fits its input, and the output shape that follows from it.
Result<void> check_window(const OpCheck& at, int filter_h, int filter_w, int channels) {
  if (filter_h < 1 || filter_w < 1 || filter_h > kMostStep || filter_w > kMostStep)
    return at.fail(fmt::format("has a filter of {}x{}", filter_h, filter_w));
  const Window w = window(at.graph(), at.op());
  if (w.out_h < 1 || w.out_w < 1)
    return at.fail(fmt::format("has a filter larger than its input {}", shape_text(at.input(0).shape)));
  return at.shape_is(at.output(), {1, w.out_h, w.out_w, channels});
}

/// Weights as in TensorFlow Lite's int8 specification: symmetric, with one scale or one per channel.
Result<void> check_weights(const OpCheck& at, const Tensor& weights, int channel_axis) {
  if (weights.type != DType::kInt8)
    return at.fail(fmt::format("has {} weights; int8 is supported", type_name(weights.type)),
                   how_to_int8(weights.type));
  if (!weights.constant()) return at.fail("has weights that are not constant");
  const Quantisation& q = weights.quantisation;
  for (const int64_t zero_point : q.zero_point) {
    if (zero_point != 0) return at.fail(fmt::format("has weights with the zero point {}, not 0", zero_point));
  }
  if (q.scale.size() > 1 && q.axis != channel_axis)
    return at.fail(fmt::format("has weight scales along axis {}, not {}", q.axis, channel_axis));
  return {};
}

/// |bias| + 256 * sum |w| of every channel must fit int32. Then no order of additions overflows, whether the
/// input's zero point is folded into the bias or not.
Result<void> check_sums(const OpCheck& at, const Tensor& weights, int channels, bool channel_last) {
  std::vector<int64_t> largest(static_cast<size_t>(channels), 0);
  if (at.has_input(2)) {
    DEW_CHECK(at.is_constant_int32(2, channels, "biases"));
    const auto bias = constant_int32(at.input(2));
    for (size_t c = 0; c < bias.size(); ++c) largest[c] = std::abs(int64_t{bias[c]});
  }
  const size_t count = static_cast<size_t>(channels);
  const size_t block = weights.data.size() / count;
  for (size_t i = 0; i < weights.data.size(); ++i)
    largest[channel_last ? i % count : i / block] +=
        256 * std::abs(int64_t{static_cast<int8_t>(weights.data[i])});
  for (size_t c = 0; c < count; ++c) {
    if (largest[c] > kMax32)
      return at.fail(fmt::format("can overflow its 32-bit sum in output channel {}", c));
  }
  return {};
}

}  // namespace

Result<void> check_convolution(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 3, 2));
  const Tensor& in = at.input(0);
  const Tensor& weights = at.input(1);
  DEW_CHECK(at.is_int8(in, "input"));
  DEW_CHECK(at.is_int8(at.output(), "output"));
  if (!image(in)) return at.fail("has an input of shape " + shape_text(in.shape) + ", not [1, H, W, C]");
  if (weights.shape.size() != 4) return at.fail("has weights of shape " + shape_text(weights.shape));
  const bool depthwise = at.op().kind == OpKind::kDepthwiseConv2D;
  DEW_CHECK(check_weights(at, weights, depthwise ? 3 : 0));
  const int channels = weights.shape[depthwise ? 3 : 0];
  if (depthwise) {
    if (weights.shape[0] != 1 || int64_t{in.shape[3]} * at.op().depth_multiplier != channels)
      return at.fail(fmt::format("has weights of shape {} for {} input channels and depth multiplier {}",
                                 shape_text(weights.shape), in.shape[3], at.op().depth_multiplier));
  } else if (weights.shape[3] != in.shape[3]) {
    return at.fail(
        fmt::format("has weights of shape {} for {} input channels; grouped convolution is not "
                    "supported",
                    shape_text(weights.shape), in.shape[3]));
  }
  DEW_CHECK(check_steps(at));
  DEW_CHECK(check_window(at, weights.shape[1], weights.shape[2], channels));
  return check_sums(at, weights, channels, depthwise);
}

Result<void> check_fully_connected(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 3, 2));
  const Tensor& in = at.input(0);
  const Tensor& weights = at.input(1);
  DEW_CHECK(at.is_int8(in, "input"));
  DEW_CHECK(at.is_int8(at.output(), "output"));
  DEW_CHECK(check_weights(at, weights, 0));
  if (weights.shape.size() != 2 || in.elements() % weights.shape[1] != 0)
    return at.fail("has weights of shape " + shape_text(weights.shape) + " for an input of shape " +
                   shape_text(in.shape));
  const int64_t rows = in.elements() / weights.shape[1];
  const auto& out = at.output().shape;
  if (out.empty() || out.back() != weights.shape[0] || at.output().elements() != rows * weights.shape[0])
    return at.fail("has an output of shape " + shape_text(out) + " for weights of shape " +
                   shape_text(weights.shape));
  return check_sums(at, weights, weights.shape[0], false);
}

Result<void> check_pool(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  const Tensor& in = at.input(0);
  DEW_CHECK(at.is_int8(in, "input"));
  DEW_CHECK(at.is_int8(at.output(), "output"));
  DEW_CHECK(at.same_quantisation(in, at.output()));
  if (!image(in)) return at.fail("has an input of shape " + shape_text(in.shape) + ", not [1, H, W, C]");
  DEW_CHECK(check_steps(at));
  const Op& op = at.op();
  if (op.padding == Padding::kExplicit) return at.fail("has explicit padding; pools support SAME and VALID");
  if (op.dilation_h != 1 || op.dilation_w != 1) return at.fail("is dilated; dilated pools are not supported");
  DEW_CHECK(check_window(at, op.filter_h, op.filter_w, in.shape[3]));
  if (int64_t{op.filter_h} * op.filter_w > kMostSum)
    return at.fail(fmt::format("has a filter of {}x{}", op.filter_h, op.filter_w));
  return {};
}

Result<void> check_mean(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  const Tensor& in = at.input(0);
  DEW_CHECK(at.is_int8(in, "input"));
  DEW_CHECK(at.is_int8(at.output(), "output"));
  DEW_CHECK(at.is_constant_int32(1, at.input(1).elements(), "axes"));
  const auto rank = static_cast<int>(in.shape.size());
  std::vector<int> shape = in.shape;
  for (const int axis : constant_int32(at.input(1))) {
    if (axis < -rank || axis >= rank)
      return at.fail(fmt::format("has axis {} for a tensor of {} dimensions", axis, rank));
    shape[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = 0;
  }
  std::vector<int> due;
  for (const int extent : shape) {
    if (extent != 0)
      due.push_back(extent);
    else if (at.op().keep_dims)
      due.push_back(1);
  }
  DEW_CHECK(at.shape_is(at.output(), due));
  if (in.elements() / at.output().elements() > kMostSum)
    return at.fail("adds up too many values for 32 bits");
  return {};
}

}  // namespace dew::graph
