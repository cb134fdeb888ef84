#include "teacher/headers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace dew::teacher {
namespace {

constexpr const char* kForm = "write headers = [\"X-Api-Key: $GATEWAY_KEY\"] and export GATEWAY_KEY";

/// RFC 9110, 5.6.2: a token.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

/// What may stand in a header's value: a line break would begin another header.
bool is_header_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_ours(const std::string& name) {
  constexpr std::array<std::string_view, 6> kOurs = {
      "content-type", "content-length", "host", "transfer-encoding", "expect", "idempotency-key"};
  return std::find(kOurs.begin(), kOurs.end(), lower(name)) != kOurs.end();
}

/// By its name, a header's value is a secret.
bool needs_variable(const std::string& name) {
  constexpr std::array<std::string_view, 8> kWords = {"key",      "token",  "secret", "auth",
                                                      "password", "cookie", "cred",   "signature"};
  return std::any_of(kWords.begin(), kWords.end(), [words = lower(name)](std::string_view word) {
    return words.find(word) != std::string::npos;
  });
}

/// The variable's name at `at`, which is behind a '$'; moves `at` past it. Empty: no name stands there.
std::string variable_at(std::string_view text, size_t& at) {
  const bool braces = at < text.size() && text[at] == '{';
  const size_t from = at + (braces ? 1 : 0);
  size_t to = from;
  while (to < text.size() && (std::isalnum(static_cast<unsigned char>(text[to])) != 0 || text[to] == '_'))
    ++to;
  if (to == from || (braces && (to == text.size() || text[to] != '}'))) return {};
  at = to + (braces ? 1 : 0);
  return std::string(text.substr(from, to - from));
}

Result<ExtraHeader> read_header(std::string_view line) {
  const size_t colon = std::min(line.find(':'), line.size());
  ExtraHeader header{trim(line.substr(0, colon)), {}, {}, {}};
  // Where there is no name, the line may be a secret: it is not repeated.
  if (colon == line.size() || !is_header_name(header.name))
    return usage_error("a header is not written as \"Name: value\"", "label.headers", kForm);
  const std::string where = "label.headers: " + header.name;
  if (is_ours(header.name)) return usage_error("this header cannot be changed", where, "leave it out");
  const std::string value = trim(line.substr(colon + 1));
  for (size_t at = 0; at < value.size();) {
    if (value[at] != '$') {
      header.value += value[at++];
      continue;
    }
    const std::string variable = variable_at(value, ++at);
    if (variable.empty())
      return usage_error("no variable's name follows a '$'", where, "write $NAME or ${NAME}");
    const char* found = std::getenv(variable.c_str());
    const std::string text = trim(found != nullptr ? found : "");
    if (text.empty()) return usage_error(variable + " is not set", where, "export " + variable + "=...");
    if (!is_header_value(text))
      return usage_error(variable + " contains a line break or another character that headers do not have",
                         where, "set it again, without line breaks");
    header.value += text;
    header.secrets.push_back(text);
    header.variables.push_back(variable);
  }
  if (header.value.empty() || !is_header_value(header.value))
    return usage_error("the header's value is empty, or has characters in it that headers do not have", where,
                       kForm);
  if (header.secrets.empty() && needs_variable(header.name))
    return usage_error("the header's value looks like a secret, and everybody who gets the file can read it",
                       where,
                       "put it into an environment variable and write \"" + header.name + ": $VARIABLE\"");
  return header;
}

}  // namespace

Result<std::vector<ExtraHeader>> read_headers(const std::vector<std::string>& lines) {
  std::vector<ExtraHeader> headers;
  for (const std::string& line : lines) {
    DEW_TRY(auto header, read_header(line));
    headers.push_back(std::move(header));
  }
  return headers;
}

}  // namespace dew::teacher
