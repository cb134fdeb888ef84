// Image folders of Hugging Face's datasets: metadata.csv or metadata.jsonl beside the pictures, in the root
// or in the splits' folders.
//
//     {"file_name": "1.jpg", "label": "cat"}
//     {"file_name": "2.jpg", "label": 1}                       named by the card's class_label
//     {"file_name": "3.jpg", "objects": {"bbox": [[0, 0, 9, 9]], "categories": ["cat"]}}
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "exchange/addresses.h"
#include "exchange/formats.h"
#include "exchange/hugging_face_labels.h"
#include "exchange/hugging_face_pictures.h"
#include "exchange/item_list.h"
#include "exchange/json_list.h"
#include "exchange/label_file.h"
#include "exchange/labelled_by.h"
#include "exchange/layout.h"
#include "exchange/splits.h"
#include "exchange/table.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLargestFile = int64_t{1} << 30;
constexpr int64_t kLinesBetweenLooks = 4096;

bool is_called(std::string_view name, std::string_view wanted) {
  return lower(name.substr(name.rfind('/') + 1)) == wanted;
}

bool claims(std::string_view name, std::string_view head) {
  if (is_called(name, "metadata.parquet")) return head.starts_with("PAR1");
  if (!is_called(name, "metadata.csv") && !is_called(name, "metadata.jsonl")) return false;
  return head.find("file_name") != std::string_view::npos;
}

/// One line of metadata.
struct Row {
  Json values;
  std::string where;
};

class Reader {
 public:
  Reader(const Tree& tree, Watch& watch) : tree_(tree), watch_(watch), picture_names_(tree), items_(tree) {}

  Result<void> read(const fs::path& file) {
    const LabelFile name = label_file(tree_, file);
    if (is_called(name.known_name(), "metadata.parquet")) {
      set_.notes.push_back(name.shown + " is not read: save it as metadata.csv or metadata.jsonl");
      return {};
    }
    beside_ = name.name;
    told_ = name.told;
    set_.files.insert(name.known_name());
    DEW_CHECK(labels_.open_card(tree_, beside_));
    DEW_TRY(const std::string bytes, read_file(file, kLargestFile));
    if (is_called(name.known_name(), "metadata.csv")) return read_table(bytes, name.shown);
    return read_json_lines(
        bytes, name.shown,
        [&](const Json& values, const std::string& where) {
          return take({values, where});
        },
        watch_);
  }

  DataSet finish() {
    set_.boxes = labels_.boxes();
    for (const std::string& card : labels_.cards()) set_.files.insert(card);
    items_.finish(set_, labels_.named_classes());
    for (size_t number = 0; number < set_.items.size(); ++number)
      beside_pictures_.erase(std::string(set_.items.picture(number)));
    for (const std::string& file : beside_pictures_) set_.files.insert(file);
    if (!beside_pictures_.empty())
      set_.notes.push_back(plural(static_cast<int64_t>(beside_pictures_.size()),
                                  "picture (a mask, a depth ...) stands beside others and is not added",
                                  "pictures (masks, depths ...) stand beside others and are not added"));
    if (unclear_ > 0)
      set_.notes.push_back(
          plural(unclear_, "row names", "rows name") +
          " pictures in several columns, and none of these is called file_name: which one a label is "
          "of is not told, and it is left out");
    if (changed_ > 0) set_.notes.push_back(changed_labels(changed_));
    if (!left_.empty())
      set_.notes.push_back(fmt::format("{} not taken along: {}",
                                       plural(static_cast<int64_t>(left_.size()), "column of the metadata is",
                                              "columns of the metadata are"),
                                       printable(join({left_.begin(), left_.end()}), 200)));
    return std::move(set_);
  }

 private:
  Result<void> look(int64_t line) {
    if (line % kLinesBetweenLooks != 0) return {};
    watch_.advance(line);
    if (watch_.interrupted()) return interrupted_error();
    return {};
  }

  Result<void> read_table(const std::string& bytes, const std::string& shown) {
    DEW_TRY(Table table, Table::open(bytes, shown));
    DEW_TRY(auto header, table.next());
    while (header) {
      DEW_TRY(auto record, table.next());
      if (!record) break;
      const std::string where = table.where(*record);
      if (record->fields.size() != header->fields.size())
        return usage_error(fmt::format("this line has {} fields instead of {}", record->fields.size(),
                                       header->fields.size()),
                           where, "put cells that contain the delimiter into quotation marks");
      Row row{Json::object(), where};
      for (size_t i = 0; i < record->fields.size(); ++i) {
        const std::string& column = header->fields[i];
        DEW_TRY(row.values[column], value_of_cell(record->fields[i], column, where));
      }
      DEW_CHECK(take(row));
      DEW_CHECK(look(record->line));
    }
    return {};
  }

  /// A number, a list or an object in JSON, or the text itself; nothing where the cell is empty.
  [[nodiscard]] Result<Json> value_of_cell(std::string& cell, const std::string& column,
                                           const std::string& where) const {
    if (cell.empty() || says_nothing(cell)) return Json();
    if (names_files(column)) return Json(std::move(cell));
    if (cell.starts_with('{') || cell.starts_with('[')) return parse_json(cell, where);
    const auto number = number_in(cell);
    if (!number || std::abs(*number) > 1e9) return Json(std::move(cell));
    const auto whole = static_cast<int64_t>(*number);
    // "007" may be a name; "7.0" is the number of a class where numbers have names.
    if (std::to_string(whole) == cell) return Json(whole);
    return labels_.names_numbers_of(column) ? Json(*number) : Json(std::move(cell));
  }

  Result<void> take(const Row& row) {
    const RowPictures pictures = pictures_of_row(row.values);
    if (pictures.names.empty())
      return usage_error("this line names no picture", row.where, "it needs the key file_name");
    for (const std::string& name : pictures.maps)
      if (const auto found = picture_names_.find(name, beside_); !found.file.empty())
        beside_pictures_.insert(found.file);
    Statement said;
    said.where = row.where;
    if (pictures.unclear)
      ++unclear_;
    else
      DEW_CHECK(say(row, said));
    const bool anew = changed(row, said);
    if (anew) ++changed_;
    for (const std::string& name : pictures.names) {
      auto found = picture_names_.find(name, beside_);
      if (found.file.empty()) {
        set_.missing.push_back({name, row.where, std::move(found.why)});
        continue;
      }
      items_.set_split(found.file, split_of(row, found.file), row.where);
      if (is_machine(text_of(row, "origin")) && !anew) {
        DEW_CHECK(add_answer(found.file, row, said));
      } else {
        DEW_CHECK(items_.add(found.file, said, Together::kAgree));
      }
    }
    return {};
  }

  /// The text of a key; empty: there is none.
  static std::string text_of(const Row& row, const char* key) {
    const auto at = row.values.find(key);
    return at != row.values.end() && at->is_string() ? at->get<std::string>() : std::string();
  }

  /// Somebody gave another label since Dewdrop exported the metadata: it is no longer of who gave the first.
  static bool changed(const Row& row, Statement& said) {
    const auto was = row.values.find("label_was");
    if (was == row.values.end() || !row.values.contains("origin") || said.classes.empty()) return false;
    const std::string before = was->is_string() ? was->get<std::string>() : was->is_null() ? "" : was->dump();
    if (said.classes.size() == 1 && lower(said.classes.front()) == lower(before)) return false;
    said.by.clear();
    return true;
  }

  /// Dewdrop's own exports say which labels are no person's: what a policy made of answers is an answer
  /// again.
  Result<void> add_answer(const std::string& picture, const Row& row, const Statement& said) {
    if (said.classes.size() != 1) return {};
    Answer answer = answer_again(said.classes.front(), text_of(row, "by"));
    answer.reason = text_of(row, "reason");
    if (const auto at = row.values.find("confidence"); at != row.values.end() && at->is_number()) {
      answer.confidence = at->get<double>();
      if (!(*answer.confidence >= 0 && *answer.confidence <= 1))
        return usage_error("this confidence is not a number from 0 to 1", row.where,
                           "correct it, or leave it out");
    }
    items_.add_label_by_machine(picture, answer, row.where);
    return {};
  }

  /// A column of the metadata, else the nearest folder of the metadata that is called like a split, else of
  /// the picture: below train/metadata.jsonl, "test/1.jpg" is the name of a picture for training.
  [[nodiscard]] std::optional<Split> split_of(const Row& row, const std::string& picture) const {
    for (const char* key : {"split", "subset"})
      if (const auto at = row.values.find(key); at != row.values.end() && at->is_string())
        return split_of_name(at->get_ref<const std::string&>());
    const auto split = split_of_folders(told_);
    return split ? split : split_of_folders(tree_.as_given(picture));
  }

  Result<void> say(const Row& row, Statement& said) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : row.values.items()) keys.push_back(key);
    const std::string label = labels_.label_key(keys);
    const auto objects = row.values.find("objects");
    const auto origin = row.values.find("origin");
    const bool own = origin != row.values.end() &&
                     (origin->is_null() || *origin == "human" || is_machine(text_of(row, "origin")));
    if (own) said.by = person_in(text_of(row, "by"));
    for (const std::string& key : keys) {
      const bool taken = own && (key == "origin" || key == "by" || key == "reason" || key == "confidence" ||
                                 key == "label_was");
      if (key != label && key != "objects" && key != "split" && key != "subset" && !names_files(key) &&
          !taken)
        left_.insert(key);
    }
    if (!label.empty()) DEW_CHECK(labels_.say_label(row.values[label], label, row.where, said));
    if (objects != row.values.end() && !objects->is_null())
      DEW_CHECK(labels_.say_objects(*objects, row.where, said));
    return {};
  }

  const Tree& tree_;
  Watch& watch_;
  PictureNames picture_names_;
  RowLabels labels_;
  std::string beside_;
  std::string told_;  ///< LabelFile::told
  ItemList items_;
  DataSet set_;
  std::set<std::string> beside_pictures_;  ///< of other columns than the picture's own
  std::set<std::string> left_;             ///< keys that are not taken along
  int64_t unclear_ = 0;                    ///< rows that may be about several pictures
  int64_t changed_ = 0;                    ///< labels that are others than Dewdrop exported
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree, watch);
  watch.begin("reading metadata", 0);
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.read(files[i]));
  watch.end();
  return reader.finish();
}

}  // namespace

const Format kHuggingFace{
    "hf", "a Hugging Face image folder", "metadata.csv or metadata.jsonl with file_name", claims, nullptr,
    read};

}  // namespace dew::exchange
