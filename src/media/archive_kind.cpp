// Which files are archives, by their first bytes.
#include <algorithm>
#include <array>

#include "media/archive.h"
#include "media/archive_input.h"
#include "media/files.h"

namespace dew {
namespace {

using namespace std::string_view_literals;
using media::ArchiveInput;

constexpr size_t kTarHeader = 512;

template <size_t N>
bool starts_with_any(std::string_view head, const std::array<std::string_view, N>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return head.starts_with(beginning); });
}

/// The last one is of a ZIP that was made in several parts.
constexpr std::array kZipOr7z{"PK\3\4"sv, "7z\xBC\xAF\x27\x1C"sv, "PK\7\x08"sv};
/// gzip, xz, zstd and bzip2.
constexpr std::array kCompressed{"\x1F\x8B\x08"sv,
                                 "\xFD"
                                 "7zXZ\0"sv,
                                 "\x28\xB5\x2F\xFD"sv, "BZh"sv};

/// The header's own sum, octal digits between blanks and NULs; -1: there is none.
int64_t octal(std::string_view field) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '7'; };
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  if (field.empty() || !is_digit(field.front())) return -1;
  int64_t value = 0;
  while (!field.empty() && is_digit(field.front())) {
    value = value * 8 + (field.front() - '0');
    field.remove_prefix(1);
  }
  return field.find_first_not_of(" \0"sv) == std::string_view::npos ? value : -1;
}

/// POSIX 1003.1, pax, "ustar Interchange Format"; the same sum stands in headers of before. Some old programs
/// took bytes as signed.
bool is_tar_header(std::string_view head) {
  constexpr size_t kSumAt = 148;
  constexpr size_t kSumBytes = 8;
  if (head.size() < kTarHeader) return false;
  const int64_t written = octal(head.substr(kSumAt, kSumBytes));
  int64_t sum = 0;
  int64_t signed_sum = 0;
  for (size_t i = 0; i < kTarHeader; ++i) {
    const char c = i >= kSumAt && i < kSumAt + kSumBytes ? ' ' : head[i];
    sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  return written == sum || written == signed_sum;
}

/// The first bytes of what a compressed file unpacks to.
std::string uncompressed_head(const fs::path& path) {
  const Watch watch;
  ArchiveInput input(path, ArchiveInput::As::kStream, watch);
  archive_entry* entry = nullptr;
  if (!input.open() || archive_read_next_header(input.get(), &entry) < ARCHIVE_WARN) return {};
  std::string head(kTarHeader, '\0');
  const la_ssize_t got = archive_read_data(input.get(), head.data(), head.size());
  head.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return head;
}

}  // namespace

bool is_archive(const fs::path& path) {
  const auto head = media::read_head(path);
  if (!head) return false;
  if (starts_with_any(*head, kZipOr7z) || is_tar_header(*head)) return true;
  return starts_with_any(*head, kCompressed) && is_tar_header(uncompressed_head(path));
}

}  // namespace dew
