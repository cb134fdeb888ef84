// devices: chips and boards by the names that people call them, and what a name means to the compiler: whose
// kernels, which emulated board measures, how much memory there is, and about how fast it is. The table is
// data, devices.toml.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "target/target.h"

namespace dew::target {

/// Clock cycles that one instruction takes on average, over nets of this project's kind.
struct Cycles {
  double from = 0;
  double to = 0;
};

struct Core {
  std::string name;        ///< "cortex-m85"
  std::string counted_on;  ///< the emulated core that runs the same kernels: "cortex-m55", or its own name
  std::string flags;       ///< the compiler's; empty: the toolchain's own
  std::optional<Cycles> cycles;  ///< of the instructions counted there; absent: nothing supports a figure
  std::string basis;             ///< what supports it
};

/// A chip, or a board with one.
struct Device {
  std::string name;   ///< "xiao-esp32s3-sense"
  std::string title;  ///< "Seeed Studio XIAO ESP32S3 Sense"
  std::vector<std::string> aliases;
  std::string chip;                ///< of a board; empty: this is a chip
  std::string core;                ///< "xtensa-lx7"
  double mhz = 0;                  ///< the highest clock
  int64_t ram_bytes = 0;           ///< internal SRAM for data
  int64_t external_ram_bytes = 0;  ///< PSRAM or SDRAM on the board
  int64_t flash_bytes = 0;  ///< on the chip, else on the board; 0: none on the chip, and no board named
  std::string camera;       ///< on the board; empty: none
  std::string note;         ///< what to know about the figures; empty: nothing
  std::string source;       ///< the maker's page to check them by
};

/// What others measured, with the instructions of the same kernels.
struct Published {
  std::string core;
  std::string board;
  std::string net;
  std::string stack;
  double mhz = 0;
  double milliseconds = 0;
  double instructions = 0;
  bool counted = false;  ///< else scaled from a net of the same kind
  std::string source;

  [[nodiscard]] double cycles() const { return milliseconds * 1e3 * mhz / instructions; }
};

struct DeviceTable {
  std::vector<Core> cores;
  std::vector<Device> devices;  ///< chips, then boards, each by name
  std::vector<Published> published;
};

/// devices.toml explains the format at its top. Error (usage): names `path` and what is wrong, also a chip or
/// core that is not there, and a name that two things have.
Result<DeviceTable> parse_devices(std::string_view text, const std::string& path);

/// The built-in table.
const DeviceTable& devices();

/// What a name after `--for`, `--board` or `--on` stands for.
struct Target {
  std::string name;  ///< of the device; else of the core
  Core core;
  /// What builds, runs and measures. It has the target's kernels, so that outputs are the target's to the
  /// bit.
  Board board;
  std::optional<Device> device;  ///< absent: only a core or an emulated board was named

  /// Whether the board has another core: then flash and stack are that core's, and instructions stand for
  /// the target's own.
  [[nodiscard]] bool stands_in() const { return core.name != board.core; }
};

/// By the name of an emulated board ("qemu:mps2-an386"), a core, a chip or a board, however it is written:
/// "STM32F746", "Nano 33 BLE Sense". Error (usage): unknown; says what is like it.
Result<Target> find_target(const std::string& name);

/// In a sentence, what measures a target that no emulator has; empty where one has.
std::string stand_in_text(const Target& target);

/// About how long `instructions` take, in milliseconds: an estimate, from the fastest to the slowest that the
/// core's range allows at the device's highest clock.
struct Duration {
  double from = 0;
  double to = 0;
};
/// Absent: no device, an unknown range, or nothing counted.
std::optional<Duration> estimate(const Target& target, int64_t instructions);

}  // namespace dew::target
