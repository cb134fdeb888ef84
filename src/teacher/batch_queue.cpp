#include "teacher/batch_queue.h"

#include <algorithm>

namespace dew::teacher {

size_t BatchQueue::refused_alone(size_t questions, int64_t tokens, std::optional<int64_t> most_tokens,
                                 Clock::time_point now) {
  constexpr int kPatience = 4;  // our count of tokens may be too low
  constexpr int kMostDoublings = 5;
  ++alone_;
  room_ = 1;
  const bool fits = most_tokens && tokens > 0 && tokens <= *most_tokens;
  if (questions == 1 || (fits && alone_ % kPatience != 0)) {
    closed_until_ = now + poll_ * (1 << std::min(alone_, kMostDoublings));
    return questions;
  }
  const bool told = most_tokens && tokens > *most_tokens;
  const double share = told ? 0.9 * static_cast<double>(*most_tokens) / static_cast<double>(tokens) : 0.5;
  return std::max<size_t>(1, static_cast<size_t>(static_cast<double>(questions) * share));
}

bool BatchQueue::hopeless() const {
  constexpr int kMost = 50;  // with pauses of 16 minutes at last: more than half a day
  return alone_ > kMost;
}

}  // namespace dew::teacher
