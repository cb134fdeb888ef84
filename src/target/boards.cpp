// boards: the table of machines that firmware can run on. The memory maps are those of QEMU 7.2.
#include <algorithm>
#include <cmath>

#include "target/firmware.h"
#include "target/target.h"

namespace dew::target {
namespace {

constexpr uint32_t kMiB = 1 << 20;

Board arm_board(const std::string& machine, const std::string& core, std::vector<std::string> flags) {
  Board board;
  board.name = "qemu:" + machine;
  board.core = core;
  board.compiler = "arm-none-eabi-gcc";
  board.compiler_flags = std::move(flags);
  board.compiler_flags.insert(board.compiler_flags.begin(), {"-mcpu=" + core, "-mthumb"});
  board.emulator = "qemu-system-arm";
  board.machine = machine;
  board.code = {0, 4 * kMiB};
  board.ram = {0x20000000, 4 * kMiB};
  board.counter = Counter::kDualTimer;
  board.tick_nanoseconds = 40;  // 25 MHz
  return board;
}

/// Runs on the Cortex-M3's board, which has more memory; the Cortex-M3 executes all Armv6-M instructions.
Board cortex_m0plus() {
  Board board = arm_board("mps2-an385", "cortex-m0plus", {"-mfloat-abi=soft", "-masm-syntax-unified"});
  board.name += ":cortex-m0plus";
  return board;
}

Board cortex_m33() {
  Board board = arm_board("mps2-an505", "cortex-m33", {"-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"});
  board.code.base = 0x10000000;
  board.ram.base = 0x38000000;
  board.tick_nanoseconds = 50;  // 20 MHz
  return board;
}

/// Starts in the ITCM. Model and RAM are in the DDR, because the tightly coupled memories have only 512 KiB.
Board cortex_m55() {
  Board board = arm_board("mps3-an547", "cortex-m55", {"-mfloat-abi=hard"});
  board.vectors = Memory{0, kMiB / 2};
  board.code = {0x60000000, 16 * kMiB};
  board.ram = {0x61000000, 16 * kMiB};
  board.counter = Counter::kSystemCounter;
  board.tick_nanoseconds = 31.25;  // 32 MHz
  return board;
}

Board rv32imac() {
  Board board;
  board.name = "qemu:riscv32-virt";
  board.core = "rv32imac";
  board.architecture = Architecture::kRiscv;
  board.compiler = "riscv64-unknown-elf-gcc";
  board.compiler_flags = {"-march=rv32imac", "-mabi=ilp32"};
  board.emulator = "qemu-system-riscv32";
  board.machine = "virt";
  board.code = {0x80000000, 16 * kMiB};
  board.ram = {0x81000000, 16 * kMiB};
  board.counter = Counter::kInstructionsDone;
  return board;
}

Board wasm32() {
  Board board;
  board.name = "node:wasm32";
  board.core = "wasm32";
  board.architecture = Architecture::kWasm;
  board.compiler = "clang";
  // Loop strength reduction takes the constant offsets out of loads and stores, where WebAssembly has them
  // for nothing.
  board.compiler_flags = {"--target=wasm32", "-msimd128", "-mbulk-memory", "-mllvm", "-disable-lsr"};
  board.emulator = "node";
  return board;
}

/// Ticks of the fine counter, whose wraps are known from the coarse one at a sixteenth of its rate.
double ticks(const CounterReading& counted) {
  const double about = 16.0 * counted.coarse;
  const double wrap = 4294967296.0;
  return counted.fine + wrap * std::round((about - counted.fine) / wrap);
}

}  // namespace

const std::vector<Board>& boards() {
  static const std::vector<Board> table = {
      cortex_m0plus(),
      arm_board("mps2-an385", "cortex-m3", {"-mfloat-abi=soft"}),
      arm_board("mps2-an386", "cortex-m4", {"-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"}),
      arm_board("mps2-an500", "cortex-m7", {"-mfloat-abi=hard", "-mfpu=fpv5-d16"}),
      cortex_m33(),
      cortex_m55(),
      rv32imac(),
      wasm32(),
  };
  return table;
}

Result<Board> find_board(const std::string& name) {
  std::vector<std::string> known;
  std::vector<std::string> names;
  for (const Board& board : boards()) {
    if (board.name == name || board.core == name) return board;
    known.push_back(board.name + " (" + board.core + ")");
    names.insert(names.end(), {board.name, board.core});
  }
  const std::string near = closest(name, names);
  return usage_error("no board or core is called '" + printable(name) + "'", {},
                     (near.empty() ? "" : "did you mean " + near + "? ") + "known are: " + join(known));
}

std::vector<std::string> counting_flags(const Board& board) {
  switch (board.counter) {
    case Counter::kDualTimer:
    case Counter::kSystemCounter:
      return {"-icount", "shift=5"};
    case Counter::kInstructionsDone:
      return {"-icount", "shift=0"};
    case Counter::kNone:
      break;
  }
  return {};
}

int64_t instructions(const Board& board, const CounterReading& counted) {
  constexpr double kNanosecondsPerInstruction = 32;  // under -icount shift=5
  switch (board.counter) {
    case Counter::kDualTimer:
    case Counter::kSystemCounter:
      return std::llround(ticks(counted) * board.tick_nanoseconds / kNanosecondsPerInstruction);
    case Counter::kInstructionsDone:
      return std::llround(ticks(counted));
    case Counter::kNone:
      break;
  }
  return 0;
}

}  // namespace dew::target
