// utf8: names and questions go into TOML, JSON and HTML, so they must be UTF-8.
#pragma once

#include <string_view>

namespace dew::store {

/// RFC 3629: no overlong form, no surrogate, nothing past U+10FFFF.
bool is_utf8(std::string_view text);

/// C0 and DEL: line breaks, tabs, escapes.
bool has_control(std::string_view text);

}  // namespace dew::store
