// Quotas as servers word them: their error objects, word for word.
#include "teacher/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::teacher {
namespace {

MATCHER_P(Says, words, "") {
  return arg.what.find(words) != std::string::npos;
}

using std::chrono::milliseconds;
using ::testing::Optional;

/// Gemini's endpoint for OpenAI's clients puts the error into a list.
std::string gemini(const std::string& quota_id, const std::string& retry_delay) {
  return R"([{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.",)"
         R"("status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure",)"
         R"("violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests",)"
         R"("quotaId":")" +
         quota_id +
         R"(","quotaDimensions":{"location":"global","model":"gemini-2.5-flash"},"quotaValue":"250"}]},)"
         R"({"@type":"type.googleapis.com/google.rpc.Help","links":[]},)"
         R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" +
         retry_delay + R"("}]}}])";
}

TEST(Quota, WhatNoWaitingBringsBackIsUsedUp) {
  for (const auto& [status, code] :
       {std::pair(429, "insufficient_quota"), std::pair(429, "billing_not_active"),
        std::pair(400, "billing_hard_limit_reached")}) {
    const std::string by_code =
        std::string(R"({"error":{"message":"See billing.","type":"x","code":")") + code + "\"}}";
    EXPECT_THAT(used_up(status, by_code), Optional(Says(code)));
    const std::string by_type = std::string(R"({"error":{"message":"","code":null,"type":")") + code + "\"}}";
    EXPECT_THAT(used_up(status, by_type), Optional(Says(code)));
  }
  EXPECT_THAT(
      used_up(
          400,
          R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}})"),
      Optional(Says("credit")));
  EXPECT_THAT(used_up(429, gemini("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "37s")),
              Optional(Says("quota of the day")));
}

TEST(Quota, WhatPassesIsNot) {
  EXPECT_FALSE(used_up(429, gemini("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "37s")));
  EXPECT_FALSE(used_up(429, R"({"error":{"code":"rate_limit_exceeded","message":"Rate limit reached"}})"));
  EXPECT_FALSE(used_up(500, R"({"error":{"code":"insufficient_quota"}})"));
  EXPECT_FALSE(used_up(429, R"({"error":{"message":"Rate limit exceeded: free-models-per-min. "}})"));
  EXPECT_FALSE(used_up(
      429, R"({"error":{"message":"Limit reached on requests per day (RPD). Please try again in 8.64s."}})"))
      << "waiting helps";
  for (const char* body :
       {"", "[]", "{", "[1]", R"({"error":[]})", R"({"error":{"details":[1,{"violations":[1]}]}})"}) {
    EXPECT_FALSE(used_up(429, body)) << body;
    EXPECT_EQ(retry_delay(body), std::nullopt) << body;
    EXPECT_FALSE(too_large_for_limit(body)) << body;
  }
}

TEST(Quota, AResetIsAMomentInEitherUnit) {
  const Clock::utc_point moment{std::chrono::seconds(1'795'824'000)};
  EXPECT_EQ(reset_at({{"x-ratelimit-reset", "1795824000000"}}, ""), moment);
  EXPECT_EQ(reset_at({{"x-ratelimit-reset", "1795824000"}}, ""), moment);
  for (const char* other : {"", "60", "-1", "soon", "1795824000.5", "99999999999999999999999"})
    EXPECT_FALSE(reset_at({{"x-ratelimit-reset", other}}, "")) << other;
  EXPECT_EQ(try_again_in(R"({"error":{"message":"Please try again in 7m12s. Visit"}})"),
            milliseconds(432'000));
  EXPECT_EQ(try_again_in(R"({"error":{"message":"Please try again in 120ms."}})"), milliseconds(120));
  EXPECT_FALSE(try_again_in(R"({"error":{"message":"Please try again in a while."}})"));
}

TEST(Quota, GoogleSaysHowLongToWait) {
  EXPECT_EQ(retry_delay(gemini("PerMinute", "37s")), milliseconds(37'000));
  EXPECT_EQ(retry_delay(gemini("PerMinute", "1.5s")), milliseconds(1500));
  EXPECT_EQ(retry_delay(gemini("PerMinute", "soon")), std::nullopt);
  EXPECT_EQ(retry_delay(gemini("PerMinute", "1e300s")), std::nullopt);
  EXPECT_EQ(retry_delay(gemini("PerMinute", "999999999999999999999s")), milliseconds(86'400'000));
}

TEST(Quota, ARequestThatIsLargerThanTheLimitIsToldFromManyRequests) {
  EXPECT_TRUE(too_large_for_limit(
      R"({"error":{"message":"Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 43012. The input or output tokens must be reduced in order to run successfully.","type":"tokens","param":null,"code":"rate_limit_exceeded"}})"));
  EXPECT_FALSE(too_large_for_limit(
      R"({"error":{"message":"Rate limit reached for gpt-4o on requests per min (RPM): Limit 500, Used 500. Please try again in 120ms.","type":"requests","code":"rate_limit_exceeded"}})"));
}

}  // namespace
}  // namespace dew::teacher
