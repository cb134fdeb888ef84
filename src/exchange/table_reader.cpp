#include "exchange/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exchange/label_studio_entry.h"
#include "exchange/label_studio_value.h"
#include "exchange/labelled_by.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

using Kind = Layout::Kind;

constexpr int64_t kLinesBetweenLooks = 4096;

}  // namespace

void TableCounts::add(const TableCounts& more) {
  boxes += more.boxes;
  several += more.several;
  others += more.others;
  if (unclear_splits == 0) unclear_split = more.unclear_split;
  unclear_splits += more.unclear_splits;
  unclear_predictions += more.unclear_predictions;
  nothing += more.nothing;
  changed += more.changed;
}

TableReader::TableReader(PictureNames& names, Table& table, const LabelFile& name, Layout layout,
                         ItemList& items)
    : names_(names),
      table_(table),
      name_(name),
      layout_(std::move(layout)),
      split_(split_of_path(name.told)),
      items_(items),
      rivals_(layout_) {}

void TableReader::note_names() {
  // What is broken is met when it is read.
  for (auto record = table_.next(); record && *record; record = table_.next())
    if ((*record)->fields.size() > layout_.picture)
      names_.note((*record)->fields[layout_.picture], name_.name);
  table_.rewind();
}

Result<void> TableReader::read(Watch& watch) {
  DEW_TRY(auto record, table_.next());
  if (record && layout_.header) {
    DEW_TRY(record, table_.next());
  }
  while (record) {
    DEW_CHECK(line(*record));
    if (++lines_ % kLinesBetweenLooks == 0) {
      watch.advance(lines_, name_.shown);
      if (watch.interrupted()) return interrupted_error();
    }
    DEW_TRY(record, table_.next());
  }
  return rivals_.check(table_.file());
}

Result<void> TableReader::line(CsvRecord& record) {
  DEW_CHECK(check_fields(record));
  const std::string where = table_.where(record);
  const std::string& cell = record.fields[layout_.picture];
  if (cell.empty()) return usage_error("this line names no picture", where, "name it, or remove the line");
  clear_nothing(record);
  DEW_TRY(Statement statement, statement_of(record, where));
  rivals_.note(record, where);
  auto found = names_.find(cell, name_.name);
  if (found.file.empty()) {
    found_ = found_ || found.several;  // of pictures that are there
    missing_.push_back({cell, where, std::move(found.why)});
    return {};
  }
  found_ = true;
  // What somebody said in Label Studio of a picture without a label changed nothing.
  if (changed(record) && !(layout_.annotator && record.fields[*layout_.label_was].empty())) ++counts_.changed;
  items_.set_split(found.file, split_of(record), where);
  add_predictions(found.file, record, where);
  if (by_a_machine(record)) return add_answer(found.file, record, where);
  if (layout_.annotator) {
    items_.add_opinion(found.file, std::move(statement), false);
    return {};
  }
  const bool parts = layout_.kind == Kind::kBoxes || layout_.kind == Kind::kVerified;
  return items_.add(found.file, std::move(statement), parts ? Together::kUnite : Together::kAgree);
}

/// Cells of classes that say that there is none become empty.
void TableReader::clear_nothing(CsvRecord& record) {
  const auto clear = [&](size_t column) {
    if (column >= record.fields.size() || !says_nothing(record.fields[column])) return;
    record.fields[column].clear();
    ++counts_.nothing;
  };
  if (layout_.kind == Kind::kVerified) return;
  if (layout_.kind != Kind::kOneHot) clear(layout_.label);
  for (const size_t column : layout_.one_hot) clear(column);
}

/// Empty cells may be missing or too many at a line's end where no header says how many there are.
Result<void> TableReader::check_fields(CsvRecord& record) const {
  auto& fields = record.fields;
  if (layout_.fields == 0) {
    if (fields.size() <= layout_.picture) fields.resize(layout_.picture + 1);
    return {};
  }
  while (fields.size() > layout_.fields && fields.back().empty()) fields.pop_back();
  if (fields.size() == layout_.fields) return {};
  return usage_error(fmt::format("this line has {} fields instead of {}", fields.size(), layout_.fields),
                     table_.where(record),
                     fields.size() < layout_.fields
                         ? "fill in the cells that are missing; an empty one needs its delimiter"
                         : "put cells that contain the delimiter into quotation marks");
}

Result<Statement> TableReader::statement_of(const CsvRecord& record, const std::string& where) {
  Statement said;
  said.where = where;
  if (layout_.by && !changed(record)) said.by = record.fields[*layout_.by];
  if (layout_.annotator && !(layout_.by && as_exported(record))) said.by = record.fields[*layout_.annotator];
  switch (layout_.kind) {
    case Kind::kClass:
      say_cell(record.fields[layout_.label], said);
      break;
    case Kind::kClasses:
      say_list(record.fields[layout_.label], said);
      break;
    case Kind::kOneHot:
      DEW_CHECK(say_flags(record, said));
      break;
    case Kind::kBoxes:
      DEW_CHECK(say_box(record, said));
      break;
    case Kind::kTrailing:
      for (size_t i = layout_.label; i < record.fields.size(); ++i)
        if (!record.fields[i].empty()) said.classes.push_back(record.fields[i]);
      break;
    case Kind::kVerified:
      DEW_CHECK(say_verified(record, said));
      break;
  }
  return said;
}

void TableReader::say_cell(const std::string& cell, Statement& said) {
  Annotated annotated = annotated_in_cell(cell);
  said.classes = std::move(annotated.classes);
  said.looked_at = annotated.boxes > 0;
  counts_.boxes += annotated.boxes;
  counts_.others += annotated.others;
}

/// "cat|dog", "cat;dog" or "cat,dog".
void TableReader::say_list(const std::string& cell, Statement& said) {
  constexpr std::string_view kBetween = "|;,";
  const size_t at = cell.find_first_of(kBetween);
  if (cell.starts_with('[') || cell.starts_with('{') || at == std::string::npos) return say_cell(cell, said);
  said.classes = split_list(cell, cell[at]);
  ++counts_.several;
}

Result<void> TableReader::say_flags(const CsvRecord& record, Statement& said) const {
  for (const size_t column : layout_.one_hot) {
    const std::string& cell = record.fields[column];
    if (cell.empty()) continue;
    const auto flag = flag_in(cell);
    if (!flag)
      return usage_error(
          fmt::format("'{}' in the column '{}' is neither 0 nor 1, as one-hot columns have them",
                      printable(cell, 40), printable(layout_.names[column], 40)),
          said.where, "correct it; an empty cell says that nobody looked");
    said.looked_at = true;
    if (*flag) said.classes.push_back(layout_.names[column]);
  }
  return {};
}

Result<void> TableReader::say_box(const CsvRecord& record, Statement& said) {
  const auto cell = [&](size_t column) {
    return column < record.fields.size() ? record.fields[column] : std::string();
  };
  said.looked_at = true;
  const bool box =
      std::any_of(layout_.box.begin(), layout_.box.end(), [&](size_t at) { return !cell(at).empty(); });
  std::string label = cell(layout_.label);
  if (label.empty()) {
    if (box) return usage_error("this box has no class", said.where, "name its class, or remove the line");
    return {};
  }
  said.classes.push_back(std::move(label));
  if (box) ++counts_.boxes;
  return {};
}

/// Open Images: 1 says that the class is there, 0 that it is not.
Result<void> TableReader::say_verified(const CsvRecord& record, Statement& said) const {
  const std::string& cell = record.fields[*layout_.confidence];
  const auto flag = flag_in(cell);
  if (!flag)
    return usage_error(
        fmt::format("'{}' is no confidence of a person's label: it is 1 or 0", printable(cell, 40)),
        said.where, "leave out labels by models");
  said.looked_at = true;
  if (*flag) said.classes.push_back(record.fields[layout_.label]);
  return {};
}

bool TableReader::by_a_machine(const CsvRecord& record) const {
  return layout_.origin && is_machine(record.fields[*layout_.origin]) && !changed(record);
}

/// The label is the one that Dewdrop exported: who imported it into another tool did not give it.
bool TableReader::as_exported(const CsvRecord& record) const {
  return layout_.label_was && !record.fields[*layout_.label_was].empty() && !changed(record);
}

/// Somebody gave another label since Dewdrop exported the table: who, the other columns do not tell.
bool TableReader::changed(const CsvRecord& record) const {
  if (!layout_.label_was || layout_.kind != Kind::kClass) return false;
  return label_changed(record.fields[layout_.label], record.fields[*layout_.label_was]);
}

Result<void> TableReader::add_answer(const std::string& picture, const CsvRecord& record,
                                     const std::string& where) {
  const std::string& label = record.fields[layout_.label];
  if (layout_.kind != Kind::kClass || label.empty()) return {};
  Answer answer = answer_again(label, layout_.by ? record.fields[*layout_.by] : std::string());
  if (layout_.reason) answer.reason = record.fields[*layout_.reason];
  if (layout_.confidence && !record.fields[*layout_.confidence].empty()) {
    answer.confidence = number_in(record.fields[*layout_.confidence]);
    if (!answer.confidence || !(*answer.confidence >= 0 && *answer.confidence <= 1))
      return usage_error("this confidence is not a number from 0 to 1", where,
                         "correct it, or leave it empty");
  }
  items_.add_label_by_machine(picture, answer, where);
  return {};
}

/// Each annotation of a task repeats its predictions.
void TableReader::add_predictions(const std::string& picture, const CsvRecord& record,
                                  const std::string& where) {
  if (!layout_.prediction) return;
  const std::string& cell = record.fields[*layout_.prediction];
  if (cell.empty() || !predicted_.insert(picture + "\n" + cell).second) return;
  for (const auto& answer : answers_in_cell(cell)) {
    if (answer)
      items_.add_answer(picture, *answer, where);
    else
      ++counts_.unclear_predictions;
  }
}

std::optional<Split> TableReader::split_of(const CsvRecord& record) {
  if (!layout_.split) return split_;
  const std::string& cell = record.fields[*layout_.split];
  const auto split = split_of_name(cell);
  if (split || cell.empty() || lower(cell) == "unassigned") return split;
  if (counts_.unclear_splits++ == 0) counts_.unclear_split = cell;
  return std::nullopt;
}

}  // namespace dew::exchange
