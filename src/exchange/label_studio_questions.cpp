#include "exchange/label_studio_questions.h"

#include <fmt/format.h>

#include "base/base.h"

namespace dew::exchange {

void Questions::note(const std::string& question, const std::vector<std::string>& answers) {
  constexpr size_t kMost = 10'000;  // of different answers: more are no classes
  if (question.empty() || answers.empty()) return;
  sharing_.reset();
  std::set<std::string>& known = answers_[question];
  for (const std::string& answer : answers)
    if (known.size() < kMost) known.insert(lower(composed(trim(answer))));
}

const std::set<std::string>& Questions::sharing() const {
  if (sharing_) return *sharing_;
  std::map<std::string, std::vector<std::string>> questions_with;  // by answer
  for (const auto& [question, answers] : answers_)
    for (const std::string& answer : answers) questions_with[answer].push_back(question);
  sharing_.emplace();
  for (const auto& [answer, questions] : questions_with)
    if (questions.size() > 1) sharing_->insert(questions.begin(), questions.end());
  return *sharing_;
}

std::string Questions::class_of(const std::string& question, const std::string& answer) const {
  return sharing().contains(question) ? question + ": " + answer : answer;
}

std::string Questions::told() const {
  if (answers_.size() < 2) return {};
  std::vector<std::string> names;
  for (const auto& [name, answers] : answers_) names.push_back(name);
  const std::vector<std::string> sharing(this->sharing().begin(), this->sharing().end());
  const std::string all =
      fmt::format("{} questions were answered ({})", names.size(), printable(join(names), 200));
  if (sharing.empty()) return all + ": the classes of all are taken";
  const std::string& answer = *answers_.at(sharing.front()).begin();
  return fmt::format(
      "{}, and {} have answers in common, so that a class is named with its question: say which one "
      "is meant, for example --map '{}: {}={}'",
      all, printable(join(sharing, " and "), 200), printable(sharing.front(), 60), printable(answer, 40),
      printable(answer, 40));
}

}  // namespace dew::exchange
