// A QR code (ISO/IEC 18004), for a terminal or a page.
#pragma once

#include <string>
#include <vector>

namespace dew::verbs {

/// Lines of half blocks, two modules a character, dark on light whatever the terminal's colours, with the
/// quiet zone of four modules; empty: the text is too long for any code.
std::string qr_code(const std::string& text);

/// Its modules without a quiet zone, row by row: '1' is dark, '0' light; empty as above.
std::vector<std::string> qr_modules(const std::string& text);

}  // namespace dew::verbs
