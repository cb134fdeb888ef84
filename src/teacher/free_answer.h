// free_answer: from a model's text to the answer to a free question.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "teacher/answer_schema.h"

namespace dew::teacher {

/// What a reply has to hold. It refers to what it is made of.
struct AnswerForm {
  // A list of choices is a form: most questions have one.
  AnswerForm(const std::vector<std::string>& all) : choices(all) {}  // NOLINT(google-explicit-constructor)
  AnswerForm(const std::vector<std::string>& all, const AnswerSchema* of) : choices(all), schema(of) {}

  const std::vector<std::string>& choices;  ///< empty: the question is free
  const AnswerSchema* schema = nullptr;     ///< of a free answer; null: it is a text

  [[nodiscard]] bool free() const { return choices.empty(); }
};

/// Bytes of an answer at most; a longer text is cut, a longer object is none.
constexpr size_t kFreeAnswerLimit = 8000;

/// The model's words behind its reasoning (thoughts.h), trimmed, as a text; or with a schema the JSON object
/// in them, checked and on one line: alone, in a ``` fence, or the only object among prose. `cut_off`: the
/// server says that the text did not end; then only a whole object is an answer. Error: why there is none.
Result<std::string> read_free_text(std::string_view text, const AnswerSchema* schema, bool cut_off = false);

}  // namespace dew::teacher
