// Sample names: W3C Media Fragments URI 1.0 (temporal by frame number, spatial in pixels), written and read.
#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "media/fragment.h"

namespace dew {
namespace {

constexpr std::string_view kHexadecimal = "0123456789ABCDEF";

/// '#' begins the fragment and '%' an escape, so a file's own are escaped (RFC 3986, 2.1); control characters
/// too, because names are printed.
std::string escape(std::string_view source) {
  std::string text;
  for (const char c : source) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '#' || c == '%' || byte < 0x20 || byte == 0x7F) {
      text += '%';
      text += kHexadecimal[byte >> 4];
      text += kHexadecimal[byte & 15];
    } else {
      text += c;
    }
  }
  return text;
}

std::string unescape(std::string_view text) {
  std::string source;
  for (size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    const char* digits = text.data() + at + 1;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      source += static_cast<char>(value);
      at += 2;
    } else {
      source += text[at];
    }
  }
  return source;
}

/// Digits only: no sign, no blank, no overflow.
template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value = 0;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Rect> parse_region(std::string_view text) {
  if (text.starts_with("pixel:")) text.remove_prefix(6);
  Rect region;
  int* const fields[] = {&region.x, &region.y, &region.width, &region.height};
  for (int* const field : fields) {
    const bool last = field == &region.height;
    const size_t comma = text.find(',');
    if (last != (comma == std::string_view::npos)) return std::nullopt;
    const auto value = whole_number<int>(text.substr(0, comma));
    if (!value) return std::nullopt;
    *field = *value;
    if (!last) text.remove_prefix(comma + 1);
  }
  constexpr int kMost = std::numeric_limits<int>::max();
  if (region.width == 0 || region.height == 0) return std::nullopt;
  if (region.x > kMost - region.width || region.y > kMost - region.height) return std::nullopt;
  return region;
}

}  // namespace

std::string Fragment::str() const {
  std::string text = escape(source);
  if (frame) text += fmt::format("#frame={}", *frame);
  if (region)
    text += fmt::format("{}xywh={},{},{},{}", frame ? '&' : '#', region->x, region->y, region->width,
                        region->height);
  return text;
}

Result<Fragment> Fragment::parse(std::string_view text) {
  const auto wrong = [text](const std::string& what) {
    return usage_error(what, printable(text),
                       "a sample is written like vtest.avi#frame=15&xywh=192,0,192,192");
  };
  const size_t hash = text.find('#');
  Fragment fragment{unescape(text.substr(0, hash)), std::nullopt, std::nullopt};
  if (fragment.source.empty()) return wrong("the sample's name has no file in it");
  if (hash == std::string_view::npos) return fragment;
  std::string_view rest = text.substr(hash + 1);
  while (true) {
    const size_t end = rest.find('&');
    const std::string_view part = rest.substr(0, end);
    if (part.starts_with("frame=") && !fragment.frame) {
      fragment.frame = whole_number<int64_t>(part.substr(6));
      if (!fragment.frame) return wrong("frame= takes a whole number, from 0");
    } else if (part.starts_with("xywh=") && !fragment.region) {
      fragment.region = parse_region(part.substr(5));
      if (!fragment.region) return wrong("xywh= takes x,y,width,height in pixels, not empty");
    } else {
      return wrong("the sample's name has the unknown or repeated part '" + printable(part, 40) + "'");
    }
    if (end == std::string_view::npos) return fragment;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace dew
