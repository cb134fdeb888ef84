// Delimiter-separated values as RFC 4180 has them, with the line each record begins in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::exchange {

struct CsvRecord {
  int64_t line = 0;                 ///< from 1
  std::vector<std::string> fields;  ///< without blanks at their ends, unless quoted
  bool quoted = false;              ///< one of them was
};

/// Reads records one by one. Lines end with LF, CR LF or CR; "" within quotes is one quote.
class CsvReader {
 public:
  /// `text`, which begins in this line of the file, must outlive the reader; errors name `file`. With a blank
  /// as delimiter any run of blanks and tabs divides, and none begins or ends a line.
  CsvReader(std::string_view text, std::string file, char delimiter, int64_t line = 1)
      : text_(text), file_(std::move(file)), delimiter_(delimiter), line_(line) {}

  /// The next record that holds anything; nullopt at the end. Errors (usage) name `file` and the line: a
  /// quote that is not closed, text behind a closing quote, more than 10,000 fields.
  Result<std::optional<CsvRecord>> next();

 private:
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }
  [[nodiscard]] bool at_line_end() const { return done() || peek() == '\n' || peek() == '\r'; }
  [[nodiscard]] bool at_delimiter() const {
    return !done() && (peek() == delimiter_ || (delimiter_ == ' ' && peek() == '\t'));
  }
  [[nodiscard]] bool at_blank() const {
    return !done() && peek() != delimiter_ && (peek() == ' ' || peek() == '\t');
  }
  char take();
  void take_line_end();
  void take_delimiter();
  Result<CsvRecord> record();
  Result<std::string> quoted_field();
  std::string plain_field();
  [[nodiscard]] tl::unexpected<Error> wrong(int64_t line, std::string why, std::string next) const;

  std::string_view text_;
  std::string file_;
  char delimiter_;
  size_t at_ = 0;
  int64_t line_;
};

}  // namespace dew::exchange
