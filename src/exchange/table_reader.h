// One table of labels, line by line.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exchange/addresses.h"
#include "exchange/dataset.h"
#include "exchange/item_list.h"
#include "exchange/label_file.h"
#include "exchange/layout.h"
#include "exchange/rival_columns.h"
#include "exchange/table.h"
#include "exchange/tree.h"

namespace dew::exchange {

/// What is counted while a table is read.
struct TableCounts {
  int64_t boxes = 0;
  int64_t several = 0;         ///< cells that name several classes
  int64_t others = 0;          ///< answers that are no class of a picture
  int64_t unclear_splits = 0;  ///< pictures in a split of another name
  std::string unclear_split;   ///< the first of these names
  int64_t unclear_predictions = 0;
  int64_t nothing = 0;  ///< cells that say that there is none: "NaN"
  int64_t changed = 0;  ///< labels that are others than Dewdrop exported

  void add(const TableCounts& more);
};

/// Reads one table into a list of items.
class TableReader {
 public:
  /// All but `layout` must outlive the reader; the table stands at its first record.
  TableReader(PictureNames& names, Table& table, const LabelFile& name, Layout layout, ItemList& items);
  TableReader(const TableReader&) = delete;  // rivals_ points into it
  TableReader& operator=(const TableReader&) = delete;
  ~TableReader() = default;

  /// Looks at all pictures that the table names, so that none of several uploads is guessed.
  void note_names();

  /// Errors (usage) name the line; items of the lines before it are in the list.
  Result<void> read(Watch& watch);

  [[nodiscard]] int64_t lines() const { return lines_; }
  /// Whether a line named a picture of the tree.
  [[nodiscard]] bool found_any() const { return found_; }
  [[nodiscard]] const TableCounts& counts() const { return counts_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  [[nodiscard]] std::vector<Missing> take_missing() { return std::move(missing_); }

 private:
  Result<void> line(CsvRecord& record);
  Result<void> check_fields(CsvRecord& record) const;
  void clear_nothing(CsvRecord& record);
  Result<Statement> statement_of(const CsvRecord& record, const std::string& where);
  void say_cell(const std::string& cell, Statement& said);
  void say_list(const std::string& cell, Statement& said);
  Result<void> say_flags(const CsvRecord& record, Statement& said) const;
  Result<void> say_box(const CsvRecord& record, Statement& said);
  Result<void> say_verified(const CsvRecord& record, Statement& said) const;
  [[nodiscard]] bool by_a_machine(const CsvRecord& record) const;
  [[nodiscard]] bool changed(const CsvRecord& record) const;
  [[nodiscard]] bool as_exported(const CsvRecord& record) const;
  Result<void> add_answer(const std::string& picture, const CsvRecord& record, const std::string& where);
  void add_predictions(const std::string& picture, const CsvRecord& record, const std::string& where);
  std::optional<Split> split_of(const CsvRecord& record);

  PictureNames& names_;
  Table& table_;
  const LabelFile& name_;
  Layout layout_;
  std::optional<Split> split_;  ///< of the whole table, by its name
  ItemList& items_;
  RivalColumns rivals_;
  std::set<std::string> predicted_;  ///< pictures with what was predicted for them
  TableCounts counts_;
  int64_t lines_ = 0;
  bool found_ = false;
  std::vector<Missing> missing_;
};

}  // namespace dew::exchange
