// The rules for operators that work element by element, and for those that only move values.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "graph/check.h"

namespace dew::graph {
namespace {

constexpr double kLargestFactor = 65536.0;  // an input's scale over the output's
constexpr int kMostClasses = 4095;          // in one softmax, whose sum has 12 integer bits

double scale(const Tensor& t) {
  return t.quantisation.scale[0];
}

Result<void> check_factor(const OpCheck& at, double factor) {
  if (factor < kLargestFactor) return {};
  return at.fail(fmt::format("has an input scale {} times that of its output; less than {} is supported",
                             factor, kLargestFactor));
}

/// Softmax and Logistic have the output scale 1/256 and the zero point -128.
Result<void> check_probability(const OpCheck& at) {
  const Quantisation& q = at.output().quantisation;
  if (q.scale[0] == 1.0F / 256 && q.zero_point[0] == -128) return {};
  return at.fail(
      fmt::format("has an output with scale {} and zero point {}; only 1/256 and -128 are supported",
                  q.scale[0], q.zero_point[0]));
}

Result<void> check_int8_to_int8(const OpCheck& at) {
  DEW_CHECK(at.is_int8(at.input(0), "input"));
  return at.is_int8(at.output(), "output");
}

Result<void> check_byte(const OpCheck& at, const Tensor& t, const std::string& role) {
  if ((t.type == DType::kInt8 || t.type == DType::kUInt8) && t.quantisation.scale.size() == 1) return {};
  return at.fail(
      fmt::format("has {} {}; int8 or uint8 with one scale is supported", type_name(t.type), role));
}

}  // namespace

Result<void> check_binary(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  DEW_CHECK(check_int8_to_int8(at));
  DEW_CHECK(at.is_int8(at.input(1), "input"));
  const auto& a = at.input(0).shape;
  const auto& b = at.input(1).shape;
  std::vector<int> due(std::max(a.size(), b.size()), 1);
  for (const auto* shape : {&a, &b}) {
    const size_t lead = due.size() - shape->size();
    for (size_t i = 0; i < shape->size(); ++i) {
      const int extent = (*shape)[i];
      if (extent != 1 && due[lead + i] != 1 && due[lead + i] != extent)
        return at.fail("has inputs of shapes " + shape_text(a) + " and " + shape_text(b));
      due[lead + i] = std::max(due[lead + i], extent);
    }
  }
  DEW_CHECK(at.shape_is(at.output(), due));
  if (at.op().kind == OpKind::kMul) return {};
  DEW_CHECK(check_factor(at, scale(at.input(0)) / scale(at.output())));
  return check_factor(at, scale(at.input(1)) / scale(at.output()));
}

Result<void> check_relu(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  DEW_CHECK(check_int8_to_int8(at));
  return at.same_shape(at.output(), at.input(0));
}

Result<void> check_softmax(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  DEW_CHECK(check_int8_to_int8(at));
  DEW_CHECK(at.same_shape(at.output(), at.input(0)));
  DEW_CHECK(check_probability(at));
  if (at.input(0).shape.empty() || at.input(0).shape.back() > kMostClasses)
    return at.fail(fmt::format("has an input of shape {}; at most {} classes are supported",
                               shape_text(at.input(0).shape), kMostClasses));
  // One step of the input, as Q5.26, must be more than 1.
  const double step = std::ldexp(at.op().beta * scale(at.input(0)), 26);
  if (!(step > 1.0) || !std::isfinite(step))
    return at.fail(fmt::format("has beta {} and input scale {}; their product is out of range", at.op().beta,
                               scale(at.input(0))));
  return {};
}

Result<void> check_logistic(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  DEW_CHECK(check_int8_to_int8(at));
  DEW_CHECK(at.same_shape(at.output(), at.input(0)));
  DEW_CHECK(check_probability(at));
  const double step = std::ldexp(scale(at.input(0)), 27);
  if (step < 1.0 || step >= std::ldexp(1.0, 30))
    return at.fail(fmt::format("has the input scale {}, out of range", scale(at.input(0))));
  return {};
}

Result<void> check_quantize(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  if (at.input(0).type != DType::kFloat32) DEW_CHECK(check_byte(at, at.input(0), "input"));
  DEW_CHECK(check_byte(at, at.output(), "output"));
  return at.same_shape(at.output(), at.input(0));
}

Result<void> check_dequantize(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  DEW_CHECK(check_byte(at, at.input(0), "input"));
  if (at.output().type != DType::kFloat32)
    return at.fail(fmt::format("has {} output; float32 is supported", type_name(at.output().type)));
  return at.same_shape(at.output(), at.input(0));
}

Result<void> check_pad(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  DEW_CHECK(check_int8_to_int8(at));
  DEW_CHECK(at.same_quantisation(at.input(0), at.output()));
  std::vector<int> due = at.input(0).shape;
  DEW_CHECK(at.is_constant_int32(1, static_cast<int64_t>(due.size()) * 2, "paddings"));
  const auto paddings = constant_int32(at.input(1));
  for (size_t i = 0; i < paddings.size(); ++i) {
    if (paddings[i] < 0 || paddings[i] > (1 << 16)) return at.fail(fmt::format("pads by {}", paddings[i]));
    if (__builtin_add_overflow(due[i / 2], paddings[i], &due[i / 2])) return at.fail("pads too far");
  }
  return at.shape_is(at.output(), due);
}

Result<void> check_reshape(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 2, 1));
  DEW_CHECK(check_int8_to_int8(at));
  DEW_CHECK(at.same_quantisation(at.input(0), at.output()));
  if (at.input(0).elements() != at.output().elements())
    return at.fail("turns " + shape_text(at.input(0).shape) + " into " + shape_text(at.output().shape));
  return {};
}

Result<void> check_concatenation(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1024, at.op().inputs.size()));
  DEW_CHECK(at.is_int8(at.output(), "output"));
  if (at.op().activation != Activation::kNone) return at.fail("has an activation, which is not supported");
  std::vector<int> due = at.input(0).shape;
  const auto rank = static_cast<int>(due.size());
  const int axis = at.op().axis < 0 ? at.op().axis + rank : at.op().axis;
  if (axis < 0 || axis >= rank)
    return at.fail(fmt::format("has axis {} for a tensor of {} dimensions", at.op().axis, rank));
  const auto along = static_cast<size_t>(axis);
  for (size_t i = 0; i < at.op().inputs.size(); ++i) {
    const Tensor& in = at.input(i);
    DEW_CHECK(at.is_int8(in, "input"));
    DEW_CHECK(at.same_quantisation(in, at.output()));
    if (static_cast<int>(in.shape.size()) != rank)
      return at.fail("joins " + shape_text(in.shape) + " and " + shape_text(at.input(0).shape));
    if (i == 0) continue;
    if (__builtin_add_overflow(due[along], in.shape[along], &due[along])) return at.fail("joins too much");
    std::vector<int> like = in.shape;
    like[along] = due[along];
    if (like != due)
      return at.fail("joins " + shape_text(in.shape) + " and " + shape_text(at.input(0).shape));
  }
  return at.shape_is(at.output(), due);
}

Result<void> check_transpose(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  DEW_CHECK(check_int8_to_int8(at));
  DEW_CHECK(at.same_quantisation(at.input(0), at.output()));
  const auto& from = at.input(0).shape;
  DEW_CHECK(at.is_constant_int32(1, static_cast<int64_t>(from.size()), "axes"));
  std::vector<int> due;
  std::vector<bool> seen(from.size(), false);
  for (const int axis : constant_int32(at.input(1))) {
    if (axis < 0 || axis >= static_cast<int>(from.size()) || seen[static_cast<size_t>(axis)])
      return at.fail("has axes that are not a permutation");
    seen[static_cast<size_t>(axis)] = true;
    due.push_back(from[static_cast<size_t>(axis)]);
  }
  return at.shape_is(at.output(), due);
}

}  // namespace dew::graph
