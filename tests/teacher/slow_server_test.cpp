// Slow servers, servers with limits, and what the user hears meanwhile.
#include "tests/teacher/loop.h"

namespace dew::teacher {
namespace {

using namespace dew::testing;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// Answers one request after the other, and goes on with a picture after the client has hung up, as
/// llama.cpp's server does until its next look.
class OneSlot {
 public:
  OneSlot(FakeTransport* const& transport, seconds each) : transport_(transport), each_(each) {}
  Scripted operator()(const HttpRequest& request) {
    const auto now = transport_->now();
    free_ = std::max(free_, now) + each_;
    const auto after = std::chrono::duration_cast<milliseconds>(free_ - now);
    if (after > request.timeout) return trouble(Delivery::kTimeout, request.timeout);
    Scripted scripted = good();
    scripted.after = after;
    return scripted;
  }

 private:
  FakeTransport* const& transport_;
  seconds each_;
  Clock::time_point free_;
};

class SlowServer : public LoopTest {
 protected:
  SlowServer() {
    const TeacherOptions usual;
    options_.concurrency = usual.concurrency;
    options_.retries = usual.retries;
    watch_ = &heard_;
  }
  LoopWatch heard_;
};

TEST_F(SlowServer, OneSlotOfFifteenSecondsIsKeptBusyAndNothingIsLost) {
  OneSlot server(transport_, seconds(15));
  ASSERT_TRUE(ask(12, [&](size_t, const HttpRequest& request) { return server(request); }));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(replies_.size(), 12U);
  EXPECT_EQ(transport_->started().size(), 12U);
  EXPECT_LE(passed(), seconds(198));
}

TEST_F(SlowServer, SlowerThanTheTimeoutItIsGivenMoreTime) {
  OneSlot server(transport_, seconds(100));
  ASSERT_TRUE(ask(12, [&](size_t, const HttpRequest& request) { return server(request); }));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(replies_.size(), 12U);
  EXPECT_LE(transport_->started().size(), 18U) << "a few to find out";
  EXPECT_THAT(heard_.notes, Contains(HasSubstr("no answer within 60 s")));
}

TEST_F(SlowServer, ManySlotsAreFoundOutAndUsed) {
  ASSERT_TRUE(ask(400, [&](size_t, const HttpRequest&) {
    Scripted scripted = good();
    scripted.after = seconds(20);
    return scripted;
  }));
  EXPECT_EQ(transport_->most_in_flight(), 8U);
  EXPECT_LE(passed(), seconds(400 / 8 * 20 * 12 / 10));
}

TEST_F(SlowServer, OneThatNeverAnswersEndsTheRunWithWords) {
  const auto asked = ask(
      400, [](size_t, const HttpRequest& request) { return trouble(Delivery::kTimeout, request.timeout); });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("no answer within 240 s"));
  EXPECT_THAT(asked.error().next, HasSubstr("--timeout"));
  EXPECT_THAT(failures(), ElementsAre()) << "no picture is given up for it";
  EXPECT_LE(transport_->started().size(), 8U);
  EXPECT_LE(passed(), std::chrono::minutes(10));
}

TEST_F(SlowServer, APictureThatHangsAloneFailsAlone) {
  const auto grey = [](uint8_t value) { return Image{2, 2, std::vector<uint8_t>(12, value)}; };
  picture_ = [&]() -> Result<Image> { return grey(taken_ == 3 ? 250 : 90); };
  const std::string bad = base64(encode_jpeg(grey(250), 90));
  ASSERT_TRUE(ask(100, [&](size_t, const HttpRequest& request) {
    if (request.body.find(bad) != std::string::npos) return trouble(Delivery::kTimeout, request.timeout);
    return good();
  }));
  EXPECT_THAT(failures(), ElementsAre(StartsWith("s3: no answer in time")));
  EXPECT_EQ(replies_.size(), 100U);
}

constexpr const char* kRequestTooLarge =
    R"({"error":{"message":"Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, )"
    R"(Requested 43012. The input or output tokens must be reduced in order to run successfully.","type":"tokens",)"
    R"("param":null,"code":"rate_limit_exceeded"}})";

TEST_F(SlowServer, APictureThatIsAlwaysRefusedHoldsNobodyUp) {
  const auto run = [&](const std::optional<Scripted>& refusal) {
    taken_ = 0;
    replies_.clear();
    const auto grey = [](uint8_t value) { return Image{2, 2, std::vector<uint8_t>(12, value)}; };
    picture_ = [=, this]() -> Result<Image> { return grey(taken_ == 1 ? 250 : 90); };
    const std::string bad = base64(encode_jpeg(grey(250), 90));
    EXPECT_TRUE(ask(400, [=](size_t, const HttpRequest& request) {
      if (refusal && request.body.find(bad) != std::string::npos) return *refusal;
      Scripted scripted = good();
      scripted.after = seconds(1);
      return scripted;
    }));
    return passed();
  };
  const auto usual = run(std::nullopt);
  EXPECT_LE(run(status(429, kRequestTooLarge)), usual * 12 / 10);
  EXPECT_THAT(failures(),
              ElementsAre(StartsWith("s1: the server asks to slow down (429): Request too large")));
  EXPECT_EQ(transport_->started().size(), 401U);
  // The same in words that nobody knows: the others are not held up, and it is tried for a while at the end.
  const auto unknown = run(status(429, R"({"error":"no"})"));
  EXPECT_THAT(failures(), ElementsAre(StartsWith("s1: ")));
  EXPECT_EQ(replies_.back().name, "s1");
  EXPECT_LE(unknown, usual * 12 / 10 + seconds(120));
}

TEST_F(SlowServer, WhatItWaitsForIsTold) {
  ASSERT_TRUE(ask(12, [](size_t n, const HttpRequest&) {
    return n == 0 ? status(429, R"({"error":{"message":"Rate limit reached"}})", "40") : good();
  }));
  EXPECT_THAT(heard_.notes,
              Contains(HasSubstr("the server asks to slow down (429): Rate limit reached: waiting 40 s")));
  EXPECT_THAT(heard_.notes, Contains(HasSubstr("waiting 20 s")));
  EXPECT_LE(passed(), seconds(42));
}

TEST_F(SlowServer, AShortWaitIsNotToldOf) {
  ASSERT_TRUE(ask(12, [](size_t n, const HttpRequest&) { return n == 0 ? status(429, "{}", "2") : good(); }));
  EXPECT_THAT(heard_.notes, IsEmpty());
}

TEST_F(SlowServer, GooglesDelayIsWaitedFor) {
  ASSERT_TRUE(ask(2, [](size_t n, const HttpRequest&) {
    return n == 0
               ? status(
                     429,
                     R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded",)"
                     R"("details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"37s"}]}}])")
               : good();
  }));
  EXPECT_GE(passed(), seconds(37));
  EXPECT_LE(passed(), seconds(39));
}

TEST_F(SlowServer, AUsedUpQuotaEndsTheRunAtOnce) {
  for (
      const auto& [code, text] :
      {std::pair(429, R"({"error":{"code":"billing_not_active","message":"Check your billing."}})"),
       std::pair(400, R"({"error":{"code":"billing_hard_limit_reached","message":"Limit."}})"),
       std::pair(402, R"({"error":{"code":402,"message":"Insufficient credits."}})"),
       std::pair(
           429,
           R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"retryDelay":"37s"}]}}])")}) {
    taken_ = 0;
    const auto asked = ask(12, [&, c = code, t = text](size_t, const HttpRequest&) { return status(c, t); });
    ASSERT_FALSE(asked) << text;
    EXPECT_LE(transport_->started().size(), 2U) << text;
    EXPECT_LE(passed(), seconds(1)) << text;
    EXPECT_THAT(asked.error().next, HasSubstr("continues where it stopped"));
  }
}

}  // namespace
}  // namespace dew::teacher
