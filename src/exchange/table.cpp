// The delimiter is the one under which the first lines look most like a table of pictures.
#include "exchange/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "exchange/encoding.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

constexpr std::array kDelimiters{',', ';', '\t', '|'};

/// Excel's own first line, "sep=;". Removed from `text`.
std::optional<char> told_delimiter(std::string_view& text) {
  constexpr std::string_view kTold = "sep=";
  if (text.size() <= kTold.size() || lower(text.substr(0, kTold.size())) != kTold) return std::nullopt;
  const char delimiter = text[kTold.size()];
  const size_t end = text.find_first_of("\r\n");
  if (end != kTold.size() + 1 ||
      std::find(kDelimiters.begin(), kDelimiters.end(), delimiter) == kDelimiters.end())
    return std::nullopt;
  text.remove_prefix(end);
  return delimiter;
}

std::vector<CsvRecord> first_records(std::string_view text, char delimiter) {
  constexpr size_t kLooked = 64 << 10;
  constexpr size_t kMost = 20;
  std::vector<CsvRecord> records;
  CsvReader reader(text.substr(0, kLooked), {}, delimiter);
  while (records.size() < kMost) {
    auto record = reader.next();
    if (!record || !*record) break;
    records.push_back(**std::move(record));
  }
  return records;
}

/// How much the records look like a table of pictures.
int likeness(const std::vector<CsvRecord>& records) {
  if (records.empty() || records[0].fields.size() < 2) return 0;
  const auto& first = records[0].fields;
  int points = 1;
  if (find_column(first, Column::kPicture)) points += 8;
  if (find_column(first, Column::kClass)) points += 4;
  const auto any_picture = [](const CsvRecord& record) {
    return std::any_of(record.fields.begin(), record.fields.end(), names_picture);
  };
  if (std::any_of(records.begin(), records.end(), any_picture)) points += 4;
  if (std::all_of(records.begin(), records.end(),
                  [&](const CsvRecord& record) { return record.fields.size() == first.size(); }))
    points += 2;
  return points;
}

/// Whether each line is a picture's name without blanks, and words: neither paths nor names of files, without
/// another delimiter.
bool divided_by_blanks(std::string_view text) {
  const auto records = first_records(text, ' ');
  const auto is_word = [](const std::string& cell) {
    return cell.find_first_of("./\\,;\t|") == std::string::npos;
  };
  const auto names_one = [&](const CsvRecord& record) {
    const auto& fields = record.fields;
    return fields.size() > 1 && names_picture(fields[0]) &&
           std::all_of(fields.begin() + 1, fields.end(), is_word);
  };
  if (records.empty()) return false;
  const auto& first = records[0].fields;
  const bool header = records.size() > 1 && first.size() == 2 && is_column(first[0], Column::kPicture) &&
                      is_column(first[1], Column::kClass);
  return std::all_of(records.begin() + (header ? 1 : 0), records.end(), names_one);
}

char likely_delimiter(std::string_view text) {
  char best = kDelimiters[0];
  int most = 0;
  for (const char delimiter : kDelimiters) {
    const int points = likeness(first_records(text, delimiter));
    if (points > most) best = delimiter;
    most = std::max(most, points);
  }
  return most == 0 && divided_by_blanks(text) ? ' ' : best;
}

/// "# made by ada", not "#1.jpg,cat".
bool is_comment(std::string_view line) {
  if (!line.starts_with('#')) return false;
  line.remove_prefix(1);
  return line.empty() || line[0] == ' ' || line[0] == '\t' ||
         !names_picture(line.substr(0, line.find_first_of(",;\t| ")));
}

}  // namespace

bool names_picture(std::string_view cell) {
  constexpr size_t kLongestName = 4096;
  cell = cell.substr(0, cell.find_first_of("?#"));
  return cell.size() <= kLongestName && media_kind(fs::path(cell)).has_value();
}

Result<Table> Table::open(std::string_view bytes, std::string file) {
  DEW_TRY(std::string decoded, to_utf8(bytes, file));
  const auto text = std::make_shared<const std::string>(std::move(decoded));
  std::string_view all = *text;
  const auto told = told_delimiter(all);
  const Records records = without_comments(all);
  const char delimiter = told ? *told : likely_delimiter(records.text);
  return Table(text, with_header_in_comment(all, records, delimiter), std::move(file), delimiter);
}

Table::Records Table::without_comments(std::string_view text) {
  Records records{text, 1};
  while (true) {
    const std::string_view rest = records.text;
    const size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    // An empty line is none of a table's; behind comments alone there is none.
    if (end == rest.size() || !(is_comment(line) || line.empty())) return records;
    records.text.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
    ++records.line;
  }
}

/// From the last comment on, behind its '#', where that names the columns: "# file,label".
Table::Records Table::with_header_in_comment(std::string_view text, Records records, char delimiter) {
  const std::string_view comments = text.substr(0, text.size() - records.text.size());
  const size_t hash = comments.rfind('#');
  const size_t last_line = comments.substr(0, comments.find_last_not_of("\r\n") + 1).find_last_of("\r\n") + 1;
  if (hash != last_line) return records;
  const std::string_view header = text.substr(hash + 1);
  const auto named = first_records(header, delimiter);
  const bool names_both =
      !named.empty() && find_column(named[0].fields, Column::kPicture) &&
      (find_column(named[0].fields, Column::kClass) || find_column(named[0].fields, Column::kClasses));
  return names_both ? Records{header, records.line - 1} : records;
}

Table::Table(std::shared_ptr<const std::string> text, Records records, std::string file, char delimiter)
    : text_(std::move(text)),
      records_(records),
      file_(std::move(file)),
      delimiter_(delimiter),
      reader_(records_.text, file_, delimiter_, records_.line) {}

void Table::rewind() {
  reader_ = CsvReader(records_.text, file_, delimiter_, records_.line);
}

std::string Table::where(const CsvRecord& record) const {
  return fmt::format("{}:{}", file_, record.line);
}

}  // namespace dew::exchange
