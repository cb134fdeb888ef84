#include "cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew {

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line = [&](const std::vector<std::string>& row) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i)
      text += i == 0 ? fmt::format("{:<{}}", row[i], widths[i]) : fmt::format("  {:>{}}", row[i], widths[i]);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text + "\n";
  };
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    text += line(rows[i]);
    if (i > 0) continue;
    size_t total = 0;
    for (size_t column = 0; column < widths.size(); ++column) total += widths[column] + (column == 0 ? 0 : 2);
    text += std::string(total, '-') + "\n";
  }
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace dew
