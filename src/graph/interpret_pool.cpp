// AveragePool2D, MaxPool2D and Mean: sums and largest values over windows and axes.
#include <algorithm>

#include "graph/fixed_point.h"
#include "graph/interpret.h"
#include "graph/requantise.h"

namespace dew::graph {
namespace {

/// Calls use(index of the input element) for every pixel of the window that is inside the image.
template <typename Use>
void for_window(const Op& op, const Window& w, int channels, int oy, int ox, int channel, Use use) {
  for (int fy = 0; fy < w.filter_h; ++fy) {
    const int iy = oy * op.stride_h + fy - w.pad_top;
    if (iy < 0 || iy >= w.in_h) continue;
    for (int fx = 0; fx < w.filter_w; ++fx) {
      const int ix = ox * op.stride_w + fx - w.pad_left;
      if (ix < 0 || ix >= w.in_w) continue;
      use((static_cast<size_t>(iy) * w.in_w + ix) * channels + channel);
    }
  }
}

/// The mean of `count` raw values. TensorFlow Lite divides half away from zero.
int average(Rounding rounding, int32_t sum, int count) {
  if (count == 0) return 0;  // does not happen: every window of a checked pool meets the image
  if (rounding == Rounding::kDew) return dew_scale(sum, dew_multiplier(1.0 / count));
  return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

/// Folds 1 / count into the multiplier, rounding down, as TensorFlow Lite does.
TfliteMultiplier divided(TfliteMultiplier m, int64_t count) {
  int shift = 0;
  while ((count >> (shift + 1)) != 0) ++shift;
  shift = std::min({shift, 32, 31 + m.shift});
  return {static_cast<int32_t>((int64_t{m.multiplier} << shift) / count), m.shift - shift};
}

}  // namespace

void interpret_average_pool(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Window w = window(run.graph, op);
  const int channels = run.tensor(op.inputs[0]).shape[3];
  const Range range = activation_range(op, run.tensor(op.outputs[0]));
  size_t at = 0;
  for (int oy = 0; oy < w.out_h; ++oy) {
    for (int ox = 0; ox < w.out_w; ++ox) {
      for (int c = 0; c < channels; ++c) {
        int32_t sum = 0;
        int count = 0;
        for_window(op, w, channels, oy, ox, c, [&](size_t i) {
          sum += in[i];
          ++count;
        });
        out[at++] = static_cast<int8_t>(std::clamp(average(run.rounding, sum, count), range.low, range.high));
      }
    }
  }
}

void interpret_max_pool(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Window w = window(run.graph, op);
  const int channels = run.tensor(op.inputs[0]).shape[3];
  const Range range = activation_range(op, run.tensor(op.outputs[0]));
  size_t at = 0;
  for (int oy = 0; oy < w.out_h; ++oy) {
    for (int ox = 0; ox < w.out_w; ++ox) {
      for (int c = 0; c < channels; ++c) {
        int largest = -128;
        for_window(op, w, channels, oy, ox, c, [&](size_t i) { largest = std::max<int>(largest, in[i]); });
        out[at++] = static_cast<int8_t>(std::clamp(largest, range.low, range.high));
      }
    }
  }
}

void interpret_mean(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const auto& shape = run.tensor(op.inputs[0]).shape;
  const auto rank = static_cast<int>(shape.size());
  std::vector<bool> reduced(shape.size(), false);
  for (const int axis : constant_int32(run.tensor(op.inputs[1])))
    reduced[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;

  // The strides of the output, by axes of the input: 0 along axes that are summed.
  std::vector<int64_t> out_strides(shape.size(), 0);
  int64_t out_stride = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    if (reduced[d]) continue;
    out_strides[d] = out_stride;
    out_stride *= shape[d];
  }
  const auto in_strides = strides(shape);
  const int zero_in = run.zero_point(op.inputs[0]);
  std::vector<int32_t> sums(out.size(), 0);
  for (size_t i = 0; i < in.size(); ++i) {
    int64_t to = 0;
    for (size_t d = 0; d < shape.size(); ++d)
      to += static_cast<int64_t>(i) / in_strides[d] % shape[d] * out_strides[d];
    sums[static_cast<size_t>(to)] += in[i] - zero_in;
  }

  const auto count = static_cast<int64_t>(in.size() / out.size());
  const double factor = run.scale(op.inputs[0]) / run.scale(op.outputs[0]);
  const DewMultiplier dew = dew_multiplier(factor / static_cast<double>(count));
  const TfliteMultiplier tflite = divided(tflite_multiplier(factor), count);
  for (size_t i = 0; i < out.size(); ++i) {
    const int scaled =
        run.rounding == Rounding::kDew ? dew_scale(sums[i], dew) : tflite_scale(sums[i], tflite);
    out[i] = static_cast<int8_t>(std::clamp(scaled + run.zero_point(op.outputs[0]), -128, 127));
  }
}

}  // namespace dew::graph
