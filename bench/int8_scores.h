// What an int8 net says of pictures, for the benchmarks.
#pragma once

#include <cstdint>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"

namespace dew::bench {

/// Scores as the device computes them, by the compiled plan; pictures are RGB of the net's input size.
Result<std::vector<std::vector<float>>> int8_scores(const graph::Graph& graph,
                                                    const std::vector<std::vector<uint8_t>>& pictures,
                                                    Watch& watch);

}  // namespace dew::bench
