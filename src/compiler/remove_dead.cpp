// Pass: removes what no output depends on. Tensor indices stay valid; a tensor that nothing reads loses its
// data.
#include <algorithm>

#include "compiler/passes.h"

namespace dew::compiler {

void remove_dead(graph::Graph& graph) {
  std::vector<bool> needed(graph.tensors.size(), false);
  for (const int output : graph.outputs) needed[static_cast<size_t>(output)] = true;
  std::vector<graph::Op> kept;
  for (auto op = graph.ops.rbegin(); op != graph.ops.rend(); ++op) {
    const bool used = std::any_of(op->outputs.begin(), op->outputs.end(),
                                  [&](int index) { return needed[static_cast<size_t>(index)]; });
    if (!used) continue;
    for (const int input : op->inputs) {
      if (input >= 0) needed[static_cast<size_t>(input)] = true;
    }
    kept.push_back(*op);
  }
  std::reverse(kept.begin(), kept.end());
  graph.ops = std::move(kept);
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!needed[i]) graph.tensors[i].data.clear();
  }
}

}  // namespace dew::compiler
