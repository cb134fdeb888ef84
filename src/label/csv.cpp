// One pass over the text; a record ends where a line does, unless inside quotes.
#include "label/csv.h"

#include <fmt/format.h>

namespace dew::label {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Where reading stands.
struct Reader {
  std::string_view text;
  const std::string& file;
  size_t at = 0;
  int64_t line = 1;

  [[nodiscard]] bool done() const { return at == text.size(); }
  [[nodiscard]] char peek() const { return text[at]; }
  [[nodiscard]] bool at_line_end() const { return done() || peek() == '\n'; }
  char take() {
    if (text[at] == '\n') ++line;
    return text[at++];
  }
  [[nodiscard]] tl::unexpected<Error> wrong(int64_t where, std::string why, std::string next = {}) const {
    return usage_error(std::move(why), fmt::format("{}:{}", file, where), std::move(next));
  }
};

/// The reader stands on the opening quote; afterwards on a comma, a line's end or the text's.
Result<std::string> quoted_field(Reader& reader) {
  const int64_t began = reader.line;
  std::string field;
  reader.take();
  while (true) {
    if (reader.done())
      return reader.wrong(began, "a quotation mark is not closed",
                          "close it; a quotation mark within a quoted field is written twice");
    const char next = reader.take();
    if (next != '"') {
      field += next;
    } else if (!reader.done() && reader.peek() == '"') {
      field += reader.take();
    } else {
      break;
    }
  }
  while (!reader.at_line_end() && (reader.peek() == ' ' || reader.peek() == '\t' || reader.peek() == '\r'))
    reader.take();
  if (!reader.at_line_end() && reader.peek() != ',')
    return reader.wrong(reader.line, "there is text behind a closing quotation mark",
                        "quote the whole field, and write a quotation mark within it twice");
  return field;
}

std::string plain_field(Reader& reader) {
  const size_t from = reader.at;
  while (!reader.at_line_end() && reader.peek() != ',') reader.take();
  return trim(reader.text.substr(from, reader.at - from));
}

Result<CsvRecord> read_record(Reader& reader) {
  CsvRecord record;
  record.line = reader.line;
  while (true) {
    while (!reader.at_line_end() && (reader.peek() == ' ' || reader.peek() == '\t')) reader.take();
    if (!reader.at_line_end() && reader.peek() == '"') {
      DEW_TRY(std::string field, quoted_field(reader));
      record.fields.push_back(std::move(field));
      record.quoted = true;
    } else {
      record.fields.push_back(plain_field(reader));
    }
    if (reader.at_line_end()) break;
    reader.take();  // the comma
  }
  if (!reader.done()) reader.take();
  return record;
}

}  // namespace

Result<std::vector<CsvRecord>> parse_csv(std::string_view text, const std::string& file) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos)
    return usage_error("this is not a text file: it contains a NUL byte",
                       fmt::format("{}, byte {}", file, nul), "save the table as CSV in UTF-8");
  Reader reader{text, file};
  std::vector<CsvRecord> records;
  while (!reader.done()) {
    DEW_TRY(CsvRecord record, read_record(reader));
    if (record.fields.size() > 1 || record.quoted || !record.fields[0].empty())
      records.push_back(std::move(record));
  }
  return records;
}

}  // namespace dew::label
