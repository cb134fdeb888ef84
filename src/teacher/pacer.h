// pacer: how many requests may be in flight and when the next may start, learnt from what the server says.
//
// Two things limit the rate. The window is the number of requests in flight. Unless the user allows many, it
// is small until the first answer tells how fast the server is; then it is as large as a server could answer
// in time that takes one request after the other. It is halved when the server asks to slow down or does not
// answer in time, and increased with every answer as long as these do not come later for it ("additive
// increase, multiplicative decrease", with a steep increase because a run is short). The buckets follow the
// server's own x-ratelimit-* headers (https://platform.openai.com/docs/guides/rate-limits), so that it need
// not refuse at all. Pure: the caller brings the clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "teacher/transport.h"

namespace dew::teacher {

/// Seconds from "1s", "6m0s", "20ms", "1h2m3.5s" or a plain number of seconds, as in x-ratelimit-reset-*.
/// Absent: none of these.
std::optional<double> parse_span(std::string_view text);

/// One limit of a server as a token bucket: `limit` at most, refilled steadily.
class Bucket {
 public:
  /// `used_since`: what was sent after the request that this reply belongs to, which `remaining` does not
  /// include.
  void learn(double limit, double remaining, std::optional<double> reset_seconds, double used_since,
             Clock::time_point now);
  void take(double amount, Clock::time_point now);
  /// When `amount` will be available; `now` if it is, or if nothing is known.
  [[nodiscard]] Clock::time_point ready(double amount, Clock::time_point now) const;

 private:
  [[nodiscard]] double level(Clock::time_point now) const;
  double limit_ = 0;  ///< 0: unknown
  double level_ = 0;
  double per_second_ = 0;
  Clock::time_point at_;
};

class Pacer {
 public:
  /// The state when a request was sent; returned with its reply.
  struct Sent {
    Clock::time_point at;
    double requests = 0;  ///< sent until then, this one included
    double tokens = 0;
  };

  /// `most` in flight, ever; `in_time`: within which answers should come.
  Pacer(int most, Milliseconds in_time);

  /// Requests that may be in flight together, at least 1.
  [[nodiscard]] size_t window() const { return static_cast<size_t>(window_); }
  /// When a request of about `tokens` tokens may start.
  [[nodiscard]] Clock::time_point ready(double tokens, Clock::time_point now) const;

  Sent sent(double tokens, Clock::time_point now);
  /// The x-ratelimit-* headers of a reply.
  void learn(const std::map<std::string, std::string>& headers, const Sent& sent, Clock::time_point now);
  /// The server answered within `took`.
  void went_well(Milliseconds took);
  /// The server asked to slow down: nothing starts before now + `pause`. A reply to a request that was sent
  /// before the last such reply does not halve the window again; then the result is false.
  bool slow_down(const Sent& sent, Milliseconds pause, Clock::time_point now);
  /// Nothing starts before `when`.
  void hold_until(Clock::time_point when);

 private:
  [[nodiscard]] bool may_grow(Milliseconds took) const;

  double most_;
  double window_;
  Milliseconds soon_;                    ///< answers that come within this time are no sign of a queue
  std::optional<Milliseconds> fastest_;  ///< answer so far
  bool measured_ = false;                ///< the window follows from what the server did
  Bucket requests_;
  Bucket tokens_;
  double sent_requests_ = 0;
  double sent_tokens_ = 0;
  double learnt_ = 0;  ///< the newest request that learn() knows of; replies to older ones are stale
  Clock::time_point gate_ = Clock::time_point::min();
  Clock::time_point cut_ = Clock::time_point::min();
};

}  // namespace dew::teacher
