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
#include "exchange/line_reader.h"
#include "exchange/tree.h"

namespace dew::exchange {

/// Reads one table into a list of items.
class TableReader {
 public:
  /// Names, file and items must outlive the reader; the table stands at its first record.
  TableReader(PictureNames& names, Table table, const LabelFile& name, Layout layout, ItemList& items);

  /// Looks at all pictures that the table names, so that none of several uploads is guessed.
  void note_names();

  /// Errors (usage) name the line; items of the lines before it are in the list.
  Result<void> read(Watch& watch);

  [[nodiscard]] int64_t lines() const { return lines_; }
  /// Whether a line named a picture of the tree.
  [[nodiscard]] bool found_any() const { return found_; }
  [[nodiscard]] TableCounts counts() const;
  [[nodiscard]] const Layout& layout() const { return reader_.layout(); }
  [[nodiscard]] std::string corrections() const { return reader_.corrections(); }
  [[nodiscard]] std::vector<Missing> take_missing() { return std::move(missing_); }

 private:
  Result<void> take(TableLine line);
  [[nodiscard]] Result<void> check_other_name(const TableLine& line, const std::string& picture) const;
  Result<void> add_answer(const std::string& picture, const std::string& where);
  void add_predictions(const std::string& picture, const std::string& where);
  std::optional<Split> split_of(const CsvRecord& record);

  PictureNames& names_;
  LineReader reader_;
  const LabelFile& name_;
  std::optional<Split> split_;  ///< of the whole table, by its name
  ItemList& items_;
  std::set<std::string> predicted_;  ///< pictures with what was predicted for them
  TableCounts counts_;               ///< beside the reader's
  int64_t lines_ = 0;
  bool found_ = false;
  std::vector<Missing> missing_;
};

}  // namespace dew::exchange
