// Reads the error objects of OpenAI, OpenRouter, Anthropic and Google.
#include "teacher/quota.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/base.h"
#include "teacher/pacer.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

const Json& member(const Json& json, const char* key) {
  static const Json kNull;
  if (!json.is_object()) return kNull;
  const auto at = json.find(key);
  return at == json.end() ? kNull : *at;
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

/// The "error" of a reply; Google's compatible endpoint puts it into a list.
Json error_in(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  return member(json.is_array() && !json.empty() ? json[0] : json, "error");
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

}  // namespace

std::optional<std::string> used_up(int status, std::string_view body) {
  if (status < 400 || status >= 500) return std::nullopt;
  const Json error = error_in(body);
  const std::string code = text_of(member(error, "code"));
  const std::string type = text_of(member(error, "type"));
  for (const char* known : {"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"})
    if (code == known || type == known) return "the account has no credit left (" + std::string(known) + ")";
  const std::string words = lower(text_of(member(error, "message")));
  if (words.find("credit balance is too low") != std::string::npos)
    return "the account has no credit left (credit balance is too low)";
  if (any_detail(error, is_daily)) return "the quota of the day is used up";
  return std::nullopt;
}

bool too_large_for_limit(std::string_view body) {
  const std::string words = lower(text_of(member(error_in(body), "message")));
  return words.find("request too large") != std::string::npos ||
         words.find("tokens must be reduced") != std::string::npos;
}

std::optional<std::chrono::milliseconds> retry_delay(std::string_view body) {
  std::optional<std::chrono::milliseconds> delay;
  any_detail(error_in(body), [&](const Json& detail) {
    const auto seconds = parse_span(text_of(member(detail, "retryDelay")));
    constexpr double kDay = 86'400;
    if (seconds) delay = std::chrono::milliseconds(static_cast<int64_t>(std::min(*seconds, kDay) * 1000));
    return delay.has_value();
  });
  return delay;
}

}  // namespace dew::teacher
