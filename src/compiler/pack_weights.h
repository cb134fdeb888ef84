// The orders in which kernels read the weights of convolutions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace dew::compiler {

/// How many weights a convolution has, and in blocks of four.
struct WeightCounts {
  int64_t channels;  ///< outputs
  int64_t count;     ///< weights per output
  int64_t blocks;    ///< per output, rounded up
};

/// Every output channel's weights, padded with zeros to whole blocks of four.
std::vector<int8_t> in_blocks(const graph::Tensor& weights, int64_t channels, int64_t blocks);

/// Channels of `count` weights in groups of four. If their number is no multiple of four, the last group
/// overlaps the one before it.
std::vector<int8_t> in_fours(const std::vector<int8_t>& packed, size_t count);

/// kernel[y][x][channel] to kernel[channel][y][x], plus one byte that a word load may touch.
std::vector<int8_t> by_channel(const graph::Tensor& weights, size_t channels);

/// Blocks of four weights, those of four channels alternating; the channels left over stay as they are.
std::vector<int8_t> in_turns(const std::vector<int8_t>& packed, const WeightCounts& shape);

/// Blocks of four weights, those of eight channels alternating; zeros fill the last group.
std::vector<int8_t> in_lanes(const std::vector<int8_t>& packed, const WeightCounts& shape);

/// kernel[tap][channel * times + i] to [i][group of four channels][tap][channel]; the last group may overlap
/// the one before it. Fewer than four channels are one group.
std::vector<int8_t> in_groups(const graph::Tensor& weights, size_t times);

}  // namespace dew::compiler
