// wasm_sizes: reads the sizes of code, constants and static memory from a linked WebAssembly module
// (WebAssembly Core Specification, section 5, binary format).
#include <optional>

#include "target/firmware.h"

namespace dew::target {
namespace {

constexpr int64_t kLargestModule = int64_t{256} << 20;
constexpr int kCustomSection = 0;
constexpr int kGlobalSection = 6;
constexpr int kExportSection = 7;
constexpr int kI32Const = 0x41;
constexpr int kEnd = 0x0B;
constexpr int kGlobalExport = 3;

/// Reads from the front. Past the end everything is 0, and good() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] bool good() const { return good_; }

  uint8_t byte() { return static_cast<uint8_t>(take(1).empty() ? 0 : last_[0]); }

  /// LEB128, of 32 bits at most.
  uint32_t number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const uint8_t next = byte();
      value |= uint64_t{next & 0x7FU} << shift;
      if ((next & 0x80) == 0) return static_cast<uint32_t>(value);
    }
    good_ = false;
    return 0;
  }

  std::string_view take(size_t count) {
    if (count > bytes_.size()) {
      good_ = false;
      bytes_ = {};
      return last_ = {};
    }
    last_ = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return last_;
  }

 private:
  std::string_view bytes_;
  std::string_view last_;
  bool good_ = true;
};

/// The initial values of the module's own i32 globals. They are addresses, so LEB128's sign does not matter.
std::vector<uint32_t> read_globals(Reader section) {
  std::vector<uint32_t> values;
  for (uint32_t left = section.number(); left > 0 && section.good(); --left) {
    section.take(2);  // type and mutability
    if (section.byte() != kI32Const) break;
    values.push_back(section.number());
    if (section.byte() != kEnd) break;
  }
  return values;
}

/// The index of the global that is exported under this name.
std::optional<uint32_t> exported_global(Reader section, std::string_view name) {
  for (uint32_t left = section.number(); left > 0 && section.good(); --left) {
    const std::string_view exported = section.take(section.number());
    const uint8_t kind = section.byte();
    const uint32_t index = section.number();
    if (kind == kGlobalExport && exported == name) return index;
  }
  return std::nullopt;
}

}  // namespace

Result<LinkedFirmware> measure_wasm(const fs::path& module) {
  DEW_TRY(const std::string bytes, read_file(module, kLargestModule));
  Reader reader(bytes);
  if (reader.take(8) != std::string_view("\0asm\1\0\0\0", 8))
    return work_error("is not a WebAssembly module", module.string());
  LinkedFirmware linked{module, 0, 0};
  std::vector<uint32_t> globals;
  std::optional<uint32_t> heap_base;
  while (!reader.empty()) {
    const uint8_t kind = reader.byte();
    const std::string_view section = reader.take(reader.number());
    if (kind != kCustomSection) linked.flash_bytes += static_cast<int64_t>(section.size());
    if (kind == kGlobalSection) globals = read_globals(Reader(section));
    if (kind == kExportSection) heap_base = exported_global(Reader(section), "__heap_base");
  }
  if (!reader.good() || !heap_base || *heap_base >= globals.size() || globals[*heap_base] < kStackBytes)
    return work_error("is a WebAssembly module without a heap base", module.string());
  linked.static_bytes = globals[*heap_base] - kStackBytes;
  return linked;
}

}  // namespace dew::target
