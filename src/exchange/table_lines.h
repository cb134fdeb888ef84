// A table of labels that somebody gives as such, line by line, read as `add` reads those of a data set.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "exchange/statement.h"

namespace dew::exchange {

class TableLines {
 public:
  /// Finds out encoding, delimiter and columns. Without a header whose columns are known, a line is a
  /// picture, the delimiter and the class, and commas in the picture's name need no quotes. A column called
  /// sample names the picture before one called file. `classes`: the words that are certain to be a class,
  /// and no header. Errors (usage) name `file`: to_utf8()'s, no column of classes, or none but what models
  /// said.
  static Result<TableLines> open(std::string_view bytes, const std::string& file,
                                 std::vector<std::string> classes);
  TableLines(TableLines&&) noexcept;
  TableLines& operator=(TableLines&&) noexcept;
  ~TableLines();

  /// nullopt at the end. Errors (usage) name the line; at the end, that columns contradict each other.
  Result<std::optional<TableLine>> next();
  /// The names of those that are not taken along.
  [[nodiscard]] const std::vector<std::string>& columns_left() const;
  /// At the end: how often a column human says otherwise than others, as a sentence; empty: never.
  [[nodiscard]] std::string corrections() const;

 private:
  struct Inside;
  explicit TableLines(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew::exchange
