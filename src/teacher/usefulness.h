// usefulness: a breaker for a server that answers, and never with an answer.
//
// A web page with status 200, a model that is blind or writes prose, a context that is too small: each reply
// is delivered and many are paid for, and the next will be no better.
#pragma once

#include <algorithm>
#include <string>

#include "base/base.h"
#include "teacher/openai_reply.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// What the user can do about a reply that holds no answer; empty: nothing that we know of.
std::string hint_for(const HttpReply& reply, const ReplyOutcome& outcome);

class Usefulness {
 public:
  /// `at_once`: requests in flight at most; their replies come in any order.
  explicit Usefulness(int at_once)
      : most_at_first_(std::max(16, at_once)), most_later_(std::max(50, 2 * at_once)) {}

  void good() {
    row_ = 0;
    ever_good_ = true;
  }
  void useless(const HttpReply& reply, const ReplyOutcome& outcome);

  /// Too many useless replies in a row; more where there have been answers. Few where each took the most
  /// tokens that a reply may have.
  [[nodiscard]] bool hopeless() const {
    if (!ever_good_ && endless_ >= kMostEndless) return true;
    return row_ >= (ever_good_ ? most_later_ : most_at_first_);
  }
  /// Names the last reply and the hint that fits it. `server`: its URL.
  [[nodiscard]] Error error(const std::string& server) const;

 private:
  static constexpr int kMostEndless = 2;
  int most_at_first_;
  int most_later_;
  int row_ = 0;
  int endless_ = 0;  ///< reasoned to the end of the largest room
  bool ever_good_ = false;
  std::string last_;
  std::string hint_;
};

}  // namespace dew::teacher
