// The window and the buckets. Everything a server says is a hint: nonsense is ignored, and no hint can stop
// the run for good.
#include "teacher/pacer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dew::teacher {
namespace {

constexpr double kLongestWait = 60;  ///< seconds; whatever the bucket says, then it is tried
constexpr double kGrowth = 0.5;      ///< of the window, with each answer
constexpr double kFirstGrowth = 1;   ///< ... until the server has asked to slow down
constexpr int kUsual = 8;            ///< who allows more says that the server takes them together
constexpr double kFew = 2;
constexpr double kSecondsOfAMinute = 60;  ///< limits without a reset are per minute

constexpr Milliseconds kSlack{1};  ///< what the server counts may be rounded

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

std::optional<double> seconds_of(std::string_view unit) {
  if (unit == "h") return 3600;
  if (unit == "m") return 60;
  if (unit == "s" || unit.empty()) return 1;
  if (unit == "ms") return 1e-3;
  if (unit == "us" || unit == "ns") return 0;
  return std::nullopt;
}

Clock::duration seconds(double value) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
}

}  // namespace

std::optional<double> parse_span(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789.";
  if (text.empty() || text.size() > 64) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of(kDigits), text.size());
    const auto value = number(text.substr(0, digits));
    text.remove_prefix(digits);
    const size_t letters = std::min(text.find_first_of(kDigits), text.size());
    const auto unit = seconds_of(text.substr(0, letters));
    text.remove_prefix(letters);
    if (!value || !unit) return std::nullopt;
    total += *value * *unit;
  }
  return total;
}

double Bucket::level(Clock::time_point now) const {
  const double passed = std::chrono::duration<double>(now - at_).count();
  return std::min(limit_, level_ + per_second_ * std::max(0.0, passed));
}

void Bucket::learn(double limit, double remaining, std::optional<double> reset_seconds, double used_since,
                   Clock::time_point now) {
  if (!(limit >= 1) || remaining > limit) return;
  limit_ = limit;
  const bool told = reset_seconds && *reset_seconds > 0 && remaining < limit;
  per_second_ = told ? (limit - remaining) / *reset_seconds : limit / kSecondsOfAMinute;
  level_ = remaining - used_since;
  at_ = now;
}

void Bucket::take(double amount, Clock::time_point now) {
  if (limit_ == 0) return;
  level_ = level(now) - amount;
  at_ = now;
}

Clock::time_point Bucket::ready(double amount, Clock::time_point now) const {
  if (limit_ == 0) return now;
  const double missing = std::min(amount, limit_) - level(now);
  if (missing <= 0) return now;
  return now + seconds(std::min(missing / per_second_, kLongestWait)) + kSlack;
}

Clock::time_point Pacer::ready(double tokens, Clock::time_point now) const {
  return std::max({now, gate_, requests_.ready(1, now), tokens_.ready(tokens, now)});
}

Pacer::Sent Pacer::sent(double tokens, Clock::time_point now) {
  requests_.take(1, now);
  tokens_.take(tokens, now);
  sent_requests_ += 1;
  sent_tokens_ += tokens;
  return {now, sent_requests_, sent_tokens_};
}

void Pacer::learn(const std::map<std::string, std::string>& headers, const Sent& sent,
                  Clock::time_point now) {
  if (sent.requests < learnt_) return;
  const auto value = [&](const std::string& name) -> std::string_view {
    const auto at = headers.find("x-ratelimit-" + name);
    return at == headers.end() ? std::string_view() : at->second;
  };
  const auto fill = [&](Bucket& bucket, const std::string& what, double used_since) {
    const auto limit = number(value("limit-" + what));
    const auto remaining = number(value("remaining-" + what));
    if (!limit || !remaining) return;
    learnt_ = sent.requests;
    bucket.learn(*limit, *remaining, parse_span(value("reset-" + what)), used_since, now);
  };
  fill(requests_, "requests", sent_requests_ - sent.requests);
  fill(tokens_, "tokens", sent_tokens_ - sent.tokens);
}

Pacer::Pacer(int most, Milliseconds in_time)
    : most_(most),
      window_(most > kUsual ? most : std::min<double>(most, kFew)),
      soon_(in_time / 2),
      measured_(most > kUsual) {}

void Pacer::went_well(Milliseconds took) {
  took = std::max(took, Milliseconds(1));
  fastest_ = std::min(fastest_.value_or(took), took);
  if (!measured_) {
    measured_ = true;
    const double one_after_the_other = static_cast<double>(soon_.count()) / static_cast<double>(took.count());
    window_ = std::clamp(one_after_the_other, 1.0, most_);
  } else if (may_grow(took)) {
    window_ = std::min(most_, window_ + (cut_ == Clock::time_point::min() ? kFirstGrowth : kGrowth));
  }
}

/// A server with few slots answers the later, the more are in flight; a server with many as fast as ever.
bool Pacer::may_grow(Milliseconds took) const {
  constexpr double kAsEver = 1.25;
  const auto time = static_cast<double>(took.count());
  const double with_one_more = time * (window_ + 1) / window_;
  return with_one_more <= static_cast<double>(soon_.count()) ||
         time <= kAsEver * static_cast<double>(fastest_->count());
}

bool Pacer::slow_down(const Sent& sent, Milliseconds pause, Clock::time_point now) {
  hold_until(now + pause);
  if (sent.at < cut_) return false;
  cut_ = now;
  measured_ = true;
  window_ = std::max(1.0, window_ / 2);
  return true;
}

void Pacer::hold_until(Clock::time_point when) {
  gate_ = std::max(gate_, when);
}

}  // namespace dew::teacher
