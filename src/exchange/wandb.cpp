// Tables of Weights & Biases as their runs and artifacts hold them: NAME.table.json, with pictures as
// objects.
//
//     {"columns": ["image", "truth"],
//      "data": [[{"_type": "image-file", "path": "media/images/1.png"}, "cat"], ...]}
//
// The columns are told apart as those of other tables are. What a model predicted is no person's label.
// https://docs.wandb.ai/ref/python/data-types/table
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exchange/addresses.h"
#include "exchange/formats.h"
#include "exchange/item_list.h"
#include "exchange/json_list.h"
#include "exchange/json_pieces.h"
#include "exchange/label_file.h"
#include "exchange/layout.h"
#include "exchange/rival_columns.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;
using Kind = Layout::Kind;

constexpr int64_t kLargestFile = int64_t{256} << 20;

bool claims(std::string_view name, std::string_view head) {
  return lower(name).ends_with(".table.json") && head.find("\"data\"") != std::string_view::npos;
}

/// What a table of text would hold: of a picture its path, of nothing "".
std::string cell_text(const Json& cell) {
  if (cell.is_object()) return text_of(member(cell, "path")).value_or("");
  if (cell.is_boolean()) return cell.get<bool>() ? "true" : "false";
  return text_of(&cell).value_or("");
}

CsvRecord record_of(const Json& row) {
  CsvRecord record;
  for (const Json& cell : row) record.fields.push_back(cell_text(cell));
  return record;
}

class Reader {
 public:
  Reader(const Tree& tree, Watch& watch) : tree_(tree), watch_(watch), names_(tree), items_(tree) {}

  Result<void> read(const fs::path& path) {
    const LabelFile file = label_file(tree_, path);
    set_.files.insert(file.known_name());
    DEW_TRY(const std::string text, read_file(path, kLargestFile));
    DEW_TRY(const Json table, parse_json(text, file.shown));
    const Json* columns = table.is_object() ? member(table, "columns") : nullptr;
    const Json* data = table.is_object() ? member(table, "data") : nullptr;
    if (columns == nullptr || !columns->is_array() || data == nullptr || !data->is_array())
      return usage_error("this table of W&B has no lists 'columns' and 'data'", file.shown,
                         "export it again");
    std::vector<CsvRecord> first{record_of(*columns)};
    for (const Json& row : *data) {
      if (!row.is_array() || row.size() != columns->size())
        return usage_error(fmt::format("this row is no list of {} cells", columns->size()),
                           place(file, static_cast<size_t>(&row - &data->front())), "export the table again");
      if (first.size() < kLooked) first.push_back(record_of(row));
    }
    const auto layout = layout_of(first);
    const bool of_use =
        layout && layout->header && layout->kind != Kind::kBoxes && layout->kind != Kind::kVerified;
    if (of_use) return rows(file, *layout, *data);
    set_.notes.push_back(fmt::format(
        "{} is a table of W&B, and no column of pictures and one called label is in it: it has {}",
        file.shown, printable(join(first[0].fields), 200)));
    return {};
  }

  DataSet finish() {
    items_.finish(set_);
    return std::move(set_);
  }

 private:
  static constexpr size_t kLooked = 100;

  static std::string place(const LabelFile& file, size_t row) {
    return fmt::format("{}, data[{}]", file.shown, row);
  }

  Result<void> rows(const LabelFile& file, const Layout& layout, const Json& data) {
    RivalColumns rivals(layout);
    for (size_t i = 0; i < data.size(); ++i) {
      if (watch_.interrupted()) return interrupted_error();
      const std::string name = cell_text(data[i][layout.picture]);
      if (name.empty())
        return usage_error("this row names no picture", place(file, i), "export the table again");
      Statement said;
      said.where = place(file, i);
      rivals.note(record_of(data[i]), said.where);
      say(layout, data[i], said);
      auto found = names_.find(name, file.name);
      if (found.file.empty()) {
        set_.missing.push_back({name, said.where, std::move(found.why)});
        continue;
      }
      DEW_CHECK(check_other_name(file, layout, data[i], found.file, said.where));
      const auto split =
          layout.split ? split_of_name(cell_text(data[i][*layout.split])) : split_of_path(file.told);
      items_.set_split(found.file, split, said.where);
      DEW_CHECK(items_.add(found.file, std::move(said), Together::kAgree));
    }
    return rivals.check(file.shown);
  }

  /// Where a second column names a picture that is there, it is the same one.
  [[nodiscard]] Result<void> check_other_name(const LabelFile& file, const Layout& layout, const Json& row,
                                              const std::string& picture, const std::string& where) const {
    if (!layout.other_name) return {};
    const auto other = names_.find(cell_text(row[*layout.other_name]), file.name);
    if (other.file.empty() || other.file == picture) return {};
    return usage_error(fmt::format("two columns name two pictures: '{}' and '{}'", printable(picture, 60),
                                   printable(other.file, 60)),
                       where, "remove one of them, or call the one that is labelled file");
  }

  static void say(const Layout& layout, const Json& row, Statement& said) {
    if (layout.kind == Kind::kOneHot) {
      for (const size_t column : layout.one_hot) {
        const auto flag = flag_in(cell_text(row[column]));
        said.looked_at = said.looked_at || flag;
        if (flag.value_or(false)) said.classes.push_back(layout.names[column]);
      }
      return;
    }
    const Json& cell = row[layout.label];
    const auto one = [&](const Json& value) {
      if (std::string name = cell_text(value); !name.empty() && !says_nothing(name))
        said.classes.push_back(std::move(name));
    };
    if (!cell.is_array()) return one(cell);
    for (const Json& value : cell) one(value);
  }

  const Tree& tree_;
  Watch& watch_;
  PictureNames names_;
  ItemList items_;
  DataSet set_;
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree, watch);
  watch.begin("reading tables", 0);
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.read(files[i]));
  watch.end();
  return reader.finish();
}

}  // namespace

const Format kWandb{"wandb", "a W&B table", "NAME.table.json with columns of pictures and classes",
                    claims,  nullptr,       read};

}  // namespace dew::exchange
