// emulator: runs linked firmware in QEMU (WebAssembly in Node) on all inputs and reads what the harness
// wrote. The protocol is that of firmware/harness.c: files "inputs", "outputs", "steps" and "fault" in the
// emulator's working folder.
#include <fmt/core.h>

#include <array>
#include <cstring>

#include "target/firmware.h"

namespace dew::target {
namespace {

/// How firmware ends (firmware/machine.h).
enum End { kDone = 0, kFault = 2, kGuard = 3, kStack = 4, kFile = 5 };

/// What the harness writes before each output tensor.
struct Record {
  CounterReading counted;
  uint32_t stack_bytes;
};

/// What the fault handler writes. Arm: PC, CFSR, BFAR. RISC-V: mepc, mcause, mtval.
struct FaultFacts {
  uint32_t pc;
  uint32_t cause;
  uint32_t address;
};

/// Counts the outputs as they appear, reports them to the user's watch, and stops an emulator that gives no
/// further ones. run_process asks it several times a second.
class OutputWatch : public Watch {
 public:
  OutputWatch(Watch& watch, fs::path outputs, int64_t record_bytes, std::chrono::milliseconds silence_limit)
      : watch_(watch),
        outputs_(std::move(outputs)),
        record_bytes_(record_bytes),
        silence_limit_(silence_limit) {}

  [[nodiscard]] bool interrupted() const override {
    std::error_code none_yet;
    const auto bytes = fs::file_size(outputs_, none_yet);
    const int64_t done = none_yet ? 0 : static_cast<int64_t>(bytes) / record_bytes_;
    const auto now = std::chrono::steady_clock::now();
    if (done != done_) {
      done_ = done;
      last_output_ = now;
      watch_.advance(done);
    }
    hung_ = now - last_output_ > silence_limit_;
    return hung_ || watch_.interrupted();
  }
  [[nodiscard]] bool hung() const { return hung_; }

 private:
  Watch& watch_;
  fs::path outputs_;
  int64_t record_bytes_;
  std::chrono::milliseconds silence_limit_;
  mutable int64_t done_ = 0;
  mutable bool hung_ = false;
  mutable std::chrono::steady_clock::time_point last_output_ = std::chrono::steady_clock::now();
};

Result<void> write_inputs(const Firmware& firmware, std::span<const Bytes> inputs, const fs::path& path) {
  std::string all;
  all.reserve(inputs.size() * static_cast<size_t>(firmware.input_bytes));
  for (const Bytes& input : inputs) {
    if (static_cast<int64_t>(input.size()) != firmware.input_bytes)
      return usage_error(
          fmt::format("an input has {} bytes, the model takes {}", input.size(), firmware.input_bytes));
    all.append(input.begin(), input.end());
  }
  return write_file(path, all);
}

std::vector<std::string> emulator_command(const std::string& emulator, const Board& board,
                                          const LinkedFirmware& linked, const fs::path& folder) {
  std::vector<std::string> command = {"env", "-C", folder.string(), emulator};
  if (board.architecture == Architecture::kWasm) {
    command.push_back((linked.path.parent_path() / "support" / "run.mjs").string());
    command.push_back(linked.path.string());
    return command;
  }
  command.insert(command.end(), {"-M", board.machine});
  for (const std::string& flag : counting_flags(board)) command.push_back(flag);
  if (board.architecture == Architecture::kRiscv) command.insert(command.end(), {"-bios", "none"});
  for (const char* flag : {"-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config",
                           "enable=on,target=native", "-kernel"})
    command.emplace_back(flag);
  command.push_back(linked.path.string());
  return command;
}

/// The cause in words, from the bits of Armv7-M's Configurable Fault Status Register.
std::string arm_fault(uint32_t cfsr) {
  struct Bit {
    int bit;
    const char* name;
  };
  constexpr std::array<Bit, 12> kBits = {{{0, "instruction access violation"},
                                          {1, "data access violation"},
                                          {8, "instruction bus error"},
                                          {9, "bus error"},
                                          {10, "imprecise bus error"},
                                          {11, "bus error on unstacking"},
                                          {12, "bus error on stacking"},
                                          {16, "undefined instruction"},
                                          {17, "invalid state"},
                                          {19, "no coprocessor"},
                                          {24, "unaligned access"},
                                          {25, "division by zero"}}};
  std::vector<std::string> causes;
  for (const Bit& bit : kBits)
    if ((cfsr >> bit.bit & 1U) != 0) causes.emplace_back(bit.name);
  return causes.empty() ? "hard fault" : join(causes);
}

/// The cause in words, from the exception codes of the RISC-V privileged architecture.
std::string riscv_fault(uint32_t mcause) {
  constexpr std::array<const char*, 8> kNames = {
      "instruction misaligned", "instruction access fault", "illegal instruction", "breakpoint",
      "load misaligned",        "load access fault",        "store misaligned",    "store access fault"};
  return mcause < kNames.size() ? kNames[mcause] : "trap";
}

/// The function that contains an address; empty if binutils cannot tell.
std::string function_at(const LinkedFirmware& linked, const Board& board, uint32_t address,
                        const Watch& watch) {
  const std::string stem = board.compiler.substr(0, board.compiler.rfind('-') + 1);
  const auto said =
      run_process({stem + "addr2line", "-f", "-e", linked.path.string(), fmt::format("{:#x}", address)},
                  std::chrono::seconds(10), watch);
  if (!said || said->status != 0) return {};
  const std::string name = trim(said->output.substr(0, said->output.find('\n')));
  return name == "??" ? "" : printable(name);
}

tl::unexpected<Error> fault_error(const LinkedFirmware& linked, const Board& board, const fs::path& path,
                                  const Watch& watch) {
  if (board.architecture == Architecture::kWasm) {
    const auto text = read_file(path, 10'000);
    return work_error("the firmware faulted (" + printable(text.value_or("it gave no reason")) + ")",
                      board.name);
  }
  FaultFacts facts{};
  const auto bytes = read_file(path, sizeof facts);
  if (!bytes || bytes->size() != sizeof facts)
    return work_error("the firmware faulted but did not record where", board.name);
  std::memcpy(&facts, bytes->data(), sizeof facts);
  if (facts.pc == 0)
    return work_error("the firmware faulted with its stack pointer outside the stack: the stack overflowed",
                      board.name);
  const bool riscv = board.architecture == Architecture::kRiscv;
  const std::string function = function_at(linked, board, facts.pc, watch);
  return work_error(fmt::format("the firmware faulted ({}) at PC {:#010x}{}; {} {:#010x}, address {:#010x}",
                                riscv ? riscv_fault(facts.cause) : arm_fault(facts.cause), facts.pc,
                                function.empty() ? "" : " in " + function, riscv ? "mcause" : "CFSR",
                                facts.cause, facts.address),
                    board.name);
}

/// The error for a run that did not end with kDone.
tl::unexpected<Error> end_error(const ProcessResult& said, const LinkedFirmware& linked, const Board& board,
                                const fs::path& folder, const Watch& watch) {
  switch (said.status) {
    case kFault:
      return fault_error(linked, board, folder / "fault", watch);
    case kGuard:
      return work_error("the firmware wrote outside its arena or its output", board.name);
    case kStack:
      return work_error("the firmware used up its stack", board.name);
    case kFile:
      return work_error("the firmware could not write its outputs", board.name,
                        "check that the temporary folder has free space");
    default:
      return work_error(fmt::format("{} ended with status {}: {}", board.emulator, said.status,
                                    printable(trim(said.errors))),
                        board.name);
  }
}

/// Splits the records into output tensors, and finds the largest figures.
BoardRun read_records(const std::string& bytes, const Firmware& firmware, const LinkedFirmware& linked,
                      const Board& board) {
  BoardRun run;
  run.figures.flash_bytes = linked.flash_bytes;
  run.figures.static_bytes = linked.static_bytes;
  const auto output_bytes = static_cast<size_t>(firmware.output_bytes);
  for (size_t at = 0; at < bytes.size(); at += sizeof(Record) + output_bytes) {
    Record record{};
    std::memcpy(&record, bytes.data() + at, sizeof record);
    const auto* output = reinterpret_cast<const uint8_t*>(bytes.data()) + at + sizeof record;
    run.outputs.emplace_back(output, output + output_bytes);
    run.figures.instructions = std::max(run.figures.instructions, instructions(board, record.counted));
    run.figures.stack_bytes = std::max<int64_t>(run.figures.stack_bytes, record.stack_bytes);
  }
  run.figures.ram_bytes = run.figures.static_bytes + run.figures.stack_bytes;
  return run;
}

/// The instructions of each step, from the file that counting firmware writes.
Result<std::vector<int64_t>> read_steps(const fs::path& path, size_t count, const Board& board) {
  DEW_TRY(const std::string bytes, read_file(path, static_cast<int64_t>(count * sizeof(uint32_t))));
  if (bytes.size() != count * sizeof(uint32_t))
    return work_error("the firmware did not write its steps' instructions", board.name);
  std::vector<int64_t> counted;
  for (size_t i = 0; i < count; ++i) {
    uint32_t ticks = 0;
    std::memcpy(&ticks, bytes.data() + i * sizeof ticks, sizeof ticks);
    counted.push_back(instructions(board, {ticks, ticks / 16}));
  }
  return counted;
}

}  // namespace

Result<BoardRun> run_linked(const LinkedFirmware& linked, const Firmware& firmware, const Board& board,
                            std::span<const Bytes> inputs, Watch& watch) {
  DEW_TRY(const std::string emulator, require_tool(board.emulator));
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create("dewdrop-run"));
  DEW_CHECK(write_inputs(firmware, inputs, folder.path() / "inputs"));

  const fs::path outputs = folder.path() / "outputs";
  const int64_t record_bytes = static_cast<int64_t>(sizeof(Record)) + firmware.output_bytes;
  const int64_t expected = record_bytes * static_cast<int64_t>(inputs.size());
  const OutputWatch output_watch(watch, outputs, record_bytes, firmware.silence_limit);
  watch.begin("running on " + board.name, static_cast<int64_t>(inputs.size()));
  const auto said = run_process(emulator_command(emulator, board, linked, folder.path()),
                                std::chrono::hours(24), output_watch);
  watch.end();
  if (output_watch.hung())
    return work_error(
        fmt::format("the firmware gave no output for {} s", firmware.silence_limit.count() / 1000.0),
        board.name);
  if (!said) return tl::unexpected(said.error());
  if (said->status != kDone) return end_error(*said, linked, board, folder.path(), watch);

  DEW_TRY(const std::string bytes, read_file(outputs, expected));
  if (static_cast<int64_t>(bytes.size()) != expected)
    return work_error(
        fmt::format("the firmware gave {} of {} outputs", bytes.size() / record_bytes, inputs.size()),
        board.name);
  BoardRun run = read_records(bytes, firmware, linked, board);
  if (firmware.steps > 0) {
    DEW_TRY(run.step_instructions, read_steps(folder.path() / "steps", firmware.steps, board));
  }
  return run;
}

Result<BoardRun> run_firmware(const Firmware& firmware, const Board& board, std::span<const Bytes> inputs,
                              Watch& watch) {
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create("dewdrop-firmware"));
  DEW_TRY(const LinkedFirmware linked, link_firmware(firmware, board, folder.path(), watch));
  return run_linked(linked, firmware, board, inputs, watch);
}

}  // namespace dew::target
