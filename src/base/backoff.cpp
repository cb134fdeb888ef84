#include "base/backoff.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <random>
#include <string>

#include "base/text.h"

namespace dew {

using std::chrono::milliseconds;

milliseconds pause_after(const Backoff& backoff, int failed, double chance,
                         std::optional<milliseconds> server_asks) {
  milliseconds pause = std::min(backoff.first, backoff.longest);
  for (int i = 1; i < failed && pause < backoff.longest; ++i) pause = std::min(pause * 2, backoff.longest);
  const double half = static_cast<double>(pause.count()) / 2;
  pause = milliseconds(static_cast<int64_t>(half + half * std::clamp(chance, 0.0, 1.0)));
  return std::max(pause, std::min(server_asks.value_or(milliseconds::zero()), backoff.longest));
}

Chance random_chance() {
  return [] {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<>(0, 1)(generator);
  };
}

std::optional<milliseconds> parse_retry_after(std::string_view value, std::time_t now) {
  const std::string text = trim(value);
  if (text.empty()) return std::nullopt;
  if (std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
    double seconds = 0;  // whole by the RFC; some servers send fractions
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    constexpr double kDay = 86'400;
    return milliseconds(static_cast<int64_t>(std::min(seconds, kDay) * 1000));
  }
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return milliseconds(std::max<int64_t>(0, date - now) * 1000);
}

}  // namespace dew
