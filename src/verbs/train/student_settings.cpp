#include "verbs/train/student_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <type_traits>

#include "store/settings_edit.h"
#include "store/settings_table.h"

namespace dew::verbs {
namespace {

constexpr std::string_view kSection = "student";

template <typename Kept>
constexpr bool kShown = std::is_same_v<Kept, std::string> || std::is_arithmetic_v<Kept>;

Json field_json(const store::SettingKey& key, const Settings& settings) {
  const SettingRule rule = setting_rule(key.full_name());
  return std::visit(
      [&]<typename Kept>(Kept Settings::*field) -> Json {
        if constexpr (!kShown<Kept>) {
          return nullptr;
        } else {
          const char* const type = !rule.words.empty()                 ? "choice"
                                   : std::is_same_v<Kept, std::string> ? "text"
                                   : std::is_floating_point_v<Kept>    ? "number"
                                                                       : "integer";
          Json json{{"key", key.name},
                    {"type", type},
                    {"value", settings.*field},
                    {"standard", Settings().*field},
                    {"help", rule.help}};
          if (!rule.words.empty()) json["choices"] = rule.words;
          return json;
        }
      },
      key.field);
}

}  // namespace

Json student_settings(const Settings& settings) {
  Json list = Json::array();
  for (const store::SettingKey& key : store::setting_keys()) {
    if (key.section != kSection) continue;
    Json field = field_json(key, settings);
    if (!field.is_null()) list.push_back(std::move(field));
  }
  return list;
}

Result<std::vector<std::function<void(Settings&)>>> student_changes(const Settings& settings,
                                                                    const Json& values) {
  if (!values.is_object()) return usage_error("settings are an object of keys and values");
  std::vector<std::string> known;
  for (const Json& field : student_settings(settings)) known.push_back(field.at("key").get<std::string>());
  SettingTexts texts;
  for (const auto& [key, value] : values.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string near = closest(key, known);
      return usage_error(fmt::format("there is no setting '{}'", printable(key, 60)), {},
                         near.empty() ? "the settings are " + join(known) : "did you mean '" + near + "'?");
    }
    if (!value.is_string() && !value.is_number())
      return usage_error(fmt::format("'{}' must be a text or a number", key));
    texts[fmt::format("{}.{}", kSection, key)] = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  }
  if (texts.empty()) return std::vector<std::function<void(Settings&)>>();
  // By way of the file's text: what it would refuse is refused here, with the same words.
  DEW_TRY(const std::string text, with_settings(to_toml(settings), texts, "settings"));
  DEW_TRY(Settings changed, parse_settings(text, "settings"));
  return std::vector<std::function<void(Settings&)>>{
      [changed = std::move(changed)](Settings& project) { project = changed; }};
}

}  // namespace dew::verbs
