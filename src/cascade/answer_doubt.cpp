#include "cascade/answer_doubt.h"

#include <nlohmann/json.hpp>

#include "base/base.h"

namespace dew::cascade {
namespace {

using Json = nlohmann::json;

bool same(const std::string& a, const std::string& b) {
  const auto plain = [](const std::string& text) {
    std::string word = lower(trim(text));
    while (!word.empty() && (word.back() == '.' || word.back() == '!')) word.pop_back();
    return word;
  };
  return plain(a) == plain(b);
}

Json member(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? Json() : *at;
}

}  // namespace

Doubt doubt_of(const std::string& answer, const std::string& event_class, const DoubtRules& rules) {
  if (!rules.object) return same(answer, rules.unsure) ? Doubt::kUnsure : Doubt::kNone;
  const Json object = Json::parse(answer, nullptr, false);
  if (!object.is_object()) return Doubt::kUnsure;
  if (member(object, "sure") == Json(false)) return Doubt::kUnsure;
  const Json confidence = member(object, "confidence");
  if (confidence.is_number() && confidence.get<double>() < rules.sure_from) return Doubt::kUnsure;
  if (confidence.is_string() && (same(confidence, "low") || same(confidence, rules.unsure)))
    return Doubt::kUnsure;
  for (const char* key : {"answer", "class"})
    if (const Json said = member(object, key); said.is_string() && same(said, rules.unsure))
      return Doubt::kUnsure;
  const Json said = member(object, "class");
  if (said.is_string() && !same(said, event_class)) return Doubt::kDisagrees;
  return Doubt::kNone;
}

}  // namespace dew::cascade
