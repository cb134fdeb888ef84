// ask_line: one teacher of the chain: whether it may be asked now, and whose fault it is when no answer
// comes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/base.h"
#include "store/event_calls.h"
#include "teacher/teacher.h"

namespace dew::cascade {

/// Questions to one teacher are asked in the order of their events, one at a time. One to which the model
/// writes no answer is not at fault as long as no other gets a better reply: it is set aside, the next one is
/// tried, and only once that is answered the first has its last chance.
class AskLine {
 public:
  AskLine(std::unique_ptr<teacher::Teacher> teacher, const Backoff& backoff, Chance chance)
      : teacher_(std::move(teacher)), backoff_(backoff), chance_(std::move(chance)) {}

  [[nodiscard]] teacher::Teacher& teacher() { return *teacher_; }
  [[nodiscard]] EventTeacher key() const {
    return {teacher_->name(), teacher_->model(), teacher_->prompt_hash()};
  }
  /// Recorded answers cost nothing and are no calls.
  [[nodiscard]] bool calls() const { return teacher_->name() != "replay"; }

  /// The next of those that wait, by event; absent: none does.
  [[nodiscard]] std::optional<EventQuestion> next_of(const std::vector<EventQuestion>& waiting);
  /// How many to look at, to find one that is not set aside.
  [[nodiscard]] int64_t worth_looking_at() const { return static_cast<int64_t>(bad_.size()) + 1; }

  /// It may be asked again then, and why not before.
  [[nodiscard]] Clock::time_point due() const { return due_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  void hold_until(Clock::time_point due, std::string why) {
    due_ = due;
    why_ = std::move(why);
  }

  /// True: it did not answer before.
  bool answered(int64_t question);
  /// The server failed, or wants a pause of `asked`.
  void failed(std::string why, std::optional<std::chrono::milliseconds> asked, Clock::time_point now);
  /// The model wrote something that is no answer; `final`: asking again would not change it. True: the
  /// question is given up.
  bool useless(int64_t question, bool final, std::string why, Clock::time_point now);

  double most_usd = 0;  ///< what the last call could cost

 private:
  struct Bad {
    int times = 0;
    bool aside = false;
    bool last_chance = false;
  };

  std::unique_ptr<teacher::Teacher> teacher_;
  Backoff backoff_;
  Chance chance_;
  Clock::time_point due_ = Clock::time_point::min();
  std::string why_;
  int row_ = 0;  ///< of tries without an answer
  bool proven_ = false;
  std::map<int64_t, Bad> bad_;  ///< by question
};

}  // namespace dew::cascade
