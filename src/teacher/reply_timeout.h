// patience: how long a request may take, by what answers have taken.
//
// A server with few slots answers one picture after the other, and a large picture on a small machine takes
// minutes. Pure: the caller brings the times.
#pragma once

#include <algorithm>
#include <optional>

#include "teacher/transport.h"

namespace dew::teacher {

class ReplyTimeout {
 public:
  /// `least`: what a request may take at least.
  explicit ReplyTimeout(Milliseconds least) : least_(least), allowed_(least) {}

  [[nodiscard]] Milliseconds allowed() const { return allowed_; }

  void answered(Milliseconds took) {
    constexpr int kShare = 4;  // of the mean's distance to the newest one
    typical_ = typical_ ? *typical_ + (took - *typical_) / kShare : took;
    allowed_ = std::clamp(kSlack * *typical_, least_, longest());
  }

  /// A request got no answer: the next ones may take twice as long. False where this one had the longest time
  /// there is.
  bool lengthen() {
    if (allowed_ >= longest()) return false;
    allowed_ = std::min(2 * allowed_, longest());
    return true;
  }

 private:
  static constexpr int kSlack = 3;    ///< times the typical answer
  static constexpr int kLongest = 4;  ///< times the least
  [[nodiscard]] Milliseconds longest() const { return kLongest * least_; }

  Milliseconds least_;
  Milliseconds allowed_;
  std::optional<Milliseconds> typical_;
};

}  // namespace dew::teacher
