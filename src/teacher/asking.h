// asking: one call of Teacher::ask() of a chat-completions teacher: the loop that sends, waits, judges and
// tries again.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "teacher/openai_reply.h"
#include "teacher/openai_request.h"
#include "teacher/spec.h"
#include "teacher/teacher.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// What a teacher keeps from one ask() to the next.
struct Standing {
  Server server;
  ChatQuestion question;
  std::string prompt_hash;
  TeacherOptions options;
  std::unique_ptr<Transport> transport;
  Dialect dialect;                 ///< what the server is known not to understand is left out
  bool proven = false;             ///< an answer came in this dialect
  int descents = 0;                ///< samples that were refused in every dialect, down to the plainest
  std::optional<Price> price;      ///< none is known
  double tokens_a_request = 1000;  ///< a running mean, for the server's limit on tokens
};

/// What one try will cost, about.
Cost expected_cost(const Standing& standing, const ChatPictures& pictures);

/// What a question shows, as it is sent.
Result<ChatPictures> pictures_of(const Question& question, const ChatQuestion& how);

/// The answer that came for a sample; what it cost is `spent`.
Answer answer_of(const Standing& standing, int64_t sample, int vote, ChatAnswer said, std::string raw,
                 const Cost& spent);

/// What all teachers of chat completions have in common. The answers of one count for the other: what the
/// batch teacher has answered the other need not be asked.
class ChatTeacher : public Teacher {
 public:
  [[nodiscard]] std::string name() const override { return "openai"; }
  [[nodiscard]] std::string model() const override { return standing_.question.model; }
  [[nodiscard]] std::string prompt_hash() const override { return standing_.prompt_hash; }
  [[nodiscard]] bool draws() const override { return true; }
  [[nodiscard]] Cost forecast(Size picture, Size context) const override;
  [[nodiscard]] std::string prices_true_on() const override;
  [[nodiscard]] std::string prompt_text() const override;

 protected:
  explicit ChatTeacher(Standing standing) : standing_(std::move(standing)) {}
  Standing standing_;
};

Result<void> ask_all(Standing& standing, const Teacher::Next& next, const Teacher::Give& give, Watch& watch);

}  // namespace dew::teacher
