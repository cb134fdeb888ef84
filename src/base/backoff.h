// backoff: how long to wait before a failed request is sent again. Pure functions; the caller brings the
// clock and the random number.
#pragma once

#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <string_view>

namespace dew {

struct Backoff {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds longest{60'000};  ///< of any pause, whoever asks for it
};

/// The pause after `failed` failed tries (1, 2, ...): doubles from `first` to `longest`; `chance` in 0...1
/// picks from its upper half ("equal jitter"), so that requests which failed together do not return
/// together. Never shorter than what the server asked for, as far as `longest` allows.
std::chrono::milliseconds pause_after(const Backoff& backoff, int failed, double chance,
                                      std::optional<std::chrono::milliseconds> server_asks = std::nullopt);

/// Random numbers for pause_after(), uniform in 0...1. Tests give one of their own.
using Chance = std::function<double()>;
Chance random_chance();

/// Retry-After (RFC 9110, 10.2.3): seconds, or an HTTP date that is compared with `now`. A date that has
/// passed is zero; what is neither is nothing.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::time_t now);

}  // namespace dew
