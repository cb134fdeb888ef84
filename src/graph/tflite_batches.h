// Batches of pictures: each picture gets operators of its own.
#pragma once

#include "graph/graph.h"

namespace dew::graph {

/// Operators with windows, and others that care which rows belong together, compute one picture. Where one
/// takes a batch of several, it is repeated for each of them, with the same weights, and so is what follows
/// element by element; what takes the batch as a whole gets the pictures joined again. The graph has not
/// passed check(), which refuses what is left.
void unroll_batches(Graph& graph);

}  // namespace dew::graph
