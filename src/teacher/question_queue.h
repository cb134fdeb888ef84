// question_queue: questions with their pictures, ready to be sent, and those that are tried again after all
// others.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "teacher/chat_teacher.h"
#include "teacher/pacer.h"
#include "teacher/spending.h"

namespace dew::teacher {

/// A sample that is being asked about. Its JPEGs are kept for the next try.
struct Asked {
  int64_t sample = 0;
  int vote = 1;
  std::string name;
  ChatPictures pictures;
  Cost expected;          ///< of one try
  double reserved = 0;    ///< of the budget, by the try in flight
  Cost spent{0, 0, 0.0};  ///< on the tries so far
  Charge untold;          ///< the part of it that no reply has told yet
  bool in_flight = false;
  Clock::time_point begun;  ///< the first try
  Clock::time_point due;    ///< of the next try
  Pacer::Sent paced;        ///< the newest try
  size_t ahead = 0;         ///< in flight when it was sent
  bool probe = false;       ///< sent to see whether the server is back

  // Tries that count.
  int failed = 0;                         ///< by the server or the connection
  int useless = 0;                        ///< a reply without an answer
  int hung = 0;                           ///< no reply, while later ones were answered
  int refused_alone = 0;                  ///< "slow down", with nothing else in flight
  std::optional<int64_t> answers_before;  ///< of the run, when it was first sent

  Dialect sent;                  ///< of the try in flight
  std::optional<Dialect> trial;  ///< plainer than the current one: perhaps the server refuses less
  std::string refusal;           ///< what it said to the richest
};

class QuestionQueue {
 public:
  /// Holds at most about `most` of either kind, so that pictures do not fill the memory.
  QuestionQueue(const ChatState& state, const Teacher::Next& next, size_t most)
      : state_(state), next_(next), most_(most) {}

  /// Whether pop() may still give something.
  [[nodiscard]] bool any() const { return more_ || !fresh_.empty() || !later_.empty(); }
  /// Whether one more picture should be prepared, so that it is ready when there is room for it.
  [[nodiscard]] bool wants_more() const { return more_ && fresh_.size() < most_; }
  /// Prepares the next question, if there is one. A picture that cannot be read is a reply, into `replies`.
  void prepare(std::vector<Reply>& replies);

  /// The next to send; null: none is ready. Those of put_last() come when nothing else is left or they are
  /// too many.
  [[nodiscard]] Asked* front();
  Asked pop();
  /// Tried again after all others.
  void put_last(Asked one) { later_.push_back(std::move(one)); }

 private:
  [[nodiscard]] bool turn_of_later() const;

  const ChatState& state_;
  const Teacher::Next& next_;
  size_t most_;
  std::deque<Asked> fresh_;
  std::deque<Asked> later_;
  bool more_ = true;
};

}  // namespace dew::teacher
