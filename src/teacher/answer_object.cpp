// Scans an object's members; what each of them means is left to the JSON library.
#include "teacher/answer_object.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base.h"
#include "teacher/reply_json.h"

namespace dew::teacher {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Reads one object from left to right. Each function leaves `at_` behind what it has read, or returns false.
class Scanner {
 public:
  Scanner(std::string_view text, size_t at) : text_(text), at_(at) {}

  std::optional<AnswerObject> object() {
    const size_t begin = at_;
    AnswerObject result;
    if (!take('{')) return std::nullopt;
    while (!take('}')) {
      auto next = next_member();
      if (!next) return std::nullopt;
      result.members.push_back(*std::move(next));
      if (!take(',') && !sees('}')) return std::nullopt;
    }
    result.written = text_.substr(begin, at_ - begin);
    return result;
  }

  std::optional<size_t> nested_end() {
    if (!skip_nested()) return std::nullopt;
    return at_;
  }

 private:
  std::optional<AnswerMember> next_member() {
    skip_blanks();
    const size_t key_begin = at_;
    if (!skip_string()) return std::nullopt;
    const auto key = parse_json(escaped_controls(text_.substr(key_begin, at_ - key_begin)));
    if (!key.is_string() || !take(':')) return std::nullopt;
    skip_blanks();
    const size_t begin = at_;
    if (!skip_value()) return std::nullopt;
    AnswerMember result;
    result.key = lower(trim(key.get<std::string>()));
    result.written = text_.substr(begin, at_ - begin);
    result.value = parse_json(escaped_controls(result.written));
    if (result.value.is_discarded()) return std::nullopt;
    return result;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  bool sees(char c) {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == c;
  }

  bool take(char c) {
    if (!sees(c)) return false;
    ++at_;
    return true;
  }

  bool skip_string() {
    if (!take('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }

  bool skip_value() {
    if (sees('"')) return skip_string();
    if (sees('{') || sees('[')) return skip_nested();
    const size_t begin = at_;
    at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
    return at_ > begin;
  }

  bool skip_nested() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      if (depth == 0) return true;
    }
    return false;
  }

  std::string_view text_;
  size_t at_;
};

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

}  // namespace

std::string escaped_controls(std::string_view json) {
  std::string result;
  bool quoted = false;
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (quoted && c == '\\' && at + 1 < json.size()) {
      result += c;
      result += json[++at];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (quoted && static_cast<unsigned char>(c) < 0x20)
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      result += c;
  }
  return result;
}

std::optional<AnswerObject> object_at(std::string_view text, size_t at) {
  if (at >= text.size() || text[at] != '{') return std::nullopt;
  return Scanner(text, at).object();
}

std::optional<size_t> closed_at(std::string_view text, size_t at) {
  return Scanner(text, at).nested_end();
}

std::optional<AnswerObject> only_object(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[') && text.ends_with(']')) text = trimmed(text.substr(1, text.size() - 2));
  auto object = object_at(text, 0);
  if (!object || object->written.size() != text.size()) return std::nullopt;
  return object;
}

}  // namespace dew::teacher
