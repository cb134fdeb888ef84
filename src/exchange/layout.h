// Which column of a table of labels says what.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "exchange/table.h"

namespace dew::exchange {

struct Layout {
  /// How a line tells the classes.
  enum class Kind {
    kClass,     ///< one cell, one class
    kClasses,   ///< one cell, several classes: "cat|dog"
    kOneHot,    ///< a column of 0 and 1 for each class
    kBoxes,     ///< a line for each box, with its class
    kTrailing,  ///< every cell from `label` on is a class (Vertex AI)
    kVerified,  ///< a line for each class that was looked for, with 1 or 0 as confidence (Open Images)
  };
  Kind kind = Kind::kClass;
  bool header = false;
  size_t fields = 0;  ///< of every line; 0: they differ
  size_t picture = 0;
  size_t label = 0;  ///< not with kOneHot
  std::vector<size_t> one_hot;
  std::vector<size_t> box;  ///< the columns that tell where it is
  std::optional<size_t> split, origin, by, confidence, reason, annotator, label_was;
  std::optional<size_t> prediction;  ///< Label Studio's own: what models said
  std::optional<size_t> other_name;  ///< a second column that names the picture: sample beside file
  std::vector<std::string> names;    ///< the header
  std::vector<size_t> rivals;        ///< other columns that are called as those of classes are
  std::vector<std::string> left;     ///< names of columns that are not taken along
  /// It certainly is a table of labels, not one of prices whose columns happen to be called so.
  bool certain = false;
};

/// What the table is, by its first records; nullopt: none of labels.
std::optional<Layout> layout_of(const std::vector<CsvRecord>& first);

/// Whether each line below a header names a picture in the same column: a table about pictures, with or
/// without a column of classes.
bool lists_pictures(const std::vector<CsvRecord>& first);

/// The columns with a share of each class, of a table of pictures that has no label: "cat" and "dog" of
/// "a.jpg,0.9,0.1". Empty: there are none.
std::vector<std::string> columns_of_shares(const std::vector<CsvRecord>& first);

/// The first records of a table, for layout_of(); what is broken behind them is met when it is read.
std::vector<CsvRecord> first_records(Table& table);

/// A number written in the cell, with a point or a comma; nullopt: something else.
std::optional<double> number_in(const std::string& cell);

/// Whether a one-hot cell says yes: 1, true or x; nullopt: neither yes nor no, or empty.
std::optional<bool> flag_in(const std::string& cell);

}  // namespace dew::exchange
