// The rules for operators that work element by element.
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

/// One step of the input, in the fixed point of Logistic and Tanh.
Result<void> check_step(const OpCheck& at) {
  const double step = std::ldexp(scale(at.input(0)), 27);
  if (step >= 1.0 && step < std::ldexp(1.0, 30)) return {};
  return at.fail(fmt::format("has the input scale {}, out of range", scale(at.input(0))));
}

Result<void> check_byte(const OpCheck& at, const Tensor& t, const std::string& role) {
  if ((t.type == DType::kInt8 || t.type == DType::kUInt8) && t.quantisation.scale.size() == 1) return {};
  return at.fail(
      fmt::format("has {} {}; int8 or uint8 with one scale is supported", type_name(t.type), role));
}

}  // namespace

Result<void> check_binary(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  DEW_CHECK(at.int8_to_int8());
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
  const OpKind kind = at.op().kind;
  if (kind == OpKind::kMul || kind == OpKind::kDiv) return {};
  if (kind == OpKind::kMaximum || kind == OpKind::kMinimum) {
    DEW_CHECK(at.same_quantisation(at.input(0), at.output()));
    return at.same_quantisation(at.input(1), at.output());
  }
  DEW_CHECK(check_factor(at, scale(at.input(0)) / scale(at.output())));
  return check_factor(at, scale(at.input(1)) / scale(at.output()));
}

Result<void> check_div(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  if (!at.input(1).constant())
    return at.fail("has a divisor that is not constant",
                   "multiply by a reciprocal that is computed before the model, or divide by a constant");
  DEW_CHECK(check_binary(at));
  const auto zero = static_cast<uint8_t>(at.input(1).quantisation.zero_point[0]);
  const auto& divisors = at.input(1).data;
  if (std::find(divisors.begin(), divisors.end(), zero) != divisors.end())
    return at.fail("divides by zero: one of its divisors is the zero point",
                   "quantise the divisors with a range that does not round any of them to zero");
  return check_factor(at, scale(at.input(0)) / scale(at.input(1)) / scale(at.output()));
}

Result<void> check_relu(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  DEW_CHECK(at.int8_to_int8());
  return at.same_shape(at.output(), at.input(0));
}

Result<void> check_prelu(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  if (!at.input(1).constant()) return at.fail("has slopes that are not constant");
  DEW_CHECK(at.same_shape(at.output(), at.input(0)));
  DEW_CHECK(check_binary(at));
  return check_factor(at, scale(at.input(0)) / scale(at.output()));
}

Result<void> check_leaky_relu(const OpCheck& at) {
  DEW_CHECK(check_relu(at));
  if (!std::isfinite(at.op().alpha)) return at.fail(fmt::format("has the slope {}", at.op().alpha));
  if (at.op().alpha < 0)
    return at.fail(fmt::format("has the slope {}; slopes of 0 and more are supported", at.op().alpha));
  DEW_CHECK(check_factor(at, at.op().alpha * scale(at.input(0)) / scale(at.output())));
  return check_factor(at, scale(at.input(0)) / scale(at.output()));
}

/// TensorFlow Lite Micro computes in 16 bits, and refuses what would need more.
Result<void> check_hard_swish(const OpCheck& at) {
  DEW_CHECK(check_relu(at));
  const float fine = 1.0F / 128 * at.input(0).quantisation.scale[0];
  const float out = fine / at.output().quantisation.scale[0];
  const float three = fine / (3.0F / 32768);
  constexpr float kLargest = kLargestFactor;
  if (out < 1.0F && out > 1 / kLargest && three < kLargest && three > 1 / kLargest) return {};
  return at.fail(fmt::format("has the scales {} and {}, which are too far apart or out of range",
                             scale(at.input(0)), scale(at.output())));
}

Result<void> check_tanh(const OpCheck& at) {
  DEW_CHECK(check_relu(at));
  const Quantisation& q = at.output().quantisation;
  if (q.scale[0] != 1.0F / 128 || q.zero_point[0] != 0)
    return at.fail(
        fmt::format("has an output with scale {} and zero point {}; only 1/128 and 0 are supported",
                    q.scale[0], q.zero_point[0]));
  return check_step(at);
}

namespace {

Result<void> check_classes(const OpCheck& at) {
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

}  // namespace

Result<void> check_softmax(const OpCheck& at) {
  DEW_CHECK(check_relu(at));
  DEW_CHECK(check_probability(at));
  return check_classes(at);
}

Result<void> check_log_softmax(const OpCheck& at) {
  DEW_CHECK(check_relu(at));
  const Quantisation& q = at.output().quantisation;
  if (q.scale[0] != 16.0F / 256 || q.zero_point[0] != 127)
    return at.fail(
        fmt::format("has an output with scale {} and zero point {}; only 16/256 and 127 are supported",
                    q.scale[0], q.zero_point[0]));
  return check_classes(at);
}

Result<void> check_logistic(const OpCheck& at) {
  DEW_CHECK(at.arity(1, 1, 1));
  DEW_CHECK(at.int8_to_int8());
  DEW_CHECK(at.same_shape(at.output(), at.input(0)));
  DEW_CHECK(check_probability(at));
  return check_step(at);
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

}  // namespace dew::graph
