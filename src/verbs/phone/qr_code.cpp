#include "verbs/phone/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace dew::verbs {
namespace {

constexpr int kQuiet = 4;  ///< modules around the code
constexpr const char* kColours = "\033[30;107m";
constexpr const char* kPlain = "\033[0m";

}  // namespace

std::vector<std::string> qr_modules(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  if (!code) return {};
  const auto width = static_cast<size_t>(code->width);
  std::vector<std::string> rows(width, std::string(width, '0'));
  for (size_t y = 0; y < width; ++y)
    for (size_t x = 0; x < width; ++x)
      if ((code->data[y * width + x] & 1U) != 0) rows[y][x] = '1';
  return rows;
}

std::string qr_code(const std::string& text) {
  const std::vector<std::string> modules = qr_modules(text);
  const int width = static_cast<int>(modules.size());
  if (width == 0) return {};
  const auto dark = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= width || y >= width) return false;
    return modules[static_cast<size_t>(y)][static_cast<size_t>(x)] == '1';
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
