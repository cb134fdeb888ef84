#include "teacher/openai_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

namespace dew::teacher {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kChoices = {"yes", "no", "unsure"};

Server server() {
  Server result;
  result.url = "http://127.0.0.1:1/v1/chat/completions";
  result.key = "sk-test-0123456789abcdef";
  return result;
}

HttpReply status(int code, std::string body = "{}") {
  HttpReply reply;
  reply.status = code;
  reply.body = std::move(body);
  return reply;
}

ReplyOutcome judged(const HttpReply& reply, const Dialect& used = {}) {
  return judge(reply, kChoices, used, server());
}

/// A whole reply around `message`, as OpenAI sends it.
std::string reply_with(const Json& message, const std::string& finish = "stop") {
  return Json{{"choices", {{{"index", 0}, {"message", message}, {"finish_reason", finish}}}},
              {"usage", {{"prompt_tokens", 97}, {"completion_tokens", 21}}}}
      .dump();
}

TEST(ReadModelText, TakesWhatServersSend) {
  for (const char* text : {
           R"({"label": "yes", "reason": "A man."})",
           R"({"reason": "A man.", "label": "Yes."})",
           "```json\n{\"label\": \"yes\", \"reason\": \"A man.\"}\n```",
           "```\n{\"label\": \"yes\", \"reason\": \"A man.\"}```",
           "  <think>Hm, {\"label\": \"no\"}?</think>\n\n{\"label\": \"YES\", \"reason\": \"A man.\"}\n",
           R"({"label": "yes", "reason": "A man.", "confidence": 0.9})",
       }) {
    const auto answer = read_model_text(text, kChoices);
    ASSERT_TRUE(answer) << text << ": " << answer.error().what;
    EXPECT_EQ(answer->label, "yes") << text;
    EXPECT_EQ(answer->reason, "A man.") << text;
  }
  EXPECT_EQ(read_model_text("No.", kChoices)->label, "no") << "the bare label";
  EXPECT_EQ(read_model_text(R"({"label": "no"})", kChoices)->reason, "");
  EXPECT_EQ(read_model_text(R"({"label": 7, "reason": "seven"})", {"7", "8"})->label, "7");
}

TEST(ReadModelText, RefusesEverythingElse) {
  for (const char* text : {
           "",
           "   ",
           "{}",
           "[]",
           "{\"label\": \"yes\"",
           "{\"label\": \"maybe\"}",
           "{\"label\": [\"yes\"]}",
           "{\"label\": null}",
           "{\"label\": true}",
           "{\"Label\": \"yes\"}",
           "{\"label\": \"\"}",
           "maybe",
           "yes, there may be a person",
           "It is {\"label\": \"yes\"}",
           "```",
           "``````",
           "```json\n```",
           "<think>yes",
           "<think>{\"label\": \"yes\"}",
           "{\"label\": \"yes\"}{\"label\": \"no\"}",
           "{\"label\": \"\xff\"}",
           "<html>yes</html>",
           "null",
       })
    EXPECT_FALSE(read_model_text(text, kChoices)) << text;
  const auto outside = read_model_text(R"({"label": "maybe"})", kChoices);
  EXPECT_EQ(outside.error().what, "answered 'maybe', which is not one of yes, no, unsure");
}

TEST(ReadModelText, OutsideTextIsMadePrintableAndShort) {
  const auto evil = read_model_text("{\"label\": \"\\u001b[31mred\"}", kChoices);
  ASSERT_FALSE(evil);
  EXPECT_THAT(evil.error().what, HasSubstr("\\x1b[31mred"));
  EXPECT_LT(read_model_text(std::string(100'000, 'x'), kChoices).error().what.size(), 300U);
  const auto endless =
      read_model_text(Json{{"label", "yes"}, {"reason", std::string(5000, 'a')}}.dump(), kChoices);
  EXPECT_EQ(endless->reason.size(), 2000U);
  std::string umlauts;
  for (int i = 0; i < 3000; ++i) umlauts += "ü";
  const auto cut = read_model_text(Json{{"label", "yes"}, {"reason", "x" + umlauts}}.dump(), kChoices);
  EXPECT_EQ(cut->reason.size(), 1999U) << "never half a character";
}

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
           Case{reply_with(good, "length"), ReplyKind::kFailed, "cut off"},
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

TEST(Judge, EveryStatusHasItsFate) {
  const std::vector<std::pair<int, ReplyKind>> fates = {
      {204, ReplyKind::kFailed}, {301, ReplyKind::kStop},   {307, ReplyKind::kStop},
      {400, ReplyKind::kFailed}, {401, ReplyKind::kStop},   {402, ReplyKind::kStop},
      {403, ReplyKind::kStop},   {404, ReplyKind::kStop},   {408, ReplyKind::kAgain},
      {413, ReplyKind::kFailed}, {422, ReplyKind::kFailed}, {429, ReplyKind::kBusy},
      {500, ReplyKind::kAgain},  {502, ReplyKind::kAgain},  {503, ReplyKind::kAgain},
      {504, ReplyKind::kAgain},  {529, ReplyKind::kBusy}};
  for (const auto& [code, kind] : fates) {
    const ReplyOutcome outcome = judged(status(code, R"({"error":{"message":"words"}})"));
    EXPECT_EQ(outcome.kind, kind) << code;
    EXPECT_THAT(outcome.error.what, HasSubstr(std::to_string(code)));
    if (kind == ReplyKind::kStop) {
      EXPECT_EQ(outcome.error.where, server().url) << code;
      EXPECT_FALSE(outcome.error.next.empty()) << code;
    }
  }
}

TEST(Judge, NoCreditIsNotWaitedFor) {
  const ReplyOutcome outcome =
      judged(status(429, R"({"error":{"code":"insufficient_quota","message":"You exceeded"}})"));
  EXPECT_EQ(outcome.kind, ReplyKind::kStop);
  EXPECT_THAT(outcome.error.what, HasSubstr("no credit"));
}

TEST(Judge, AWrongKeyIsNamedByItsVariableOnly) {
  const HttpReply reply =
      status(401, R"({"error":{"message":"Incorrect API key provided: sk-te*********cdef"}})");
  const ReplyOutcome wrong = judged(reply);
  EXPECT_THAT(wrong.error.what, HasSubstr("OPENAI_API_KEY is wrong or has no access"));
  EXPECT_THAT(wrong.error.what, Not(HasSubstr("cdef")));
  Server without = server();
  without.key.clear();
  EXPECT_THAT(judge(reply, kChoices, {}, without).error.next, HasSubstr("set OPENAI_API_KEY"));
  without.key_withheld = true;
  EXPECT_THAT(judge(reply, kChoices, {}, without).error.next, HasSubstr("not sent unencrypted"));
}

TEST(Judge, WhatAServerDoesNotKnowIsLeftOutFromThenOn) {
  const auto without = [](auto change) {
    Dialect dialect;
    change(dialect);
    return dialect;
  };
  const Dialect object = without([](Dialect& d) { d.format = Format::kJsonObject; });
  const Dialect no_temperature = without([](Dialect& d) { d.temperature = false; });
  const Dialect no_max_tokens = without([](Dialect& d) { d.max_tokens = false; });
  const Dialect no_logprobs = without([](Dialect& d) { d.logprobs = false; });
  const Dialect no_detail = without([](Dialect& d) { d.detail = false; });
  const Dialect no_seed = without([](Dialect& d) { d.seed = false; });
  struct Case {
    int code;
    const char* body;
    Dialect expected;
  };
  for (
      const Case& one : {
          // OpenAI
          Case{400,
               R"({"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not )"
               R"(supported with this model.","param":"response_format"}})",
               object},
          Case{
              400,
              R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. )"
              R"(Use 'max_completion_tokens' instead.","param":"max_tokens"}})",
              no_max_tokens},
          Case{
              400,
              R"({"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model.",)"
              R"("param":"temperature"}})",
              no_temperature},
          Case{400, R"({"error":{"message":"You are not allowed to request logprobs from this model"}})",
               no_logprobs},
          // Azure
          Case{400,
               R"({"error":{"code":"unsupported_parameter","message":"logprobs is not supported",)"
               R"("param":"logprobs"}})",
               no_logprobs},
          Case{400, R"({"error":{"message":"Unrecognized request argument supplied","param":"seed"}})",
               no_seed},
          // llama.cpp, DeepSeek, vLLM and FastAPI, LM Studio, Ollama: the parameter is only mentioned
          Case{500,
               R"({"error":{"code":500,"message":"response_format type must be one of \"text\" or )"
               R"(\"json_object\", but got: json_schema"}})",
               object},
          Case{400, R"({"error":{"code":400,"message":"Failed to parse grammar"}})", object},
          Case{400, R"({"error":{"message":"This response_format type is unavailable now"}})", object},
          Case{422, R"({"detail":[{"loc":["body","response_format","type"],"msg":"unexpected value"}]})",
               object},
          Case{422, R"({"detail":[{"loc":["body","messages",1,"image_url.detail"],"msg":"extra"}]})",
               no_detail},
          Case{400, R"({"error":"'response_format.type' must be 'json_schema' or 'text'"})", object},
          Case{400, R"({"object":"error","message":"guided decoding is off","type":"BadRequestError"})",
               object},
      }) {
    const ReplyOutcome outcome = judged(status(one.code, one.body));
    EXPECT_EQ(outcome.kind, ReplyKind::kAdapt) << one.body;
    EXPECT_EQ(outcome.dialect, one.expected) << one.body;
    if (one.expected == object) {
      Dialect words;
      words.format = Format::kWords;
      EXPECT_EQ(judged(status(one.code, one.body), object).dialect, words) << one.body;
      EXPECT_NE(judged(status(one.code, one.body), words).kind, ReplyKind::kAdapt) << one.body;
    } else {
      EXPECT_NE(judged(status(one.code, one.body), one.expected).kind, ReplyKind::kAdapt) << "once";
    }
  }
  // FastAPI's own key is no complaint about the picture's detail.
  EXPECT_EQ(judged(status(422, R"({"detail":"no such user"})")).kind, ReplyKind::kFailed);
  // vLLM's words for a context that is too short ask for nothing else.
  const char* too_long = R"({"message":"'max_tokens' or 'max_completion_tokens' is too large: 300."})";
  EXPECT_EQ(judged(status(400, too_long)).kind, ReplyKind::kFailed);
}

TEST(Judge, ABlindModelStopsTheRun) {
  constexpr const char* kLlama =
      R"({"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you )"
      R"(may need to provide the mmproj","type":"server_error"}})";
  constexpr const char* kVllm =
      R"({"object":"error","message":"qwen is not a multimodal model","type":"BadRequestError","code":400})";
  constexpr const char* kLmStudio = R"({"error":"Model does not support images."})";
  for (const auto& [code, body] :
       {std::pair(500, kLlama), std::pair(400, kVllm), std::pair(400, kLmStudio)}) {
    const ReplyOutcome outcome = judged(status(code, body));
    EXPECT_EQ(outcome.kind, ReplyKind::kStop) << body;
    EXPECT_THAT(outcome.error.what, HasSubstr("cannot see pictures"));
  }
}

TEST(Judge, MorePicturesThanTheServerTakesStopTheRun) {
  const ReplyOutcome outcome = judged(
      status(400, R"({"object":"error","message":"At most 1 image(s) may be provided in one request.",)"
                  R"("type":"BadRequestError","param":null,"code":400})"));
  EXPECT_EQ(outcome.kind, ReplyKind::kStop);
  EXPECT_THAT(outcome.error.next, HasSubstr("--examples"));
}

TEST(Judge, WhatIsNoFailureIsWaitedFor) {
  const char* loading = R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})";
  EXPECT_EQ(judged(status(503, loading)).kind, ReplyKind::kBusy);
}

TEST(Judge, AzuresContentFilterCostsOneSample) {
  const ReplyOutcome outcome = judged(status(
      400, R"({"error":{"code":"content_filter","message":"The response was filtered","param":"prompt",)"
           R"("innererror":{"code":"ResponsibleAIPolicyViolation"}}})"));
  EXPECT_EQ(outcome.kind, ReplyKind::kFailed);
  EXPECT_FALSE(outcome.unexplained);
}

TEST(Judge, OnlyARefusalWithoutAReasonIsUnexplained) {
  EXPECT_TRUE(judged(status(400, "{}")).unexplained);
  EXPECT_TRUE(judged(status(422, "<html>")).unexplained);
  EXPECT_FALSE(judged(status(413, "{}")).unexplained);
  EXPECT_FALSE(judged(status(500, "{}")).unexplained);
}

TEST(ReadChatReply, ConfidenceIsTheProbabilityOfTheLabelsTokens) {
  const auto confidence = [](const char* content, const char* tokens) {
    const std::string body = std::string(R"({"choices":[{"message":{"content":)") + content +
                             R"(},"logprobs":{"content":)" + tokens + "}}]}";
    const ReplyOutcome outcome = read_chat_reply(body, kChoices);
    EXPECT_EQ(outcome.kind, ReplyKind::kAnswer) << body;
    return outcome.answer.confidence;
  };
  const auto two = confidence(
      R"("{\"label\":\"unsure\",\"reason\":\"x\"}")",
      R"([{"token":"{\"","logprob":-3},{"token":"label","logprob":-3},{"token":"\":\"","logprob":-3},
          {"token":"uns","logprob":-0.5},{"token":"ure","logprob":-0.25},{"token":"\",\"reason\":\"x\"}","logprob":-3}])");
  ASSERT_TRUE(two);
  EXPECT_NEAR(*two, std::exp(-0.75), 1e-9);
  EXPECT_NEAR(*confidence(R"("Yes.")", R"([{"token":"Yes","logprob":-0.1},{"token":".","logprob":-2}])"),
              std::exp(-0.1), 1e-9);
  for (const char* nonsense :
       {"null", "[]", "[7]", R"([{"token":"Yes"}])", R"([{"token":"Yes","logprob":"x"}])",
        R"([{"token":"Yes","logprob":5}])", R"({"token":"Yes"})"})
    EXPECT_EQ(confidence(R"("Yes.")", nonsense), std::nullopt) << nonsense;
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

}  // namespace
}  // namespace dew::teacher
