#include "exchange/encoding.h"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace dew::exchange {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kLittleEndianMark = "\xFF\xFE";
constexpr std::string_view kBigEndianMark = "\xFE\xFF";

/// nullopt: the bytes are not in that encoding.
std::optional<std::string> convert(std::string_view bytes, const char* encoding) {
  const iconv_t converter = iconv_open("UTF-8", encoding);
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string text;
  std::array<char, 16 << 10> buffer{};
  char* in = const_cast<char*>(bytes.data());  // iconv does not write to it
  size_t left = bytes.size();
  bool whole = true;
  while (left > 0 && whole) {
    char* out = buffer.data();
    size_t room = buffer.size();
    whole = iconv(converter, &in, &left, &out, &room) != static_cast<size_t>(-1) || errno == E2BIG;
    text.append(buffer.data(), buffer.size() - room);
  }
  iconv_close(converter);
  if (!whole) return std::nullopt;
  return text;
}

/// UTF-16 without a mark: text in most scripts has commas, digits and line ends, whose high bytes are zero.
const char* utf16_without_mark(std::string_view bytes) {
  constexpr size_t kLooked = 4096;
  const std::string_view head = bytes.substr(0, kLooked);
  if (bytes.size() % 2 != 0 || bytes.empty()) return nullptr;
  size_t even = 0;
  size_t odd = 0;
  for (size_t i = 0; i + 1 < head.size(); i += 2) {
    even += head[i] == '\0' ? 1 : 0;
    odd += head[i + 1] == '\0' ? 1 : 0;
  }
  const size_t enough = head.size() / 2 / 5;
  if (odd > enough && even == 0) return "UTF-16LE";
  if (even > enough && odd == 0) return "UTF-16BE";
  return nullptr;
}

Result<std::string> from_utf16(std::string_view bytes, const char* encoding, const std::string& file) {
  if (auto text = convert(bytes, encoding)) return *std::move(text);
  return usage_error("this text in UTF-16 is damaged", file, "save the table as CSV in UTF-8");
}

Result<std::string> decode(std::string_view bytes, const std::string& file) {
  if (bytes.starts_with(kLittleEndianMark)) return from_utf16(bytes.substr(2), "UTF-16LE", file);
  if (bytes.starts_with(kBigEndianMark)) return from_utf16(bytes.substr(2), "UTF-16BE", file);
  if (const char* encoding = utf16_without_mark(bytes)) return from_utf16(bytes, encoding, file);
  if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  for (const char* encoding : {"UTF-8", "CP1252", "ISO-8859-1"})
    if (auto text = convert(bytes, encoding)) return *std::move(text);
  return work_error("the file's encoding cannot be read on this system", file,
                    "save the table as CSV in UTF-8");
}

}  // namespace

Result<std::string> to_utf8(std::string_view bytes, const std::string& file) {
  DEW_TRY(std::string text, decode(bytes, file));
  if (const size_t nul = text.find('\0'); nul != std::string::npos)
    return usage_error("this is not a text file: it contains a NUL byte",
                       fmt::format("{}:{}", file, 1 + std::count(text.begin(), text.begin() + nul, '\n')),
                       "save the table as CSV in UTF-8");
  return text;
}

}  // namespace dew::exchange
