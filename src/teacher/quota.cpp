// Reads the error objects of OpenAI, OpenRouter, Anthropic and Google.
#include "teacher/quota.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "teacher/pacer.h"
#include "teacher/reply_json.h"
#include "teacher/server_words.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr double kDay = 86'400;  ///< seconds

/// The "error" of a reply; Google's compatible endpoint puts it into a list.
Json error_in(std::string_view body) {
  const Json json = parse_json(body);
  return member(json.is_array() && !json.empty() ? json[0] : json, "error");
}

milliseconds milliseconds_of(double seconds) {
  return milliseconds(static_cast<int64_t>(std::min(seconds, kDay) * 1000));
}

/// Calls `see` for each of Google's details until it gives true.
bool any_detail(const Json& error, const std::function<bool(const Json&)>& see) {
  const Json& details = member(error, "details");
  return details.is_array() && std::any_of(details.begin(), details.end(), see);
}

bool is_daily(const Json& detail) {
  const Json& violations = member(detail, "violations");
  return violations.is_array() &&
         std::any_of(violations.begin(), violations.end(), [](const Json& violation) {
           const std::string quota =
               text_of(member(violation, "quotaId")) + text_of(member(violation, "quotaMetric"));
           return quota.find("PerDay") != std::string::npos || quota.find("per_day") != std::string::npos;
         });
}

/// "Rate limit exceeded: free-models-per-day" (OpenRouter), "requests per day (RPD): Limit 200" (OpenAI),
/// "Quota exceeded: ... per day" (Gemini).
bool says_daily(const std::string& words) {
  return says_any(words, {"per day", "per-day", "per_day", "perday", "daily"}) &&
         !says_any(words, {"per min", "per-min", "per_min", "perminute"});
}

}  // namespace

std::optional<UsedUp> used_up(int status, std::string_view body) {
  constexpr milliseconds kSoon{60'000};
  if (status < 400 || status >= 500) return std::nullopt;
  const Json error = error_in(body);
  const std::string code = text_of(member(error, "code"));
  const std::string type = text_of(member(error, "type"));
  for (const char* known : {"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"})
    if (code == known || type == known)
      return UsedUp{"the account has no credit left (" + std::string(known) + ")"};
  const std::string words = lower(text_of(member(error, "message")));
  if (words.find("credit balance is too low") != std::string::npos)
    return UsedUp{"the account has no credit left (credit balance is too low)"};
  const bool daily =
      status == 429 && says_daily(lower(complaint(body))) && try_again_in(body).value_or(2 * kSoon) > kSoon;
  if (daily || any_detail(error, is_daily)) return UsedUp{"the quota of the day is used up", true};
  return std::nullopt;
}

std::optional<Clock::utc_point> reset_at(const std::map<std::string, std::string>& headers,
                                         std::string_view body) {
  constexpr int64_t kYear2001 = 1'000'000'000;
  constexpr int64_t kYear2100 = 4'102'444'800;
  const auto told = headers.find("x-ratelimit-reset");
  const std::string text =
      told != headers.end()
          ? told->second
          : text_of(member(member(member(error_in(body), "metadata"), "headers"), "X-RateLimit-Reset"));
  int64_t since = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), since);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (since > kYear2100) since /= 1000;
  if (since < kYear2001 || since > kYear2100) return std::nullopt;
  return Clock::utc_point(std::chrono::seconds(since));
}

std::optional<milliseconds> try_again_in(std::string_view body) {
  constexpr std::string_view kBefore = "try again in ";
  const std::string words = lower(complaint(body));
  const size_t at = words.find(kBefore);
  if (at == std::string::npos) return std::nullopt;
  std::string_view span = std::string_view(words).substr(at + kBefore.size());
  span = span.substr(0, span.find_first_not_of("0123456789.hms"));
  while (span.ends_with('.')) span.remove_suffix(1);
  const auto seconds = parse_span(span);
  return seconds ? std::optional(milliseconds_of(*seconds)) : std::nullopt;
}

bool too_large_for_limit(std::string_view body) {
  const std::string words = lower(text_of(member(error_in(body), "message")));
  return words.find("request too large") != std::string::npos ||
         words.find("tokens must be reduced") != std::string::npos;
}

std::optional<milliseconds> retry_delay(std::string_view body) {
  std::optional<milliseconds> delay;
  any_detail(error_in(body), [&](const Json& detail) {
    const auto seconds = parse_span(text_of(member(detail, "retryDelay")));
    if (seconds) delay = milliseconds_of(*seconds);
    return delay.has_value();
  });
  return delay;
}

}  // namespace dew::teacher
