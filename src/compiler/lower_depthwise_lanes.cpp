// Lowers DepthwiseConv2D with eight channels in the lanes: weights group by group, two taps per channel.
#include <algorithm>

#include "compiler/lower.h"

namespace dew::compiler {
namespace {

constexpr int64_t kLanes = 8;

/// kernel[tap][channel] to [group][pair of taps][channel][2]; the last group may overlap the one before it.
std::vector<int8_t> in_groups(const graph::Tensor& weights, int64_t channels) {
  const int64_t taps = static_cast<int64_t>(weights.data.size()) / channels;
  std::vector<int8_t> groups;
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int64_t first = std::min(c, channels - kLanes);
    for (int64_t pair = 0; pair < taps; pair += 2) {
      for (int64_t at = 0; at < 2 * kLanes; ++at) {
        const int64_t tap = pair + at % 2;
        const auto from = static_cast<size_t>(tap * channels + first + at / 2);
        groups.push_back(tap < taps ? static_cast<int8_t>(weights.data[from]) : int8_t{0});
      }
    }
  }
  return groups;
}

}  // namespace

bool lower_depthwise_lanes(Lowering& to, const graph::Op& op) {
  const graph::Window w = graph::window(to.graph(), op);
  const graph::Tensor& weights = to.tensor(op.inputs[1]);
  const int64_t channels = weights.shape[3];
  if (to.options().isa != Isa::kLanes || op.depth_multiplier != 1 || channels < kLanes) return false;
  if (int64_t{w.filter_h} * w.filter_w >= DEW_LANES_TAPS) return false;
  Step step = to.begin(op);
  dew_laned_depthwise fields = {};
  fields.weights = to.constant("weights", in_groups(weights, channels));
  fields.scale = lower_scale(to, op);
  if (w.pad_left > 0 || w.pad_right > 0) fields.zero = to.zeros(to.zero_point(op.inputs[0]));
  fields.in_width = to.fit<uint16_t>(w.in_w);
  fields.channels = to.fit<uint16_t>(channels);
  fields.out_width = to.fit<uint16_t>(w.out_w);
  fields.kernel_height = to.fit<dew_small>(w.filter_h);
  fields.kernel_width = to.fit<dew_small>(w.filter_w);
  fields.stride = to.fit<dew_small>(op.stride_w);
  fields.dilation = to.fit<dew_small>(op.dilation_w);
  fields.pad = to.fit<dew_small>(w.pad_left);
  step.kernel = "dew_lanes_depthwise";
  step.kernel_table = kernel_table(fields);
  step.macs = int64_t{w.out_h} * w.out_w * weights.elements();
  lower_window(to, step.table, op, w);
  to.add(op, std::move(step));
  return true;
}

}  // namespace dew::compiler
