// target: runs a plan. On this host by the same kernels, on an emulated board as cross-compiled C; measures.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "compiler/compiler.h"

namespace dew::target {

using Bytes = std::vector<uint8_t>;

/// Runs the plan in-process for each input tensor (the model's own bytes); one output tensor each.
Result<std::vector<Bytes>> run_on_host(const compiler::Plan& plan, std::span<const Bytes> inputs,
                                       Watch& watch);

/// A machine that firmware runs on.
struct Board {
  std::string name;                         ///< "qemu:mps2-an386"
  std::string core;                         ///< "cortex-m4"
  std::string machine;                      ///< QEMU's -M
  std::vector<std::string> compiler_flags;  ///< "-mcpu=cortex-m4", ...
  uint32_t code_base = 0;
  uint32_t code_bytes = 0;
  uint32_t ram_base = 0;
  uint32_t ram_bytes = 0;
  double tick_nanoseconds = 0;  ///< of SysTick, for counting instructions under -icount shift=5
};
const std::vector<Board>& boards();
/// By name ("qemu:mps2-an386") or core ("cortex-m4"). Error (usage): unknown; names the known ones.
Result<Board> find_board(const std::string& name);

/// Measured, not estimated: sizes from the linked image, the stack painted and read back.
struct Figures {
  int64_t flash_bytes = 0;   ///< .text + .rodata (and .data's initial values) of model, kernels and start-up
  int64_t static_bytes = 0;  ///< .data + .bss, arena included, image buffer included
  int64_t stack_bytes = 0;   ///< peak of the painted stack during inference
  int64_t ram_bytes = 0;     ///< static + stack
  int64_t instructions = 0;  ///< one inference, counted under -icount
};

struct BoardRun {
  std::vector<Bytes> outputs;
  Figures figures;
};

/// Cross-compiles the emitted C with a small start-up, links it, runs it in QEMU over all inputs. The image
/// buffer is part of the firmware's RAM; inputs travel over semihosting. Error: cross compiler or emulator
/// missing (names the package), does not fit the board, the firmware failed.
Result<BoardRun> run_on_board(const compiler::Plan& plan, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch);

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
