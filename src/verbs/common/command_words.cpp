#include "verbs/common/command_words.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace dew::verbs {

std::vector<std::string> verb_first(std::vector<std::string> words) {
  const bool named = words.size() > 2 && (words[0] == "-C" || words[0] == "--project");
  if (named && !words[2].starts_with('-')) std::rotate(words.begin(), words.begin() + 2, words.begin() + 3);
  return words;
}

std::string meant_option(const std::vector<std::string>& words, const std::vector<std::string>& known) {
  for (const std::string& word : words) {
    if (word == "--") break;
    const std::string name = word.substr(0, word.find('='));
    if (!name.starts_with("--") || std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (std::string near = closest(name, known); !near.empty()) return near;
  }
  return {};
}

std::string not_negative(const std::string& number) {
  return number.starts_with('-') ? "'" + number + "' is less than 0" : std::string();
}

std::string positive(const std::string& number) {
  return number.starts_with('-') || number == "0" ? "'" + number + "' is not more than 0" : std::string();
}

std::string user_name() {
  for (const char* variable : {"USER", "LOGNAME"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  return "somebody";
}

}  // namespace dew::verbs
