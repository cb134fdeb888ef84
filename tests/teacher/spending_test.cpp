// What the asking costs: for answers kept and not kept, whatever ends it.
#include "teacher/spending.h"

#include "tests/teacher/loop.h"

namespace dew::teacher {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SpendingTest : public LoopTest {
 protected:
  SpendingTest() {
    price_ = Price{2.5, 10, 1, {}, {}, {}};
    options_.concurrency = 8;
    heard_.transport = &transport_;
    watch_ = &heard_;
  }
  /// What the server counts: 1000 and up, and 20, no two alike.
  Scripted count(milliseconds after = milliseconds(10)) {
    const int64_t in = 1000 + server_requests_++;
    server_in_ += in;
    server_out_ += reply_tokens_;
    return dew::testing::billed(in, reply_tokens_, after);
  }
  void expect_billed_to_the_token() {
    EXPECT_EQ(tokens_in_, server_in_);
    EXPECT_EQ(tokens_out_, server_out_);
    EXPECT_NEAR(usd_, price_->of(server_in_, server_out_), 1e-9);
  }
  LoopWatch heard_;
  int64_t reply_tokens_ = 20;
  int64_t server_requests_ = 0;
  int64_t server_in_ = 0;
  int64_t server_out_ = 0;
};

TEST_F(SpendingTest, AnInterruptWaitsForWhatIsInFlightAndKeepsIt) {
  heard_.stop = Clock::time_point(std::chrono::hours(1)) + seconds(10);
  const auto asked = ask(1000, [&](size_t, const HttpRequest&) { return count(seconds(3)); });
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().what, "interrupted");
  expect_billed_to_the_token();
  EXPECT_EQ(replies_.size(), transport_->started().size()) << "each that was sent is answered and kept";
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_LT(passed(), seconds(14));
  for (const auto& one : transport_->started()) EXPECT_LT(one.at, heard_.stop) << "nothing new is sent";
  EXPECT_THAT(heard_.notes, Contains(HasSubstr("answers are on their way")));
}

TEST_F(SpendingTest, WhatDoesNotComeBackInTimeIsBilledByTheForecast) {
  heard_.stop = Clock::time_point(std::chrono::hours(1)) + seconds(10);
  reply_tokens_ = 26;  // as long as the first forecast takes them to be, so that later ones say the same
  // The first eight are answered, all later ones hang.
  const auto asked = ask(1000, [&](size_t n, const HttpRequest&) {
    return n < 8 ? count(seconds(1)) : trouble(Delivery::kTimeout, seconds(10'000));
  });
  ASSERT_FALSE(asked);
  EXPECT_GE(passed(), seconds(40)) << "30 s after the interrupt";
  EXPECT_LT(passed(), seconds(41));
  EXPECT_EQ(replies_.size(), 8U);
  const auto lost = static_cast<int64_t>(transport_->started().size()) - 8;
  ASSERT_GT(lost, 0);
  const Cost forecast = teacher_->forecast({2, 2}, {});
  EXPECT_EQ(tokens_in_, server_in_ + lost * forecast.tokens_in);
  EXPECT_EQ(tokens_out_, server_out_ + lost * forecast.tokens_out);
  EXPECT_THAT(heard_.warned,
              ElementsAre(HasSubstr(std::to_string(lost) + " requests were sent and got no reply")));
  EXPECT_EQ(transport_->in_flight(), 0U);
}

TEST_F(SpendingTest, AnErrorThatEndsTheRunLosesNoAnswerThatComesWithIt) {
  const auto asked = ask(1000, [&](size_t n, const HttpRequest&) {
    return n == 20 ? status(401) : count(milliseconds(n % 2 == 0 ? 10 : 500));
  });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("OPENAI_API_KEY"));
  expect_billed_to_the_token();
  EXPECT_EQ(replies_.size(), transport_->started().size() - 1);
}

TEST_F(SpendingTest, TriesWithoutAnAnswerAreBilledWhenTheRunEndsBeforeTheirSample) {
  // Paid for and useless, then the server goes away.
  options_.temperature = 0.7;
  const auto asked = ask(1000, [&](size_t n, const HttpRequest&) {
    if (n >= 10) return status(502, "bad gateway");
    Scripted useless = count();
    nlohmann::json reply = nlohmann::json::parse(useless.reply.body);
    if (n % 2 == 1) reply["choices"][0]["message"]["content"] = "Well, who knows.";
    useless.reply.body = reply.dump();
    return useless;
  });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("the server is down"));
  expect_billed_to_the_token();
}

TEST_F(SpendingTest, TimeoutsAndBrokenConnectionsArePaidForOnceTheRequestHasLeft) {
  options_.concurrency = 1;
  const auto script = [&](bool sent) {
    return [&, sent](size_t n, const HttpRequest&) {
      if (n > 0) return count();
      Scripted broken = trouble(Delivery::kBroken);
      broken.reply.sent = sent;
      return broken;
    };
  };
  ASSERT_TRUE(ask(1, script(false)));
  expect_billed_to_the_token();
  taken_ = 0;
  ASSERT_TRUE(ask(1, script(true)));
  const Cost forecast = teacher_->forecast({2, 2}, {});
  EXPECT_EQ(tokens_in_, server_in_ + forecast.tokens_in);
  EXPECT_EQ(replies_.back().answer->tokens_in, forecast.tokens_in + replies_.back().spent.tokens_in)
      << "the sample's own share";
}

TEST_F(SpendingTest, ATryWithoutAnAnswerIsInTheBillBeforeTheNextOneIsSent) {
  options_.concurrency = 1;
  options_.temperature = 0.7;
  std::vector<int64_t> billed_at_request;
  ASSERT_TRUE(ask(1, [&](size_t n, const HttpRequest&) {
    billed_at_request.push_back(tokens_in_);
    if (n == 2) return count();
    Scripted useless = count();
    nlohmann::json reply = nlohmann::json::parse(useless.reply.body);
    reply["choices"][0]["message"]["content"] = "Well, who knows.";
    useless.reply.body = reply.dump();
    return useless;
  }));
  EXPECT_THAT(billed_at_request, ElementsAre(0, 1000, 2001)) << "a kill in between would lose it";
  expect_billed_to_the_token();
  ASSERT_EQ(replies_.size(), 1U);
  EXPECT_EQ(replies_[0].answer->tokens_in, 3003) << "the answer has cost all three";
}

TEST_F(SpendingTest, TheEstimatedPartIsTold) {
  options_.concurrency = 1;
  ASSERT_TRUE(ask(2, [&](size_t n, const HttpRequest&) {
    return n == 1 ? trouble(Delivery::kBroken) : n == 2 ? trouble(Delivery::kTooLong) : count();
  }));
  const Cost forecast = teacher_->forecast({2, 2}, {});
  EXPECT_EQ(tokens_in_, server_in_ + 2 * forecast.tokens_in);
  EXPECT_EQ(estimated_in_, 2 * forecast.tokens_in);
  EXPECT_NEAR(estimated_usd_, usd_ - price_->of(server_in_, server_out_), 1e-9);
  EXPECT_THAT(heard_.warned,
              ElementsAre(AllOf(HasSubstr("1 request was sent and got no reply, and 1 reply was "
                                          "too long to be read"))));
}

TEST_F(SpendingTest, WhatServersFailAtOrRefuseCostsNothing) {
  options_.concurrency = 1;
  ASSERT_TRUE(ask(1, [&](size_t n, const HttpRequest&) {
    return n == 0 ? status(500) : n == 1 ? status(429) : count();
  }));
  expect_billed_to_the_token();
}

TEST_F(SpendingTest, ABudgetHoldsOverSeveralAsksAndItsEndBillsAll) {
  options_.budget_usd = 0.05;
  const auto first = ask(1000, [&](size_t, const HttpRequest&) { return count(milliseconds(100)); });
  ASSERT_FALSE(first);
  EXPECT_THAT(first.error().what, HasSubstr("budget of $0.05"));
  expect_billed_to_the_token();
  EXPECT_LE(usd_, 0.05);
  EXPECT_GT(usd_, 0.04);
  // The same teacher, as it asks again for what others had left.
  bool more = true;
  const auto again = teacher_->ask(
      [&]() -> std::optional<Question> {
        if (!std::exchange(more, false)) return std::nullopt;
        return Question{1, "again", picture_};
      },
      [](const std::vector<Reply>&) { return Result<void>{}; }, plain_watch_);
  ASSERT_FALSE(again);
  EXPECT_EQ(server_requests_, static_cast<int64_t>(transport_->started().size()));
  expect_billed_to_the_token();
}

TEST_F(SpendingTest, ANonsensicalUsageOverflowsNothing) {
  options_.temperature = 0.7;
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  ASSERT_TRUE(ask(3, [&](size_t n, const HttpRequest&) {
    Scripted scripted = dew::testing::billed(kHuge, kHuge);
    if (n % 2 == 0) {
      nlohmann::json reply = nlohmann::json::parse(scripted.reply.body);
      reply["choices"][0]["message"]["content"] = "Well.";
      scripted.reply.body = reply.dump();
    }
    return scripted;
  }));
  EXPECT_GT(tokens_in_, 0);
  for (const Reply& reply : replies_) {
    EXPECT_GT(reply.spent.tokens_in, 0);
    EXPECT_GT(reply.spent.tokens_out, 0);
  }
}

}  // namespace
}  // namespace dew::teacher
