#include "exchange/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "exchange/item_list.h"
#include "exchange/label_studio_entry.h"
#include "exchange/label_studio_value.h"
#include "media/fragment.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

using Kind = Layout::Kind;

}  // namespace

void TableCounts::add(const TableCounts& more) {
  boxes += more.boxes;
  several += more.several;
  others += more.others;
  for (const auto& [name, pictures] : more.unclear_splits) unclear_splits[name] += pictures;
  unclear_predictions += more.unclear_predictions;
  nothing += more.nothing;
  changed += more.changed;
}

LineReader::LineReader(Table table, Layout layout, Known known)
    : table_(std::move(table)),
      layout_(std::move(layout)),
      known_(std::move(known)),
      frame_(find_column(layout_.names, Column::kFrame)),
      span_(find_column(layout_.names, Column::kSpan)),
      rivals_(layout_) {
  if (frame_ == layout_.picture || (frame_ == layout_.label && layout_.kind != Kind::kOneHot)) frame_.reset();
}

Result<std::optional<TableLine>> LineReader::next() {
  DEW_TRY(auto record, table_.next());
  if (record && !std::exchange(begun_, true) && layout_.header) {
    DEW_TRY(record, table_.next());
  }
  if (!record) {
    DEW_CHECK(rivals_.check(table_.file()));
    return std::nullopt;
  }
  record_ = *std::move(record);
  return line();
}

Result<TableLine> LineReader::line() {
  if (known_.class_is_last) join_picture(record_);
  DEW_CHECK(check_fields(record_));
  TableLine line;
  line.number = record_.line;
  const std::string where = table_.where(record_);
  line.picture = record_.fields[layout_.picture];
  if (line.picture.empty())
    return usage_error("this line names no picture", where, "name it, or remove the line");
  if (layout_.other_name) line.other_name = record_.fields[*layout_.other_name];
  clear_nothing(record_);
  DEW_TRY(line.frame, frame_of(record_, where));
  if (!line.frame) DEW_CHECK(check_span(record_, where));
  DEW_TRY(line.said, statement_of(record_, where));
  rivals_.note(record_, where);
  line.part =
      layout_.kind == Kind::kBoxes || layout_.kind == Kind::kVerified || layout_.annotator.has_value();
  line.exported = layout_.origin.has_value();
  line.by_machine = by_a_machine(record_);
  // What somebody said in Label Studio of a picture without a label changed nothing.
  line.changed = changed(record_) && !(layout_.annotator && record_.fields[*layout_.label_was].empty());
  return line;
}

/// Of a video, what is said of some seconds is not said of another frame. A time of the day says nothing.
Result<void> LineReader::check_span(const CsvRecord& record, const std::string& where) const {
  if (!span_ || *span_ == layout_.label || !number_in(record.fields[*span_])) return {};
  const std::string& picture = record.fields[layout_.picture];
  const auto named = Fragment::parse(picture);
  if (media_kind(fs::path(named ? named->source : picture)) != MediaKind::kVideo || (named && named->frame))
    return {};
  return usage_error(fmt::format("the column {} tells a part of the video '{}': labels are of frames",
                                 printable(layout_.names[*span_], 40), printable(picture, 60)),
                     where, "name the frames of it, in a column called frame");
}

/// Beside the name of a picture the cell may say anything.
Result<std::optional<int64_t>> LineReader::frame_of(const CsvRecord& record, const std::string& where) const {
  constexpr double kMost = 1e12;
  if (!frame_ || record.fields[*frame_].empty()) return std::nullopt;
  const std::string& cell = record.fields[*frame_];
  const std::string& picture = record.fields[layout_.picture];
  const auto named = Fragment::parse(picture);
  const auto number = number_in(cell);
  if (number && *number >= 0 && *number < kMost && std::floor(*number) == *number) {
    if (!named || !named->frame) return static_cast<int64_t>(*number);
    if (static_cast<double>(*named->frame) == *number) return std::nullopt;  // said twice
    return usage_error(fmt::format("'{}' names frame {}, and the column {} says {}", printable(picture, 60),
                                   *named->frame, printable(layout_.names[*frame_], 40), printable(cell, 40)),
                       where, "correct one of them");
  }
  if (media_kind(fs::path(named ? named->source : picture)) != MediaKind::kVideo) return std::nullopt;
  return usage_error(fmt::format("'{}' is not the number of a frame", printable(cell, 40)), where,
                     "frames are numbered from 0 on, as ffmpeg counts them");
}

/// Cells of classes that say that there is none become empty.
void LineReader::clear_nothing(CsvRecord& record) {
  const auto clear = [&](size_t column) {
    if (column >= record.fields.size() || !says_nothing(record.fields[column])) return;
    if (std::find(known_.classes.begin(), known_.classes.end(), record.fields[column]) !=
        known_.classes.end())
      return;
    record.fields[column].clear();
    ++counts_.nothing;
  };
  // What Dewdrop exports leaves such a cell empty: "NA" is a class there.
  if (layout_.kind == Kind::kVerified || layout_.origin) return;
  if (layout_.kind != Kind::kOneHot) clear(layout_.label);
  for (const size_t column : layout_.one_hot) clear(column);
}

/// In a line without a header, the class stands behind the last delimiter: others are the name's.
void LineReader::join_picture(CsvRecord& record) const {
  while (record.fields.size() > 2 && record.fields.back().empty()) record.fields.pop_back();
  if (record.quoted || record.fields.size() <= 2) return;
  const char delimiter = table_.delimiter();
  std::string last = std::move(record.fields.back());
  record.fields.pop_back();
  record.fields = {join(record.fields, std::string_view(&delimiter, 1)), std::move(last)};
}

/// Empty cells may be missing or too many at a line's end where no header says how many there are.
Result<void> LineReader::check_fields(CsvRecord& record) const {
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

Result<Statement> LineReader::statement_of(const CsvRecord& record, const std::string& where) {
  Statement said;
  said.where = where;
  if (layout_.by && !changed(record)) said.by = person_in(record.fields[*layout_.by]);
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

void LineReader::say_cell(const std::string& cell, Statement& said) {
  Annotated annotated = annotated_in_cell(cell);
  said.classes = std::move(annotated.classes);
  said.looked_at = annotated.boxes > 0;
  counts_.boxes += annotated.boxes;
  counts_.others += annotated.others;
}

/// "cat|dog", "cat;dog" or "cat,dog".
void LineReader::say_list(const std::string& cell, Statement& said) {
  constexpr std::string_view kBetween = "|;,";
  const size_t at = cell.find_first_of(kBetween);
  if (cell.starts_with('[') || cell.starts_with('{') || at == std::string::npos) return say_cell(cell, said);
  said.classes = split_list(cell, cell[at]);
  ++counts_.several;
}

Result<void> LineReader::say_flags(const CsvRecord& record, Statement& said) const {
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

Result<void> LineReader::say_box(const CsvRecord& record, Statement& said) {
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
Result<void> LineReader::say_verified(const CsvRecord& record, Statement& said) const {
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

bool LineReader::by_a_machine(const CsvRecord& record) const {
  return layout_.origin && is_machine(record.fields[*layout_.origin]) && !changed(record);
}

/// The label is the one that Dewdrop exported: who imported it into another tool did not give it.
bool LineReader::as_exported(const CsvRecord& record) const {
  return layout_.label_was && !record.fields[*layout_.label_was].empty() && !changed(record);
}

/// Somebody gave another label since Dewdrop exported the table: who, the other columns do not tell.
bool LineReader::changed(const CsvRecord& record) const {
  if (!layout_.label_was || layout_.kind != Kind::kClass) return false;
  return label_changed(record.fields[layout_.label], record.fields[*layout_.label_was]);
}

}  // namespace dew::exchange
