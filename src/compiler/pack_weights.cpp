// Each kernel's order of weights: moved bytes, and zeros or repeated channels where a group is not whole.
#include "compiler/pack_weights.h"

#include <algorithm>

namespace dew::compiler {

std::vector<int8_t> in_blocks(const graph::Tensor& weights, int64_t channels, int64_t blocks) {
  const auto count = static_cast<int64_t>(weights.data.size()) / channels;
  std::vector<int8_t> packed(static_cast<size_t>(channels * blocks * 4), 0);
  for (int64_t o = 0; o < channels; ++o) {
    for (int64_t i = 0; i < count; ++i)
      packed[static_cast<size_t>(o * blocks * 4 + i)] =
          static_cast<int8_t>(weights.data[static_cast<size_t>(o * count + i)]);
  }
  return packed;
}

std::vector<int8_t> in_fours(const std::vector<int8_t>& packed, size_t count) {
  const size_t rest = packed.size() / count % 4;
  if (rest == 0) return packed;
  std::vector<int8_t> fours(packed.begin(), packed.end() - static_cast<int64_t>(rest * count));
  fours.insert(fours.end(), packed.end() - static_cast<int64_t>(4 * count), packed.end());
  return fours;
}

std::vector<int8_t> by_channel(const graph::Tensor& weights, size_t channels) {
  std::vector<int8_t> packed;
  const size_t taps = weights.data.size() / channels;
  for (size_t c = 0; c < channels; ++c) {
    for (size_t t = 0; t < taps; ++t) packed.push_back(static_cast<int8_t>(weights.data[t * channels + c]));
  }
  packed.push_back(0);
  return packed;
}

std::vector<int8_t> in_turns(const std::vector<int8_t>& packed, const WeightCounts& shape) {
  std::vector<int8_t> turns;
  turns.reserve(packed.size());
  const int64_t whole = shape.channels / 4 * 4;
  for (int64_t at = 0; at < whole * shape.blocks; ++at) {
    const int64_t channel = at / (4 * shape.blocks) * 4 + at % 4;
    const auto from = packed.begin() + (channel * shape.blocks + at / 4 % shape.blocks) * 4;
    turns.insert(turns.end(), from, from + 4);
  }
  turns.insert(turns.end(), packed.begin() + whole * shape.blocks * 4, packed.end());
  return turns;
}

std::vector<int8_t> in_lanes(const std::vector<int8_t>& packed, const WeightCounts& shape) {
  const int64_t groups = (shape.channels + 7) / 8;
  std::vector<int8_t> lanes;
  lanes.reserve(static_cast<size_t>(groups * 32 * shape.blocks));
  for (int64_t at = 0; at < groups * shape.blocks * 8; ++at) {
    const int64_t channel = at / (8 * shape.blocks) * 8 + at % 8;
    const int64_t from = (channel * shape.blocks + at / 8 % shape.blocks) * 4;
    for (int64_t i = from; i < from + 4; ++i)
      lanes.push_back(channel < shape.channels ? packed[static_cast<size_t>(i)] : int8_t{0});
  }
  return lanes;
}

std::vector<int8_t> in_groups(const graph::Tensor& weights, size_t times) {
  const auto outs = static_cast<size_t>(weights.shape[3]);
  const size_t channels = outs / times;
  const size_t group = std::min<size_t>(channels, 4);
  std::vector<int8_t> packed;
  for (size_t i = 0; i < times; ++i) {
    for (size_t c = 0; c < channels; c += group) {
      const size_t first = std::min(c, channels - group);
      for (size_t tap = 0; tap < weights.data.size(); tap += outs) {
        for (size_t at = first; at < first + group; ++at)
          packed.push_back(static_cast<int8_t>(weights.data[tap + at * times + i]));
      }
    }
  }
  return packed;
}

}  // namespace dew::compiler
