#include "store/settings_edit.h"

#include "store/inside.h"

namespace dew {
namespace {

/// "on" of "on = 0.5", "# on =" and "  on=1"; empty: the line sets nothing.
std::string key_of(std::string_view line, bool& comment) {
  std::string text = trim(line);
  comment = text.starts_with('#');
  if (comment) text = trim(std::string_view(text).substr(1));
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return {};
  const std::string key = trim(std::string_view(text).substr(0, equals));
  // Prose in a comment that has an equals sign in it is no key: only a key without a value is.
  if (comment && !trim(std::string_view(text).substr(equals + 1)).empty()) return {};
  return key.find(' ') == std::string::npos ? key : std::string();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// The first line behind the heading of a section and the one behind its last; both 0: it is not there.
struct Stretch {
  size_t begin = 0;
  size_t end = 0;
};
Stretch section_in(const std::vector<std::string>& lines, const std::string& section) {
  Stretch found;
  if (section.empty()) found.begin = found.end = 0;
  bool inside = section.empty();
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string line = trim(lines[i]);
    if (line.starts_with('[')) {
      if (inside) return {found.begin, i};
      inside = line.substr(0, line.find(']') + 1) == "[" + section + "]";
      if (inside) found.begin = i + 1;
    }
  }
  return inside ? Stretch{found.begin, lines.size()} : Stretch{};
}

/// The comment behind a line's value, with the blanks before it.
std::string comment_behind(const std::string& line) {
  char quote = 0;
  for (size_t at = std::min(line.find('='), line.size()); at < line.size(); ++at) {
    const char c = line[at];
    if (quote == '"' && c == '\\')
      ++at;
    else if (quote != 0)
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '#')
      return line.substr(line.find_last_not_of(" \t", at - 1) + 1);
  }
  return {};
}

void set_key(std::vector<std::string>& lines, const std::string& whole, const std::string& value) {
  const size_t dot = whole.find('.');
  const std::string section = dot == std::string::npos ? std::string() : whole.substr(0, dot);
  const std::string key = dot == std::string::npos ? whole : whole.substr(dot + 1);
  Stretch stretch = section_in(lines, section);
  if (!section.empty() && stretch.begin == 0) {
    lines.insert(lines.end(), {"", "[" + section + "]"});
    stretch = {lines.size(), lines.size()};
  }
  const std::string line = key + " = " + value;
  for (const bool wanted_comment : {false, true})
    for (size_t i = stretch.begin; i < stretch.end; ++i) {
      bool comment = false;
      if (key_of(lines[i], comment) != key || comment != wanted_comment) continue;
      lines[i] = comment ? line : line + comment_behind(lines[i]);
      return;
    }
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(stretch.begin), line);
}

}  // namespace

Result<std::string> with_settings(std::string_view text, const SettingTexts& changes,
                                  const std::string& path) {
  DEW_CHECK(parse_settings(text, path));
  std::vector<std::string> lines = lines_of(text);
  for (const auto& [key, value] : changes) set_key(lines, key, value);
  const std::string changed = join(lines, "\n") + "\n";
  DEW_CHECK(parse_settings(changed, path));
  return changed;
}

Result<void> change_settings(const fs::path& project, const SettingTexts& changes) {
  constexpr int64_t kMostBytes = int64_t{64} << 10;
  const fs::path path = store::settings_path(project);
  DEW_TRY(const std::string text, read_file(path, kMostBytes));
  DEW_TRY(const std::string changed, with_settings(text, changes, path.string()));
  return write_file(path, changed);
}

}  // namespace dew
