// A QR code (ISO/IEC 18004) for a terminal.
#pragma once

#include <string>

namespace dew::verbs {

/// Lines of half blocks, two modules a character, dark on light whatever the terminal's colours, with the
/// quiet zone of four modules; empty: the text is too long for any code.
std::string qr_code(const std::string& text);

}  // namespace dew::verbs
