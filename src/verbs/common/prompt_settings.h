// How a prompt was asked, kept in the project beside its answers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace dew::verbs {

/// Names and values, in words.
using PromptSettings = std::vector<std::pair<std::string, std::string>>;

Result<void> keep_prompt_settings(Project& project, const std::string& prompt_hash,
                                  const PromptSettings& settings);

/// Empty where that was not kept.
Result<PromptSettings> prompt_settings(const Project& project, const std::string& prompt_hash);

}  // namespace dew::verbs
