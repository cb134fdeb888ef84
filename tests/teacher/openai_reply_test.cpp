#include "teacher/openai_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/teacher/replies.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

TEST(ReadChatReply, TokensAndParts) {
  const auto plain =
      read_chat_reply(reply_with({{"content", R"({"label":"no","reason":"Empty."})"}}), kChoices);
  ASSERT_EQ(plain.kind, ReplyKind::kAnswer) << plain.error.what;
  EXPECT_EQ(plain.answer.tokens_in, 97);
  EXPECT_EQ(plain.answer.tokens_out, 21);
  const Json parts =
      Json::array({{{"type", "text"}, {"text", "{\"label\":"}}, {{"type", "text"}, {"text", "\"no\"}"}}});
  EXPECT_EQ(read_chat_reply(reply_with({{"content", parts}}), kChoices).answer.label, "no");
  const auto no_usage = read_chat_reply(R"({"choices":[{"message":{"content":"no"}}]})", kChoices);
  EXPECT_EQ(no_usage.kind, ReplyKind::kAnswer);
  EXPECT_EQ(no_usage.answer.tokens_in, 0);
}

TEST(ReadChatReply, WhatIsRetriedAndWhatIsNot) {
  const Json good = {{"content", R"({"label":"no","reason":""})"}};
  struct Case {
    std::string body;
    ReplyKind kind;
    std::string what;
  };
  for (const Case& one : {
           Case{"", ReplyKind::kAgain, "not JSON"},
           Case{"<html>\x1b[2JBad gateway</html>", ReplyKind::kAgain, "\\x1b[2JBad gateway"},
           Case{"[]", ReplyKind::kAgain, "choices"},
           Case{"7", ReplyKind::kAgain, "choices"},
           Case{R"({"choices":[]})", ReplyKind::kAgain, "choices"},
           Case{R"({"choices":{}})", ReplyKind::kAgain, "choices"},
           Case{R"({"choices":["yes"]})", ReplyKind::kAgain, "empty"},
           Case{R"({"choices":[{"message":{"content":null}}]})", ReplyKind::kAgain, "empty"},
           Case{R"({"error":{"message":"Vision add-on is not loaded"}})", ReplyKind::kAgain, "Vision add-on"},
           Case{R"({"error":"out of memory","choices":[{"message":{"content":"yes"}}]})", ReplyKind::kAgain,
                "memory"},
           Case{reply_with({{"content", "{\"label\": \"ye"}}), ReplyKind::kAgain, "not valid JSON"},
           Case{reply_with({{"content", "{\"label\":\"maybe\"}"}}), ReplyKind::kAgain, "answered 'maybe'"},
           Case{reply_with({{"content", R"({"label":"no","reason":"It)"}}, "length"), ReplyKind::kFailed,
                "cut off: the model wrote more than 300 tokens"},
           Case{
               R"({"choices":[{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":)"
               R"("{\"error\":{\"message\":\"upstream overloaded\"}}","provider_name":"X"}},"finish_reason":)"
               R"("error","message":{"role":"assistant","content":""}}]})",
               ReplyKind::kAgain, "upstream overloaded"},
           Case{reply_with({{"content", "Bad \x1b[2J\xE2\x80\xAE\xC2\x9B"}}), ReplyKind::kAgain,
                "Bad \\x1b[2J\\u202e\\x9b"},
           Case{reply_with(good, "content_filter"), ReplyKind::kFailed, "content filter"},
           Case{reply_with({{"content", nullptr}, {"refusal", "I can't help."}}), ReplyKind::kFailed,
                "I can't help."},
       }) {
    const ReplyOutcome outcome = read_chat_reply(one.body, kChoices);
    EXPECT_EQ(outcome.kind, one.kind) << one.body;
    EXPECT_THAT(outcome.error.what, HasSubstr(one.what)) << one.body;
  }
}

TEST(ReadChatReply, DeepNestingDoesNoHarm) {
  EXPECT_EQ(read_chat_reply(std::string(1 << 20, '['), kChoices).kind, ReplyKind::kAgain);
  const std::string closed = std::string(1 << 19, '[') + std::string(1 << 19, ']');
  EXPECT_EQ(read_chat_reply(closed, kChoices).kind, ReplyKind::kAgain);
}

TEST(Judge, Deliveries) {
  const auto kind = [](Delivery delivery) {
    HttpReply reply;
    reply.delivery = delivery;
    reply.trouble = "why";
    return judged(reply).kind;
  };
  EXPECT_EQ(kind(Delivery::kUnreachable), ReplyKind::kAgain);
  EXPECT_EQ(kind(Delivery::kTimeout), ReplyKind::kAgain);
  EXPECT_EQ(kind(Delivery::kBroken), ReplyKind::kAgain);
  EXPECT_EQ(kind(Delivery::kTooLong), ReplyKind::kAgain);
  EXPECT_EQ(kind(Delivery::kUntrusted), ReplyKind::kStop);
}

TEST(ReadChatReply, AWholeAnswerCountsThoughTheReplyWasCutOff) {
  const Json good = {{"content", "{\"label\":\"no\",\"reason\":\"\"}\n\n\n\n\n"}};
  const ReplyOutcome outcome = read_chat_reply(reply_with(good, "length"), kChoices);
  ASSERT_EQ(outcome.kind, ReplyKind::kAnswer) << outcome.error.what;
  EXPECT_EQ(outcome.answer.label, "no");
}

TEST(Judge, CreatedIsAsGoodAsOk) {
  EXPECT_EQ(judged(status(201, reply_with({{"content", "no"}}))).kind, ReplyKind::kAnswer);
}

TEST(ReadUsage, ReasoningIsCountedWhereverTheServerPutsIt) {
  struct Case {
    const char* server;
    const char* usage;
    int64_t in;
    int64_t out;
  };
  for (const Case& one : {
           Case{"OpenAI",
                R"({"prompt_tokens":90,"completion_tokens":220,"total_tokens":310,)"
                R"("completion_tokens_details":{"reasoning_tokens":192}})",
                90, 220},
           Case{"Gemini", R"({"prompt_tokens":270,"completion_tokens":28,"total_tokens":798})", 270, 528},
           Case{"xAI",
                R"({"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,)"
                R"("completion_tokens_details":{"reasoning_tokens":94}})",
                32, 103},
           Case{"a gateway without a total",
                R"({"prompt_tokens":32,"completion_tokens":9,)"
                R"("completion_tokens_details":{"reasoning_tokens":94}})",
                32, 103},
           Case{"no details", R"({"prompt_tokens":5,"completion_tokens":7,"completion_tokens_details":null})",
                5, 7},
           Case{"none", "null", 0, 0},
       }) {
    const Cost cost = read_usage(std::string(R"({"usage":)") + one.usage + "}");
    EXPECT_EQ(cost.tokens_in, one.in) << one.server;
    EXPECT_EQ(cost.tokens_out, one.out) << one.server;
  }
}

TEST(ReadUsage, WhatCannotBeTrueIsNoCount) {
  for (const char* usage :
       {R"({"prompt_tokens":1000000000000000000,"completion_tokens":5})",
        R"({"prompt_tokens":18446744073709551615,"completion_tokens":5})",
        R"({"prompt_tokens":50,"completion_tokens":1000000000000000000})",
        R"({"prompt_tokens":50,"completion_tokens":5,"total_tokens":1000000000000000000})",
        R"({"prompt_tokens":-1,"completion_tokens":5})", R"({"prompt_tokens":1e30,"completion_tokens":5})",
        R"({"prompt_tokens":"50","completion_tokens":5})", R"({"prompt_tokens":50,"completion_tokens":[5]})",
        R"("50")"}) {
    const Cost cost = read_usage(std::string(R"({"usage":)") + usage + "}");
    EXPECT_EQ(cost.tokens_in, 0) << usage;
    EXPECT_EQ(cost.tokens_out, 0) << usage;
  }
}

}  // namespace
}  // namespace dew::teacher
