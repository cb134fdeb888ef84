// SHA-256 (FIPS 180-4), as lower-case hex.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dew {

std::string sha256(std::string_view bytes);

/// Streams the file, so its size does not matter.
Result<std::string> sha256_file(const std::filesystem::path& path);

}  // namespace dew
