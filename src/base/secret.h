// Secrets that open a door: made, and compared.
#pragma once

#include <string>

#include "base/files.h"
#include "base/result.h"

namespace dew {

/// 256 random bits as 64 letters and figures. Error: the system gives none.
Result<std::string> random_secret();

/// Whether both are equal, in a time that does not tell how much of them is.
bool same_secret(const std::string& a, const std::string& b);

/// Writes a file that nobody else may read, not even for a moment; completely, or not at all. Error: it
/// cannot be written.
Result<void> write_secret(const fs::path& file, const std::string& bytes);

}  // namespace dew
