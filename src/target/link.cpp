// link: from a model's C to linked firmware. The emitted files, our start-up and harness and a linker script
// go into one folder; one call of the cross compiler does the rest.
#include <fmt/core.h>

#include <charconv>

#include "embed/firmware_text.h"
#include "target/firmware.h"

namespace dew::target {
namespace {

constexpr std::chrono::minutes kLongestCompilation{10};

/// Gives the emitted interface names without the symbol; compilation fails where its sizes are not the
/// plan's.
std::string model_header(const Firmware& firmware) {
  const std::string prefix = "dew_" + firmware.symbol;
  const std::string constant = upper(prefix);
  std::string text = fmt::format("#include \"{}.h\"\n\n", prefix);
  text += fmt::format("typedef {}_t model_t;\n", prefix);
  for (const char* function : {"init", "run_tensor"})
    text += fmt::format("#define model_{0} {1}_{0}\n", function, prefix);
  for (const char* size : {"ARENA_BYTES", "INPUT_BYTES", "OUTPUT_BYTES"})
    text += fmt::format("#define MODEL_{0} {1}_{0}\n", size, constant);
  text += fmt::format("#define MODEL_ROWS {}\n", firmware.rows ? firmware.rows->count : 0);
  text += fmt::format("#define MODEL_STEPS {}\n", firmware.steps);
  if (const auto& rows = firmware.rows) {
    text += fmt::format("typedef {0}_result model_result;\n", prefix);
    for (const char* function : {"begin", "push_row", "finish"})
      text += fmt::format("#define model_{0} {1}_{0}\n", function, prefix);
    text += fmt::format(
        "#define MODEL_INPUT_FLIP {}\n#define MODEL_OUTPUT_FLIP {}\n#define MODEL_VALUES {}\n"
        "#define MODEL_GATED {}\n",
        rows->flip_input ? 0x80 : 0, rows->flip_output ? 0x80 : 0, rows->values, rows->gated ? 1 : 0);
  }
  text += fmt::format("#if MODEL_INPUT_BYTES != {} || MODEL_OUTPUT_BYTES != {}\n", firmware.input_bytes,
                      firmware.output_bytes);
  return text + "#error the plan and the emitted header differ in their sizes\n#endif\n";
}

/// Included before the first line of every source: the engine tells the harness about each step it has run.
constexpr const char* kStepsHeader =
    "#ifndef __ASSEMBLER__\nvoid step_done(unsigned step);\n#define DEW_STEP_DONE(step) "
    "step_done((unsigned)(step))\n#endif\n";

std::string memory_script(const Board& board) {
  const auto region = [](const char* name, const Memory& memory) {
    return fmt::format("  {} : ORIGIN = {:#x}, LENGTH = {:#x}\n", name, memory.base, memory.bytes);
  };
  std::string text = fmt::format("STACK_BYTES = {};\nMEMORY\n{{\n", kStackBytes);
  text += region("CODE (rx)", board.code) + region("RAM (rw)", board.ram);
  if (board.vectors) text += region("VECTORS (rx)", *board.vectors);
  text += "}\n";
  if (!board.vectors) text += "REGION_ALIAS(\"VECTORS\", CODE)\n";
  return text;
}

std::string board_header(const Board& board) {
  return fmt::format("#define BOARD_STACK_BYTES {}\n#define BOARD_SYSTEM_COUNTER {}\n", kStackBytes,
                     board.counter == Counter::kSystemCounter ? 1 : 0);
}

/// Our own part of the firmware: file name -> text.
std::map<std::string, std::string> support_files(const Firmware& firmware, const Board& board) {
  namespace text = firmware_text;
  std::map<std::string, std::string> files = {
      {"model.h", model_header(firmware)},         {"board.h", board_header(board)},
      {"machine.h", std::string(text::machine_h)}, {"string.h", std::string(text::string_h)},
      {"harness.c", std::string(text::harness_c)}, {"memory.c", std::string(text::memory_c)},
  };
  if (firmware.steps > 0) files["steps.h"] = kStepsHeader;
  if (board.architecture == Architecture::kWasm) {
    files["wasm.c"] = text::wasm_c;
    files["run.mjs"] = text::run_mjs;
    return files;
  }
  files["memory.ld"] = memory_script(board);
  files["sections.ld"] = text::sections_ld;
  if (board.architecture == Architecture::kArm)
    files["arm.c"] = text::arm_c;
  else
    files["riscv.S"] = text::riscv_S;
  return files;
}

/// Writes the files; returns the paths of those to compile.
Result<std::vector<std::string>> write_files(const std::map<std::string, std::string>& files,
                                             const fs::path& folder) {
  std::vector<std::string> to_compile;
  for (const auto& [name, text] : files) {
    DEW_CHECK(write_file(folder / name, text));
    if (const fs::path kind = fs::path(name).extension(); kind == ".c" || kind == ".S")
      to_compile.push_back((folder / name).string());
  }
  return to_compile;
}

/// The number of bytes by which a region overflows, from the linker's message; absent if it does not
/// complain.
std::optional<int64_t> overflow_of(const std::string& linker_said, const std::string& region) {
  const std::string complaint = "region `" + region + "' overflowed by ";
  const size_t at = linker_said.find(complaint);
  if (at == std::string::npos) return std::nullopt;
  const char* begin = linker_said.data() + at + complaint.size();
  int64_t bytes = 0;
  const auto [end, error] = std::from_chars(begin, linker_said.data() + linker_said.size(), bytes);
  return error == std::errc() ? std::optional(bytes) : std::nullopt;
}

/// "flash: 5,000,000 bytes needed, 4,194,304 available; ..." from the linker's complaints; empty without any.
std::string overflows(const std::string& linker_said, const Board& board) {
  std::string text;
  const auto append = [&](const char* name, const std::string& region, int64_t available) {
    const auto over = overflow_of(linker_said, region);
    if (!over) return;
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {} bytes needed, {} available", name, with_commas(available + *over),
                        with_commas(available));
  };
  append("flash", "CODE", board.code.bytes);
  append("RAM with the stack", "RAM", board.ram.bytes);
  return text;
}

/// The first line that names an error, with the temporary folder cut from its paths.
std::string first_complaint(const std::string& said, const fs::path& folder) {
  size_t at = std::string::npos;
  for (const char* sign : {" error: ", " Error: ", "undefined reference", "ld: "}) {
    at = said.find(sign);
    // The driver's own "collect2: error: ld returned 1" explains nothing.
    if (at != std::string::npos && !said.substr(0, at).ends_with("collect2:")) break;
  }
  const size_t start = at == std::string::npos ? 0 : said.rfind('\n', at) + 1;  // npos + 1 is 0
  std::string line = said.substr(start, said.find('\n', start) - start);
  const std::string prefix = folder.string() + "/";
  for (size_t found = line.find(prefix); found != std::string::npos; found = line.find(prefix))
    line.erase(found, prefix.size());
  return printable(line);
}

tl::unexpected<Error> refusal(const std::string& said, const Board& board, const fs::path& folder) {
  if (const std::string text = overflows(said, board); !text.empty())
    return work_error("the firmware does not fit the board: " + text, board.name,
                      "choose a smaller net (train --ram, --flash) or another board");
  return work_error("the compiler refused the C for " + board.core + ": " + first_complaint(said, folder),
                    board.name, "report this, with the compiler's version from `dewdrop doctor`");
}

std::vector<std::string> linker_flags(const Board& board, const fs::path& support) {
  if (board.architecture == Architecture::kWasm)
    return {"-Wl,--no-entry", "-Wl,--export=harness", "-Wl,--export=__heap_base", "-Wl,--stack-first",
            fmt::format("-Wl,-z,stack-size={}", kStackBytes)};
  return {"-Wl,--gc-sections", "-L", support.string(), "-T", "sections.ld", "-lgcc"};
}

/// Freestanding, so that no C library has to be installed; built-ins keep small memcpy calls inline.
const std::vector<std::string> kFlags = {
    "-std=c99",  "-pedantic",           "-Wall",           "-Wextra",  "-Werror", "-O2", "-ffreestanding",
    "-fbuiltin", "-ffunction-sections", "-fdata-sections", "-nostdlib"};

}  // namespace

Result<std::string> link_wasm(const std::map<std::string, std::string>& sources,
                              const std::vector<std::string>& exports, const Watch& watch) {
  DEW_TRY(const Board board, find_board("node:wasm32"));
  DEW_TRY(const std::string compiler, require_tool(board.compiler));
  DEW_CHECK(require_tool("wasm-ld"));
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  std::map<std::string, std::string> files = sources;
  files["string.h"] = firmware_text::string_h;
  files["memory.c"] = firmware_text::memory_c;
  DEW_TRY(const auto to_compile, write_files(files, folder.path()));
  const fs::path linked = folder.path() / "model.wasm";
  std::vector<std::string> command = {"env", "LC_ALL=C", compiler};
  const auto add = [&](const std::vector<std::string>& more) {
    command.insert(command.end(), more.begin(), more.end());
  };
  add(board.compiler_flags);
  add(kFlags);
  add({"-I", folder.path().string()});
  add(to_compile);
  add({"-Wl,--no-entry", "-Wl,--stack-first", "-Wl,--strip-all", "-Wl,--gc-sections",
       fmt::format("-Wl,-z,stack-size={}", kStackBytes)});
  for (const std::string& name : exports) add({"-Wl,--export=" + name});
  add({"-o", linked.string()});
  DEW_TRY(const ProcessResult said, run_process(command, kLongestCompilation, watch));
  if (said.status != 0) return refusal(said.errors, board, folder.path());
  return read_file(linked);
}

Result<LinkedFirmware> link_firmware(const Firmware& firmware, const Board& board, const fs::path& folder,
                                     const Watch& watch) {
  DEW_TRY(const std::string compiler, require_tool(board.compiler));
  if (board.architecture == Architecture::kWasm) DEW_CHECK(require_tool("wasm-ld"));
  const fs::path model = folder / "model";
  const fs::path support = folder / "support";
  DEW_TRY(const auto model_sources, write_files(firmware.sources, model));
  DEW_TRY(const auto support_sources, write_files(support_files(firmware, board), support));
  const fs::path linked = folder / "firmware";

  // In English, because overflow_of() reads the linker's messages.
  std::vector<std::string> command = {"env", "LC_ALL=C", compiler};
  const auto add = [&](const std::vector<std::string>& more) {
    command.insert(command.end(), more.begin(), more.end());
  };
  add(board.compiler_flags);
  add(kFlags);
  add({"-I", support.string(), "-I", model.string()});
  if (firmware.steps > 0) add({"-include", "steps.h"});
  add(model_sources);
  add(support_sources);
  add(linker_flags(board, support));
  add({"-o", linked.string()});
  DEW_TRY(const ProcessResult said, run_process(command, kLongestCompilation, watch));
  if (said.status != 0) return refusal(said.errors, board, folder);
  return board.architecture == Architecture::kWasm ? measure_wasm(linked) : measure_elf(linked);
}

}  // namespace dew::target
