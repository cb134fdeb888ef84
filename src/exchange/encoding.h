// Text in the encodings that spreadsheets write.
#pragma once

#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::exchange {

/// The text in UTF-8, without a byte order mark. `bytes` may be UTF-8 or UTF-16 (either byte order, with or
/// without a mark); what is neither is read as Windows-1252, or as Latin-1 where it has bytes that
/// Windows-1252 lacks. Errors (usage) name `file`: UTF-16 that is damaged, a NUL character in the text.
Result<std::string> to_utf8(std::string_view bytes, const std::string& file);

}  // namespace dew::exchange
