// The questions of a project in Label Studio that have answers of whole pictures.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dew::exchange {

/// "yes" to one question is not "yes" to another one: where two of them have an answer in common, their
/// answers are classes of their own, "indoor: yes".
class Questions {
 public:
  /// All answers of all files are noted before any of them is asked for.
  void note(const std::string& question, const std::vector<std::string>& answers);
  /// The class that an answer means.
  [[nodiscard]] std::string class_of(const std::string& question, const std::string& answer) const;
  /// What whoever takes the classes has to know of the questions, as a sentence; empty: nothing.
  [[nodiscard]] std::string told() const;

 private:
  /// Those of which another question has an answer. Each of many tasks asks for them.
  [[nodiscard]] const std::set<std::string>& sharing() const;

  std::map<std::string, std::set<std::string>> answers_;  ///< in lower case, by question
  mutable std::optional<std::set<std::string>> sharing_;  ///< found when it is first asked for
};

}  // namespace dew::exchange
