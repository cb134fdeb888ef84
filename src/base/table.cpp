#include "base/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace dew {

namespace {

bool holds_numbers(const std::vector<std::vector<std::string>>& rows, size_t column) {
  return std::any_of(rows.begin() + 1, rows.end(), [column](const auto& row) {
    return column > 0 && column < row.size() && !row[column].empty() &&
           std::isdigit(static_cast<unsigned char>(row[column][0])) != 0;
  });
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line = [&](const std::vector<std::string>& row) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i)
      text += (i == 0 ? "" : "  ") + (holds_numbers(rows, i) ? fmt::format("{:>{}}", row[i], widths[i])
                                                             : fmt::format("{:<{}}", row[i], widths[i]));
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
