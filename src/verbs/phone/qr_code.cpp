#include "verbs/phone/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace dew::verbs {
namespace {

constexpr int kQuiet = 4;  ///< modules around the code
constexpr const char* kColours = "\033[30;107m";
constexpr const char* kPlain = "\033[0m";

}  // namespace

std::string qr_code(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  if (!code) return {};
  const int width = code->width;
  const auto dark = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= width || y >= width) return false;
    return (code->data[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)] & 1U) !=
           0;
  };
  std::string lines;
  for (int y = -kQuiet; y < width + kQuiet; y += 2) {
    lines += kColours;
    for (int x = -kQuiet; x < width + kQuiet; ++x) {
      const bool above = dark(x, y);
      const bool below = dark(x, y + 1);
      lines += above && below ? "█" : above ? "▀" : below ? "▄" : " ";
    }
    lines += std::string(kPlain) + "\n";
  }
  return lines;
}

}  // namespace dew::verbs
