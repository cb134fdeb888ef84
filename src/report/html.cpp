// Escaping, numbers and the element writer. Every string from outside passes escape().
#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace dew::report {
namespace {

struct Decoded {
  char32_t character;
  size_t bytes;
};

/// One character of strict UTF-8 (RFC 3629: no overlong forms, no surrogates); nothing where it is broken.
std::optional<Decoded> decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Decoded{lead, 1};
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return std::nullopt;
  char32_t character = lead & (0x7fU >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    character = character << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (character < kSmallest[length] || character > 0x10ffff || surrogate) return std::nullopt;
  return Decoded{character, length};
}

/// Characters that make the writing run backwards can make a text look like another one.
bool turns_direction(char32_t c) {
  return c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

constexpr std::string_view kUnit = "\u00a0%";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

void append_escaped(std::string& result, const Decoded& decoded, std::string_view bytes) {
  const char32_t c = decoded.character;
  if (c == '&')
    result += "&amp;";
  else if (c == '<')
    result += "&lt;";
  else if (c == '>')
    result += "&gt;";
  else if (c == '"')
    result += "&quot;";
  else if (c == '\'')
    result += "&#39;";
  else if (c == '\n' || c == '\t')
    result += static_cast<char>(c);
  else if (c == '\r')
    result += ' ';
  else if (c < 0x20 || c == 0x7f)  // U+2400 SYMBOL FOR NULL and on: a picture of each control character
    result += fmt::format("\xe2\x90{}", static_cast<char>(c == 0x7f ? 0xa1 : 0x80 + c));
  else if ((c >= 0x80 && c < 0xa0) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) ||
           turns_direction(c))
    result += kReplacement;
  else
    result += bytes;
}

bool stays_in_line(std::string_view tag) {
  constexpr std::array<std::string_view, 9> kInline = {"a",     "b",      "code", "label", "small",
                                                       "title", "strong", "span", "tspan"};
  return std::find(kInline.begin(), kInline.end(), tag) != kInline.end();
}

}  // namespace

std::string escape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto decoded = decode(text);
    if (decoded)
      append_escaped(result, *decoded, text.substr(0, decoded->bytes));
    else
      result += kReplacement;
    text.remove_prefix(decoded ? decoded->bytes : 1);
  }
  return result;
}

std::string clip(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string number(double value) {
  return fmt::format("{:.6g}", value);
}

std::string coordinate(double value) {
  std::string digits = fmt::format("{:.2f}", value);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits == "-0" ? "0" : digits;
}

std::string rough_percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f}{}", share * 100, kUnit) : "–";
}

std::string percent(double share) {
  if (!std::isfinite(share)) return "–";
  if (share == 0 || share == 1) return fmt::format("{}{}", share * 100, kUnit);
  // Rounding must not turn one miss in ten thousand into none.
  if (share > 0 && share < 1) return fmt::format("{:.1f}{}", std::clamp(share * 100, 0.1, 99.9), kUnit);
  return fmt::format("{:.1f}{}", share * 100, kUnit);
}

std::string counted(int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one : many);
}

void Writer::start(std::string_view tag, Attributes attributes) {
  if (!page_.empty() && !stays_in_line(tag)) page_ += '\n';
  page_ += '<';
  page_ += tag;
  for (const Attribute& attribute : attributes) {
    page_ += ' ';
    page_ += attribute.name;
    page_ += "=\"";
    page_ += escape(attribute.value);
    page_ += '"';
  }
}

Writer::Element Writer::open(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  page_ += '>';
  return {*this, tag};
}

void Writer::close(std::string_view tag) {
  page_ += "</";
  page_ += tag;
  page_ += '>';
}

void Writer::element(std::string_view tag, Attributes attributes, std::string_view content) {
  const auto element = open(tag, attributes);
  text(content);
}

void Writer::leaf(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  page_ += "/>";
}

}  // namespace dew::report
