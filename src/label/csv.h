// Comma-separated values as RFC 4180 has them, with the line each record begins in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::label {

struct CsvRecord {
  int64_t line = 0;                 ///< from 1
  std::vector<std::string> fields;  ///< without blanks at their ends, unless quoted
  bool quoted = false;              ///< one of them was
};

/// All records but empty lines. CR LF, a lone LF and a byte order mark are taken, "" within quotes is one
/// quote. Errors (usage) name `file` and the line: a quote that is not closed, text behind a closing quote, a
/// NUL.
Result<std::vector<CsvRecord>> parse_csv(std::string_view text, const std::string& file);

}  // namespace dew::label
