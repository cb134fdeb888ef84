// firmware: C sources made into an image for a board, and the image run. target.h is the room's entrance;
// this is for what has no Plan: tests of harness and boards, and of single kernels.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "target/target.h"

namespace dew::target {

/// How rows are pushed: push_row takes unsigned bytes and finish gives signed ones, whatever the tensors are.
struct Rows {
  int64_t count = 0;  ///< the image's height
  bool flip_input = false;
  bool flip_output = false;
};

/// A model as C.
struct Firmware {
  std::string symbol;                          ///< sources define dew_<symbol>_init, ... (compiler.h)
  std::map<std::string, std::string> sources;  ///< file name -> text
  int64_t input_bytes = 0;
  int64_t output_bytes = 0;
  std::optional<Rows> rows;  ///< absent: a whole image at once
  size_t steps = 0;          ///< of the net, to count each one's instructions; 0: not counted
  /// How long the firmware may go without giving another output before it counts as hung.
  std::chrono::milliseconds patience{60'000};
};

struct Image {
  fs::path path;  ///< an ELF file, or a WebAssembly module
  int64_t flash_bytes = 0;
  int64_t static_bytes = 0;
};

/// Compiles and links into `folder`. Error: no cross compiler (names the package), the compiler's own words
/// where the code is refused, flash or RAM too small (with the figures).
Result<Image> build_image(const Firmware& firmware, const Board& board, const fs::path& folder,
                          const Watch& watch);

/// Runs an image of build_image over all inputs. Error: no emulator, a fault (where and why), the arena's
/// guard overwritten, the stack exhausted, no output within `patience`.
Result<BoardRun> run_image(const Image& image, const Firmware& firmware, const Board& board,
                           std::span<const Bytes> inputs, Watch& watch);

/// Both, in a temporary folder.
Result<BoardRun> run_firmware(const Firmware& firmware, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch);

/// Flash and static RAM of a linked ELF image: its allocated sections, the stack's aside.
/// Error: not a little-endian 32-bit ELF file.
Result<Image> measure_elf(const fs::path& elf);

/// The same of a WebAssembly module: its sections but the custom ones, and the linear memory behind the
/// stack. Error: not a module, or one that does not export __heap_base.
Result<Image> measure_wasm(const fs::path& module);

/// What the firmware may use, at the start of its RAM; no part of static_bytes.
constexpr uint32_t kStackBytes = 64 << 10;

/// The path of a program of tools(). Error: not installed; names its package.
Result<std::string> require_tool(const std::string& program);

/// How far the counters of firmware/machine.h went.
struct CounterReading {
  uint32_t fine = 0;
  uint32_t coarse = 0;
};
/// 0 where the board cannot count.
int64_t instructions(const Board& board, const CounterReading& counted);
/// QEMU's flags that make the counter exact.
std::vector<std::string> counting_flags(const Board& board);

}  // namespace dew::target
