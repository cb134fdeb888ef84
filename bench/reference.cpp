// One net, one input and one way of measuring, for the budgets and the tables.
#include "bench/reference.h"

#include <random>

#include "tests/compiler/nets.h"

namespace dew::bench {

graph::Graph reference_net() {
  graph::Graph graph = test::mobilenet_v2(0.35, 96, 2, 1280, 1);
  graph.name = "mobilenet_v2_035_96";
  return graph;
}

graph::Graph large_factors(graph::Graph graph) {
  for (const graph::Op& op : graph.ops) {
    if (op.kind != graph::OpKind::kDepthwiseConv2D) continue;
    auto& scales = graph.tensors[static_cast<size_t>(op.inputs[1])].quantisation.scale;
    for (size_t c = 0; c < scales.size(); c += 16) {
      const double factor = graph::effective_scale(graph, op, static_cast<int>(c));
      scales[c] *= static_cast<float>(0.75 / factor);
    }
  }
  graph.name += "_large_factors";
  return graph;
}

target::Bytes reference_input(const graph::Tensor& input) {
  std::mt19937 random(1);
  target::Bytes bytes(static_cast<size_t>(input.bytes()));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

Result<Costs> measure(const graph::Graph& graph, const target::Board& board, compiler::Options options,
                      Feeds feeds, Watch& watch) {
  options.isa = compiler::isa_of(board.core);
  DEW_TRY(const auto plan, compiler::compile(graph, options));
  const std::vector<target::Bytes> inputs = {reference_input(plan.input)};
  DEW_TRY(const auto whole, target::run_on_board(plan, board, inputs, watch));
  Costs costs;
  costs.core = board.core;
  costs.kernels = compiler::isa_name(options.isa);
  costs.arena_bytes = plan.arena_bytes;
  costs.flash_bytes = whole.figures.flash_bytes;
  costs.ram_bytes = whole.figures.ram_bytes;
  costs.instructions = whole.figures.instructions;
  if (feeds == Feeds::kImageAndRows) {
    DEW_TRY(const auto pushed, target::run_on_board(plan, board, inputs, watch, target::Feed::kRows));
    costs.rows_ram_bytes = pushed.figures.ram_bytes;
    costs.rows_instructions = pushed.figures.instructions;
  }
  return costs;
}

std::vector<target::Board> counting_boards() {
  std::vector<target::Board> counting;
  for (const target::Board& board : target::boards())
    if (board.counter != target::Counter::kNone) counting.push_back(board);
  return counting;
}

}  // namespace dew::bench
