// Lowers states. Each is a step that runs never: its rows stay in the arena from one run to the next. The
// step that makes its next value writes over them, if by then nothing has to read the old ones; else a copy
// at the end does.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "compiler/lower.h"
#include "compiler/rings.h"

namespace dew::compiler {
namespace {

/// Whether `step` may write its rows where those of the remembered step `state` are: it makes just these
/// rows, and whatever reads the old ones has its turn earlier. The schedule then sees to it that they have
/// run (WaveRun).
bool may_overwrite(const std::vector<Step>& program, const std::vector<std::vector<int>>& readers, int step,
                   int state) {
  const Step& maker = program[static_cast<size_t>(step)];
  const dew_step& old = program[static_cast<size_t>(state)].table;
  if (maker.kernel.empty() || maker.overwrites >= 0) return false;
  if (int64_t{maker.table.rows} * maker.table.row_bytes != int64_t{old.rows} * old.row_bytes) return false;
  const auto& of_state = readers[static_cast<size_t>(state)];
  return std::all_of(of_state.begin(), of_state.end(), [step](int reader) { return reader < step; });
}

/// Whether all that reads the tensor takes it as one row. What is remembered lies in one piece, so it need
/// not be flattened.
bool read_flat(const graph::Graph& graph, int tensor) {
  return std::all_of(graph.ops.begin(), graph.ops.end(), [&](const graph::Op& op) {
    if (std::find(op.inputs.begin(), op.inputs.end(), tensor) == op.inputs.end()) return true;
    if (op.kind != graph::OpKind::kConcatenation) return op.kind == graph::OpKind::kFullyConnected;
    const auto rank = static_cast<int>(graph.tensors[static_cast<size_t>(tensor)].shape.size());
    return (op.axis < 0 ? op.axis + rank : op.axis) + 4 - rank == 1;
  });
}

}  // namespace

Result<void> Lowering::add_remembered() {
  for (const graph::State& state : graph_.states) {
    const Shape4 shape = shape4(tensor(state.from));
    if (shape[1] > std::numeric_limits<uint16_t>::max() - 1)
      return usage_error(
          fmt::format("the variable has {} rows; at most 65,534 are supported", with_commas(shape[1])),
          graph_.name + ": " + printable(state.name, 80));
    Step step;
    step.name = "State " + fmt::format("{}x{}x{}", shape[1], shape[2], shape[3]);
    step.remembered = true;
    const bool flat = read_flat(graph_, state.from);
    step.table.rows = flat ? uint16_t{1} : static_cast<uint16_t>(shape[1]);
    step.table.row_bytes = fit<uint32_t>((flat ? shape[1] : 1) * shape[2] * shape[3]);
    step.table.in2 = DEW_NONE;
    Remembered kept;
    kept.name = state.name;
    kept.bytes = static_cast<int64_t>(state.initial.size());
    std::vector<int8_t> first;
    for (const uint8_t byte : state.initial) first.push_back(static_cast<int8_t>(byte));
    kept.fill = first.front();
    if (std::any_of(first.begin(), first.end(), [&](int8_t value) { return value != kept.fill; }))
      kept.first = constant("first_values", first);
    kept.step = add(std::move(step));
    alias(state.from, kept.step);
    plan_.remembered.push_back(std::move(kept));
  }
  return {};
}

void Lowering::keep_states() {
  if (graph_.states.empty()) return;
  // What a state holds now is set aside if another one is to hold it next, or if it is an output: its place
  // may be written to first.
  const auto whole = [this](const char* name, uint16_t from) {
    Step copied;
    copied.name = name;
    copied.table.rows = 1;
    copied.table.row_bytes = step(from).table.rows * step(from).table.row_bytes;
    copy(copied, from);
    return copied;
  };
  const auto set_aside = [&](int index) {
    const uint16_t made = step_of(index);
    return plan_.program[made].remembered ? add(whole("Set aside", made)) : made;
  };
  for (const int output : graph_.outputs) {
    if (!tensor(output).constant()) alias(output, set_aside(output));
  }
  std::vector<uint16_t> next;
  for (const graph::State& state : graph_.states) next.push_back(set_aside(state.to));
  const auto readers = consumers(plan_.program);
  for (size_t i = 0; i < next.size(); ++i) {
    const int state = plan_.remembered[i].step;
    if (may_overwrite(plan_.program, readers, next[i], state)) {
      plan_.program[next[i]].overwrites = state;
      continue;
    }
    Step kept = whole("Keep", next[i]);
    kept.overwrites = state;
    add(std::move(kept));
  }
}

}  // namespace dew::compiler
