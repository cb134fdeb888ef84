#include "store/toml.h"

#include <algorithm>

namespace dew::store {
namespace {

/// toml++ nests one table in another for each dot of a key and recurses over them without limit. Counts the
/// dots outside of texts and comments; honest settings have a handful.
bool nests_deeply(std::string_view text) {
  constexpr int kMostDots = 500;
  int dots = 0;
  char quote = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && c == '#')
      at = std::min(text.find('\n', at), text.size());
    else if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (quote == '"' && c == '\\')
      ++at;
    else if (c == quote || c == '\n')
      quote = 0;
    else if (quote == 0 && c == '.' && ++dots > kMostDots)
      return true;
  }
  return false;
}

}  // namespace

Result<toml::table> parse_toml(std::string_view text, const std::string& path, const std::string& what) {
  if (nests_deeply(text)) return usage_error(what + " are nested too deeply", path);
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return usage_error(what + " are not valid TOML: " + printable(error.description()),
                       path + ":" + std::to_string(error.source().begin.line), "correct that line");
  } catch (const std::exception& error) {
    return usage_error(what + " cannot be read: " + printable(error.what()), path);
  }
}

}  // namespace dew::store
