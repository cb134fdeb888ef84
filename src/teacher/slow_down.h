// slow_down: a server that asks for fewer requests: how long to wait, and when to stop waiting.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "base/backoff.h"
#include "base/base.h"
#include "teacher/pacer.h"
#include "teacher/quota.h"
#include "teacher/span_text.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// How long a reply asks to wait: from Azure's header in milliseconds, the standard one in seconds, Google's
/// error details, or, of a refusal for the rate, the moment at which the limit begins anew.
inline std::optional<Milliseconds> pause_asked_for(const HttpReply& reply, Clock::utc_point now) {
  constexpr double kDay = 86'400'000;
  if (const auto at = reply.rate.find("retry-after-ms"); at != reply.rate.end())
    if (const auto milliseconds = parse_span(at->second))
      return Milliseconds(static_cast<int64_t>(std::min(*milliseconds, kDay)));
  if (const auto asked = parse_retry_after(reply.retry_after, std::chrono::system_clock::to_time_t(now)))
    return asked;
  if (const auto delay = retry_delay(reply.body)) return delay;
  const auto at = reply.status == 429 ? reset_at(reply.rate, reply.body) : std::nullopt;
  if (!at) return std::nullopt;
  return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(*at - now));
}

class SlowDown {
 public:
  /// `limit`: how long it may only ask to slow down. `pause`: our own, after so many refusals in a row, and
  /// not shorter than the server asks for.
  using Pause = std::function<Milliseconds(int refusals, std::optional<Milliseconds> asked)>;
  SlowDown(Milliseconds limit, Pause pause) : limit_(limit), pause_(std::move(pause)) {}

  /// A request got `said`, and the server asks to wait for `asked`. How long everything waits; that costs no
  /// try. Error: longer than the limit. `server`: its URL.
  Result<Milliseconds> asked(const Error& said, std::optional<Milliseconds> asked, const Pacer::Sent& sent,
                             Clock::time_point now, const std::string& server) {
    if (!since_) since_ = now;
    if (asked.value_or(Milliseconds(0)) > limit_ || now - *since_ > limit_)
      return too_long(said, asked, server);
    // Requests that were in flight together are refused together: once.
    if (sent.at >= last_) {
      ++refusals_;
      last_ = now;
    }
    // The server's own delay is honoured in full; pauses of ours are at most a minute.
    return std::max(pause_(std::max(1, refusals_), asked), asked.value_or(Milliseconds(0)));
  }

  void answered() {
    refusals_ = 0;
    since_.reset();
  }

 private:
  [[nodiscard]] tl::unexpected<Error> too_long(const Error& said, std::optional<Milliseconds> asked,
                                               const std::string& server) const {
    return work_error(said.what + ", for longer than " + span_text(limit_), server,
                      asked && *asked > limit_
                          ? "it accepts no requests for " + span_text(*asked) +
                                ": run the same command again then; it continues where it stopped"
                          : "run the same command again later: it continues where it stopped");
  }

  Milliseconds limit_;
  Pause pause_;
  int refusals_ = 0;  ///< in a row
  Clock::time_point last_ = Clock::time_point::min();
  std::optional<Clock::time_point> since_;
};

}  // namespace dew::teacher
