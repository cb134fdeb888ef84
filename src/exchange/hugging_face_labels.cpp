#include "exchange/hugging_face_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "exchange/table.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

std::string category_key(const Json& object) {
  for (const char* key : {"categories", "category", "label", "labels", "class", "category_id", "class_id"})
    if (object.contains(key)) return key;
  return {};
}

}  // namespace

Result<void> RowLabels::open_card(const Tree& tree, const std::string& metadata) {
  DEW_TRY(names_, class_names(tree, metadata, card_));
  return {};
}

std::string RowLabels::label_key(const std::vector<std::string>& keys) const {
  if (const auto at = find_column(keys, Column::kClass)) return keys[*at];
  if (const auto at = find_column(keys, Column::kClasses)) return keys[*at];
  const auto named =
      std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return names_.contains(key); });
  return named == keys.end() ? std::string() : *named;
}

Result<void> RowLabels::say_label(const Json& value, const std::string& column, const std::string& where,
                                  Statement& said) {
  if (value.is_array()) {
    for (const Json& one : value) {
      if (one.is_array()) return usage_error("this label is a list of lists", where, "name one class");
      DEW_CHECK(say_label(one, column, where, said));
    }
    return {};
  }
  if (value.is_object()) return usage_error("this label is an object", where, "name one class");
  if (value.is_string() && !value.get_ref<const std::string&>().empty())
    said.classes.push_back(value.get<std::string>());
  if (value.is_boolean()) said.classes.emplace_back(value.get<bool>() ? "true" : "false");
  if (!value.is_number()) return {};
  const double number = value.get<double>();
  if (number < 0) return {};
  if (std::floor(number) != number || number > 1e9)
    return usage_error("this label is no whole number", where, "name the class, or give its number");
  DEW_TRY(std::string name, name_of(static_cast<size_t>(number), column, where));
  said.classes.push_back(std::move(name));
  return {};
}

Result<std::string> RowLabels::name_of(size_t number, const std::string& column, const std::string& where) {
  const auto named = names_.find(column);
  if (named == names_.end()) return std::to_string(number);
  if (named_columns_.insert(card_ + "\n" + column).second) {
    cards_.insert(card_);
    for (const std::string& one : named->second)
      if (!one.empty() && known_.insert(one).second) first_.push_back(one);
  }
  if (number < named->second.size() && !named->second[number].empty()) return named->second[number];
  return usage_error(
      fmt::format("the card names {} classes, and none for the label {}", named->second.size(), number),
      where, "correct the label, or the names in README.md");
}

Result<void> RowLabels::say_objects(const Json& objects, const std::string& where, Statement& said) {
  if (!objects.is_structured()) return usage_error("these objects are no list", where, "see the format");
  const size_t before = said.classes.size();
  said.looked_at = true;
  if (objects.is_array()) {
    for (const Json& one : objects) {
      if (!one.is_object()) return usage_error("this is not a JSON object", where, "see the format");
      const std::string key = category_key(one);
      if (!key.empty()) DEW_CHECK(say_label(one[key], "objects." + key, where, said));
    }
  } else {
    const std::string key = category_key(objects);
    const auto boxes = std::find_if(objects.begin(), objects.end(), [](const Json& value) {
      return value.is_array() && !value.empty() && value[0].is_array();
    });
    if (!key.empty() && boxes != objects.end() && objects[key].is_array() &&
        boxes->size() != objects[key].size())
      return usage_error(
          fmt::format("there are {} boxes and {} categories", boxes->size(), objects[key].size()), where,
          "give each box its category");
    if (!key.empty()) DEW_CHECK(say_label(objects[key], "objects." + key, where, said));
  }
  boxes_ += static_cast<int64_t>(said.classes.size() - before);
  return {};
}

}  // namespace dew::exchange
