// Lowers the gate: a step that reads the features while they are there, and one that puts its answer behind
// the scores.
#include <fmt/format.h>

#include "compiler/lower.h"

namespace dew::compiler {

void lower_gate(Lowering& to, const graph::Gate& gate) {
  const int features = graph::gated_tensor(to.graph());
  std::vector<int8_t> weights;
  for (const auto& row : gate.weights)
    for (const uint8_t weight : row) weights.push_back(static_cast<int8_t>(weight));
  Step step;
  step.name = fmt::format("Known {} -> 1", gate.weights[0].size());
  step.kernel = "dew_known";
  step.table.in = to.flat(to.step_of(features));
  step.table.in2 = DEW_NONE;
  step.table.rows = step.table.events = 1;
  step.table.extent = step.table.taps = step.table.dilation = step.table.stride = 1;
  step.table.row_bytes = 1;
  step.macs = static_cast<int64_t>(weights.size()) * 2;
  dew_known fields = {};
  fields.weights = to.constant("known_weights", weights);
  fields.limits = to.constant("known_limits", gate.limits);
  fields.classes = to.fit<uint16_t>(std::ssize(gate.weights));
  fields.features = to.fit<uint16_t>(std::ssize(gate.weights[0]));
  fields.zero_point = static_cast<int8_t>(to.zero_point(features));
  step.kernel_table = kernel_table(fields);
  const uint16_t known = to.add(std::move(step));
  join_rows(to, to.flat(to.step_of(to.graph().outputs[0])), known);
}

}  // namespace dew::compiler
