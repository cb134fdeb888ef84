// board_run: runs a plan on an emulated board, by way of firmware.h.
#include <algorithm>
#include <cmath>

#include "target/firmware.h"
#include "target/target.h"

namespace dew::target {
namespace {

using graph::DType;

bool is_bytes(const graph::Tensor& tensor) {
  return tensor.type == DType::kInt8 || tensor.type == DType::kUInt8;
}

Result<Rows> rows_of(const compiler::Plan& plan) {
  if (!is_bytes(plan.input) || !is_bytes(plan.output) || plan.mixed())
    return usage_error("rows can only be pushed into a model whose input and output are 8-bit", plan.symbol,
                       "give it whole images instead");
  using compiler::Ends;
  const Ends ends = compiler::ends_of(plan);
  const bool picture = ends.input == Ends::Input::kPicture;
  const bool map = ends.output == Ends::Output::kMap;  // which lies in the arena as it is
  const bool as_it_is = map && plan.output_conversion.kind == compiler::Conversion::Kind::kNone;
  return Rows{plan.program[0].table.rows, picture && plan.input.type == DType::kInt8,
              !as_it_is && plan.output.type == DType::kUInt8,
              map                                     ? "map"
              : ends.output == Ends::Output::kClasses ? "scores"
                                                      : "values",
              plan.gate.has_value()};
}

Firmware firmware_of(const compiler::Plan& plan) {
  Firmware firmware;
  firmware.symbol = plan.symbol;
  firmware.sources = compiler::emit_c(plan);
  firmware.input_bytes = plan.input.bytes();
  firmware.output_bytes = plan.output_bytes();
  // A minute, and a microsecond per MAC: the slowest core takes 15 instructions for one, the emulator runs
  // 100 M/s.
  firmware.silence_limit += std::chrono::milliseconds(plan.macs / 1000);
  return firmware;
}

}  // namespace

Result<BoardRun> run_on_board(const compiler::Plan& plan, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch, Feed feed) {
  Firmware firmware = firmware_of(plan);
  if (feed == Feed::kRows) {
    DEW_TRY(firmware.rows, rows_of(plan));
  }
  return run_firmware(firmware, board, inputs, watch);
}

Result<std::vector<int64_t>> count_step_instructions(const compiler::Plan& plan, const Board& board,
                                                     const Bytes& input, int64_t instructions, Watch& watch) {
  if (board.counter == Counter::kNone) return std::vector<int64_t>();
  Firmware firmware = firmware_of(plan);
  firmware.steps = plan.program.size();
  DEW_TRY(BoardRun run, run_firmware(firmware, board, {&input, 1}, watch));
  int64_t calls = 0;
  for (const compiler::Step& step : plan.program) calls += step.table.events;
  const double cost =
      static_cast<double>(run.figures.instructions - instructions) / static_cast<double>(calls);
  for (size_t i = 0; i < plan.program.size(); ++i) {
    int64_t& counted = run.step_instructions[i];
    counted = std::max<int64_t>(0, counted - std::llround(cost * plan.program[i].table.events));
  }
  return run.step_instructions;
}

}  // namespace dew::target
