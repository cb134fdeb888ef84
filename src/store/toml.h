// TOML from people's hands: toml++ with its exceptions and its recursion kept inside.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::store {

/// `what` begins the error, "the settings". Error (usage): not valid TOML, with the line; nested too deeply.
Result<toml::table> parse_toml(std::string_view text, const std::string& path, const std::string& what);

}  // namespace dew::store
