// The net that sizes and instructions are quoted for, and what it costs on a core. The budgets (tests/target)
// and the table of docs/benchmarks.md measure the same net in the same way.
#pragma once

#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "graph/graph.h"
#include "target/target.h"

namespace dew::bench {

/// MobileNetV2 0.35 at 96x96x3 with its 1280-wide head and two classes; weights from a fixed seed.
graph::Graph reference_net();

/// The same net as training leaves it where it starts from someone else's backbone: in every depthwise
/// convolution, one channel in sixteen has a factor of one half or more.
graph::Graph large_factors(graph::Graph graph);

/// Random bytes for the model's input, from a fixed seed.
target::Bytes reference_input(const graph::Tensor& input);

/// What one inference costs. RAM is .data, .bss and the peak of the painted stack.
struct Costs {
  std::string core;
  std::string kernels;  ///< "arm-dsp"
  int64_t arena_bytes = 0;
  int64_t flash_bytes = 0;
  int64_t ram_bytes = 0;  ///< the whole image in RAM
  int64_t instructions = 0;
  int64_t rows_ram_bytes = 0;  ///< with rows pushed, one of them in RAM; 0: not measured
  int64_t rows_instructions = 0;
};

enum class Feeds { kImage, kImageAndRows };

/// Compiles the graph with the core's own kernels, whatever options.isa is, and runs it on its board. Error:
/// the tools are missing; it does not fit.
Result<Costs> measure(const graph::Graph& graph, const target::Board& board, compiler::Options options,
                      Feeds feeds, Watch& watch);

/// The boards that count instructions.
std::vector<target::Board> counting_boards();

}  // namespace dew::bench
