// The lines of one table of labels, whatever its columns: which picture each names, and what it says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exchange/layout.h"
#include "exchange/rival_columns.h"
#include "exchange/statement.h"
#include "exchange/table.h"

namespace dew::exchange {

/// What is counted while a table is read.
struct TableCounts {
  int64_t boxes = 0;
  int64_t several = 0;                            ///< cells that name several classes
  int64_t others = 0;                             ///< answers that are no class of a picture
  std::map<std::string, int64_t> unclear_splits;  ///< pictures in splits of other names, by these
  int64_t unclear_predictions = 0;
  int64_t nothing = 0;  ///< cells that say that there is none: "NaN"
  int64_t changed = 0;  ///< labels that are others than Dewdrop exported

  void add(const TableCounts& more);
};

class LineReader {
 public:
  /// What is known of the table beforehand.
  struct Known {
    std::vector<std::string> classes;  ///< taken at their word: "None" may be one
    /// Without a header the class stands behind the last delimiter; those before are in the picture's name.
    bool class_is_last = false;
  };

  /// The table stands at its first record.
  LineReader(Table table, Layout layout, Known known);
  LineReader(const LineReader&) = delete;  // rivals_ points into it
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader() = default;

  /// nullopt at the end. Errors (usage) name the line; at the end, that columns contradict each other.
  Result<std::optional<TableLine>> next();
  /// What next() has read.
  [[nodiscard]] const CsvRecord& record() const { return record_; }

  [[nodiscard]] Table& table() { return table_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  [[nodiscard]] const TableCounts& counts() const { return counts_; }
  /// RivalColumns::corrections() of what next() has read.
  [[nodiscard]] std::string corrections() const { return rivals_.corrections(); }

 private:
  [[nodiscard]] Result<void> check_fields(CsvRecord& record) const;
  void join_picture(CsvRecord& record) const;
  void clear_nothing(CsvRecord& record);
  Result<TableLine> line();
  [[nodiscard]] Result<std::optional<int64_t>> frame_of(const CsvRecord& record,
                                                        const std::string& where) const;
  [[nodiscard]] Result<void> check_span(const CsvRecord& record, const std::string& where) const;
  Result<Statement> statement_of(const CsvRecord& record, const std::string& where);
  void say_cell(const std::string& cell, Statement& said);
  void say_list(const std::string& cell, Statement& said);
  Result<void> say_flags(const CsvRecord& record, Statement& said) const;
  Result<void> say_box(const CsvRecord& record, Statement& said);
  Result<void> say_verified(const CsvRecord& record, Statement& said) const;
  [[nodiscard]] bool by_a_machine(const CsvRecord& record) const;
  [[nodiscard]] bool changed(const CsvRecord& record) const;
  [[nodiscard]] bool as_exported(const CsvRecord& record) const;

  Table table_;
  Layout layout_;
  Known known_;
  std::optional<size_t> frame_;  ///< the column
  std::optional<size_t> span_;   ///< the column that tells a place in a video by its time, or its first frame
  RivalColumns rivals_;
  CsvRecord record_;
  TableCounts counts_;
  bool begun_ = false;
};

}  // namespace dew::exchange
