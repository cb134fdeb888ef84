// Tables as plain text.
#pragma once

#include <string>
#include <vector>

namespace dew {

/// Columns aligned, two blanks between: those that hold numbers to the right, others to the left. The first
/// row is the heading, a rule below it.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace dew
