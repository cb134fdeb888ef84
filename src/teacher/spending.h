// spending: what the asking has cost, and whether the budget covers more.
//
// What was sent counts as paid. Providers bill the tokens of a request that they have worked on, whether the
// reply still reaches us or not; what they refuse or fail at (4xx, 5xx) they do not bill. So a reply costs
// what its `usage` says; a reply with status 200 without it, and a request that was sent and got no reply,
// cost our own estimate; any other reply costs nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "teacher/chat_teacher.h"

namespace dew::teacher {

/// What tries have cost.
struct Charge {
  Cost cost{0, 0, 0.0};
  Cost estimated{0, 0, 0.0};  ///< the part of it that is our estimate
};

class Spending {
 public:
  explicit Spending(ChatState& state) : state_(state) {}

  /// Whether the budget covers one more try if everything in flight costs the most it can.
  [[nodiscard]] bool covers(const Cost& expected) const;
  /// The most that a try can cost; `usd` is absent where no price is known.
  [[nodiscard]] Cost most_of(const Cost& expected) const;
  /// Sets the most that a try can cost aside, in US dollars, until release().
  double reserve(const Cost& expected);
  void release(double reserved) { reserved_ -= reserved; }

  /// What a try has cost that ended with `reply`.
  Charge charge(const HttpReply& reply, const Cost& expected);
  /// A request that was sent will get no reply.
  Charge charge_unanswered(const Cost& expected);

  [[nodiscard]] tl::unexpected<Error> budget_spent() const;
  /// Why a part of the bill is our estimate; empty: none is.
  [[nodiscard]] std::string estimates() const;

 private:
  [[nodiscard]] Cost priced(Cost cost);

  ChatState& state_;
  double reserved_ = 0;                 ///< the most that those in flight will cost
  double longer_than_expected_ = 1.15;  ///< prompts, at worst
  int64_t unanswered_ = 0;              ///< requests that were sent and got no reply
  int64_t unread_ = 0;                  ///< replies that were longer than we read
};

}  // namespace dew::teacher
