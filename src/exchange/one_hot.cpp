#include "exchange/one_hot.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "exchange/layout.h"

namespace dew::exchange {

bool is_binary(const std::vector<CsvRecord>& first, size_t column) {
  bool any = false;
  for (size_t i = 1; i < first.size(); ++i) {
    if (column >= first[i].fields.size()) return false;
    const std::string& cell = first[i].fields[column];
    const bool empty = cell.empty() || says_nothing(cell);
    if (!empty && !flag_in(cell)) return false;
    any = any || !empty;
  }
  return any;
}

bool has_shares(const std::vector<CsvRecord>& first, size_t column) {
  bool between = false;
  for (size_t i = 1; i < first.size(); ++i) {
    if (column >= first[i].fields.size()) return false;
    const std::string& cell = first[i].fields[column];
    const auto number = number_in(cell);
    if (!cell.empty() && !(number && *number >= 0 && *number <= 1)) return false;
    between = between || (number && *number > 0 && *number < 1);
  }
  return between;
}

bool share_out(const std::vector<CsvRecord>& first, const std::vector<size_t>& columns) {
  constexpr double kRounded = 0.02;
  for (size_t i = 1; i < first.size(); ++i) {
    const auto& fields = first[i].fields;
    const auto is_empty = [&](size_t column) { return fields[column].empty(); };
    if (std::all_of(columns.begin(), columns.end(), is_empty)) continue;
    double sum = 0;
    for (const size_t column : columns) sum += number_in(fields[column]).value_or(0);
    if (std::abs(sum - 1) > kRounded) return false;
  }
  return true;
}

bool names_quality(const std::string& name) {
  const std::string low = lower(trim(name));
  for (const std::string_view word : {"is", "has"}) {
    if (low.size() <= word.size() + 1 || !low.starts_with(word)) continue;
    const char next = trim(name)[word.size()];
    if (next == '_' || next == ' ' || next == '-' || (next >= 'A' && next <= 'Z')) return true;
  }
  return false;
}

}  // namespace dew::exchange
