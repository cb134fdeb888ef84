// quota: what a refusal says about limits: used up, too much for one request, or wait so long. Pure.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::teacher {

/// Nothing will be answered before the account changes or the day ends.
struct UsedUp {
  std::string what;    ///< "the account has no credit left (insufficient_quota)"
  bool daily = false;  ///< what is used up begins anew
};

/// Absent: it is not that. The codes of OpenAI, Anthropic, OpenRouter; Gemini's QuotaFailure where it names a
/// quota per day (google.rpc, error_details.proto); a limit per day that only the words tell, unless they
/// say that waiting for a minute helps.
std::optional<UsedUp> used_up(int status, std::string_view body);

/// When a limit begins anew, by X-RateLimit-Reset (seconds or milliseconds since 1970) among `headers`, whose
/// names are in lower case, or among those that OpenRouter puts into the body.
std::optional<Clock::utc_point> reset_at(const std::map<std::string, std::string>& headers,
                                         std::string_view body);

/// "7m12s" of "Please try again in 7m12s." (OpenAI, Groq).
std::optional<std::chrono::milliseconds> try_again_in(std::string_view body);

/// One request is larger than the limit on tokens a minute: waiting does not help, others may pass.
bool too_large_for_limit(std::string_view body);

/// Gemini's RetryInfo: {"retryDelay": "37s"} in the error's details.
std::optional<std::chrono::milliseconds> retry_delay(std::string_view body);

}  // namespace dew::teacher
