// Rules in people's units, turned into the device's.
#include "cascade/trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dew::cascade {
namespace {

constexpr double kMsASecond = 1000;
constexpr double kLongest = 86'400;  ///< seconds; far below where the device's clock wraps around
constexpr int kMostFrames = 32;      ///< the bits of the device's memory of frames

}  // namespace

dew_trigger_rule on_the_device(const Rule& rule) {
  return {score_step(rule.on),
          score_step(rule.off),
          static_cast<uint8_t>(rule.n),
          static_cast<uint8_t>(rule.m),
          static_cast<uint32_t>(std::lround(rule.rest * kMsASecond)),
          static_cast<uint32_t>(std::lround(rule.quiet * kMsASecond))};
}

Result<void> check_rule(const Rule& rule) {
  const auto wrong = [&](const std::string& what) {
    return usage_error(fmt::format("the rule for {}: {}", printable(rule.event_class), what));
  };
  if (!(rule.on > 0 && rule.on <= 1)) return wrong("\"on\" is a score above 0, at most 1");
  if (!(rule.off >= 0 && rule.off <= rule.on)) return wrong("\"off\" is a score from 0 to \"on\"");
  if (rule.m < 1 || rule.m > kMostFrames) return wrong(fmt::format("m is 1 to {} frames", kMostFrames));
  if (rule.n < 1 || rule.n > rule.m) return wrong("n is 1 to m frames");
  if (!(rule.rest >= 0 && rule.rest <= kLongest)) return wrong("the rest is 0 to 86400 seconds");
  if (!(rule.quiet >= 0 && rule.quiet <= kLongest)) return wrong("\"quiet\" is 0 to 86400 seconds");
  return {};
}

uint8_t score_step(double score) {
  constexpr double kSteps = 255;
  return static_cast<uint8_t>(std::lround(std::clamp(score, 0.0, 1.0) * kSteps));
}

Temper::Temper(double temperature) : changes_(temperature != 1) {
  for (size_t i = 0; i < powers_.size(); ++i)
    powers_[i] =
        static_cast<uint16_t>(std::lround(65535 * std::pow(static_cast<double>(i) / 255, 1 / temperature)));
}

void Temper::apply(std::vector<uint8_t>& scores) const {
  if (changes_) dew_trigger_temper(powers_.data(), scores.data(), static_cast<uint32_t>(scores.size()));
}

Trigger::Trigger(const Rule& rule) : rule_(on_the_device(rule)) {}

Change Trigger::push(uint8_t score, double seconds) {
  // As on the device: milliseconds in 32 bits.
  const auto now =
      static_cast<uint32_t>(static_cast<uint64_t>(std::llround(std::max(seconds, 0.0) * kMsASecond)));
  switch (dew_trigger_push(&rule_, &state_, score, now)) {
    case DEW_TRIGGER_BEGINS:
      return Change::kBegins;
    case DEW_TRIGGER_ENDS:
      return Change::kEnds;
    default:
      return Change::kNothing;
  }
}

}  // namespace dew::cascade
