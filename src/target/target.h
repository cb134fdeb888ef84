// target: runs a plan. On this host by the same kernels, on an emulated board as cross-compiled C; measures.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "compiler/compiler.h"
#include "kernels/kernels.h"

namespace dew::target {

using Bytes = std::vector<uint8_t>;

/// A plan ready to run in this process: made once, run on many inputs. It keeps what it needs of the plan.
/// Not for two threads at once: give each its own.
class HostNet {
 public:
  /// `vectors`: which of this machine's instructions to use; the fastest it has by default.
  explicit HostNet(compiler::Plan plan, kernels::Vectors vectors = kernels::host_vectors().back());
  HostNet(HostNet&&) = default;
  HostNet& operator=(HostNet&&) = default;

  /// Takes the bytes of the model's input tensor, gives those of its output tensor. Error: another number of
  /// bytes (usage); no memory for the arena.
  Result<Bytes> run(std::span<const uint8_t> input);

 private:
  [[nodiscard]] uint8_t* arena() const;
  void convert_row(const uint8_t* from, uint8_t* to, size_t count) const;
  [[nodiscard]] Bytes output() const;

  compiler::Plan plan_;
  std::vector<dew_step> steps_;        ///< the plan's, with this process's addresses
  std::vector<uint16_t> rows_made_;    ///< by step
  std::unique_ptr<uint32_t[]> arena_;  ///< null: there was no memory for it
};

/// Runs the plan in this process on each input tensor; one output tensor each, in their order. Error: as
/// HostNet::run; interrupted.
Result<std::vector<Bytes>> run_on_host(const compiler::Plan& plan, std::span<const Bytes> inputs,
                                       Watch& watch,
                                       kernels::Vectors vectors = kernels::host_vectors().back());

/// The kernels that are fastest on this machine.
compiler::Isa host_isa();

/// How a board tells instructions.
enum class Counter {
  kDualTimer,         ///< CMSDK dual timer of the MPS2 boards, under -icount shift=5
  kSystemCounter,     ///< SSE-300's 64-bit counter, under -icount shift=5
  kInstructionsDone,  ///< RISC-V's minstret, exact under -icount shift=0
  kNone,              ///< not countable
};

enum class Architecture { kArm, kRiscv, kWasm };

struct Memory {
  uint32_t base = 0;
  uint32_t bytes = 0;
};

/// A machine that firmware runs on, emulated.
struct Board {
  std::string name;  ///< "qemu:mps2-an386"
  std::string core;  ///< "cortex-m4"
  Architecture architecture = Architecture::kArm;
  std::string compiler;                     ///< "arm-none-eabi-gcc"
  std::vector<std::string> compiler_flags;  ///< "-mcpu=cortex-m4", ...
  std::string emulator;                     ///< "qemu-system-arm"; "node" for WebAssembly
  std::string machine;                      ///< QEMU's -M
  Memory code;                              ///< text, constants and .data's initial values; 0 bytes: no limit
  Memory ram;
  std::optional<Memory> vectors;  ///< where the core starts, if that is not the start of `code`
  Counter counter = Counter::kNone;
  double tick_nanoseconds = 0;  ///< of the counter
};
const std::vector<Board>& boards();
/// By name ("qemu:mps2-an386") or core ("cortex-m4"). Error (usage): unknown; names the known ones.
Result<Board> find_board(const std::string& name);

/// Measured, not estimated: sizes from the linked image, the stack painted and read back. Start-up and
/// harness are in them: on a board about 1.1 KB of flash, 75 bytes of static RAM, 60-100 of stack and 15
/// instructions; in WebAssembly 2 KB and 100 bytes. In WebAssembly constants stand in RAM, so static_bytes
/// counts them too, and stack_bytes is the part of the stack in linear memory.
struct Figures {
  int64_t flash_bytes = 0;   ///< .text + .rodata (and .data's initial values) of model, kernels and start-up
  int64_t static_bytes = 0;  ///< .data + .bss, arena included, image buffer included
  int64_t stack_bytes = 0;   ///< peak of the painted stack during inference, the largest over all inputs
  int64_t ram_bytes = 0;     ///< static + stack
  /// One inference, counted under -icount, the largest over all inputs; 0 where they cannot be counted.
  int64_t instructions = 0;
};

struct BoardRun {
  std::vector<Bytes> outputs;
  Figures figures;
  std::vector<int64_t> step_instructions;  ///< of firmware that counts them, in all inputs; else empty
};

enum class Feed {
  kImage,  ///< whole images; one is part of the firmware's RAM
  kRows,   ///< rows, as a camera reads them out; one row is part of the firmware's RAM
};

/// Cross-compiles the emitted C with a small start-up, links it, runs it in the emulator over all inputs,
/// which travel over semihosting. Error: cross compiler or emulator missing (names the package), does not fit
/// the board, the firmware failed; rows of a model with float tensors (usage).
Result<BoardRun> run_on_board(const compiler::Plan& plan, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch, Feed feed = Feed::kImage);

/// What each step of the plan's program takes of `instructions`, one inference's as `run_on_board` told it.
/// What a step waits for (the search for the next one to run) is its own. The firmware is built once more
/// with a counter behind every step, and what that costs is taken off evenly. The steps add up to
/// `instructions` but for what comes behind the last one. Empty where the board cannot count. Deterministic.
Result<std::vector<int64_t>> count_step_instructions(const compiler::Plan& plan, const Board& board,
                                                     const Bytes& input, int64_t instructions, Watch& watch);

/// What `dewdrop doctor` shows.
struct Tool {
  std::string program;
  std::string package;              ///< Debian's name for it
  std::string use;                  ///< what it is for
  std::optional<std::string> path;  ///< where it stands; absent: not installed
  std::string version;
};
std::vector<Tool> tools(const Watch& watch);

}  // namespace dew::target
