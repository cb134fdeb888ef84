// answer_schema: the JSON schema that a user gives for the answer to a free question.
//
// Checked here are the keywords that say what a plain record is: type, properties, required, enum, const,
// items, additionalProperties. All others go to the server as they stand, and only it can enforce them.
// https://json-schema.org/draft/2020-12/json-schema-validation
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::teacher {

class AnswerSchema {
 public:
  /// `where` names the schema in errors: a file. Errors (usage) name the line of what is no JSON, and by its
  /// JSON pointer ("/properties/colour/type") what is no schema: the root must be of type object.
  static Result<AnswerSchema> parse(std::string_view text, const std::string& where);

  /// On one line, with the properties in their order.
  [[nodiscard]] const std::string& text() const;
  /// Whether servers can be asked to enforce it to the letter: each object lists all its properties as
  /// required and takes no others.
  [[nodiscard]] bool strict() const;
  /// Keywords in it that are not checked here, each once.
  [[nodiscard]] const std::vector<std::string>& unchecked() const;

  /// The answer on one line. Error: it is no JSON object, or what in it is not as the schema says.
  [[nodiscard]] Result<std::string> read(std::string_view json) const;

 private:
  struct Inside;
  std::shared_ptr<const Inside> inside_;
};

/// Whether brackets stand in each other at most `most` deep, so that reading and writing it takes little
/// stack.
bool is_flat(std::string_view json, int most);

}  // namespace dew::teacher
