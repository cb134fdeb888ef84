// The question and the instructions in dewdrop.toml, for faces that edit them.
#include <fmt/format.h>

#include <algorithm>

#include "store/settings_edit.h"
#include "verbs/label/label.h"

namespace dew::verbs {
namespace {

constexpr size_t kMostBytes = 8000;

Result<std::string> toml_text(const std::string& text, const char* what) {
  const auto control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  };
  if (text.size() > kMostBytes)
    return usage_error(fmt::format("{} has more than {} bytes", what, kMostBytes), {}, "say it shorter");
  if (std::any_of(text.begin(), text.end(), control))
    return usage_error(fmt::format("{} holds control characters", what), {}, "write plain text");
  // A basic string of TOML is written as JSON's, the characters above excepted.
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<void> change_prompt(const fs::path& project, const PromptChange& change) {
  DEW_TRY(const Project opened, Project::open(project));
  SettingTexts texts;
  if (change.question) {
    if (trim(*change.question).empty())
      return usage_error("the question is empty", {}, "ask what is to be seen in the pictures");
    DEW_TRY(texts["question"], toml_text(trim(*change.question), "the question"));
  }
  if (change.instructions) {
    DEW_TRY(texts["label.instructions"], toml_text(trim(*change.instructions), "the instructions"));
  }
  return change_settings(opened.folder(), texts);
}

}  // namespace dew::verbs
