// firmware: compiles and links C sources for a board, and runs the result. The way in is target.h; this
// header is for the room itself and for tests of what has no Plan: the harness, the boards, faults.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "target/target.h"

namespace dew::target {

/// How rows are pushed: push_row takes unsigned bytes of pictures and finish gives signed values, whatever
/// the tensors' types.
struct Rows {
  int64_t count = 0;  ///< the image's height
  bool flip_input = false;
  bool flip_output = false;
  std::string values = "scores";  ///< what a result calls them
  bool gated = false;             ///< the last output byte is the result's `known`
};

/// A model as C.
struct Firmware {
  std::string symbol;                          ///< sources define dew_<symbol>_init, ... (compiler.h)
  std::map<std::string, std::string> sources;  ///< file name -> text
  int64_t input_bytes = 0;
  int64_t output_bytes = 0;
  std::optional<Rows> rows;  ///< absent: a whole image at once
  size_t steps = 0;          ///< the net's steps, each of which is counted; 0: they are not counted
  /// With no further output for this long, the firmware counts as hung.
  std::chrono::milliseconds silence_limit{60'000};
};

/// Firmware ready to run, and what its sections take.
struct LinkedFirmware {
  fs::path path;  ///< an ELF file, or a WebAssembly module
  int64_t flash_bytes = 0;
  int64_t static_bytes = 0;
};

/// Compiles and links into `folder`. Error: no cross compiler (names its package); the code is refused (in
/// the compiler's words); flash or RAM is too small (with the figures).
Result<LinkedFirmware> link_firmware(const Firmware& firmware, const Board& board, const fs::path& folder,
                                     const Watch& watch);

/// Runs linked firmware on all inputs. Error: no emulator; a fault (where and why); the arena's guard was
/// overwritten; the stack is exhausted; no output within `silence_limit`.
Result<BoardRun> run_linked(const LinkedFirmware& linked, const Firmware& firmware, const Board& board,
                            std::span<const Bytes> inputs, Watch& watch);

/// Links and runs, in a temporary folder.
Result<BoardRun> run_firmware(const Firmware& firmware, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch);

/// Flash and static RAM of a linked ELF file: its allocated sections, except the stack's.
/// Error: not a little-endian 32-bit ELF file.
Result<LinkedFirmware> measure_elf(const fs::path& elf);

/// The same for a WebAssembly module: its sections except custom ones, and the linear memory behind the
/// stack. Error: not a module, or one that does not export __heap_base.
Result<LinkedFirmware> measure_wasm(const fs::path& module);

/// The stack's size; it lies at the start of RAM and is not counted in static_bytes.
constexpr uint32_t kStackBytes = 64 << 10;

/// The path of a program of tools(). Error: not installed; names its package.
Result<std::string> require_tool(const std::string& program);

/// How far the two counters of firmware/machine.h advanced.
struct CounterReading {
  uint32_t fine = 0;
  uint32_t coarse = 0;
};
/// The instructions that a reading stands for; 0 if the board cannot count.
int64_t instructions(const Board& board, const CounterReading& counted);
/// The QEMU flags under which the counter is exact.
std::vector<std::string> counting_flags(const Board& board);

}  // namespace dew::target
