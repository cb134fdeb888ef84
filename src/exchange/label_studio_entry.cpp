#include "exchange/label_studio_entry.h"

#include <algorithm>
#include <set>

#include "base/base.h"
#include "exchange/item_list.h"
#include "exchange/table.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  return {};
}

std::string annotator(const Json& value) {
  if (!value.is_object()) return text_of(value);
  for (const char* name : {"email", "username", "id"})
    if (value.contains(name)) return text_of(value[name]);
  return {};
}

/// The first entry of a list whose beginning is `head`; null: there is none, or it is longer.
Json first_entry(std::string_view head) {
  Json first;
  const auto keep = [&](int depth, Json::parse_event_t event, const Json& value) {
    if (first.is_null() && depth == 1 && event == Json::parse_event_t::object_end) first = value;
    return first.is_null();
  };
  [[maybe_unused]] const Json rest = Json::parse(head, keep, false);
  return first;
}

/// Whether it is an answer as Label Studio writes it, or a text under a key that can only mean a class.
bool is_answer(const std::string& key, const Json& value) {
  const bool of_class = is_column(key, Column::kClass) || is_column(key, Column::kClasses);
  if (!value.is_structured()) return of_class && value.is_string();
  const Annotated said = annotated(value);
  return said.boxes > 0 || (said.choices > 0 && (value.is_object() || of_class));
}

/// An answer of a model without a name; nullopt: it does not name one class.
std::optional<Answer> answer_of(const Annotated& all) {
  const std::set<std::string> classes(all.classes.begin(), all.classes.end());
  if (classes.size() != 1) return std::nullopt;
  Answer answer;
  answer.teacher = "import";
  answer.answer_class = *classes.begin();
  return answer;
}

}  // namespace

std::string question_of(const Json& result) {
  const auto name = result.find("from_name");
  const bool choice = result.value("type", Json()) == "choices";
  return choice && name != result.end() ? text_of(*name) : std::string();
}

Annotated annotated_results(const Json& results, const Questions& questions) {
  Annotated all;
  for (const Json& result : results) {
    const auto value = result.find("value");
    if (value == result.end() || !value->is_object()) {
      ++all.others;
      continue;
    }
    Annotated one = annotated(*value);
    const std::string question = question_of(result);
    for (std::string& name : one.classes) name = questions.class_of(question, name);
    all.unite(one);
  }
  return all;
}

std::optional<Answer> answer_in(const Json& prediction, const Questions& questions) {
  const auto results = prediction.find("result");
  const bool list = results != prediction.end() && results->is_array();
  if (!list ||
      !std::all_of(results->begin(), results->end(), [](const Json& one) { return one.is_object(); }))
    return std::nullopt;
  auto answer = answer_of(annotated_results(*results, questions));
  if (!answer) return answer;
  answer->model = imported_model(who(prediction, "model_version"));
  const auto score = prediction.find("score");
  if (score != prediction.end() && score->is_number() && *score >= 0.0 && *score <= 1.0)
    answer->confidence = score->get<double>();
  return answer;
}

std::vector<std::optional<Answer>> answers_in_cell(const std::string& cell) {
  if (cell.empty()) return {};
  const Json json = Json::parse(cell, nullptr, false);
  const auto is_prediction = [](const Json& one) { return one.is_object() && one.contains("result"); };
  if (is_prediction(json)) return {answer_in(json)};
  if (!json.is_array() || !std::any_of(json.begin(), json.end(), is_prediction))
    return json.is_array() && json.empty() ? std::vector<std::optional<Answer>>()
                                           : std::vector{answer_of(annotated_in_cell(cell))};
  std::vector<std::optional<Answer>> answers;
  for (const Json& one : json) answers.push_back(is_prediction(one) ? answer_in(one) : std::nullopt);
  return answers;
}

std::vector<std::string> text_keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items())
    if (value.is_string()) keys.push_back(key);
  return keys;
}

std::string picture_key(const Json& data) {
  const auto keys = text_keys(data);
  if (const auto known = find_column(keys, Column::kPicture)) return keys[*known];
  for (const std::string& key : keys)
    if (names_picture(data[key].get_ref<const std::string&>())) return key;
  return {};
}

std::string who(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? std::string() : annotator(*at);
}

std::string annotators(const Json& object) {
  for (const char* key : {"annotator", "completed_by"})
    if (std::string one = who(object, key); !one.empty()) return one;
  const auto all = object.find("annotators");
  std::vector<std::string> names;
  if (all != object.end() && all->is_array())
    for (const Json& one : *all) names.push_back(annotator(one));
  std::erase(names, std::string());
  return join(names);
}

Exported Exported::in(const Json& data) {
  Exported exported;
  if (!data.contains("sample") || !data.contains("by")) return exported;
  exported.by = text_of(data["by"]);
  if (const auto was = data.find("label_was"); was != data.end()) exported.label = text_of(*was);
  return exported;
}

bool Exported::changed(const std::vector<std::string>& classes) const {
  if (!label || label->empty() || classes.empty()) return false;
  return std::any_of(classes.begin(), classes.end(),
                     [&](const std::string& name) { return lower(name) != lower(*label); });
}

std::string Exported::author(const std::vector<std::string>& classes, const std::string& annotator) const {
  // Label Studio's annotator of what came in with a task is whoever imported it.
  if (label && !label->empty() && !classes.empty()) return changed(classes) ? annotator : by;
  return annotator.empty() && !label ? by : annotator;
}

bool is_of_annotator(const std::string& key) {
  static const std::set<std::string> kKeys{"annotator", "annotators", "completed_by", "updated_by",
                                           "reviewer",  "reviewers",  "created_by",   "by"};
  return kKeys.contains(key);
}

bool begins_in_short_form(std::string_view head) {
  const Json entry = first_entry(head);
  if (!entry.is_object()) return false;
  const std::string picture = picture_key(entry);
  if (picture.empty()) return false;
  for (const char* key : {"annotator", "annotation_id", "lead_time"})
    if (entry.contains(key)) return true;
  if (!names_picture(entry[picture].get_ref<const std::string&>())) return false;
  int64_t texts = 0;  // answers to a question of the project's own
  for (const auto& [key, value] : entry.items()) {
    if (key == picture || is_of_annotator(key) || is_column(key, Column::kOther) ||
        is_column(key, Column::kPicture) || is_column(key, Column::kSplit))
      continue;
    if (is_answer(key, value)) return true;
    texts += value.is_string() ? 1 : 0;
  }
  return texts == 1;
}

}  // namespace dew::exchange
