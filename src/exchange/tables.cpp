// Tables of labels: CSV, TSV and their like.
//
//     filename,label          id,breed             image;cat;dog        [SET,]gs://bucket/1.jpg,cat
//     a/1.jpg,cat             000bec,pug           1.jpg;1;0
//
// Also a line for each box, Label Studio's and W&B's exports, and what Dewdrop itself exports. layout.h says
// how the columns are told apart.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "exchange/formats.h"
#include "exchange/item_list.h"
#include "exchange/label_file.h"
#include "exchange/labelled_by.h"
#include "exchange/layout.h"
#include "exchange/no_labels.h"
#include "exchange/splits.h"
#include "exchange/table.h"
#include "exchange/table_reader.h"

namespace dew::exchange {
namespace {

constexpr int64_t kLargestTable = int64_t{512} << 20;
bool called_like_a_table(std::string_view name) {
  constexpr std::array kEndings{".csv", ".tsv", ".tab", ".psv", ".txt"};
  const std::string low = lower(name);
  // What Kaggle gives as an example of what to send in has made-up labels.
  if (low.find("submission") != std::string::npos) return false;
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](const char* ending) { return low.ends_with(ending); });
}

/// Without the line that the head ends in.
std::string_view whole_lines(std::string_view head) {
  if (head.size() < kHeadBytes) return head;
  const size_t end = head.find_last_of("\r\n");
  // Of a line end in UTF-16, the other byte is kept too.
  return end == std::string_view::npos ? head : head.substr(0, (end + 2) / 2 * 2);
}

bool claims(std::string_view name, std::string_view head) {
  if (!called_like_a_table(name)) return false;
  auto table = Table::open(whole_lines(head), {});
  // Text up to a byte 0 is a damaged table, and reading it says so: else its labels would be left out
  // unnoticed.
  if (const size_t zero = head.find('\0'); !table && zero != std::string_view::npos)
    table = Table::open(head.substr(0, head.substr(0, zero).find_last_of("\r\n") + 1), {});
  if (!table) return false;
  const auto first = first_records(*table);
  return table->delimiter() == ' ' || layout_of(first) || lists_pictures(first);
}

/// Several tables into one set.
class Reader {
 public:
  Reader(const Tree& tree, Watch& watch) : tree_(tree), watch_(watch), names_(tree), items_(tree) {}

  Result<void> read(const fs::path& file) {
    const LabelFile name = label_file(tree_, file);
    DEW_TRY(const std::string bytes, read_file(file, kLargestTable));
    DEW_TRY(Table table, Table::open(bytes, name.shown));
    const auto first = first_records(table);
    auto layout = layout_of(first);
    if (const auto why = no_labels(table, first, layout)) return refuse(*why, name);
    if (!layout && lists_pictures(first) && !name.name.empty()) {
      set_.notes.push_back(fmt::format(
          "{} lists pictures, and no column is called label: it has {}; name the one with the classes so",
          name.shown, printable(join(first[0].fields), 200)));
      return {};
    }
    if (!layout)
      return usage_error("this table has no columns of pictures and classes", name.shown,
                         "name them file and label in the first line");
    TableReader reader(names_, std::move(table), name, *std::move(layout), items_);
    reader.note_names();
    const auto read = reader.read(watch_);
    const bool certain = reader.layout().certain || reader.found_any();
    if (!read && (certain || watch_.interrupted())) return read;
    if (!reader.found_any())
      drop(reader, name, read);
    else
      keep(reader, name);
    return {};
  }

  DataSet finish() {
    items_.finish(set_, one_hot_);
    set_.boxes = counts_.boxes;
    const auto note = [&](int64_t count, std::string_view one, std::string_view many) {
      if (count > 0) set_.notes.push_back(plural(count, one, many));
    };
    note(counts_.several, "cell names several classes, divided by | or ; or a comma",
         "cells name several classes, divided by | or ; or commas");
    note(counts_.others, "annotation is no class and is not taken along",
         "annotations are no classes and are not taken along");
    note(counts_.unclear_predictions, "prediction does not name one class and is not taken along",
         "predictions do not name one class and are not taken along");
    note(counts_.nothing, "cell says that there is no label (NaN, NA, null, None, ?)",
         "cells say that there is no label (NaN, NA, null, None, ?)");
    if (counts_.changed > 0) set_.notes.push_back(changed_labels(counts_.changed));
    tell_unclear_splits();
    return std::move(set_);
  }

 private:
  void tell_unclear_splits() {
    if (counts_.unclear_splits.empty()) return;
    int64_t all = 0;
    std::vector<std::string> names;
    for (const auto& [name, pictures] : counts_.unclear_splits) {
      all += pictures;
      names.push_back(fmt::format("'{}' {}", printable(name, 40), pictures));
    }
    set_.notes.push_back(
        fmt::format("{} splits of other names than train, val and test, which say nothing here: {}",
                    plural(all, "picture is in", "pictures are in"), printable(join(names), 200)));
  }

  /// A note within the tree: another format may be there.
  Result<void> refuse(const NoLabels& why, const LabelFile& name) {
    if (name.name.empty()) return usage_error("this table " + why.what, name.shown, why.next);
    set_.notes.push_back(fmt::format("{} {}; {}", name.shown, why.what, why.next));
    return {};
  }

  void keep(TableReader& reader, const LabelFile& name) {
    const Layout& layout = reader.layout();
    for (Missing& one : reader.take_missing()) set_.missing.push_back(std::move(one));
    set_.files.insert(name.known_name());
    counts_.add(reader.counts());
    for (const size_t column : layout.one_hot)
      if (known_.insert(layout.names[column]).second) one_hot_.push_back(layout.names[column]);
    if (!layout.left.empty())
      set_.notes.push_back(
          fmt::format("{}: {} not taken along: {}", name.shown,
                      plural(static_cast<int64_t>(layout.left.size()), "column is", "columns are"),
                      printable(join(layout.left), 200)));
    if (std::string told = reader.corrections(); !told.empty()) set_.notes.push_back(std::move(told));
  }

  /// A table that names no picture of the tree.
  void drop(TableReader& reader, const LabelFile& name, const Result<void>& read) {
    if (reader.lines() == 0 && read) {
      if (reader.layout().certain || name.name.empty())
        set_.notes.push_back(name.shown + " has names of columns and no line below them");
      return;
    }
    if (!read)
      set_.notes.push_back(
          fmt::format("{} is not taken for a table of labels: {}", name.shown, read.error().what));
    else
      set_.notes.push_back(fmt::format("{} names no picture that is there, in {}", name.shown,
                                       plural(reader.lines(), "line", "lines")));
    if (!reader.layout().certain) return;
    for (Missing& one : reader.take_missing()) set_.missing.push_back(std::move(one));
  }

  const Tree& tree_;
  Watch& watch_;
  PictureNames names_;
  ItemList items_;
  DataSet set_;
  TableCounts counts_;
  std::vector<std::string> one_hot_;  ///< classes, in the order of their columns
  std::set<std::string> known_;       ///< the same
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree, watch);
  watch.begin("reading tables", 0);
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.read(files[i]));
  watch.end();
  return reader.finish();
}

}  // namespace

const Format kTables{
    "csv",  "a table", "CSV or TSV: a column of pictures and one of classes, or 0 and 1 for each class",
    claims, nullptr,   read};

}  // namespace dew::exchange
