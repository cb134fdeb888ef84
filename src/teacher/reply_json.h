// reply_json: JSON that a server wrote, in which any member may be missing or of another type.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace dew::teacher {

/// Discarded (is_discarded()) where `text` is not JSON.
inline nlohmann::json parse_json(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, false);
}

/// The member of an object; null where there is none, or `json` is no object.
inline const nlohmann::json& member(const nlohmann::json& json, const char* key) {
  static const nlohmann::json kNull;
  if (!json.is_object()) return kNull;
  const auto at = json.find(key);
  return at == json.end() ? kNull : *at;
}

/// Empty where `json` is no string.
inline std::string text_of(const nlohmann::json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

}  // namespace dew::teacher
