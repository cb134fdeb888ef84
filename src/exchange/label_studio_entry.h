// One entry of Label Studio's exports: where its picture is, who annotated, and what makes it one.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/label_studio_questions.h"
#include "exchange/label_studio_value.h"
#include "store/store.h"

namespace dew::exchange {

/// The keys of an object whose values are texts.
std::vector<std::string> text_keys(const nlohmann::json& object);

/// The key of the picture's address; empty: there is none.
std::string picture_key(const nlohmann::json& data);

/// Who annotated, below this key: a number, a name, or an account. Empty: it does not tell.
std::string who(const nlohmann::json& object, const char* key);

/// The same in the short form, where there may be several.
std::string annotators(const nlohmann::json& object);

/// Who labelled in the project that Dewdrop exported a task from, as its data tell.
struct Exported {
  std::string by;
  std::optional<std::string> label;  ///< what was said there; nullopt: the data do not tell

  static Exported in(const nlohmann::json& data);
  /// Whether somebody says something else by now.
  [[nodiscard]] bool changed(const std::vector<std::string>& classes) const;
  /// Who said these classes, where Label Studio names `annotator`.
  [[nodiscard]] std::string author(const std::vector<std::string>& classes,
                                   const std::string& annotator) const;
};

/// Whether a key of the short form tells who worked on the entry, and so is neither the picture nor an
/// answer.
bool is_of_annotator(const std::string& key);

/// The name of the question that a result answers of a whole picture; empty: it does not tell, or is no
/// choice.
std::string question_of(const nlohmann::json& result);

/// What a list of results says, which must be objects.
Annotated annotated_results(const nlohmann::json& results, const Questions& questions = {});

/// A model's prediction as an answer; nullopt: it does not name one class.
std::optional<Answer> answer_in(const nlohmann::json& prediction, const Questions& questions = {});

/// The same of all predictions in a table's cell: a list of them in JSON, what was chosen alone, or a class.
std::vector<std::optional<Answer>> answers_in_cell(const std::string& cell);

/// Whether a list that begins so is in the short form: its first entry has a picture, and an answer or who
/// gave it.
bool begins_in_short_form(std::string_view head);

}  // namespace dew::exchange
