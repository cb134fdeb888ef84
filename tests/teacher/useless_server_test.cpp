// Servers that answer, and never with an answer: each is found out after a few requests and named.
#include "tests/teacher/loop.h"

namespace dew::teacher {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Kind {
  const char* name;
  Scripted reply;
  const char* word;  ///< of what is wrong
  const char* hint;
};

Scripted with_finish(const char* content, const char* reason) {
  nlohmann::json reply = nlohmann::json::parse(says(content).reply.body);
  reply["choices"][0]["finish_reason"] = reason;
  return body(reply.dump());
}

class UselessServer : public LoopTest, public ::testing::WithParamInterface<Kind> {};

TEST_P(UselessServer, IsFoundOutAndNamed) {
  const TeacherOptions usual;  // concurrency 8, four retries
  options_.concurrency = usual.concurrency;
  options_.retries = usual.retries;
  const auto asked = ask(400, [](size_t, const HttpRequest&) { return GetParam().reply; });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr(GetParam().word));
  EXPECT_THAT(asked.error().next, AllOf(HasSubstr(GetParam().hint), HasSubstr("what was answered is kept")));
  EXPECT_EQ(asked.error().where, "http://127.0.0.1:1/v1/chat/completions");
  EXPECT_LE(transport_->started().size(), 40U);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, UselessServer,
    ::testing::Values(
        Kind{"WebPage", body("<!DOCTYPE html><html><body>Welcome</body></html>"), "not JSON",
             "check the base URL"},
        Kind{"OtherApi", body(R"({"hello":"world"})"), "", "not the API of chat completions"},
        Kind{"ErrorWith200", body(R"({"error":{"message":"no capacity in eu-west"}})"),
             "no capacity in eu-west", "the server's log"},
        Kind{"Prose", says("Well, this depends on how one looks at it."), "not one of",
             "does not keep to the form"},
        Kind{"Blind", says("I'm sorry, but I can't see any image here."), "cannot see the picture",
             "--mmproj"},
        Kind{"CutOff", with_finish(R"({"label": "y)", "length"), "", "--max-tokens"},
        Kind{"Refusal", body(R"({"choices":[{"message":{"content":null,"refusal":"No."}}]})"), "refuses",
             "--instructions"},
        Kind{
            "Context",
            status(
                400,
                R"({"error":{"code":400,"message":"the request exceeds the available context size, try )"
                R"(increasing it","type":"exceed_context_size_error","n_prompt_tokens":4500,"n_ctx":4096}})"),
            "context size", "larger -c"},
        Kind{"ContextOfVllm",
             status(400,
                    R"({"object":"error","message":"This model's maximum context length is 2048 tokens.",)"
                    R"("type":"BadRequestError"})"),
             "context length", "--max-model-len"},
        Kind{"TooLarge", status(413, "<html><h1>413 Request Entity Too Large</h1></html>"), "413",
             "--jpeg-size"}),
    [](const auto& kind) { return std::string(kind.param.name); });

class UselessAnswers : public LoopTest {};

TEST_F(UselessAnswers, ARowOfThemAfterGoodOnesEndsTheRunToo) {
  options_.concurrency = 8;
  options_.retries = 4;
  const auto asked = ask(1000, [](size_t n, const HttpRequest&) { return n < 100 ? good() : says("Hm."); });
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("50 replies in a row"));
  EXPECT_LE(transport_->started().size(), 100U + 50 + 8);
}

TEST_F(UselessAnswers, ThoseThatOnlyComeFirstDoNot) {
  options_.concurrency = 48;
  ASSERT_TRUE(ask(200, [](size_t n, const HttpRequest&) {
    Scripted scripted = n % 3 == 2 ? says("Hm.") : good();
    scripted.after = milliseconds(n % 3 == 2 ? 100 : 300);
    return scripted;
  })) << "16 of the first 48 are useless and quick";
}

TEST_F(UselessAnswers, FewAmongGoodOnesDoNot) {
  options_.concurrency = 8;
  ASSERT_TRUE(ask(300, [](size_t n, const HttpRequest&) { return n % 10 == 0 ? good() : says("Hm."); }));
}

TEST_F(UselessAnswers, WhatTheModelWouldRepeatIsAskedAgainOnce) {
  options_.retries = 4;
  ASSERT_TRUE(ask(2, [](size_t n, const HttpRequest&) { return n < 2 ? says("Hm.") : good(); }));
  EXPECT_THAT(failures(), ElementsAre(HasSubstr("(after 2 tries)")));
  EXPECT_EQ(transport_->started().size(), 3U);
  taken_ = 0;
  replies_.clear();
  options_.temperature = 0.7;
  ASSERT_TRUE(ask(2, [](size_t n, const HttpRequest&) { return n < 3 ? says("Hm.") : good(); }));
  EXPECT_THAT(failures(), ElementsAre(HasSubstr("(after 3 tries)")));
  EXPECT_EQ(transport_->started().size(), 4U);
}

}  // namespace
}  // namespace dew::teacher
