// The rules for operators that move values, and for those that resize pictures.
#include <fmt/format.h>

#include <algorithm>

#include "graph/check.h"

namespace dew::graph {

Result<void> check_pad(const OpCheck& at) {
  DEW_CHECK(at.arity(2, 2, 2));
  DEW_CHECK(at.int8_to_int8());
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
  DEW_CHECK(at.int8_to_int8());
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
  DEW_CHECK(at.int8_to_int8());
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

Result<void> check_strided_slice(const OpCheck& at) {
  DEW_CHECK(at.arity(4, 4, 4));
  DEW_CHECK(at.int8_to_int8());
  DEW_CHECK(at.same_quantisation(at.input(0), at.output()));
  const auto& from = at.input(0).shape;
  for (size_t i = 1; i < 4; ++i)
    DEW_CHECK(at.is_constant_int32(i, static_cast<int64_t>(from.size()), "bounds"));
  const auto begin = constant_int32(at.input(1));
  const auto end = constant_int32(at.input(2));
  const auto step = constant_int32(at.input(3));
  std::vector<int> due;
  for (size_t i = 0; i < from.size(); ++i) {
    if (begin[i] < 0 || end[i] <= begin[i] || end[i] > from[i] || step[i] < 1)
      return at.fail(
          fmt::format("takes {} to {} in steps of {} of an axis of {}", begin[i], end[i], step[i], from[i]));
    due.push_back((end[i] - begin[i] - 1) / step[i] + 1);
  }
  return at.shape_is(at.output(), due);
}

Result<void> check_resize(const OpCheck& at) {
  constexpr int kMostPixels = 65535;
  DEW_CHECK(at.arity(2, 2, 2));
  DEW_CHECK(at.int8_to_int8());
  DEW_CHECK(at.same_quantisation(at.input(0), at.output()));
  std::vector<int> due = at.input(0).shape;
  if (due.size() != 4 || due[0] != 1)
    return at.fail("has an input of shape " + shape_text(due) + ", not [1, H, W, C]");
  DEW_CHECK(at.is_constant_int32(1, 2, "sizes"));
  const auto size = constant_int32(at.input(1));
  for (const int extent : {due[1], due[2], size[0], size[1]}) {
    if (extent < 1 || extent > kMostPixels)
      return at.fail(
          fmt::format("has a height or width of {}; at most {} is supported", extent, kMostPixels));
  }
  if (at.op().align_corners && at.op().half_pixel_centers)
    return at.fail("aligns corners and takes half-pixel centres; only one of them is possible");
  due[1] = size[0];
  due[2] = size[1];
  return at.shape_is(at.output(), due);
}

}  // namespace dew::graph
