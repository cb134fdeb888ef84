// The asking loop: what is sent, tried again, adapted, given up, and what ends it.
#include "tests/support/fake_clock.h"
#include "tests/teacher/loop.h"

namespace dew::teacher {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

TEST_F(LoopTest, AnswersCarryWhatWasAskedAndWhatCameBack) {
  ASSERT_TRUE(ask(2, [](size_t, const HttpRequest&) { return good(); }));
  ASSERT_EQ(replies_.size(), 2U);
  const Answer& answer = *replies_[1].answer;
  EXPECT_EQ(replies_[1].name, "s2");
  EXPECT_EQ(answer.sample, 2);
  EXPECT_EQ(answer.teacher, "openai");
  EXPECT_EQ(answer.model, teacher_->model());
  EXPECT_EQ(answer.prompt_hash, teacher_->prompt_hash());
  EXPECT_EQ(answer.raw, good().reply.body);
  EXPECT_EQ(answer.answer_class, "yes");
  EXPECT_EQ(answer.reason, "Ja.");
  EXPECT_FALSE(answer.at.empty());
  EXPECT_THAT(transport_->started()[0].request.headers,
              ElementsAre("Content-Type: application/json", std::string("Authorization: Bearer ") + kKey));
}

TEST_F(LoopTest, ATeacherByItsSpecAsksThroughTheTransportOfTheOptions) {
  options_.transport = []() -> Result<std::unique_ptr<Transport>> {
    return std::make_unique<FakeTransport>([](size_t, const HttpRequest& request) {
      EXPECT_EQ(request.url, "http://127.0.0.1:1/v1/chat/completions");
      return good();
    });
  };
  const auto teacher = make_teacher("http://127.0.0.1:1/v1#m", {"Is it?", {"yes", "no"}, ""}, options_);
  ASSERT_TRUE(teacher) << teacher.error().what;
  std::optional<Question> next = Question{1, "s1", picture_};
  ASSERT_TRUE((*teacher)->ask([&] { return std::exchange(next, std::nullopt); },
                              [&](std::vector<Reply> replies) -> Result<void> {
                                for (Reply& reply : replies) replies_.push_back(std::move(reply));
                                return {};
                              },
                              plain_watch_));
  ASSERT_EQ(replies_.size(), 1U);
  EXPECT_EQ(replies_[0].answer->answer_class, "yes");
  options_.transport = []() -> Result<std::unique_ptr<Transport>> { return work_error("no network"); };
  EXPECT_EQ(make_teacher("http://127.0.0.1:1/v1#m", {"Is it?", {"yes", "no"}, ""}, options_).error().what,
            "no network");
}

TEST_F(LoopTest, BacksOffAndDoubles) {
  ASSERT_TRUE(ask(1, [](size_t n, const HttpRequest&) { return n < 2 ? status(500) : good(); }));
  EXPECT_TRUE(replies_[0].answer);
  EXPECT_THAT(transport_->waited(1).count(), AllOf(Ge(10 + 250), Le(10 + 500)));
  EXPECT_THAT((transport_->waited(2) - transport_->waited(1)).count(), AllOf(Ge(10 + 500), Le(10 + 1000)));
}

TEST_F(LoopTest, RetryAfterHoldsEverybody) {
  options_.concurrency = 4;
  // The first asks to slow down; the other one is in flight already and fails as well.
  ASSERT_TRUE(ask(8, [](size_t n, const HttpRequest&) { return n < 2 ? status(429, "{}", "30") : good(); }));
  EXPECT_THAT(failures(), ElementsAre());
  ASSERT_EQ(transport_->started().size(), 10U);
  EXPECT_EQ(transport_->waited(1), milliseconds(0));
  for (size_t n = 2; n < 10; ++n) EXPECT_GE(transport_->waited(n), milliseconds(30'000)) << n;
}

TEST_F(LoopTest, PausesTakeTheirJitterFromTheOptions) {
  options_.chance = [] { return 0.0; };
  const auto twice = [](size_t n, const HttpRequest&) { return n < 2 ? status(500) : good(); };
  ASSERT_TRUE(ask(1, twice));
  EXPECT_EQ(transport_->waited(2), milliseconds(2 * 10 + 250 + 500));
  taken_ = 0;
  options_.chance = [] { return 1.0; };
  ASSERT_TRUE(ask(1, twice));
  EXPECT_EQ(transport_->waited(2), milliseconds(2 * 10 + 500 + 1000));
}

TEST_F(LoopTest, DatesComeFromTheClockOfTheOptions) {
  dew::testing::FakeClock clock;  // 2026-11-22, 10:00
  options_.clock = &clock;
  ASSERT_TRUE(ask(1, [](size_t n, const HttpRequest&) {
    return n == 0 ? status(429, "{}", "Sun, 22 Nov 2026 10:00:07 GMT") : good();
  }));
  EXPECT_THAT(transport_->waited(1).count(), AllOf(Ge(7'000), Le(7'100)));
  EXPECT_EQ(replies_[0].answer->at, "2026-11-22T10:00:00Z");
}

TEST_F(LoopTest, APauseThatFitsNoNumberIsADay) {
  const auto asked = ask(1, [](size_t, const HttpRequest&) {
    Scripted scripted = status(429);
    scripted.reply.rate = {{"retry-after-ms", std::string(60, '9')}};
    return scripted;
  });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().next, HasSubstr("for 24 h:"));
  EXPECT_EQ(transport_->started().size(), 1U);
}

TEST_F(LoopTest, RetryAfterIsCapped) {
  ASSERT_TRUE(
      ask(1, [](size_t n, const HttpRequest&) { return n == 0 ? status(503, "{}", "86400") : good(); }));
  EXPECT_THAT(transport_->waited(1).count(), AllOf(Ge(60'000), Le(60'100)));
}

TEST_F(LoopTest, ABadAnswerIsAskedAgainThenGivenUpByName) {
  ASSERT_TRUE(
      ask(2, [](size_t n, const HttpRequest&) { return n < 2 ? says(R"({"label":"maybe"})") : good(); }));
  EXPECT_THAT(failures(),
              ElementsAre("s1: answered 'maybe', which is not one of yes, no, unsure (after 2 tries)"));
  EXPECT_EQ(replies_[0].answer.error().where, "s1");
  EXPECT_THAT(replies_[0].answer.error().next, HasSubstr("only what is missing"));
  EXPECT_EQ(transport_->started().size(), 3U);
}

TEST_F(LoopTest, ARefusalIsNotAskedAgain) {
  ASSERT_TRUE(ask(1, [](size_t, const HttpRequest&) {
    Scripted scripted = status(200);
    scripted.reply.body = R"({"choices":[{"message":{"content":null,"refusal":"No."}}]})";
    return scripted;
  }));
  EXPECT_THAT(failures(), ElementsAre("s1: the model refuses: 'No.'"));
  EXPECT_EQ(transport_->started().size(), 1U);
}

TEST_F(LoopTest, HungConnectionsCostNoSample) {
  const auto script = [](size_t n, const HttpRequest& request) {
    return n < 2 ? trouble(Delivery::kTimeout, request.timeout) : good();
  };
  ASSERT_TRUE(ask(3, script));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(replies_.size(), 3U);
}

TEST_F(LoopTest, NobodyThereStopsTheRun) {
  options_.concurrency = 3;
  const auto asked = ask(1000, [](size_t, const HttpRequest&) { return trouble(Delivery::kUnreachable); });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("no server answers"));
  EXPECT_EQ(asked.error().where, "http://127.0.0.1:1/v1/chat/completions");
  EXPECT_THAT(asked.error().next, HasSubstr("check the URL"));
  EXPECT_LE(taken_, 6) << "the other samples are not marked as failed";
  EXPECT_LE(transport_->started().size(), 9U);
  EXPECT_TRUE(replies_.empty());
}

TEST_F(LoopTest, AServerThatGoesAwayStopsTheRunAndTheAnswersStand) {
  const auto asked = ask(
      1000, [](size_t n, const HttpRequest&) { return n < 10 ? good() : trouble(Delivery::kUnreachable); });
  ASSERT_FALSE(asked);
  EXPECT_EQ(replies_.size(), 10U);
  EXPECT_THAT(failures(), ElementsAre());
}

TEST_F(LoopTest, AServerThatComesBackIsForgiven) {
  ASSERT_TRUE(ask(5, [](size_t n, const HttpRequest&) {
    return n == 2 || n == 3 ? trouble(Delivery::kUnreachable) : good();
  }));
  EXPECT_THAT(failures(), ElementsAre());
}

TEST_F(LoopTest, NeverMoreInHandThanAsked) {
  options_.concurrency = 3;
  int pictures = 0;
  size_t most = 0;
  picture_ = [&]() -> Result<Image> {
    ++pictures;
    most = std::max(most, static_cast<size_t>(pictures) - replies_.size());
    return Image{2, 2, std::vector<uint8_t>(12, 90)};
  };
  ASSERT_TRUE(ask(50, [](size_t n, const HttpRequest&) {
    return says(R"({"label":"no"})", milliseconds(5 + (n * 37) % 50));
  }));
  EXPECT_EQ(transport_->most_in_flight(), 3U);
  EXPECT_LE(most, 6U) << "three are asked, three are ready";
  EXPECT_EQ(replies_.size(), 50U);
}

TEST_F(LoopTest, AServerWithoutSchemasIsAskedInWordsFromThenOn) {
  class Ears : public Watch {
   public:
    void warn(const std::string& message) override { heard.push_back(message); }
    std::vector<std::string> heard;
  };
  Ears ears;
  watch_ = &ears;
  options_.concurrency = 2;
  options_.retries = 0;  // learning what the server knows is no failed try
  ASSERT_TRUE(ask(6, [](size_t, const HttpRequest& request) {
    if (request.body.find("response_format") != std::string::npos)
      return status(400, R"({"error":{"message":"no","param":"response_format"}})");
    if (request.body.find("temperature") != std::string::npos)
      return status(400, R"({"error":{"message":"no","param":"temperature"}})");
    return says("```json\n{\"label\": \"No.\"}\n```");
  }));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(replies_.size(), 6U);
  EXPECT_EQ(transport_->started().size(), 12U) << "two in flight learn three things, nobody after them";
  ASSERT_EQ(ears.heard.size(), 2U);
  EXPECT_THAT(ears.heard[0], HasSubstr("asking for a JSON object"));
  EXPECT_THAT(ears.heard[1], HasSubstr("asking for JSON in the prompt"));
}

TEST_F(LoopTest, ARefusalWithoutAReasonIsProbedAndWhatPassesIsRemembered) {
  // Takes neither JSON modes nor a temperature, and does not say so.
  const auto script = [](size_t, const HttpRequest& request) {
    const bool plain = request.body.find("response_format") == std::string::npos &&
                       request.body.find("temperature") == std::string::npos;
    return plain ? says("Yes, there is.") : status(400, R"({"error":{"message":"bad request"}})");
  };
  ASSERT_TRUE(ask(5, script));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(transport_->started().size(), 7U + 5U) << "seven steps down, then five answers";
}

TEST_F(LoopTest, APictureThatIsRefusedInEveryDialectTakesNothingFromTheOthers) {
  // The first picture, told by its grey, is refused however it is asked about; all others are answered.
  const auto grey = [](uint8_t value) { return Image{2, 2, std::vector<uint8_t>(12, value)}; };
  picture_ = [&]() -> Result<Image> { return grey(taken_ == 1 ? 250 : 90); };
  const std::string bad = base64(encode_jpeg(grey(250), 90));
  size_t refused = 0;
  std::vector<std::string> answered;
  ASSERT_TRUE(ask(4, [&](size_t, const HttpRequest& request) {
    if (request.body.find(bad) != std::string::npos) {
      ++refused;
      return status(400, R"({"error":"corrupt image"})");
    }
    answered.push_back(request.body);
    return good();
  }));
  EXPECT_THAT(failures(), ElementsAre("s1: the server said 400: corrupt image"));
  EXPECT_EQ(refused, 9U) << "in the richest dialect and eight plainer ones";
  ASSERT_EQ(answered.size(), 3U);
  for (const std::string& body : answered) {
    EXPECT_THAT(body, HasSubstr("json_schema")) << "the others are asked as before";
    EXPECT_THAT(body, HasSubstr("logprobs"));
  }
}

TEST_F(LoopTest, ProbingForAPlainerDialectEnds) {
  const auto asked =
      ask(40, [](size_t, const HttpRequest&) { return status(400, R"({"error":"corrupt image"})"); });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("the server said 400: corrupt image"));
  EXPECT_EQ(failures().size(), 16U);
  EXPECT_THAT(failures()[0], HasSubstr("s1: the server said 400: corrupt image"));
  EXPECT_EQ(transport_->started().size(), 16U + 2 * 8) << "two pictures in all nine dialects, then no more";
}

TEST_F(LoopTest, AServerThatTurnsTo429AndBackLosesNothingAndRecovers) {
  options_.concurrency = 64;
  std::vector<Clock::time_point> answered;
  const auto begun = Clock::time_point(std::chrono::hours(1));
  ASSERT_TRUE(ask(6000, [&](size_t, const HttpRequest&) {
    const auto at = transport_->now() - begun;
    if (at > std::chrono::seconds(5) && at < std::chrono::seconds(15)) return status(429);
    answered.push_back(transport_->now());
    Scripted scripted = good();
    scripted.after = milliseconds(500);
    return scripted;
  }));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(replies_.size(), 6000U);
  const auto in = [&](int from, int to) {
    return std::count_if(answered.begin(), answered.end(), [&](Clock::time_point at) {
      return at >= begun + std::chrono::seconds(from) && at < begun + std::chrono::seconds(to);
    });
  };
  EXPECT_GE(in(0, 5), 0.95 * 128 * 5);
  EXPECT_GE(in(35, 45), 0.95 * 128 * 10) << "as fast as before";
  EXPECT_LE(transport_->started().size(), 6000U + 300U) << "it did not hammer on";
}

TEST_F(LoopTest, AServerThatIsDownIsNoLongerAsked) {
  options_.concurrency = 8;
  options_.retries = 4;
  class Ears : public Watch {
   public:
    void warn(const std::string& message) override { heard.push_back(message); }
    std::vector<std::string> heard;
  };
  Ears ears;
  watch_ = &ears;
  const auto asked = ask(
      100'000, [](size_t n, const HttpRequest&) { return n < 100 ? good() : status(502, "bad gateway"); });
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().fault, Fault::kWork);
  EXPECT_THAT(asked.error().what, AllOf(HasSubstr("the server is down: "), HasSubstr("502: bad gateway")));
  EXPECT_THAT(asked.error().next, HasSubstr("is kept"));
  EXPECT_EQ(replies_.size(), 100U) << "no sample is given up for it";
  EXPECT_LE(transport_->started().size(), 100U + 20U + 8U + 5U);
  EXPECT_THAT(ears.heard, ElementsAre(HasSubstr("failures in a row")));
}

TEST_F(LoopTest, ARestartOfTheServerLosesNothing) {
  options_.concurrency = 32;
  ASSERT_TRUE(ask(1000, [&](size_t, const HttpRequest&) {
    const auto at = transport_->now() - Clock::time_point(std::chrono::hours(1));
    const bool away = at > milliseconds(100) && at < milliseconds(900);
    return away ? trouble(Delivery::kUnreachable, milliseconds(1)) : good();
  }));
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_EQ(replies_.size(), 1000U);
}

TEST_F(LoopTest, AServerThatOnlyEverAsksToSlowDownEndsTheRun) {
  ASSERT_FALSE(ask(10, [](size_t, const HttpRequest&) { return status(429); }));
  EXPECT_GE(transport_->waited(transport_->started().size() - 1), std::chrono::minutes(9));
  EXPECT_LE(transport_->started().size(), 40U);
  taken_ = 0;
  const auto tomorrow = ask(10, [](size_t, const HttpRequest&) { return status(429, "{}", "7200"); });
  ASSERT_FALSE(tomorrow);
  EXPECT_THAT(tomorrow.error().next, HasSubstr("120 min"));
  EXPECT_EQ(transport_->started().size(), 1U);
}

TEST_F(LoopTest, TheServersLimitIsKeptWithoutBeingToldOff) {
  options_.concurrency = 64;
  double level = 10;  // 600 a minute, bursts of 10
  Clock::time_point last{std::chrono::hours(1)};
  int refused = 0;
  ASSERT_TRUE(ask(300, [&](size_t, const HttpRequest&) {
    level = std::min(10.0, level + 10 * std::chrono::duration<double>(transport_->now() - last).count());
    last = transport_->now();
    if (level < 1) {
      ++refused;
      return status(429);
    }
    level -= 1;
    Scripted scripted = good();
    scripted.reply.rate = {{"x-ratelimit-limit-requests", "10"},
                           {"x-ratelimit-remaining-requests", std::to_string(static_cast<int>(level))},
                           {"x-ratelimit-reset-requests", std::to_string((10 - level) / 10) + "s"}};
    return scripted;
  }));
  EXPECT_EQ(replies_.size(), 300U);
  EXPECT_THAT(failures(), ElementsAre());
  EXPECT_LE(refused, 60) << "the first burst, before anything is known";
  EXPECT_LE(transport_->waited(transport_->started().size() - 1), milliseconds(35'000))
      << "29 s is the least";
}

TEST_F(LoopTest, AWrongKeyStopsTheRun) {
  const auto asked = ask(100, [](size_t n, const HttpRequest&) { return n < 2 ? good() : status(401); });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("OPENAI_API_KEY"));
  EXPECT_EQ(replies_.size(), 2U);
  EXPECT_EQ(transport_->in_flight(), 0U);
}

TEST_F(LoopTest, APictureThatCannotBeReadCostsItsSampleOnly) {
  picture_ = [this]() -> Result<Image> {
    if (taken_ == 2) return work_error("cannot decode", "s2");
    return Image{2, 2, std::vector<uint8_t>(12, 90)};
  };
  ASSERT_TRUE(ask(3, [](size_t, const HttpRequest&) { return good(); }));
  EXPECT_THAT(failures(), ElementsAre("s2: cannot decode"));
  EXPECT_EQ(transport_->started().size(), 2U);
}

TEST_F(LoopTest, AnAnswerThatCannotBeKeptStopsTheRun) {
  options_.concurrency = 4;
  give_ = [this]() -> Result<void> {
    if (replies_.size() == 3) return work_error("the disk is full");
    return {};
  };
  const auto asked = ask(100, [](size_t, const HttpRequest&) { return good(); });
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().what, "the disk is full");
  EXPECT_EQ(transport_->in_flight(), 0U);
  EXPECT_LE(taken_, 11);
}

TEST_F(LoopTest, LooksForAnInterruptAtLeastEveryTenthOfASecond) {
  class Timed : public Watch {
   public:
    [[nodiscard]] bool interrupted() const override {
      const auto now = transport->now();
      longest = std::max(longest, now - last);
      last = now;
      return now >= stop;
    }
    FakeTransport* transport = nullptr;
    Clock::time_point stop = Clock::time_point::max();
    mutable Clock::time_point last;
    mutable Clock::duration longest{};
  };
  // Half of the time in flight, half of it pausing.
  auto transport = std::make_unique<FakeTransport>([](size_t n, const HttpRequest&) {
    return n % 2 == 0 ? status(429, "{}", "2") : trouble(Delivery::kTimeout, milliseconds(1500));
  });
  Timed timed;
  timed.transport = transport_ = transport.get();
  timed.stop = transport->now() + std::chrono::seconds(5);
  timed.last = transport->now();
  Server server;
  server.url = "http://127.0.0.1:1/v1/chat/completions";
  const ChatQuestion question{"Is it?", {"yes", "no"}, "", "m", "auto", 90};
  const auto teacher = make_openai_teacher(server, question, options_, std::move(transport));
  const auto asked = teacher->ask(
      [&] {
        return Question{1, "s", picture_};
      },
      [](const std::vector<Reply>&) { return Result<void>{}; }, timed);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().what, "interrupted");
  EXPECT_LE(timed.longest, milliseconds(100));
  EXPECT_EQ(transport_->in_flight(), 0U);
}

TEST_F(LoopTest, TheKeyIsNotRepeatedWhateverTheServerRepeats) {
  options_.retries = 0;
  const std::string key = kKey;
  ASSERT_TRUE(ask(4, [&](size_t n, const HttpRequest&) {
    switch (n) {
      case 0:
        return says(R"({"label":"yes","reason":"You sent )" + key + "\"}");
      case 1:
        return says(R"({"label":"yes","reason":"You sent \u0073k-test-0123456789abcdef"})");
      case 2:
        return status(500, "Authorization: Bearer " + key + " " + key);
      default:
        return says("{\"label\": \"" + key + "\"}");
    }
  }));
  ASSERT_EQ(replies_.size(), 4U);
  EXPECT_EQ(replies_[0].answer->reason, "You sent [key]");
  EXPECT_EQ(replies_[1].answer->reason, "You sent [key]");
  for (const Reply& reply : replies_) {
    if (reply.answer) {
      EXPECT_THAT(reply.answer->raw, Not(HasSubstr(key)));
    } else {
      EXPECT_THAT(reply.answer.error().what, AllOf(HasSubstr("[key]"), Not(HasSubstr(key))));
    }
  }
  const auto redirected = ask(5, [&](size_t, const HttpRequest&) {
    Scripted scripted = status(302);
    scripted.reply.location = "https://elsewhere/?" + key;
    return scripted;
  });
  ASSERT_FALSE(redirected);
  EXPECT_THAT(redirected.error().what, AllOf(HasSubstr("https://elsewhere/?[key]"), Not(HasSubstr(key))));
}

}  // namespace
}  // namespace dew::teacher
