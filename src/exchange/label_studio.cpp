// Label Studio's exports in JSON: lists of tasks with annotations, and the short form (JSON-MIN).
//
//     [{"id": 1, "data": {"image": "/data/upload/1/1a2b3c4d-1.jpg"},
//       "annotations": [{"completed_by": 1, "result": [{"type": "choices", "value": {"choices":
//       ["cat"]}}]}]}]
//
//     [{"id": 1, "image": "/data/upload/1/1a2b3c4d-1.jpg", "choice": "cat", "annotator": 1}]
//
// The short form's keys are the task's own and the names of the questions; versions and converters differ in
// whether they tell the annotator.
// https://labelstud.io/guide/export.html#JSON-MIN
//
// Its tables are read by tables.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "exchange/addresses.h"
#include "exchange/formats.h"
#include "exchange/item_list.h"
#include "exchange/json_list.h"
#include "exchange/label_file.h"
#include "exchange/label_studio_entry.h"
#include "exchange/label_studio_value.h"
#include "exchange/labelled_by.h"
#include "exchange/splits.h"
#include "exchange/table.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

/// "true" and 1 mean it too: some converters write them.
bool is_true(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && (*at == true || *at == 1 || *at == "true" || *at == "True");
}

bool claims(std::string_view name, std::string_view head) {
  if (!lower(name).ends_with(".json")) return false;
  const size_t begin = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (begin == std::string_view::npos || (head[begin] != '[' && head[begin] != '{')) return false;
  const auto has = [&](std::string_view key) {
    return head.find('"' + std::string(key) + '"') != std::string_view::npos;
  };
  if ((has("annotations") || has("completions")) && (has("result") || has("was_cancelled")))
    return has("id") || has("data");
  if (has("predictions") && has("data")) return true;
  if (head[begin] != '[') return false;
  return (has("annotator") && (has("annotation_id") || has("lead_time"))) ||
         begins_in_short_form(head.substr(begin));
}

/// A list of objects below a key, which may be missing or null.
Result<const Json*> list_below(const Json& object, const char* key, const std::string& where) {
  static const Json kNone = Json::array();
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return &kNone;
  bool objects = at->is_array();
  if (objects)
    for (const Json& one : *at) objects = objects && one.is_object();
  if (objects) return &*at;
  return usage_error("this is not a list of objects", fmt::format("{}.{}", where, key),
                     "export the file again");
}

/// Reads one set from several files.
class Reader {
 public:
  Reader(const Tree& tree, Watch& watch) : tree_(tree), watch_(watch), names_(tree), items_(tree) {}

  /// Looks at all uploads and questions that the file names, so that none of several is guessed. What is
  /// broken in it is met when it is read.
  Result<void> look_through(const fs::path& file) {
    const LabelFile name = label_file(tree_, file);
    const auto read = read_json_list(
        file, name.shown,
        [&](const Json& element, int64_t) -> Result<void> {
          const auto data = element.find("data");
          const bool whole = data != element.end() && data->is_object();
          const Json& about = whole ? *data : element;
          if (const std::string key = picture_key(about); !key.empty())
            names_.note(about[key].get_ref<const std::string&>(), name.name);
          whole ? note_questions(element) : note_short_questions(element);
          return {};
        },
        watch_);
    return watch_.interrupted() ? read : Result<void>{};
  }

  Result<void> read(const fs::path& file) {
    const LabelFile name = label_file(tree_, file);
    beside_ = name.name;
    set_.files.insert(name.known_name());
    return read_json_list(
        file, name.shown,
        [&](const Json& element, int64_t index) {
          const std::string where = fmt::format("{}, key [{}]", name.shown, index);
          const auto data = element.find("data");
          const bool whole = data != element.end() && data->is_object();
          return whole ? task(element, where) : short_form(element, where);
        },
        watch_);
  }

  DataSet finish() {
    settle_empty();
    settle_unnamed();
    items_.finish(set_);
    note(cancelled_, "cancelled annotation does not count", "cancelled annotations do not count");
    note(without_picture_, "task has no picture", "tasks have no picture");
    note(others_, "annotation is no class and is not taken along",
         "annotations are no classes and are not taken along");
    note(unclear_predictions_, "prediction does not name one class and is not taken along",
         "predictions do not name one class and are not taken along");
    if (changed_ > 0) set_.notes.push_back(changed_labels(changed_));
    note(several_pictures_,
         "task has several pictures, does not tell which one a label is of, and is left out",
         "tasks have several pictures, do not tell which one a label is of, and are left out");
    if (std::string told = questions_.told(); !told.empty()) set_.notes.push_back(std::move(told));
    return std::move(set_);
  }

 private:
  struct Said {
    std::string picture;
    Statement statement;
    bool decides = false;
  };
  /// A text of the short form that may be a class, or else a caption; the picture is looked for when that is
  /// known.
  struct Unnamed {
    std::string key;
    std::string text;
    std::string address;
    std::string beside;
    std::optional<Split> split;
    Statement statement;
    Exported exported;
  };

  void note(int64_t count, std::string_view one, std::string_view many) {
    if (count > 0) set_.notes.push_back(plural(count, one, many));
  }

  /// Empty: it is not there.
  std::string find_picture(const std::string& address, const std::string& where) {
    auto found = names_.find(address, beside_);
    if (found.file.empty()) set_.missing.push_back({address, where, std::move(found.why)});
    return found.file;
  }

  void note_questions(const Json& task) {
    for (const char* list : {"annotations", "completions", "predictions"}) {
      const auto all = task.find(list);
      if (all == task.end() || !all->is_array()) continue;
      for (const Json& one : *all) {
        const auto results = one.is_object() ? one.find("result") : one.end();
        if (!one.is_object() || results == one.end() || !results->is_array()) continue;
        for (const Json& result : *results)
          if (result.is_object() && result.contains("value"))
            questions_.note(question_of(result), annotated(result["value"]).classes);
      }
    }
  }

  void note_short_questions(const Json& entry) {
    const std::string picture = picture_key(entry);
    for (const auto& [key, value] : entry.items())
      if (key != picture && may_answer(key) && (value.is_structured() || is_of_class(key)))
        if (const Annotated said = annotated(value); said.choices > 0 && said.boxes == 0)
          questions_.note(key, said.classes);
  }

  /// Whether a key of the short form may be a question.
  static bool may_answer(const std::string& key) {
    return !is_of_annotator(key) && !is_column(key, Column::kOther) && !is_column(key, Column::kPicture) &&
           !is_column(key, Column::kSplit);
  }

  /// A text under such a key can only mean a class.
  static bool is_of_class(const std::string& key) {
    return is_column(key, Column::kClass) || is_column(key, Column::kClasses);
  }

  /// Whether the entry names another picture that is there: what is said may be of that one.
  [[nodiscard]] bool has_another_picture(const Json& data, const std::string& picture) const {
    if (data.contains("sample") && data.contains("by")) return false;  // Dewdrop exported it
    return std::any_of(data.begin(), data.end(), [&](const Json& value) {
      if (!value.is_string() || !names_picture(value.get_ref<const std::string&>())) return false;
      const auto found = names_.find(value.get_ref<const std::string&>(), beside_);
      return !found.file.empty() && found.file != picture;
    });
  }

  Result<void> task(const Json& task, const std::string& where) {
    const char* key = task.contains("annotations") ? "annotations" : "completions";
    DEW_TRY(const Json* annotations, list_below(task, key, where));
    DEW_TRY(const Json* predictions, list_below(task, "predictions", where));
    const Json& data = task["data"];
    const std::string address = picture_key(data);
    if (address.empty()) {
      ++without_picture_;
      return {};
    }
    const std::string picture = find_picture(data[address].get_ref<const std::string&>(), where);
    if (picture.empty()) return {};
    if (has_another_picture(data, picture)) {
      ++several_pictures_;
      return {};
    }
    items_.set_split(picture, split_in(data), where);
    const Exported exported = Exported::in(data);
    for (size_t i = 0; i < annotations->size(); ++i) {
      Said said{picture, {{}, false, {}, where}, false};
      DEW_CHECK(
          annotation(std::move(said), exported, (*annotations)[i], fmt::format("{}.{}[{}]", where, key, i)));
    }
    for (size_t i = 0; i < predictions->size(); ++i)
      DEW_CHECK(prediction(picture, (*predictions)[i], where, fmt::format("{}.predictions[{}]", where, i)));
    return {};
  }

  static std::optional<Split> split_in(const Json& data) {
    const auto keys = text_keys(data);
    const auto at = find_column(keys, Column::kSplit);
    return at ? split_of_name(data[keys[*at]].get_ref<const std::string&>()) : std::nullopt;
  }

  Result<void> annotation(Said said, const Exported& exported, const Json& annotation,
                          const std::string& where) {
    DEW_TRY(const Json* results, list_below(annotation, "result", where));
    if (is_true(annotation, "was_cancelled") || is_true(annotation, "skipped")) {
      ++cancelled_;
      return {};
    }
    const Annotated all = annotated_results(*results, questions_);
    said.statement.by = who(annotation, "completed_by");
    said.decides = is_true(annotation, "ground_truth");
    add(std::move(said), all, exported);
    return {};
  }

  void add(Said said, const Annotated& annotated, const Exported& exported) {
    if (exported.changed(annotated.classes)) ++changed_;
    said.statement.by = exported.author(annotated.classes, said.statement.by);
    others_ += annotated.others;
    choices_ += annotated.choices;
    set_.boxes += annotated.boxes;
    said.statement.classes = annotated.classes;
    // A class may be what is said of a box, so that nobody says that there is none.
    said.statement.looked_at = annotated.boxes > 0 && annotated.of_regions == 0;
    if (said.statement.says_anything())
      items_.add_opinion(said.picture, std::move(said.statement), said.decides);
    else if (annotated.others == 0)
      empty_.push_back(std::move(said));
  }

  Result<void> prediction(const std::string& picture, const Json& prediction, const std::string& task,
                          const std::string& where) {
    DEW_CHECK(list_below(prediction, "result", where));
    if (const auto answer = answer_in(prediction, questions_))
      items_.add_answer(picture, *answer, task);
    else
      ++unclear_predictions_;
    return {};
  }

  /// One annotation of one task, without its nesting.
  Result<void> short_form(const Json& object, const std::string& where) {
    for (const char* key : {"annotations", "completions", "predictions"})
      if (object.contains(key))
        return usage_error("this task has no data", where, "export the project again, as JSON or JSON-MIN");
    const std::string key = picture_key(object);
    if (key.empty()) {
      ++without_picture_;
      return {};
    }
    sure_ = sure_ || object.contains("annotator") || object.contains("annotation_id");
    const auto& address = object[key].get_ref<const std::string&>();
    Statement statement{{}, false, annotators(object), where};
    Annotated all;
    bool answered = false;
    std::string only_text;  // a class, where no other key may hold one
    int64_t texts = 0;
    for (const auto& [name, value] : object.items()) {
      if (name == key || !may_answer(name)) continue;
      if (value.is_structured() || (is_of_class(name) && value.is_string())) {
        Annotated one = annotated(value);
        if (one.boxes == 0)
          for (std::string& said : one.classes) said = questions_.class_of(name, said);
        all.unite(one);
        const bool regions = value.is_array() && (value.empty() || value[0].is_object());
        answered = answered || regions || !one.classes.empty();
      } else if (value.is_string()) {
        ++texts;
        only_text = name;
      }
    }
    if (!answered && texts == 1) {
      unnamed_.push_back({only_text, object[only_text].get<std::string>(), address, beside_, split_in(object),
                          std::move(statement), Exported::in(object)});
    } else if (!answered && texts > 1) {
      several_texts_ = true;
      ++others_;
    } else if (const std::string picture = find_picture(address, where); !picture.empty()) {
      if (has_another_picture(object, picture)) {
        ++several_pictures_;
        return {};
      }
      items_.set_split(picture, split_in(object), where);
      add({picture, std::move(statement), false}, all, Exported::in(object));
    }
    return {};
  }

  /// Nothing was drawn: where people draw boxes, that says that there is nothing. Where they choose, it says
  /// nothing.
  void settle_empty() {
    const bool drawn = set_.boxes > 0 && choices_ == 0;
    for (Said& said : empty_) {
      if (!drawn) continue;
      said.statement.looked_at = true;
      items_.add_opinion(said.picture, std::move(said.statement), said.decides);
    }
    if (!drawn) note(static_cast<int64_t>(empty_.size()), "annotation is empty", "annotations are empty");
  }

  /// Texts under a key of the project's own: classes, if it is the same key everywhere.
  void settle_unnamed() {
    std::set<std::string> keys;
    std::set<std::string> classes;
    for (const Unnamed& one : unnamed_) {
      keys.insert(one.key);
      classes.insert(one.text);
    }
    // Where nothing tells that people annotated, texts that do not repeat are captions.
    const bool captions = !sure_ && classes.size() > std::max<size_t>(2, unnamed_.size() / 2);
    if (keys.size() > 1 || several_texts_ || choices_ > 0 || set_.boxes > 0 || captions) {
      others_ += static_cast<int64_t>(unnamed_.size());
      return;
    }
    if (!keys.empty() && !unnamed_.front().exported.label)
      set_.notes.push_back(fmt::format("the classes are what '{}' says", printable(*keys.begin(), 60)));
    for (Unnamed& one : unnamed_) {
      beside_ = one.beside;
      const std::string picture = find_picture(one.address, one.statement.where);
      if (picture.empty()) continue;
      items_.set_split(picture, one.split, one.statement.where);
      one.statement.classes = {std::move(one.text)};
      if (one.exported.changed(one.statement.classes)) ++changed_;
      one.statement.by = one.exported.author(one.statement.classes, one.statement.by);
      items_.add_opinion(picture, std::move(one.statement), false);
    }
  }

  const Tree& tree_;
  Watch& watch_;
  PictureNames names_;
  std::string beside_;
  ItemList items_;
  DataSet set_;
  std::vector<Said> empty_;
  std::vector<Unnamed> unnamed_;
  Questions questions_;
  int64_t several_pictures_ = 0;  ///< tasks that are left out
  bool several_texts_ = false;    ///< of one entry, so that no text is known to be the answer
  bool sure_ = false;             ///< the short form tells annotators
  int64_t choices_ = 0;
  int64_t cancelled_ = 0;
  int64_t without_picture_ = 0;
  int64_t others_ = 0;
  int64_t unclear_predictions_ = 0;
  int64_t changed_ = 0;  ///< annotations that say something else than Dewdrop exported
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree, watch);
  watch.begin("reading annotations", 0);
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.look_through(files[i]));
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.read(files[i]));
  watch.end();
  return reader.finish();
}

}  // namespace

const Format kLabelStudio{
    "label-studio", "Label Studio", "Label Studio's JSON or JSON-MIN: tasks with annotations",
    claims,         nullptr,        read};

}  // namespace dew::exchange
