// reply_length: how many tokens the model's replies have, learnt from those that came.
#pragma once

#include <algorithm>
#include <cstdint>

namespace dew::teacher {

/// A running mean. What a model's reasoning costs is not known before its first replies, and changes where
/// the server is asked for less of it: later replies count more, with a memory of about fifty.
class ReplyLength {
 public:
  /// A reply's tokens by the server's count, reasoning included.
  void saw(int64_t tokens_out) {
    constexpr int kMemory = 50;
    seen_ = std::min(seen_ + 1, kMemory);
    mean_ += (static_cast<double>(tokens_out) - mean_) / seen_;
  }

  /// Of the next reply; `typical` is the guess before the first one came.
  [[nodiscard]] int64_t forecast(int64_t typical) const {
    return seen_ == 0 ? typical : static_cast<int64_t>(mean_ + 0.5);
  }

 private:
  double mean_ = 0;
  int seen_ = 0;
};

}  // namespace dew::teacher
