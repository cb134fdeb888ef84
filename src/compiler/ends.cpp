// What a model takes and gives: pictures or tensors, classes, maps or values.
#include <algorithm>
#include <array>
#include <cmath>

#include "compiler/compiler.h"
#include "compiler/emit.h"
#include "compiler/lower.h"

namespace dew::compiler {
namespace {

using graph::DType;

/// Whether 0 to 255 became these real values in one of the ways in which pictures are prepared.
bool spans_pixels(float scale, int zero_point) {
  constexpr std::array<std::array<float, 2>, 5> kRanges = {
      {{0, 1}, {-1, 1}, {0, 255}, {-128, 127}, {-0.5F, 0.5F}}};
  const float low = scale * static_cast<float>(-128 - zero_point);
  const float high = scale * static_cast<float>(127 - zero_point);
  return std::any_of(kRanges.begin(), kRanges.end(), [&](const auto& range) {
    const float near = 0.02F * (range[1] - range[0]);
    return std::abs(low - range[0]) <= near && std::abs(high - range[1]) <= near;
  });
}

/// Three channels of bytes are colours, whatever the scale; one channel, or floats, could be anything, so
/// there the range must be that of pixels.
bool is_picture(const Plan& plan, const Ends& ends) {
  constexpr int64_t kLeast = 4;  // a few readings of three axes are no picture
  const Shape4 in = shape4(plan.input);
  if (in[1] < kLeast || in[2] < kLeast || (in[3] != 1 && in[3] != 3)) return false;
  if (in[3] == 3 && plan.input_conversion.kind != Conversion::Kind::kFloat) return true;
  return spans_pixels(ends.input_scale, ends.input_zero_point);
}

bool is_vector(const graph::Tensor& tensor) {
  return !tensor.shape.empty() && tensor.shape.back() == tensor.elements();
}

/// The quantisation of softmax and logistic, or of the softmax's logarithm.
bool are_probabilities(const Ends& ends) {
  return (ends.output_scale == 1 / 256.0F && ends.output_zero_point == -128) ||
         (ends.output_scale == 16 / 256.0F && ends.output_zero_point == 127);
}

}  // namespace

Inside inside_of(const graph::Tensor& tensor, const Conversion& conversion) {
  Inside inside;
  if (conversion.kind == Conversion::Kind::kFloat) {
    inside = {conversion.scale, conversion.zero_point};
  } else if (!tensor.quantisation.scale.empty()) {
    inside = {tensor.quantisation.scale[0], static_cast<int>(tensor.quantisation.zero_point[0])};
    if (tensor.type == DType::kUInt8) inside.zero_point -= 128;
  }
  return inside;
}

Ends ends_of(const Plan& plan) {
  Ends ends;
  const Inside input = inside_of(plan.input, plan.input_conversion);
  const Inside output = inside_of(plan.output, plan.output_conversion);
  ends.input_scale = input.scale;
  ends.input_zero_point = input.zero_point;
  ends.output_scale = output.scale;
  ends.output_zero_point = output.zero_point;
  if (is_picture(plan, ends))
    ends.input = Ends::Input::kPicture;
  else if (plan.input_conversion.kind == Conversion::Kind::kFloat)
    ends.input = Ends::Input::kFloats;
  if (plan.gate) {
    ends.output = Ends::Output::kClasses;
    return ends;
  }
  const auto count = static_cast<size_t>(plan.output.elements());
  if (plan.parts.size() > 1) return ends;  // what each holds is for its user to say
  const bool named = plan.classes.size() == count || plan.thresholds.size() == count;
  if (!is_vector(plan.output))
    ends.output = Ends::Output::kMap;
  else if (named || (count > 1 && are_probabilities(ends)))
    ends.output = Ends::Output::kClasses;
  return ends;
}

std::string_view kind_name(Ends::Input kind) {
  if (kind == Ends::Input::kPicture) return "picture";
  return kind == Ends::Input::kFloats ? "floats" : "quantised";
}

std::string_view kind_name(Ends::Output kind) {
  if (kind == Ends::Output::kClasses) return "classes";
  return kind == Ends::Output::kMap ? "map" : "values";
}

}  // namespace dew::compiler
