// Changes single keys of dewdrop.toml and leaves all else, comments and order, as its owner wrote it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew {

/// Keys as a whole ("cascade.on"), values as TOML writes them ("0.7", "\"3x2\"").
using SettingTexts = std::map<std::string, std::string>;

/// The file's text with these keys set: in its own line, in the place of a comment that names it without a
/// value, or below the heading of its section, which is added where it is missing. Error (usage): the text,
/// or what comes of it, is no valid file of settings.
Result<std::string> with_settings(std::string_view text, const SettingTexts& changes,
                                  const std::string& path);

/// The same of a project's file, which is replaced as a whole.
Result<void> change_settings(const fs::path& project, const SettingTexts& changes);

}  // namespace dew
