#include "verbs/cascade/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "exchange/table.h"
#include "verbs/common/class_key.h"

namespace dew::verbs {
namespace {

constexpr int64_t kMostBytes = int64_t{16} << 20;

using exchange::CsvRecord;
using exchange::Table;

std::optional<double> number_in(const std::string& cell) {
  const std::string text = trim(cell);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !(value >= 0 && value < 1e9))
    return std::nullopt;
  return value;
}

/// As find_column() compares names.
std::string plain_name(const std::string& name) {
  std::string plain = lower(name);
  std::erase_if(plain, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return plain;
}

/// Which column says what.
struct Columns {
  size_t start = 0;
  size_t end = 0;
  std::optional<size_t> event_class;
  std::vector<std::pair<size_t, std::string>> flags;  ///< 0 or 1: whether the class is there
};

Result<Columns> columns_of(const CsvRecord& header, const Table& table,
                           const std::vector<std::string>& events) {
  Columns columns;
  const auto start = exchange::find_column(header.fields, {"starts", "start", "begins", "begin", "from"});
  const auto end = exchange::find_column(header.fields, {"ends", "end", "to", "until"});
  if (!start || !end)
    return usage_error("the table of events has no columns start_s and end_s", table.where(header),
                       "write a header: start_s,end_s,class");
  columns.start = *start;
  columns.end = *end;
  columns.event_class = exchange::find_column(header.fields, {"class", "event", "label", "eventclass"});
  if (columns.event_class) return columns;
  for (const std::string& event : events)
    if (const auto flag = exchange::find_column(header.fields, {std::string_view(plain_name(event))}))
      columns.flags.emplace_back(*flag, event);
  if (columns.flags.empty() && events.size() == 1 && header.fields.size() == 3)
    columns.flags.emplace_back(3 - *start - *end, events.front());
  if (!columns.flags.empty()) return columns;
  return usage_error(
      "the table of events names no class", table.where(header),
      "add a column `class`, or one of 0 and 1 that is called like the class: " + printable(join(events)));
}

/// The events that a line says were there. Of other classes are spans in which nothing of interest is there.
Result<std::vector<std::string>> classes_in(const CsvRecord& record, const Columns& columns,
                                            const Table& table, const std::vector<std::string>& events,
                                            std::map<std::string, int64_t>& others) {
  const auto cell = [&](size_t column) {
    return column < record.fields.size() ? trim(record.fields[column]) : std::string();
  };
  std::vector<std::string> found;
  if (columns.event_class) {
    const std::string name = cell(*columns.event_class);
    for (const std::string& event : events)
      if (class_key(event) == class_key(name)) found.push_back(event);
    if (found.empty() && !name.empty()) ++others[name];
    return found;
  }
  for (const auto& [column, event] : columns.flags) {
    const std::string flag = lower(cell(column));
    if (flag == "1" || flag == "yes" || flag == "true")
      found.push_back(event);
    else if (!flag.empty() && flag != "0" && flag != "no" && flag != "false")
      return usage_error(fmt::format("'{}' is neither 0 nor 1", printable(flag, 40)), table.where(record));
  }
  return found;
}

void merge_touching(std::vector<cascade::TrueEvent>& events) {
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  std::vector<cascade::TrueEvent> merged;
  for (const cascade::TrueEvent& one : events) {
    if (!merged.empty() && one.start <= merged.back().end)
      merged.back().end = std::max(merged.back().end, one.end);
    else
      merged.push_back(one);
  }
  events = std::move(merged);
}

}  // namespace

Result<Truth> read_truth(const fs::path& file, const std::vector<std::string>& events) {
  DEW_TRY(const std::string bytes, read_file(file, kMostBytes));
  DEW_TRY(Table table, Table::open(bytes, file.string()));
  DEW_TRY(const auto header, table.next());
  if (!header) return usage_error("the table of events is empty", file.string());
  DEW_TRY(const Columns columns, columns_of(*header, table, events));
  Truth truth;
  for (const std::string& event : events) truth.events[event];
  while (true) {
    DEW_TRY(const auto record, table.next());
    if (!record) break;
    const auto number = [&](size_t column) {
      return column < record->fields.size() ? number_in(record->fields[column]) : std::nullopt;
    };
    const auto start = number(columns.start);
    const auto end = number(columns.end);
    if (!start || !end || *end <= *start)
      return usage_error("not a span of time in seconds", table.where(*record),
                         "write where it starts and where it ends, the end behind the start");
    DEW_TRY(const auto classes, classes_in(*record, columns, table, events, truth.others));
    for (const std::string& one : classes) truth.events[one].push_back({*start, *end});
  }
  for (auto& [event, spans] : truth.events) merge_touching(spans);
  return truth;
}

Result<fs::path> truth_file(const fs::path& recording, const fs::path& named) {
  if (!named.empty()) return named;
  std::error_code none;
  for (const char* ending : {".truth.csv", ".presence.csv"}) {
    fs::path beside = recording;
    beside.replace_extension(ending);
    if (fs::is_regular_file(beside, none)) return beside;
  }
  return usage_error("it is not known when something is there", recording.string(),
                     "write a table start_s,end_s,class as " + recording.stem().string() +
                         ".truth.csv beside it, or name one with --truth");
}

}  // namespace dew::verbs
