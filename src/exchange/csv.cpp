// One pass over the text; a record ends where a line does, unless inside quotes.
#include "exchange/csv.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew::exchange {
namespace {

constexpr size_t kMostFields = 10'000;

bool holds_anything(const CsvRecord& record) {
  return record.quoted || std::any_of(record.fields.begin(), record.fields.end(),
                                      [](const std::string& field) { return !field.empty(); });
}

}  // namespace

Result<std::optional<CsvRecord>> CsvReader::next() {
  while (!done()) {
    DEW_TRY(CsvRecord read, record());
    if (holds_anything(read)) return read;
  }
  return std::nullopt;
}

char CsvReader::take() {
  const char taken = text_[at_++];
  if (taken == '\n' || (taken == '\r' && (done() || peek() != '\n'))) ++line_;
  return taken;
}

void CsvReader::take_line_end() {
  if (done()) return;
  if (take() == '\r' && !done() && peek() == '\n') take();
}

tl::unexpected<Error> CsvReader::wrong(int64_t line, std::string why, std::string next) const {
  return usage_error(std::move(why), fmt::format("{}:{}", file_, line), std::move(next));
}

void CsvReader::take_delimiter() {
  if (delimiter_ != ' ') take();
  while (delimiter_ == ' ' && at_delimiter()) take();
}

Result<CsvRecord> CsvReader::record() {
  CsvRecord record;
  record.line = line_;
  if (delimiter_ == ' ') take_delimiter();
  while (true) {
    while (at_blank()) take();
    const bool quoted = !done() && peek() == '"';
    if (quoted) {
      DEW_TRY(std::string field, quoted_field());
      record.fields.push_back(std::move(field));
    } else {
      record.fields.push_back(plain_field());
    }
    record.quoted = record.quoted || quoted;
    if (at_line_end()) break;
    take_delimiter();
    if (delimiter_ == ' ' && at_line_end()) break;
    if (record.fields.size() == kMostFields)
      return wrong(record.line, fmt::format("this line has more than {} fields", kMostFields),
                   "check that this is a table of labels");
  }
  take_line_end();
  return record;
}

/// Begins on the opening quote; ends on a delimiter, a line's end or the text's.
Result<std::string> CsvReader::quoted_field() {
  const int64_t began = line_;
  std::string field;
  take();
  while (true) {
    if (done())
      return wrong(began, "a quotation mark is not closed",
                   "close it; a quotation mark within a quoted field is written twice");
    const char next = take();
    if (next != '"') {
      field += next;
    } else if (!done() && peek() == '"') {
      field += take();
    } else {
      break;
    }
  }
  while (at_blank()) take();
  if (!at_line_end() && !at_delimiter())
    return wrong(line_, "there is text behind a closing quotation mark",
                 "quote the whole field, and write a quotation mark within it twice");
  return field;
}

std::string CsvReader::plain_field() {
  const size_t from = at_;
  while (!at_line_end() && !at_delimiter()) take();
  return trim(text_.substr(from, at_ - from));
}

}  // namespace dew::exchange
