// tools: the programs that targets need, where they are installed, and the packages that contain them.
#include <algorithm>
#include <array>

#include "target/firmware.h"
#include "target/target.h"

namespace dew::target {
namespace {

struct Known {
  const char* program;
  const char* package;
  const char* use;
};

constexpr std::array<Known, 7> kKnown = {{
    {"arm-none-eabi-gcc", "gcc-arm-none-eabi", "compiles for Cortex-M"},
    {"qemu-system-arm", "qemu-system-arm", "emulates Cortex-M boards"},
    {"riscv64-unknown-elf-gcc", "gcc-riscv64-unknown-elf", "compiles for RISC-V"},
    {"qemu-system-riscv32", "qemu-system-misc", "emulates a RISC-V board"},
    {"clang", "clang", "compiles for WebAssembly"},
    {"wasm-ld", "lld", "links WebAssembly"},
    {"node", "nodejs", "runs WebAssembly"},
}};

/// The first line of `program --version`; empty if there is none.
std::string version_of(const std::string& path, const Watch& watch) {
  const auto said = run_process({path, "--version"}, std::chrono::seconds(10), watch);
  if (!said || said->status != 0) return {};
  return printable(trim(said->output.substr(0, said->output.find('\n'))));
}

}  // namespace

std::vector<Tool> tools(const Watch& watch) {
  std::vector<Tool> found;
  for (const Known& known : kKnown) {
    Tool tool{known.program, known.package, known.use, find_program(known.program), {}};
    if (tool.path) tool.version = version_of(*tool.path, watch);
    found.push_back(std::move(tool));
  }
  return found;
}

Result<std::string> require_tool(const std::string& program) {
  if (const auto path = find_program(program)) return *path;
  const auto* known =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& k) { return program == k.program; });
  const std::string package = known != kKnown.end() ? known->package : program;
  const std::string use = known != kKnown.end() ? std::string(", which ") + known->use : "";
  return work_error(program + use + ", is not installed", {},
                    "install it (apt-get install " + package + "), then run the same command again");
}

}  // namespace dew::target
