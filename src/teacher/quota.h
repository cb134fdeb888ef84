// quota: what a refusal says about limits: used up, too much for one request, or wait so long. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dew::teacher {

/// Nothing will be answered before the account changes or the day ends: what is used up, "the account has no
/// credit left (insufficient_quota)". Absent: it is not that. The codes of OpenAI, Anthropic, OpenRouter;
/// Gemini's QuotaFailure where it names a quota per day (google.rpc, error_details.proto).
std::optional<std::string> used_up(int status, std::string_view body);

/// One request is larger than the limit on tokens a minute: waiting does not help, others may pass.
bool too_large_for_limit(std::string_view body);

/// Gemini's RetryInfo: {"retryDelay": "37s"} in the error's details.
std::optional<std::chrono::milliseconds> retry_delay(std::string_view body);

}  // namespace dew::teacher
