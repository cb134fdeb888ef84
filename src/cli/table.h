// Plain text tables for the terminal.
#pragma once

#include <string>
#include <vector>

namespace dew {

/// Columns aligned, two blanks between; the first column to the left, the others to the right. The first
/// row is the heading, a rule below it.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace dew
