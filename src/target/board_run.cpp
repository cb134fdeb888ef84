// board_run: a plan on an emulated board; the door between compiler and firmware.
#include "target/firmware.h"
#include "target/target.h"

namespace dew::target {

Result<BoardRun> run_on_board(const compiler::Plan& plan, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch) {
  Firmware firmware;
  firmware.symbol = plan.symbol;
  firmware.sources = compiler::emit_c(plan);
  firmware.input_bytes = plan.input.bytes();
  firmware.output_bytes = plan.output.bytes();
  // A minute, and a microsecond a MAC: the slowest core takes 15 instructions, the emulator does 100 M/s.
  firmware.patience += std::chrono::milliseconds(plan.macs / 1000);
  return run_firmware(firmware, board, inputs, watch);
}

}  // namespace dew::target
