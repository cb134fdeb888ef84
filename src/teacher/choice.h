// choice: from a model's text to one of the allowed answers, or to none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dew::teacher {

/// The choice that `text` names. Blanks, case (ASCII), quotes around it and punctuation after it are ignored:
/// "Yes." is yes. Anything more than the choice itself does not count: "yes, I think" is not yes. If two
/// choices differ only in what is ignored ("C", "c"), only the exact text counts.
std::optional<std::string> match_choice(std::string_view text, const std::vector<std::string>& choices);

/// The choice that a model's free text names. As match_choice, and: a choice, then a comma, a full stop or
/// the like, then an explanation: "yes, there is". None if the explanation names another choice ("yes, no
/// doubt"), expresses doubt ("yes, I think") or asks a question.
std::optional<std::string> match_words(std::string_view text, const std::vector<std::string>& choices);

}  // namespace dew::teacher
