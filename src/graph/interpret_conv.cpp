// Conv2D, DepthwiseConv2D and FullyConnected: int32 accumulators, one scale per channel.
#include "graph/interpret.h"
#include "graph/requantise.h"

namespace dew::graph {
namespace {

std::vector<int> bias_of(const Run& run, const Op& op, int channels) {
  if (op.inputs.size() > 2 && op.inputs[2] >= 0) return constant_int32(run.tensor(op.inputs[2]));
  return std::vector<int>(static_cast<size_t>(channels), 0);
}

/// One for every output channel, with the factor s_in * s_w / s_out.
std::vector<Requantiser> requantisers(const Run& run, const Op& op, int channels) {
  const Tensor& output = run.tensor(op.outputs[0]);
  const Range range = activation_range(op, output);
  std::vector<Requantiser> result;
  for (int c = 0; c < channels; ++c) {
    const double factor = effective_scale(run.graph, op, c);
    result.emplace_back(run.rounding, factor, run.zero_point(op.outputs[0]), range.low, range.high);
  }
  return result;
}

}  // namespace

void interpret_conv_2d(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto weights = run.int8(op.inputs[1]);
  const auto out = run.out_int8(op.outputs[0]);
  const Window w = window(run.graph, op);
  const int in_c = run.tensor(op.inputs[0]).shape[3];
  const int out_c = run.tensor(op.outputs[0]).shape[3];
  const int zero_in = run.zero_point(op.inputs[0]);
  const auto bias = bias_of(run, op, out_c);
  const auto requantise = requantisers(run, op, out_c);
  size_t at = 0;
  for (int oy = 0; oy < w.out_h; ++oy) {
    for (int ox = 0; ox < w.out_w; ++ox) {
      for (int oc = 0; oc < out_c; ++oc) {
        int32_t acc = bias[static_cast<size_t>(oc)];
        for (int fy = 0; fy < w.filter_h; ++fy) {
          const int iy = oy * op.stride_h + fy * op.dilation_h - w.pad_top;
          if (iy < 0 || iy >= w.in_h) continue;  // padding holds the zero point: it adds nothing
          for (int fx = 0; fx < w.filter_w; ++fx) {
            const int ix = ox * op.stride_w + fx * op.dilation_w - w.pad_left;
            if (ix < 0 || ix >= w.in_w) continue;
            const int8_t* pixel = &in[(static_cast<size_t>(iy) * w.in_w + ix) * in_c];
            const int8_t* tap =
                &weights[((static_cast<size_t>(oc) * w.filter_h + fy) * w.filter_w + fx) * in_c];
            for (int ic = 0; ic < in_c; ++ic) acc += (pixel[ic] - zero_in) * tap[ic];
          }
        }
        out[at++] = static_cast<int8_t>(requantise[static_cast<size_t>(oc)](acc));
      }
    }
  }
}

void interpret_depthwise_conv_2d(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto weights = run.int8(op.inputs[1]);
  const auto out = run.out_int8(op.outputs[0]);
  const Window w = window(run.graph, op);
  const int in_c = run.tensor(op.inputs[0]).shape[3];
  const int out_c = run.tensor(op.outputs[0]).shape[3];
  const int zero_in = run.zero_point(op.inputs[0]);
  const auto bias = bias_of(run, op, out_c);
  const auto requantise = requantisers(run, op, out_c);
  size_t at = 0;
  for (int oy = 0; oy < w.out_h; ++oy) {
    for (int ox = 0; ox < w.out_w; ++ox) {
      for (int oc = 0; oc < out_c; ++oc) {
        const int ic = oc / op.depth_multiplier;
        int32_t acc = bias[static_cast<size_t>(oc)];
        for (int fy = 0; fy < w.filter_h; ++fy) {
          const int iy = oy * op.stride_h + fy * op.dilation_h - w.pad_top;
          if (iy < 0 || iy >= w.in_h) continue;
          for (int fx = 0; fx < w.filter_w; ++fx) {
            const int ix = ox * op.stride_w + fx * op.dilation_w - w.pad_left;
            if (ix < 0 || ix >= w.in_w) continue;
            const int8_t pixel = in[(static_cast<size_t>(iy) * w.in_w + ix) * in_c + ic];
            acc += (pixel - zero_in) * weights[(static_cast<size_t>(fy) * w.filter_w + fx) * out_c + oc];
          }
        }
        out[at++] = static_cast<int8_t>(requantise[static_cast<size_t>(oc)](acc));
      }
    }
  }
}

void interpret_fully_connected(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto weights = run.int8(op.inputs[1]);
  const auto out = run.out_int8(op.outputs[0]);
  const auto& shape = run.tensor(op.inputs[1]).shape;
  const auto units = static_cast<size_t>(shape[0]);
  const auto depth = static_cast<size_t>(shape[1]);
  const int zero_in = run.zero_point(op.inputs[0]);
  const auto bias = bias_of(run, op, shape[0]);
  const auto requantise = requantisers(run, op, shape[0]);
  for (size_t row = 0; row < in.size() / depth; ++row) {
    for (size_t unit = 0; unit < units; ++unit) {
      int32_t acc = bias[unit];
      for (size_t i = 0; i < depth; ++i) acc += (in[row * depth + i] - zero_in) * weights[unit * depth + i];
      out[row * units + unit] = static_cast<int8_t>(requantise[unit](acc));
    }
  }
}

}  // namespace dew::graph
