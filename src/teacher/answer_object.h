// answer_object: a JSON object as a model writes it, and where its members stand in the text.
//
// A JSON library keeps one of two equal keys and no positions. Both matter here: an answer that contradicts
// itself is refused, and its confidence is that of the label's own tokens.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dew::teacher {

struct AnswerMember {
  std::string key;  ///< in lower case, without blanks
  nlohmann::json value;
  std::string_view written;  ///< the value as it stands in the text, with its quotation marks
};

struct AnswerObject {
  std::vector<AnswerMember> members;  ///< in their order; keys may repeat
  std::string_view written;           ///< from { to }
};

/// The object that begins at `text[at]`. Line breaks within strings and a comma after the last member are
/// tolerated. Absent: no whole object begins there.
std::optional<AnswerObject> object_at(std::string_view text, size_t at);

/// JSON with the control characters in its strings escaped, as JSON requires and some models do not.
std::string escaped_controls(std::string_view json);

/// Behind the bracket that closes the one at `text[at]`; absent: it is not closed.
std::optional<size_t> closed_at(std::string_view text, size_t at);

/// The object that is all of `text`, or the only element of an array that is.
std::optional<AnswerObject> only_object(std::string_view text);

}  // namespace dew::teacher
