// choice: from a model's words to one of the allowed answers, or to none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dew::teacher {

/// The choice that `text` is. Blanks, case (ASCII), quotes around and punctuation after it do not matter:
/// "Yes." is yes. Anything more than the choice itself is none: "yes, I think" is not yes. Where two
/// choices differ in nothing else ("C", "c"), only the exact text will do.
std::optional<std::string> match_choice(std::string_view text, const std::vector<std::string>& choices);

/// The choice that a model's free words are. As match_choice, and: a choice, then a comma, a full stop or the
/// like, then words that explain it: "yes, there is". None where those words name another choice ("yes, no
/// doubt"), doubt ("yes, I think") or ask.
std::optional<std::string> match_words(std::string_view text, const std::vector<std::string>& choices);

}  // namespace dew::teacher
