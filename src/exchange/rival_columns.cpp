#include "exchange/rival_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace dew::exchange {
namespace {

constexpr size_t kMost = 10'000;  // of different words: more are no classes

bool is_called_labels(const std::string& name) {
  const std::string low = lower(name);
  return is_column(name, Column::kClasses) || low.ends_with("labels") || low.ends_with("tags");
}

/// "cat|dog", "cat;dog", "cat,dog" or one word, in lower case.
std::vector<std::string> words_in(const std::string& cell) {
  const size_t at = cell.find_first_of("|;,");
  if (cell.starts_with('[') || cell.starts_with('{') || at == std::string::npos) return {lower(cell)};
  return split_list(lower(cell), cell[at]);
}

/// Whether columns may say otherwise than that of the classes: Dewdrop's own exports have one label.
bool may_have_rivals(const Layout& layout) {
  const bool one_class = layout.kind == Layout::Kind::kClass || layout.kind == Layout::Kind::kBoxes;
  return one_class && layout.header && !layout.origin;
}

/// Whether the column has another purpose.
bool is_taken(const Layout& layout, size_t column) {
  const auto is = [&](const std::optional<size_t>& used) { return used == column; };
  const std::string& name = layout.names[column];
  return column == layout.label || column == layout.picture || is(layout.split) || is(layout.annotator) ||
         is(layout.by) || is(layout.prediction) || is_column(name, Column::kOther) ||
         is_column(name, Column::kPicture) ||
         std::find(layout.box.begin(), layout.box.end(), column) != layout.box.end();
}

}  // namespace

void RivalColumns::Contradiction::note(const CsvRecord& record, const std::string& place, std::string said) {
  if (cells++ > 0) return;
  line = record.line;
  what = std::move(said);
  where = place;
}

RivalColumns::RivalColumns(const Layout& layout) : layout_(layout) {
  if (!may_have_rivals(layout)) return;
  corrects_ = lower(layout.names[layout.label]) == "human";
  for (size_t column = 0; column < layout.names.size(); ++column) {
    const std::string& name = layout.names[column];
    if (is_taken(layout, column)) continue;
    if (is_column(name, Column::kClass) || is_called_labels(name))
      named_.push_back({column, {}, false, {}});
    else if (!corrects_)
      flagged_.push_back({column, lower(name), false, {}});
  }
}

void RivalColumns::note(const CsvRecord& record, const std::string& where) {
  if (named_.empty() && flagged_.empty()) return;
  const std::string& label = record.fields[layout_.label];
  if (label.empty()) return;
  if (classes_.size() < kMost) classes_.insert(lower(label));
  for (Named& named : named_) note_words(named, record, where);
  note_flags(record, where);
}

void RivalColumns::note_words(Named& named, const CsvRecord& record, const std::string& where) {
  const std::string& cell = record.fields[named.column];
  const std::string& label = record.fields[layout_.label];
  if (number_in(cell) && !number_in(label) && numbers_classes(named.column))
    numbered_[named.column].note(cell, lower(label), record.line);
  if (cell.empty() || says_nothing(cell)) return;
  const auto words = words_in(cell);
  named.lists = named.lists || words.size() > 1;
  for (const std::string& word : words)
    if (named.words.size() < kMost) named.words.insert(word);
  // A list that has the class may have others beside it.
  if (std::find(words.begin(), words.end(), lower(label)) != words.end()) return;
  for (const std::string& word : words) {
    const std::pair key(lower(label), word);
    if (named.pairs.size() < kMost || named.pairs.contains(key))
      named.pairs[key].note(record, where, told(record, named.column, cell));
  }
}

/// Where the class has a column of its own and that says yes, others may say so, too: several are there.
void RivalColumns::note_flags(const CsvRecord& record, const std::string& where) {
  const std::string& label = record.fields[layout_.label];
  const std::string low = lower(label);
  const auto flag = [&](const Flagged& one) { return flag_in(record.fields[one.column]); };
  const bool agrees = std::any_of(flagged_.begin(), flagged_.end(), [&](const Flagged& one) {
    return one.name == low && flag(one).value_or(false);
  });
  for (Flagged& one : flagged_) {
    const std::string& cell = record.fields[one.column];
    if (one.other || cell.empty() || says_nothing(cell)) continue;
    const auto says = flag(one);
    one.other = !says;
    if (says && *says != (one.name == low) && !(agrees && *says))
      one.differing.note(record, where, told(record, one.column, cell));
  }
}

/// Whether the column may number the classes that the other one names.
bool RivalColumns::numbers_classes(size_t column) const {
  static const std::vector<std::string_view> kNumbers{"label",   "class",   "category",  "target",
                                                      "classid", "labelid", "categoryid"};
  static const std::vector<std::string_view> kNames{"classname", "labelname", "categoryname",
                                                    "class",     "label",     "category"};
  return find_column({layout_.names[column]}, kNumbers) &&
         find_column({layout_.names[layout_.label]}, kNames);
}

std::string RivalColumns::told(const CsvRecord& record, size_t column, const std::string& cell) const {
  return fmt::format("'{}' in the column {} and '{}' in {}", printable(record.fields[layout_.label], 40),
                     printable(layout_.names[layout_.label], 40), printable(cell, 40),
                     printable(layout_.names[column], 40));
}

/// Error (usage): a number is that of two classes, or a class has two numbers, on few lines.
Result<void> RivalColumns::check_numbers(const std::string& file) const {
  for (const auto& [column, numbered] : numbered_) {
    const auto odd = numbered.odd();
    if (!odd) continue;
    return usage_error(
        fmt::format("{} is '{}' here, and something else on other lines: the columns {} and {} "
                    "contradict each other",
                    printable(odd->number, 40), printable(odd->name, 40),
                    printable(layout_.names[column], 40), printable(layout_.names[layout_.label], 40)),
        fmt::format("{}:{}", file, odd->line),
        "correct the one that is wrong, or remove or rename the column that names no classes");
  }
  return {};
}

RivalColumns::Contradictions RivalColumns::contradictions() const {
  Contradictions all;
  const auto take = [&](const Contradiction& one) {
    all.cells += one.cells;
    if (all.first == nullptr || one.line < all.first->line) all.first = &one;
  };
  // In a short table either of the two may name all classes that there are; lists may have a class among
  // other words ("cat;outdoors").
  for (const Named& named : named_)
    for (const auto& [pair, contradiction] : named.pairs)
      if (classes_.contains(pair.second) || (!named.lists && named.words.contains(pair.first)))
        take(contradiction);
  for (const Flagged& one : flagged_)
    if (!one.other && one.differing.cells > 0 && classes_.contains(one.name)) take(one.differing);
  return all;
}

Result<void> RivalColumns::check(const std::string& file) const {
  if (corrects_) return {};
  DEW_CHECK(check_numbers(file));
  const auto [cells, first] = contradictions();
  if (first == nullptr) return {};
  return usage_error(
      fmt::format("{} of two columns contradict each other: {}", plural(cells, "cell", "cells"), first->what),
      first->where, "keep the column that is right, and remove or rename the other");
}

std::string RivalColumns::corrections() const {
  if (!corrects_) return {};
  const auto [cells, first] = contradictions();
  if (first == nullptr) return {};
  return fmt::format("{} otherwise than the column human, which counts; first {}: {}",
                     plural(cells, "cell says", "cells say"), first->where, first->what);
}

}  // namespace dew::exchange
