#include "exchange/label_studio_questions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base.h"

namespace dew::exchange {

void Questions::note(const std::string& question, const std::vector<std::string>& answers) {
  constexpr size_t kMost = 10'000;  // of different answers: more are no classes
  if (question.empty() || answers.empty()) return;
  std::set<std::string>& known = answers_[question];
  for (const std::string& answer : answers)
    if (known.size() < kMost) known.insert(lower(composed(trim(answer))));
}

bool Questions::shares_answers(const std::string& question) const {
  const auto own = answers_.find(question);
  if (own == answers_.end()) return false;
  return std::any_of(answers_.begin(), answers_.end(), [&](const auto& other) {
    return other.first != question &&
           std::any_of(own->second.begin(), own->second.end(),
                       [&](const std::string& answer) { return other.second.contains(answer); });
  });
}

std::string Questions::class_of(const std::string& question, const std::string& answer) const {
  return answers_.size() > 1 && shares_answers(question) ? question + ": " + answer : answer;
}

std::string Questions::told() const {
  if (answers_.size() < 2) return {};
  std::vector<std::string> names, sharing;
  for (const auto& [name, answers] : answers_) {
    names.push_back(name);
    if (shares_answers(name)) sharing.push_back(name);
  }
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
