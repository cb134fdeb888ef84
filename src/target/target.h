// target: runs a plan, on this host with the same kernels or on an emulated board as cross-compiled C, and
// measures it.
#pragma once

#include <cstdint>
#include <map>
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
/// Not for two threads at once: give each its own. A net with state remembers its runs, whose inputs must
/// follow each other in time.
class HostNet {
 public:
  /// `vectors`: which of this machine's instructions to use; the fastest it has by default.
  explicit HostNet(compiler::Plan plan, kernels::Vectors vectors = kernels::host_vectors().back());
  HostNet(HostNet&&) = default;
  HostNet& operator=(HostNet&&) = default;

  /// Takes the bytes of the model's input tensor, gives those of its output tensor. Error: another number of
  /// bytes (usage); no memory for the arena.
  Result<Bytes> run(std::span<const uint8_t> input);

  /// Forgets earlier runs.
  void forget();

 private:
  [[nodiscard]] uint8_t* arena() const;
  void convert_row(const uint8_t* from, uint8_t* to, size_t count) const;
  [[nodiscard]] Bytes output() const;

  compiler::Plan plan_;
  std::vector<dew_step> steps_;        ///< the plan's, with this process's addresses
  std::vector<uint16_t> rows_made_;    ///< by step
  std::unique_ptr<uint32_t[]> arena_;  ///< null: there was no memory for it
};

/// Runs the plan in this process on each input tensor, one after the other; one output tensor each. Error: as
/// HostNet::run; interrupted.
Result<std::vector<Bytes>> run_on_host(const compiler::Plan& plan, std::span<const Bytes> inputs,
                                       Watch& watch,
                                       kernels::Vectors vectors = kernels::host_vectors().back());

/// The kernels that are fastest on this machine.
compiler::Isa host_isa();

/// How a board counts instructions.
enum class Counter {
  kDualTimer,         ///< CMSDK dual timer of the MPS2 boards, under -icount shift=5
  kSystemCounter,     ///< SSE-300's 64-bit counter, under -icount shift=5
  kInstructionsDone,  ///< RISC-V's minstret, exact under -icount shift=0
  kNone,              ///< it cannot
};

enum class Architecture { kArm, kRiscv, kWasm };

struct Memory {
  uint32_t base = 0;
  uint32_t bytes = 0;
};

/// An emulated machine that firmware runs on.
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

/// Measured, not estimated: sizes come from the linked firmware, the stack is painted and read back. Start-up
/// and harness are included: on a board about 1.1 KB of flash, 75 bytes of static RAM, 60 to 100 bytes of
/// stack and 15 instructions; in WebAssembly 2 KB and 100 bytes. WebAssembly keeps constants in RAM, so there
/// static_bytes includes them, and stack_bytes is the part of the stack in linear memory.
struct Figures {
  int64_t flash_bytes = 0;   ///< .text, .rodata and the initial values of .data
  int64_t static_bytes = 0;  ///< .data and .bss, including the arena and the image
  int64_t stack_bytes = 0;   ///< peak of the painted stack during inference, the largest over all inputs
  int64_t ram_bytes = 0;     ///< static + stack
  /// Of one inference, counted under -icount, the largest over all inputs; 0 if the board cannot count.
  int64_t instructions = 0;
};

struct BoardRun {
  std::vector<Bytes> outputs;
  Figures figures;
  std::vector<int64_t> step_instructions;  ///< over all inputs; empty unless the firmware counts them
};

enum class Feed {
  kImage,  ///< whole images; one is part of the firmware's RAM
  kRows,   ///< row by row, as a camera delivers them; one row is part of the firmware's RAM
};

/// Cross-compiles the emitted C with a small start-up, links it and runs it in the emulator on all inputs,
/// which it reads by semihosting. Error: no cross compiler or emulator (names the package); it does not fit
/// the board; the firmware failed; Feed::kRows for a model with float tensors (usage).
Result<BoardRun> run_on_board(const compiler::Plan& plan, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch, Feed feed = Feed::kImage);

/// How `instructions`, those of one inference as run_on_board counted them, divide among the steps of the
/// plan's program. A step's share includes the search for the step. The firmware is built again with a
/// reading of the counter after every run of a step, whose cost is subtracted evenly. The shares add up to
/// `instructions` except for what follows the last step. Empty if the board cannot count. Deterministic.
Result<std::vector<int64_t>> count_step_instructions(const compiler::Plan& plan, const Board& board,
                                                     const Bytes& input, int64_t instructions, Watch& watch);

/// What `dewdrop doctor` shows.
struct Tool {
  std::string program;
  std::string package;              ///< the Debian package that has it
  std::string use;                  ///< what it is for
  std::optional<std::string> path;  ///< absent: not installed
  std::string version;
};
std::vector<Tool> tools(const Watch& watch);

/// C sources (file name -> text, with their headers) as a WebAssembly module (SIMD128, bulk memory), which
/// exports its memory and these functions. Error: no clang or lld (names the package); the compiler's words.
Result<std::string> link_wasm(const std::map<std::string, std::string>& sources,
                              const std::vector<std::string>& exports, const Watch& watch);

}  // namespace dew::target
