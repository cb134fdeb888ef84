// chat_teacher: what every teacher of chat completions knows and does, whether it asks at once or by batch.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "teacher/openai_reply.h"
#include "teacher/openai_request.h"
#include "teacher/reply_length.h"
#include "teacher/spec.h"
#include "teacher/teacher.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// What a teacher keeps from one ask() to the next.
struct ChatState {
  Server server;
  ChatQuestion question;
  std::string prompt_hash;
  TeacherOptions options;
  std::unique_ptr<Transport> transport;
  Dialect dialect;                 ///< without what the server is known not to understand
  bool proven = false;             ///< a request in this dialect was answered
  std::optional<Price> price;      ///< absent: unknown
  double tokens_a_request = 1000;  ///< a running mean, for the server's limit on tokens
  ReplyLength reply_length;
  double spent_usd = 0;  ///< by all ask() so far, for the budget
};

/// About what one try will cost.
Cost expected_cost(const ChatState& state, const ChatPictures& pictures);

/// A question's pictures, as they are sent.
Result<ChatPictures> pictures_of(const Question& question, const ChatQuestion& how);

/// The answer to store for a sample; it cost `spent`.
Answer answer_of(const ChatState& state, int64_t sample, int vote, ChatAnswer said, std::string raw,
                 const Cost& spent);

/// What all teachers of chat completions have in common. Their answers count for each other: what the batch
/// teacher has answered, the other is not asked.
class ChatTeacher : public Teacher {
 public:
  [[nodiscard]] std::string name() const override { return "openai"; }
  [[nodiscard]] std::string model() const override { return state_.question.model; }
  [[nodiscard]] std::string prompt_hash() const override { return state_.prompt_hash; }
  [[nodiscard]] bool draws() const override { return true; }
  [[nodiscard]] Cost forecast(Size picture, Size context) const override;
  [[nodiscard]] Cost forecast_event(const std::vector<Size>& pictures) const override;
  [[nodiscard]] std::string prices_true_on() const override;
  [[nodiscard]] std::string prompt_text() const override;
  [[nodiscard]] std::string ends_on(Watch& watch) override;

 protected:
  explicit ChatTeacher(ChatState state) : state_(std::move(state)) {}
  /// A picture of that size, as it is sent.
  [[nodiscard]] ChatPicture as_sent(Size size) const;
  ChatState state_;
};

}  // namespace dew::teacher
