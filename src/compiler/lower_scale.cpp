// What convolutions of all kinds share: the scales of their channels and the rows of their windows.
#include <algorithm>

#include "compiler/lower.h"
#include "compiler/passes.h"

namespace dew::compiler {
using graph::Op;

namespace {

/// In TensorFlow Lite's rounding kernels add up to 255 to a sum before they divide it, and take a factor of 0
/// for the least one there is. The largest biases need room for that. They stay as they are where they are
/// divided by more than 2^8: there is room, and the last bit may decide how the output is rounded.
int32_t with_room(int32_t bias, const Factor& exact) {
  constexpr int32_t kLargest = INT32_MAX - 1024;
  if (exact.multiplier != 0 && exact.shift < -8) return bias;
  return std::clamp(bias, -kLargest, kLargest);
}

/// One value per output channel.
struct Channels {
  std::vector<int32_t> bias;
  std::vector<int32_t> multiplier;
  std::vector<int8_t> shift;
  [[nodiscard]] bool shifted() const {
    return std::any_of(shift.begin(), shift.end(), [](int8_t s) { return s != 0; });
  }
};

Channels channels_of(const Lowering& to, const Op& op) {
  Channels channels;
  channels.bias = fold_zero_point(to.graph(), op);
  for (size_t c = 0; c < channels.bias.size(); ++c) {
    const double value = graph::effective_scale(to.graph(), op, static_cast<int>(c));
    const Factor exact = factor(to.options().rounding, value);
    const Factor f = for_kernels(to.options().rounding, exact);
    channels.multiplier.push_back(f.multiplier);
    channels.shift.push_back(f.shift);
    if (to.tflite()) channels.bias[c] = with_room(channels.bias[c], exact);
  }
  return channels;
}

/// 0 0 3 0 becomes -2 -1 3 -1.
void mark_runs(std::vector<int8_t>& shifts) {
  int8_t run = 0;
  for (size_t c = shifts.size(); c-- > 0;) {
    if (shifts[c] > 0) run = 0;
    if (shifts[c] <= 0) shifts[c] = run = std::max<int8_t>(static_cast<int8_t>(run - 1), -127);
  }
}

template <typename T>
void set_range(const Lowering& to, const Op& op, T& scale) {
  const graph::Range range = graph::activation_range(op, to.tensor(op.outputs[0]));
  scale.zero_point = static_cast<int8_t>(to.zero_point(op.outputs[0]));
  scale.low = static_cast<int8_t>(range.low);
  scale.high = static_cast<int8_t>(range.high);
}

/// Every `times`-th channel, then every `times`-th from the second on, and so on.
template <typename T>
std::vector<T> by_turns(const std::vector<T>& values, size_t times) {
  std::vector<T> turned;
  for (size_t first = 0; first < times; ++first) {
    for (size_t c = first; c < values.size(); c += times) turned.push_back(values[c]);
  }
  return turned;
}

}  // namespace

dew_scale lower_scale(Lowering& to, const Op& op) {
  Channels channels = channels_of(to, op);
  const auto times = static_cast<size_t>(std::max(op.depth_multiplier, 1));
  channels = {by_turns(channels.bias, times), by_turns(channels.multiplier, times),
              by_turns(channels.shift, times)};
  dew_scale scale = {};
  scale.bias = to.constant("bias", channels.bias);
  scale.multiplier = to.constant("multiplier", channels.multiplier);
  if (channels.shifted()) scale.shift = to.constant("shift", channels.shift);
  set_range(to, op, scale);
  return scale;
}

dew_paired_scale lower_paired_scale(Lowering& to, const Op& op, Reads reads) {
  const Channels channels = channels_of(to, op);
  const size_t group = reads == Reads::kFours ? 4 : 1;
  std::vector<int32_t> pairs;
  std::vector<int8_t> shifts;
  for (size_t c = 0; c < channels.bias.size(); c += group) {
    const auto at = static_cast<int64_t>(std::min(c, channels.bias.size() - group));
    const auto end = at + static_cast<int64_t>(group);
    pairs.insert(pairs.end(), channels.bias.begin() + at, channels.bias.begin() + end);
    pairs.insert(pairs.end(), channels.multiplier.begin() + at, channels.multiplier.begin() + end);
    shifts.insert(shifts.end(), channels.shift.begin() + at, channels.shift.begin() + end);
  }
  if (reads == Reads::kRuns && !to.tflite()) mark_runs(shifts);
  dew_paired_scale scale = {};
  scale.pairs = to.constant("pairs", pairs, static_cast<int>(2 * group));
  // The assembly for TensorFlow Lite's rounding reads a shift for every channel.
  if (to.tflite() || channels.shifted()) scale.shift = to.constant("shift", shifts);
  set_range(to, op, scale);
  return scale;
}

dew_laned lower_laned_scale(Lowering& to, const Op& op) {
  Channels channels = channels_of(to, op);
  const graph::Tensor& weights = to.tensor(op.inputs[1]);
  const size_t count = weights.data.size() / channels.bias.size();
  std::vector<int32_t> lifted;
  for (size_t c = 0; c < channels.bias.size(); ++c) {
    int32_t sum = 0;
    for (size_t i = 0; i < count; ++i) sum += static_cast<int8_t>(weights.data[c * count + i]);
    lifted.push_back(channels.bias[c] - 128 * sum);
  }
  const size_t whole = (lifted.size() + 7) / 8 * 8;
  for (std::vector<int32_t>* each : {&lifted, &channels.bias, &channels.multiplier}) each->resize(whole, 0);
  dew_laned fields = {};
  fields.bias = to.constant("bias", channels.bias);
  fields.lifted = to.constant("lifted", lifted);
  fields.multiplier = to.constant("multiplier", channels.multiplier);
  if (channels.shifted()) fields.shift = to.constant("shift", channels.shift);
  set_range(to, op, fields.conv.scale);
  return fields;
}

/// The step handles the window's rows; its columns are up to the kernel.
void lower_window(Lowering& to, dew_step& table, const Op& op, const graph::Window& w) {
  table.taps = to.fit<dew_small>(w.filter_h);
  table.dilation = to.fit<dew_small>(op.dilation_h);
  table.stride = to.fit<dew_small>(op.stride_h);
  table.pad = to.fit<dew_small>(w.pad_top);
  table.extent = to.fit<uint16_t>(int64_t{w.filter_h - 1} * op.dilation_h + 1);
  if (w.pad_top > 0 || w.pad_bottom > 0) table.zero = to.zeros(to.zero_point(op.inputs[0]));
}

}  // namespace dew::compiler
