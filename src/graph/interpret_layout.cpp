// Pad, Reshape, Concatenation, Transpose and StridedSlice: values move, none changes. Resizing mixes
// neighbours.
#include <algorithm>

#include "graph/interpret.h"

namespace dew::graph {

void interpret_pad(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const auto& from = run.tensor(op.inputs[0]).shape;
  const auto paddings = constant_int32(run.tensor(op.inputs[1]));
  const auto from_strides = strides(from);
  const auto to_strides = strides(run.tensor(op.outputs[0]).shape);
  std::fill(out.begin(), out.end(), static_cast<int8_t>(run.zero_point(op.outputs[0])));
  for (size_t i = 0; i < in.size(); ++i) {
    int64_t to = 0;
    for (size_t d = 0; d < from.size(); ++d)
      to += (static_cast<int64_t>(i) / from_strides[d] % from[d] + paddings[2 * d]) * to_strides[d];
    out[static_cast<size_t>(to)] = in[i];
  }
}

void interpret_reshape(Run& run, const Op& op) {
  const auto in = run.bytes(op.inputs[0]);
  std::copy(in.begin(), in.end(), run.out(op.outputs[0]).begin());
}

void interpret_concatenation(Run& run, const Op& op) {
  const auto out = run.out_int8(op.outputs[0]);
  const auto& to = run.tensor(op.outputs[0]).shape;
  const auto axis = static_cast<size_t>(op.axis < 0 ? op.axis + static_cast<int>(to.size()) : op.axis);
  const auto stride = static_cast<size_t>(strides(to)[axis]);
  const size_t out_row = static_cast<size_t>(to[axis]) * stride;
  size_t offset = 0;
  for (const int input : op.inputs) {
    const auto in = run.int8(input);
    const size_t in_row = static_cast<size_t>(run.tensor(input).shape[axis]) * stride;
    for (size_t row = 0; row < in.size() / in_row; ++row)
      std::copy_n(&in[row * in_row], in_row, &out[row * out_row + offset]);
    offset += in_row;
  }
}

void interpret_transpose(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const auto& to = run.tensor(op.outputs[0]).shape;
  const auto permutation = constant_int32(run.tensor(op.inputs[1]));
  const auto from_strides = strides(run.tensor(op.inputs[0]).shape);
  const auto to_strides = strides(to);
  for (size_t i = 0; i < out.size(); ++i) {
    int64_t from = 0;
    for (size_t d = 0; d < to.size(); ++d)
      from +=
          static_cast<int64_t>(i) / to_strides[d] % to[d] * from_strides[static_cast<size_t>(permutation[d])];
    out[i] = in[static_cast<size_t>(from)];
  }
}

void interpret_strided_slice(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const auto& to = run.tensor(op.outputs[0]).shape;
  const auto begin = constant_int32(run.tensor(op.inputs[1]));
  const auto step = constant_int32(run.tensor(op.inputs[3]));
  const auto from_strides = strides(run.tensor(op.inputs[0]).shape);
  const auto to_strides = strides(to);
  for (size_t i = 0; i < out.size(); ++i) {
    int64_t from = 0;
    for (size_t d = 0; d < to.size(); ++d)
      from += (static_cast<int64_t>(i) / to_strides[d] % to[d] * step[d] + begin[d]) * from_strides[d];
    out[i] = in[static_cast<size_t>(from)];
  }
}

/// Rounds half away from zero. Where the fractions are 0, the pixel stays as it is.
void interpret_resize(Run& run, const Op& op) {
  constexpr int kOne = 1024;
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const auto rows = resize_sources(run.graph, op, 1);
  const auto columns = resize_sources(run.graph, op, 2);
  const auto width = static_cast<size_t>(run.tensor(op.inputs[0]).shape[2]);
  const auto channels = static_cast<size_t>(run.tensor(op.inputs[0]).shape[3]);
  size_t at = 0;
  for (const Source& y : rows) {
    for (const Source& x : columns) {
      for (size_t c = 0; c < channels; ++c) {
        const auto pixel = [&](int row, int column) {
          return int{in[(static_cast<size_t>(row) * width + static_cast<size_t>(column)) * channels + c]};
        };
        const int over = pixel(y.lower, x.lower) * (kOne - x.fraction) + pixel(y.lower, x.upper) * x.fraction;
        const int under =
            pixel(y.upper, x.lower) * (kOne - x.fraction) + pixel(y.upper, x.upper) * x.fraction;
        const int sum = over * (kOne - y.fraction) + under * y.fraction;
        out[at++] = static_cast<int8_t>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
      }
    }
  }
}

}  // namespace dew::graph
