// Matching a label against the closed list. Nothing outside the list can become an answer.
#include "teacher/choice.h"

#include <algorithm>

#include "base/base.h"

namespace dew::teacher {
namespace {

/// Lower case, without blanks and quotes at both ends and punctuation at the end. '?' stays: "yes?" is a
/// doubt, not an answer.
std::string bare(std::string_view text) {
  constexpr std::string_view kBefore = " \t\r\n\"'`*";
  constexpr std::string_view kAfter = " \t\r\n\"'`*.,;:!";
  while (!text.empty() && kBefore.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && kAfter.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return lower(text);
}

}  // namespace

std::optional<std::string> match_choice(std::string_view text, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return std::string(text);
  const std::string wanted = bare(text);
  if (wanted.empty()) return std::nullopt;
  const auto same = [&](const std::string& choice) { return bare(choice) == wanted; };
  if (std::count_if(choices.begin(), choices.end(), same) != 1) return std::nullopt;
  return *std::find_if(choices.begin(), choices.end(), same);
}

}  // namespace dew::teacher
