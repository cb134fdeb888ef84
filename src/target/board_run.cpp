// board_run: a plan on an emulated board; the door between compiler and firmware.
#include "target/firmware.h"
#include "target/target.h"

namespace dew::target {
namespace {

using graph::DType;

bool is_bytes(const graph::Tensor& tensor) {
  return tensor.type == DType::kInt8 || tensor.type == DType::kUInt8;
}

Result<Rows> rows_of(const compiler::Plan& plan) {
  if (!is_bytes(plan.input) || !is_bytes(plan.output))
    return usage_error("rows can be pushed into a model of 8-bit tensors only", plan.symbol,
                       "feed whole images instead");
  return Rows{plan.program[0].table.rows, plan.input.type == DType::kInt8, plan.output.type == DType::kUInt8};
}

}  // namespace

Result<BoardRun> run_on_board(const compiler::Plan& plan, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch, Feed feed) {
  Firmware firmware;
  firmware.symbol = plan.symbol;
  firmware.sources = compiler::emit_c(plan);
  firmware.input_bytes = plan.input.bytes();
  firmware.output_bytes = plan.output.bytes();
  if (feed == Feed::kRows) {
    DEW_TRY(firmware.rows, rows_of(plan));
  }
  // A minute, and a microsecond a MAC: the slowest core takes 15 instructions, the emulator does 100 M/s.
  firmware.patience += std::chrono::milliseconds(plan.macs / 1000);
  return run_firmware(firmware, board, inputs, watch);
}

}  // namespace dew::target
