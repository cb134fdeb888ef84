// A magic, the SHA-256 of what follows, what follows.
#include "verbs/browse/kept.h"

#include <bit>

namespace dew::verbs {
namespace {

static_assert(std::endian::native == std::endian::little, "what is kept is little-endian");

constexpr std::string_view kMagic = "DEWKEPT1";
constexpr size_t kHash = 64;

fs::path place_of(const fs::path& project, const std::string& name) {
  return project / ".dewdrop" / "browse" / name;
}

}  // namespace

Result<void> keep_beside(const fs::path& project, const std::string& name, std::string_view body) {
  const fs::path file = place_of(project, name);
  const size_t size = kMagic.size() + kHash + body.size();
  if (size > static_cast<size_t>(kMostKept))
    return work_error("it is too large to be kept", file.string(), "it will be computed again");
  std::string bytes;
  bytes.reserve(size);
  bytes += kMagic;
  bytes += sha256(body);
  bytes += body;
  return write_file(file, bytes);
}

std::optional<std::string> kept_beside(const fs::path& project, const std::string& name) {
  auto bytes = read_file(place_of(project, name), kMostKept);
  if (!bytes || bytes->size() < kMagic.size() + kHash || !bytes->starts_with(kMagic)) return std::nullopt;
  const std::string hash = bytes->substr(kMagic.size(), kHash);
  bytes->erase(0, kMagic.size() + kHash);
  if (sha256(*bytes) != hash) return std::nullopt;
  return *std::move(bytes);
}

}  // namespace dew::verbs
