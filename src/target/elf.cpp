// elf: reads the flash and static RAM of linked firmware from its section table (System V ABI, ELF32
// little-endian).
#include <elf.h>

#include <cstring>

#include "target/firmware.h"

namespace dew::target {
namespace {

constexpr int64_t kLargestImage = int64_t{256} << 20;

/// A record of the file, copied because it may be unaligned.
template <typename T>
std::optional<T> record_at(std::string_view bytes, uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T record;
  std::memcpy(&record, bytes.data() + offset, sizeof record);
  return record;
}

std::string_view text_at(std::string_view bytes, uint64_t offset) {
  if (offset >= bytes.size()) return {};
  const std::string_view rest = bytes.substr(offset);
  return rest.substr(0, rest.find('\0'));
}

bool is_elf32_little(const Elf32_Ehdr& header) {
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS32 &&
         header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_shentsize == sizeof(Elf32_Shdr);
}

}  // namespace

Result<LinkedFirmware> measure_elf(const fs::path& elf) {
  DEW_TRY(const std::string bytes, read_file(elf, kLargestImage));
  const auto header = record_at<Elf32_Ehdr>(bytes, 0);
  if (!header || !is_elf32_little(*header))
    return work_error("is not a 32-bit little-endian ELF file", elf.string());
  const auto section = [&](uint64_t index) {
    return record_at<Elf32_Shdr>(bytes, header->e_shoff + index * sizeof(Elf32_Shdr));
  };
  const auto names = section(header->e_shstrndx);
  if (!names) return work_error("is a truncated ELF file", elf.string());

  LinkedFirmware linked{elf, 0, 0};
  for (uint64_t index = 0; index < header->e_shnum; ++index) {
    const auto found = section(index);
    if (!found) return work_error("is a truncated ELF file", elf.string());
    if ((found->sh_flags & SHF_ALLOC) == 0) continue;
    if (text_at(bytes, uint64_t{names->sh_offset} + found->sh_name) == ".stack") continue;
    if (found->sh_type != SHT_NOBITS) linked.flash_bytes += found->sh_size;
    if ((found->sh_flags & SHF_WRITE) != 0) linked.static_bytes += found->sh_size;
  }
  return linked;
}

}  // namespace dew::target
