// Pass: removes what no output depends on, in this run or a later one. Tensor indices stay valid; a tensor
// that nothing reads loses its data.
#include <algorithm>
#include <iterator>

#include "compiler/passes.h"

namespace dew::compiler {

namespace {

using graph::Graph;
using graph::Op;
using graph::State;

/// Which tensors the outputs depend on, and what `states` remember.
std::vector<bool> needed_for(const Graph& graph, const std::vector<State>& states) {
  std::vector<bool> needed(graph.tensors.size(), false);
  for (const int output : graph.outputs) needed[static_cast<size_t>(output)] = true;
  for (const State& state : states) needed[static_cast<size_t>(state.to)] = true;
  for (auto op = graph.ops.rbegin(); op != graph.ops.rend(); ++op) {
    const bool used = std::any_of(op->outputs.begin(), op->outputs.end(),
                                  [&](int index) { return needed[static_cast<size_t>(index)]; });
    if (!used) continue;
    for (const int input : op->inputs) {
      if (input >= 0) needed[static_cast<size_t>(input)] = true;
    }
  }
  return needed;
}

/// The states whose value is read for an output, or for another of them.
std::vector<State> live_states(const Graph& graph) {
  std::vector<State> live;
  while (true) {
    const auto needed = needed_for(graph, live);
    std::vector<State> more;
    std::copy_if(graph.states.begin(), graph.states.end(), std::back_inserter(more),
                 [&](const State& state) { return needed[static_cast<size_t>(state.from)]; });
    if (more.size() == live.size()) return live;
    live = std::move(more);
  }
}

}  // namespace

bool is_remembered(const Graph& graph, int tensor) {
  return std::any_of(graph.states.begin(), graph.states.end(),
                     [tensor](const State& state) { return state.to == tensor; });
}

void remove_dead(Graph& graph) {
  graph.states = live_states(graph);
  const auto needed = needed_for(graph, graph.states);
  const auto unused = [&](const Op& op) {
    return std::none_of(op.outputs.begin(), op.outputs.end(),
                        [&](int index) { return needed[static_cast<size_t>(index)]; });
  };
  graph.ops.erase(std::remove_if(graph.ops.begin(), graph.ops.end(), unused), graph.ops.end());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!needed[i]) graph.tensors[i].data.clear();
  }
}

}  // namespace dew::compiler
