// batch_queue: how many jobs the server takes at once, and how large ones. Its limit is on the tokens of all
// jobs of an account that have not ended, and it tells it only by refusing a job (token_limit_exceeded).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/clock.h"
#include "teacher/transport.h"

namespace dew::teacher {

class BatchQueue {
 public:
  explicit BatchQueue(Milliseconds poll) : poll_(poll) {}

  /// Whether one more job may be created while `running` are.
  [[nodiscard]] bool open(size_t running, Clock::time_point now) const {
    return running < room_ && now >= closed_until_;
  }
  /// A job got through the queue.
  void moved() { alone_ = 0; }
  /// Refused while `others` of ours were running: from now on no more than those at once.
  void refused_beside(size_t others) { room_ = others; }
  /// A lot was refused while nothing of ours was running. `tokens`: of its prompts, by our count, 0: unknown;
  /// `most_tokens`: what the server says it takes. Gives how many questions a lot may have from now on: all
  /// of them where somebody else's jobs must be in the way, and then the queue is closed for a while.
  size_t refused_alone(size_t questions, int64_t tokens, std::optional<int64_t> most_tokens,
                       Clock::time_point now);
  /// So many refusals with nothing of ours running that nothing will come of it.
  [[nodiscard]] bool hopeless() const;
  [[nodiscard]] Clock::time_point closed_until() const { return closed_until_; }

 private:
  Milliseconds poll_;
  size_t room_ = std::numeric_limits<size_t>::max();
  int alone_ = 0;  ///< refusals in a row with nothing of ours running
  Clock::time_point closed_until_ = Clock::time_point::min();
};

}  // namespace dew::teacher
