#include "exchange/table_reader.h"

#include <fmt/format.h>

#include <utility>

#include "exchange/label_studio_entry.h"
#include "exchange/labelled_by.h"
#include "exchange/splits.h"
#include "media/fragment.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

using Kind = Layout::Kind;

constexpr int64_t kLinesBetweenLooks = 4096;

}  // namespace

TableReader::TableReader(PictureNames& names, Table table, const LabelFile& name, Layout layout,
                         ItemList& items)
    : names_(names),
      reader_(std::move(table), std::move(layout), {}),
      name_(name),
      split_(split_of_path(name.told)),
      items_(items) {}

TableCounts TableReader::counts() const {
  TableCounts all = reader_.counts();
  all.add(counts_);
  return all;
}

void TableReader::note_names() {
  // What is broken is met when it is read.
  Table& table = reader_.table();
  const size_t column = layout().picture;
  for (auto record = table.next(); record && *record; record = table.next())
    if ((*record)->fields.size() > column) names_.note((*record)->fields[column], name_.name);
  table.rewind();
}

Result<void> TableReader::read(Watch& watch) {
  DEW_TRY(auto line, reader_.next());
  while (line) {
    DEW_CHECK(take(*std::move(line)));
    if (++lines_ % kLinesBetweenLooks == 0) {
      watch.advance(lines_, name_.shown);
      if (watch.interrupted()) return interrupted_error();
    }
    DEW_TRY(line, reader_.next());
  }
  return {};
}

Result<void> TableReader::take(TableLine line) {
  const std::string where = line.said.where;
  const bool video = line.frame && media_kind(fs::path(line.picture)) == MediaKind::kVideo;
  if (video) line.picture = Fragment{line.picture, line.frame, std::nullopt}.str();
  auto found = names_.find(line.picture, name_.name);
  if (found.file.empty()) {
    found_ = found_ || found.several;  // of pictures that are there
    missing_.push_back({line.picture, where, std::move(found.why)});
    return {};
  }
  found_ = true;
  DEW_CHECK(check_other_name(line, found.file));
  if (line.changed) ++counts_.changed;
  items_.set_split(found.file, split_of(reader_.record()), where);
  add_predictions(found.file, where);
  if (line.by_machine) return add_answer(found.file, where);
  if (layout().annotator) {
    items_.add_opinion(found.file, std::move(line.said), false);
    return {};
  }
  return items_.add(found.file, std::move(line.said), line.part ? Together::kUnite : Together::kAgree);
}

/// Where a second column names a picture that is there, it is the same one.
Result<void> TableReader::check_other_name(const TableLine& line, const std::string& picture) const {
  if (!names_picture(line.other_name)) return {};
  const auto other = names_.find(line.other_name, name_.name);
  if (other.file.empty() || other.file == picture) return {};
  return usage_error(fmt::format("two columns name two pictures: '{}' and '{}'", printable(line.picture, 60),
                                 printable(line.other_name, 60)),
                     line.said.where,
                     "correct one of them, or remove the column that is not of the labelled picture");
}

Result<void> TableReader::add_answer(const std::string& picture, const std::string& where) {
  const CsvRecord& record = reader_.record();
  const std::string& label = record.fields[layout().label];
  if (layout().kind != Kind::kClass || label.empty()) return {};
  Answer answer = answer_again(label, layout().by ? record.fields[*layout().by] : std::string());
  if (layout().reason) answer.reason = record.fields[*layout().reason];
  if (layout().confidence && !record.fields[*layout().confidence].empty()) {
    answer.confidence = number_in(record.fields[*layout().confidence]);
    if (!answer.confidence || !(*answer.confidence >= 0 && *answer.confidence <= 1))
      return usage_error("this confidence is not a number from 0 to 1", where,
                         "correct it, or leave it empty");
  }
  items_.add_label_by_machine(picture, answer, where);
  return {};
}

/// Each annotation of a task repeats its predictions.
void TableReader::add_predictions(const std::string& picture, const std::string& where) {
  if (!layout().prediction) return;
  const std::string& cell = reader_.record().fields[*layout().prediction];
  if (cell.empty() || !predicted_.insert(picture + "\n" + cell).second) return;
  for (const auto& answer : answers_in_cell(cell)) {
    if (answer)
      items_.add_answer(picture, *answer, where);
    else
      ++counts_.unclear_predictions;
  }
}

std::optional<Split> TableReader::split_of(const CsvRecord& record) {
  if (!layout().split) return split_;
  const std::string& cell = record.fields[*layout().split];
  const auto split = split_of_name(cell);
  if (split || cell.empty() || lower(cell) == "unassigned") return split;
  constexpr size_t kMostNames = 100;
  const bool known = counts_.unclear_splits.size() < kMostNames || counts_.unclear_splits.contains(cell);
  ++counts_.unclear_splits[known ? cell : "..."];
  return std::nullopt;
}

}  // namespace dew::exchange
