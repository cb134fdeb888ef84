#include "cascade/ask_line.h"

#include <algorithm>

namespace dew::cascade {
namespace {

constexpr int kTogether = 2;  ///< useless replies in a row before another question is tried
constexpr int kMostUseless = 40;
constexpr int kMostFinal = 4;

}  // namespace

std::optional<EventQuestion> AskLine::next_of(const std::vector<EventQuestion>& waiting) {
  if (waiting.empty()) return std::nullopt;
  for (const EventQuestion& one : waiting)
    if (const auto at = bad_.find(one.id); at == bad_.end() || !at->second.aside) return one;
  for (auto& [id, bad] : bad_) bad.aside = false;
  return waiting.front();
}

bool AskLine::answered(int64_t question) {
  const bool back = row_ > 0;
  row_ = 0;
  proven_ = true;
  why_.clear();
  bad_.erase(question);
  for (auto& [id, bad] : bad_)
    if (std::exchange(bad.aside, false)) bad.last_chance = true;
  return back;
}

void AskLine::failed(std::string why, std::optional<std::chrono::milliseconds> asked, Clock::time_point now) {
  ++row_;
  auto wait = pause_after(backoff_, row_, chance_(), asked);
  if (asked) wait = std::max(wait, *asked);  // a server's own pause is kept in full
  hold_until(now + wait, std::move(why));
}

bool AskLine::useless(int64_t question, bool final, std::string why, Clock::time_point now) {
  const bool was_well = proven_ && row_ == 0;
  failed(std::move(why), std::nullopt, now);
  Bad& bad = bad_[question];
  ++bad.times;
  if (bad.last_chance || (final && was_well) || bad.times >= (final ? kMostFinal : kMostUseless)) {
    bad_.erase(question);
    return true;
  }
  if (final || bad.times % kTogether == 0) bad.aside = true;
  return false;
}

}  // namespace dew::cascade
