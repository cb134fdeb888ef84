// Records of one size with a checksum each (FNV-1a, 64 bits), read and added one after the other.
#include "label/feature_cache.h"

#include <bit>
#include <cstring>
#include <fstream>

namespace dew::label {
namespace {

static_assert(std::endian::native == std::endian::little, "the cache is little-endian");

constexpr std::string_view kMagic = "DEWFEAT1";
constexpr size_t kHeader = 16;  // the magic and the columns
constexpr uint64_t kMostColumns = 1 << 16;

size_t record_bytes(size_t columns) {
  return 2 * sizeof(uint64_t) + columns * sizeof(uint16_t) + sizeof(uint64_t);
}

uint64_t checksum(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

template <typename T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T get(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

uint16_t to_bfloat(float value) {
  return static_cast<uint16_t>((std::bit_cast<uint32_t>(value) + 0x8000U) >> 16U);
}

float from_bfloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16U);
}

tl::unexpected<Error> damaged(const fs::path& file) {
  return work_error("the feature cache is damaged", file.string(), "remove it; it will be computed again");
}

/// The columns of an open file, which stands on its first record afterwards; 0: it is damaged.
size_t read_header(std::istream& in) {
  char header[kHeader];
  if (!in.read(header, kHeader) || std::string_view(header, kMagic.size()) != kMagic) return 0;
  const auto columns = get<uint64_t>(header + kMagic.size());
  return columns <= kMostColumns ? static_cast<size_t>(columns) : 0;
}

std::string encode(const FeatureRow& row) {
  std::string record;
  put(record, row.sample);
  put(record, row.hash);
  for (const float value : row.features) put(record, to_bfloat(value));
  put(record, checksum(record));
  return record;
}

}  // namespace

Result<size_t> read_features(const fs::path& file, const std::function<void(const FeatureRow&)>& give) {
  std::error_code code;
  if (!fs::exists(file, code)) return size_t{0};
  std::ifstream in(file, std::ios::binary);
  if (!in) return work_error("cannot read", file.string(), "check its permissions");
  const size_t columns = read_header(in);
  if (columns == 0) return damaged(file);
  std::string record(record_bytes(columns), '\0');
  const size_t body = record.size() - sizeof(uint64_t);
  FeatureRow row;
  row.features.resize(columns);
  while (in.read(record.data(), static_cast<std::streamsize>(record.size()))) {
    if (checksum(std::string_view(record).substr(0, body)) != get<uint64_t>(record.data() + body))
      return damaged(file);
    row.sample = get<int64_t>(record.data());
    row.hash = get<uint64_t>(record.data() + sizeof(int64_t));
    const char* at = record.data() + 2 * sizeof(uint64_t);
    for (size_t d = 0; d < columns; ++d)
      row.features[d] = from_bfloat(get<uint16_t>(at + d * sizeof(uint16_t)));
    give(row);
  }
  return columns;
}

Result<void> append_features(const fs::path& file, size_t columns, const std::vector<FeatureRow>& rows) {
  DEW_CHECK(make_folders(file.parent_path()));
  std::string bytes;
  std::error_code code;
  if (fs::exists(file, code)) {
    std::ifstream in(file, std::ios::binary);
    if (read_header(in) != columns) return damaged(file);
    const auto size = fs::file_size(file, code);
    const auto torn = (size - kHeader) % record_bytes(columns);
    if (torn != 0) fs::resize_file(file, size - torn, code);
  } else {
    bytes = kMagic;
    put(bytes, static_cast<uint64_t>(columns));
  }
  for (const FeatureRow& row : rows) bytes += encode(row);
  std::ofstream out(file, std::ios::binary | std::ios::app);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.flush();
  if (!out) return work_error("cannot write the feature cache", file.string(), "is the disk full?");
  return {};
}

}  // namespace dew::label
