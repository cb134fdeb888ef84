#include "verbs/common/prompt_settings.h"

#include "verbs/common/outcome.h"

namespace dew::verbs {
namespace {

std::string note_of(const std::string& prompt_hash) {
  return "prompt:" + prompt_hash;
}

}  // namespace

Result<void> keep_prompt_settings(Project& project, const std::string& prompt_hash,
                                  const PromptSettings& settings) {
  Json json = Json::object();
  for (const auto& [key, value] : settings) json[key] = value;
  return project.set_note(note_of(prompt_hash), json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<PromptSettings> prompt_settings(const Project& project, const std::string& prompt_hash) {
  DEW_TRY(const std::string text, project.note(note_of(prompt_hash)));
  const Json json = Json::parse(text, nullptr, false);
  PromptSettings settings;
  if (!json.is_object()) return settings;
  for (const auto& [key, value] : json.items())
    if (value.is_string()) settings.emplace_back(key, value.get<std::string>());
  return settings;
}

}  // namespace dew::verbs
