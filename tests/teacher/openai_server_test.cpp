// The teacher through libcurl against the fake server on loopback: what really goes over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>

#include "teacher/teacher.h"
#include "tests/support/fake_openai.h"
#include "tests/teacher/environment.h"

namespace dew::teacher {
namespace {

using dew::testing::Environment;
using dew::testing::FakeOpenAi;
using Json = nlohmann::json;

using std::chrono::milliseconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-test-0123456789abcdef";
const Prompt kPrompt{"Is there a person in this picture?", {"yes", "no"}, "unsure"};

Image picture(uint8_t grey) {
  return {16, 8, std::vector<uint8_t>(size_t{16} * 8 * 3, grey)};
}

class ServerTest : public ::testing::Test {
 protected:
  void serve(const std::string& script) { server_ = std::make_unique<FakeOpenAi>(Json::parse(script)); }

  Result<void> ask(int count, const std::string& spec) {
    DEW_TRY(const auto teacher, make_teacher(spec, kPrompt, options_));
    int taken = 0;
    return teacher->ask(
        [&]() -> std::optional<Question> {
          if (taken == count) return std::nullopt;
          ++taken;
          return Question{taken, "s" + std::to_string(taken),
                          [taken] { return picture(static_cast<uint8_t>(taken)); }};
        },
        [&](std::vector<Reply> replies) -> Result<void> {
          for (Reply& reply : replies)
            if (!reply.unfinished) replies_.push_back(std::move(reply));
          return {};
        },
        watch_ != nullptr ? *watch_ : plain_watch_);
  }
  Result<void> ask(int count) { return ask(count, server_->base_url() + "#gpt-4o"); }

  /// "s1 yes", or "s1: why not", in the order they came.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> result;
    for (const Reply& reply : replies_)
      result.push_back(reply.answer ? reply.name + " " + reply.answer->answer_class
                                    : reply.name + ": " + reply.answer.error().what);
    return result;
  }

  Environment key_{"OPENAI_API_KEY", kKey};
  Environment base_{"OPENAI_BASE_URL", std::nullopt};
  Environment proxy_{"http_proxy", "http://127.0.0.1:9"};  // must not stand between us and this machine
  TeacherOptions options_ = [] {
    TeacherOptions options;
    options.concurrency = 1;
    options.retries = 2;
    options.first_pause = milliseconds(2);
    options.timeout = milliseconds(5000);
    return options;
  }();
  Watch plain_watch_;
  Watch* watch_ = nullptr;
  std::unique_ptr<FakeOpenAi> server_;
  std::vector<Reply> replies_;
};

TEST_F(ServerTest, GoodAnswersAndExactlyTheRequestsTheyCost) {
  serve(R"({"key": "sk-test-0123456789abcdef",
            "steps": [{"label": "yes", "reason": "A man."}, {"label": "unsure", "reason": "Too dark."}]})");
  ASSERT_TRUE(ask(2));
  EXPECT_THAT(told(), ElementsAre("s1 yes", "s2 unsure"));
  EXPECT_EQ(replies_[0].answer->reason, "A man.");
  EXPECT_EQ(replies_[0].answer->tokens_in, 97);
  EXPECT_EQ(replies_[0].answer->tokens_out, 21);
  const auto seen = server_->seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].authorization, std::string("Bearer ") + kKey);
  EXPECT_EQ(seen[0].content_type, "application/json");
  Json body = Json::parse(seen[1].body);
  const std::string uri = body["messages"][1]["content"][1]["image_url"]["url"];
  EXPECT_EQ(uri, "data:image/jpeg;base64," + base64(encode_jpeg(picture(2), 90)));
  EXPECT_EQ(body["messages"][1]["content"][0], (Json{{"type", "text"}, {"text", kPrompt.question}}));
  EXPECT_EQ(body["model"], "gpt-4o");
  EXPECT_EQ(body["response_format"]["json_schema"]["schema"]["properties"]["label"]["enum"],
            (Json{"yes", "no", "unsure"}));
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string bytes = text;
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST_F(ServerTest, AReplyMayBeCompressed) {
  Json script = Json::parse(R"({"then": {"headers": {"Content-Encoding": "gzip"}}})");
  script["then"]["body"] =
      gzipped(R"({"choices": [{"message": {"content": "{\"label\": \"no\"}"}, "finish_reason": "stop"}]})");
  server_ = std::make_unique<FakeOpenAi>(script);
  ASSERT_TRUE(ask(1));
  EXPECT_THAT(told(), ElementsAre("s1 no"));
}

TEST_F(ServerTest, EachTroubleIsTriedAgain) {
  serve(R"({"steps": [{"label": "perhaps"}, {"label": "no"},
                      {"content": "{\"label\": "}, {"label": "no"},
                      {"body": "<html>"}, {"label": "no"},
                      {"status": 500}, {"status": 503}, {"label": "no"},
                      {"cut": true}, {"label": "no"}]})");
  ASSERT_TRUE(ask(5));
  EXPECT_THAT(told(), ElementsAre("s1 no", "s2 no", "s3 no", "s4 no", "s5 no"));
  EXPECT_EQ(server_->requests(), 11);
}

TEST_F(ServerTest, WhatStaysWrongIsNamed) {
  serve(R"({"steps": [{"label": "perhaps", "times": 2}, {"content": "{\"label\": ", "times": 2},
                      {"status": 500, "times": 3}, {"status": 429, "times": 3}, {"label": "no"},
                      {"cut": true, "times": 3}]})");
  ASSERT_TRUE(ask(6));
  const auto lines = told();
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[0],
              HasSubstr("s1: answered 'perhaps', which is not one of yes, no, unsure (after 2 tries)"));
  EXPECT_THAT(lines[1], HasSubstr("s2: the answer is not valid JSON"));
  EXPECT_THAT(lines[2], HasSubstr("s3: the server said 500: as the script says"));
  EXPECT_EQ(lines[3], "s5 no");
  EXPECT_THAT(lines[4], HasSubstr("s6: the connection broke"));
  EXPECT_EQ(lines[5], "s4 yes") << "to be asked to slow down is no failure";
  EXPECT_EQ(server_->requests(), 15);
}

TEST_F(ServerTest, RetryAfterIsKept) {
  serve(R"({"steps": [{"status": 429, "headers": {"Retry-After": "1"}}]})");
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(ask(1));
  EXPECT_THAT(told(), ElementsAre("s1 yes"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(1000));
  EXPECT_EQ(server_->requests(), 2);
}

TEST_F(ServerTest, AHungConnectionIsGivenUpAndTheOthersGoOn) {
  // The first hangs on a connection that has answered before, the next ones on fresh ones.
  serve(R"({"steps": [{"label": "no"}, {"hang": true}, {"label": "yes"}], "then": {"hang": true}})");
  options_.timeout = milliseconds(250);
  ASSERT_TRUE(ask(3));
  const auto lines = told();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "s1 no");
  EXPECT_EQ(lines[1], "s3 yes") << "the others go first";
  EXPECT_THAT(lines[2], HasSubstr("s2: no answer in time"));
  EXPECT_EQ(server_->requests(), 6);
  const auto nothing = ask(1);
  ASSERT_FALSE(nothing) << "with no answer at all it is not the picture's fault";
  EXPECT_THAT(nothing.error().what, HasSubstr("no answer within 1 s"));
  EXPECT_EQ(server_->requests(), 9) << "each time with twice the time";
}

TEST_F(ServerTest, ARefusedConnectionStopsTheRun) {
  serve("{}");
  const std::string spec = server_->base_url() + "#gpt-4o";
  server_.reset();
  const auto asked = ask(100, spec);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().fault, Fault::kWork);
  EXPECT_THAT(asked.error().what, HasSubstr("no server answers"));
  EXPECT_THAT(asked.error().where, HasSubstr("http://127.0.0.1:"));
  EXPECT_TRUE(replies_.empty());
}

TEST_F(ServerTest, HttpsAtAPortWithoutTlsIsAnErrorAtOnce) {
  serve("{}");
  const auto begin = std::chrono::steady_clock::now();
  const auto asked = ask(100, "https" + server_->base_url().substr(4) + "#gpt-4o");
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("no TLS at this port"));
  EXPECT_THAT(asked.error().next, HasSubstr("http://"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(3000));
  EXPECT_TRUE(replies_.empty());
}

TEST_F(ServerTest, AWrongKeyStopsTheRunUnseen) {
  serve(R"({"key": "sk-another"})");
  const auto asked = ask(100);
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("OPENAI_API_KEY is wrong or has no access"));
  for (const std::string& text : {asked.error().what, asked.error().where, asked.error().next})
    EXPECT_THAT(text, Not(HasSubstr(kKey)));
  EXPECT_EQ(server_->requests(), 1);
}

TEST_F(ServerTest, AnUnknownModelOrPathStopsTheRun) {
  serve(R"({"model": "gpt-4o"})");
  const auto model = ask(100, server_->base_url() + "#gpt-9");
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().what, HasSubstr("The model `gpt-9` does not exist"));
  const auto path = ask(100, "http://127.0.0.1:" + std::to_string(server_->port()) + "/v2#gpt-4o");
  ASSERT_FALSE(path);
  EXPECT_THAT(path.error().what, HasSubstr("404"));
  EXPECT_TRUE(replies_.empty());
}

TEST_F(ServerTest, ASchemaRefusedIsLeftOutFromThenOn) {
  serve(R"({"refuse": ["schema", "temperature", "max_tokens"],
            "then": {"content": "```json\n{\"label\": \"Yes.\", \"reason\": \"A man.\"}\n```"}})");
  ASSERT_TRUE(ask(3));
  EXPECT_THAT(told(), ElementsAre("s1 yes", "s2 yes", "s3 yes"));
  EXPECT_EQ(replies_[2].answer->reason, "A man.");
  EXPECT_EQ(server_->requests(), 7) << "four refusals, three answers";
}

TEST_F(ServerTest, AnEndlessReplyIsCutOff) {
  server_ =
      std::make_unique<FakeOpenAi>(Json{{"steps", {{{"body", std::string(10 << 20, 'x')}, {"times", 3}}}}});
  ASSERT_TRUE(ask(1));
  EXPECT_THAT(told()[0], HasSubstr("s1: the reply is longer than 1 MiB"));
}

TEST_F(ServerTest, RedirectsAreNotFollowed) {
  FakeOpenAi elsewhere(Json::object());
  server_ = std::make_unique<FakeOpenAi>(Json{
      {"then", {{"status", 307}, {"headers", {{"Location", elsewhere.base_url() + "/chat/completions"}}}}}});
  const auto asked = ask(10);
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("redirects (307) to '" + elsewhere.base_url()));
  EXPECT_EQ(elsewhere.requests(), 0);
}

TEST_F(ServerTest, ManyAtOnceAndEachOnce) {
  serve(R"({"then": {"label": "no", "delay_ms": 5}})");
  options_.concurrency = 8;
  ASSERT_TRUE(ask(100));
  std::vector<int> times(101);
  for (const Reply& reply : replies_) ++times[static_cast<size_t>(reply.sample)];
  times.erase(times.begin());
  EXPECT_THAT(times, Each(1));
  EXPECT_EQ(server_->requests(), 100);
  EXPECT_LE(server_->most_at_once(), 8);
  EXPECT_GE(server_->most_at_once(), 2);
}

TEST_F(ServerTest, AnInterruptIsFeltWhileTheServerHangs) {
  class Impatient : public Watch {
   public:
    [[nodiscard]] bool interrupted() const override { return std::chrono::steady_clock::now() > until; }
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::now() + milliseconds(100);
  };
  serve(R"({"then": {"hang": true}})");
  Impatient impatient;
  watch_ = &impatient;
  options_.concurrency = 4;
  options_.timeout = milliseconds(60'000);
  options_.drain = milliseconds(300);
  const auto begin = std::chrono::steady_clock::now();
  const auto asked = ask(10);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().what, "interrupted");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(5000))
      << "the requests would hang for a minute";
}

TEST_F(ServerTest, AzureHasItsOwnPathHeaderAndVersion) {
  const Environment key("AZURE_OPENAI_API_KEY", "az-0123456789abcdef");
  const Environment version("OPENAI_API_VERSION", "2025-01-01-preview");
  serve(R"({"azure": {"key": "az-0123456789abcdef", "version": "2025-01-01-preview"},
            "steps": [{"label": "yes"},
                      {"status": 400, "body": "{\"error\":{\"code\":\"content_filter\",\"message\":\"filtered\"}}"},
                      {"status": 429, "headers": {"retry-after-ms": "5"}}, {"label": "no"}]})");
  const Environment endpoint("AZURE_OPENAI_ENDPOINT",
                             "http://127.0.0.1:" + std::to_string(server_->port()) + "/");
  ASSERT_TRUE(ask(3, "azure:my-gpt-4o"));
  const auto lines = told();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "s1 yes");
  EXPECT_THAT(lines[1], HasSubstr("s2: the server's content filter"));
  EXPECT_EQ(lines[2], "s3 no");
  EXPECT_EQ(server_->seen()[0].authorization, "") << "OPENAI_API_KEY is not for Azure";

  const Environment wrong("AZURE_OPENAI_API_KEY", "az-wrong-0123456789");
  const auto asked = ask(3, "azure:my-gpt-4o");
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("AZURE_OPENAI_API_KEY is wrong"));
  const Environment nowhere("AZURE_OPENAI_ENDPOINT", std::nullopt);
  EXPECT_THAT(ask(3, "azure:my-gpt-4o").error().what, HasSubstr("AZURE_OPENAI_ENDPOINT is not set"));
  EXPECT_FALSE(ask(3, "azure:../../etc"));
}

TEST_F(ServerTest, WithoutAKeyNoneIsSent) {
  const Environment none("OPENAI_API_KEY", std::nullopt);
  serve("{}");
  ASSERT_TRUE(ask(1));
  EXPECT_EQ(server_->seen()[0].authorization, "");
  serve(R"({"key": "sk-needed"})");
  const auto asked = ask(1);
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("the server requires a key (401)"));
}

}  // namespace
}  // namespace dew::teacher
