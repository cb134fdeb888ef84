// trouble: why no answers come, and what the user is told of it while waiting.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "teacher/transport.h"

namespace dew::teacher {

/// Rounded up.
inline int64_t whole_seconds(Clock::duration length) {
  return std::chrono::ceil<std::chrono::seconds>(length).count();
}

class Trouble {
 public:
  explicit Trouble(Clock::time_point now) : heard_(now) {}

  void begins(std::string why, Clock::time_point now) {
    why_ = std::move(why);
    since_ = now;
  }
  /// An answer has come to a request that was sent at `sent`. One that was sent before the trouble began does
  /// not end it.
  void answered(Clock::time_point sent, Clock::time_point now) {
    heard_ = now;
    if (sent >= since_) why_.clear();
  }

  /// What to show, once a second: only where the wait is long. Nothing is sent for `left`.
  std::optional<std::string> note(Clock::time_point now, Clock::duration left) {
    if (why_.empty() || (told_ && now - *told_ < kTelling)) return std::nullopt;
    if (left < kQuiet && now - heard_ < kQuiet) return std::nullopt;
    told_ = now;
    return left < kTelling ? why_ : fmt::format("{}: waiting {} s", why_, whole_seconds(left));
  }

 private:
  static constexpr Milliseconds kQuiet{5000};    ///< without an answer
  static constexpr Milliseconds kTelling{1000};  ///< between two notes
  std::string why_;                              ///< empty: there is none
  Clock::time_point since_;
  Clock::time_point heard_;  ///< the last answer
  std::optional<Clock::time_point> told_;
};

}  // namespace dew::teacher
