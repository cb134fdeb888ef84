#include "media/entry_name.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "base/base.h"

namespace dew::media {
namespace {

constexpr size_t kLongestName = 1000;
constexpr size_t kLongestPart = 255;  // that common file systems take

/// The characters 0x80 to 0xFF of IBM's code page 437.
constexpr std::u16string_view kCp437 =
    u"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
    u"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";
static_assert(kCp437.size() == 128);

std::string encode(char16_t point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto length = utf8proc_encode_char(point, bytes.data());
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(length)};
}

std::string decode_cp437(std::string_view raw) {
  std::string text;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      text += c;
    else
      text += encode(kCp437[byte - 0x80]);
  }
  return text;
}

/// UTF-8 without control characters.
std::string readable(std::string_view raw) {
  std::string text;
  while (!raw.empty()) {
    const size_t length = has_control(raw.substr(0, 1)) ? 0 : utf8_length(raw);
    if (length > 0)
      text += raw.substr(0, length);
    else
      text += fmt::format("%{:02X}", static_cast<unsigned char>(raw.front()));
    raw.remove_prefix(std::max<size_t>(length, 1));
  }
  return text;
}

/// Keeps the beginning and a short ending.
std::string shortened(const std::string& part) {
  constexpr size_t kBeginning = 200;
  constexpr size_t kLongestEnding = 16;
  constexpr size_t kDigits = 16;
  std::string beginning;
  for (std::string_view rest = part; beginning.size() < kBeginning;) {
    const size_t length = std::max<size_t>(utf8_length(rest), 1);
    beginning += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  std::string ending = std::filesystem::path(part).extension().string();
  if (ending.size() > kLongestEnding) ending.clear();
  return beginning + "-" + sha256(part).substr(0, kDigits) + ending;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of("/\\"), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

bool is_drive(std::string_view part) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return part.size() == 2 && part[1] == ':' && is_letter(part[0]);
}

}  // namespace

std::optional<std::string> clean_entry_name(std::string_view raw, NameBytes meaning) {
  const std::string decoded =
      meaning == NameBytes::kCp437 && !is_utf8(raw) ? decode_cp437(raw) : std::string(raw);
  std::vector<std::string> kept;
  const std::vector<std::string_view> parts = split(decoded);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() || parts[i] == "." || (i == 0 && is_drive(parts[i]))) continue;
    if (parts[i] == "..") {
      if (!kept.empty()) kept.pop_back();
      continue;
    }
    const std::string part = readable(parts[i]);
    kept.push_back(part.size() <= kLongestPart ? part : shortened(part));
  }
  std::string name = join(kept, "/");
  if (name.empty() || name.size() > kLongestName) return std::nullopt;
  return name;
}

bool is_below_other_programs(std::string_view path) {
  const std::vector<std::string_view> parts = split(path);
  return std::any_of(parts.begin(), parts.end(), is_of_other_programs);
}

}  // namespace dew::media
