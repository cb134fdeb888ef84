// Tables with a column for each class: which columns may be classes, by what stands in them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exchange/table.h"

namespace dew::exchange {

/// Whether the column has 0 and 1 alone (true and false, x) below the header.
bool is_binary(const std::vector<CsvRecord>& first, size_t column);

/// Whether it has numbers from 0 to 1 alone, and one between.
bool has_shares(const std::vector<CsvRecord>& first, size_t column);

/// Whether these columns, each of which is one of the above, divide each picture among them.
bool share_out(const std::vector<CsvRecord>& first, const std::vector<size_t>& columns);

/// "is_blurry", "hasFlash": a quality of the picture, where other columns are classes.
bool names_quality(const std::string& name);

}  // namespace dew::exchange
