// Matching a label against the closed list. Nothing outside the list can become an answer.
#include "teacher/choice.h"

#include <algorithm>
#include <array>
#include <cctype>

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

/// `text`, in lower case, begins with `start` in whole words.
bool begins_with_words(std::string_view text, std::string_view start) {
  const auto in_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0;
  };
  if (!text.starts_with(start)) return false;
  return text.size() == start.size() || !in_word(text[start.size()]) || !in_word(start.back());
}

bool holds_words(std::string_view text, std::string_view words) {
  bool boundary = true;
  for (size_t at = 0; at < text.size(); ++at) {
    if (boundary && begins_with_words(text.substr(at), words)) return true;
    boundary = std::isalnum(static_cast<unsigned char>(text[at])) == 0 && (text[at] & 0x80) == 0;
  }
  return false;
}

/// English only: in another language a doubt may pass as an explanation, which the classes still bound.
bool doubts(std::string_view text) {
  constexpr std::array<std::string_view, 19> kDoubts = {
      "or",    "but",   "maybe", "perhaps", "possibly", "probably", "likely", "might", "may",     "could",
      "think", "guess", "seems", "appears", "unclear",  "however",  "unless", "if",    "although"};
  if (text.find('?') != std::string_view::npos) return true;
  return std::any_of(kDoubts.begin(), kDoubts.end(),
                     [&](std::string_view word) { return holds_words(text, word); });
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

std::optional<std::string> match_words(std::string_view text, const std::vector<std::string>& choices) {
  if (auto whole = match_choice(text, choices)) return whole;
  constexpr std::string_view kBreaks = ",.;:!\n\"'*`";
  constexpr size_t kLongestExplanation = 500;
  std::string words = lower(trim(text));
  words.erase(0, words.find_first_not_of("\"'`*"));
  if (words.size() > kLongestExplanation) return std::nullopt;
  std::optional<std::string> found;
  for (const std::string& choice : choices) {
    const std::string bare_choice = bare(choice);
    if (bare_choice.empty() || !begins_with_words(words, bare_choice)) continue;
    const std::string_view rest = std::string_view(words).substr(bare_choice.size());
    if (rest.empty() || kBreaks.find(rest.front()) == std::string_view::npos || doubts(rest)) continue;
    const bool another = std::any_of(choices.begin(), choices.end(), [&](const std::string& other) {
      return bare(other) != bare_choice && holds_words(rest, bare(other));
    });
    if (another || found) return std::nullopt;
    found = choice;
  }
  return found;
}

}  // namespace dew::teacher
