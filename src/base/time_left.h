// time_left: how long work still takes, by how long what is done of it took.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace dew {

/// Times are seconds since any moment, the same one for all calls.
class TimeLeft {
 public:
  void begin(double now) {
    began_ = stepped_ = now;
    done_ = 0;
  }
  void advance(int64_t done, double now) {
    if (done == done_) return;
    done_ = done;
    stepped_ = now;
  }
  /// Counts down between steps, however long they are. Absent: nothing is done yet.
  [[nodiscard]] std::optional<double> seconds(int64_t total, double now) const {
    if (done_ <= 0 || total < done_) return std::nullopt;
    const double a_unit = (stepped_ - began_) / static_cast<double>(done_);
    return std::max(0.0, a_unit * static_cast<double>(total - done_) - (now - stepped_));
  }

 private:
  double began_ = 0;
  double stepped_ = 0;
  int64_t done_ = 0;
};

}  // namespace dew
