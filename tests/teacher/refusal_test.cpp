#include "teacher/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/teacher/replies.h"

namespace dew::teacher {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Judge, EveryStatusHasItsFate) {
  const std::vector<std::pair<int, ReplyKind>> fates = {
      {204, ReplyKind::kFailed}, {301, ReplyKind::kStop},   {307, ReplyKind::kStop},
      {400, ReplyKind::kFailed}, {401, ReplyKind::kStop},   {402, ReplyKind::kStop},
      {403, ReplyKind::kStop},   {404, ReplyKind::kStop},   {405, ReplyKind::kStop},
      {408, ReplyKind::kAgain},  {413, ReplyKind::kFailed}, {422, ReplyKind::kFailed},
      {429, ReplyKind::kBusy},   {500, ReplyKind::kAgain},  {502, ReplyKind::kAgain},
      {503, ReplyKind::kAgain},  {504, ReplyKind::kAgain},  {529, ReplyKind::kBusy}};
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
  without.withheld = {"OPENAI_API_KEY"};
  EXPECT_THAT(judge(reply, kChoices, {}, without).error.next, HasSubstr("not sent unencrypted"));
}

TEST(Judge, AWrongKeyIsNamedByTheVariablesThatWereSent) {
  const HttpReply reply = status(401, "{}");
  Server gateway = server();
  gateway.headers = {{"Authorization", "Bearer s3cret", {"s3cret"}, {"GATEWAY_KEY"}}};
  const ReplyOutcome wrong = judge(reply, kChoices, {}, gateway);
  EXPECT_THAT(wrong.error.what, HasSubstr("GATEWAY_KEY is wrong"));
  EXPECT_THAT(wrong.error.next, Not(HasSubstr("OPENAI_API_KEY"))) << "it was not sent";
  gateway.headers = {{"X-Api-Key", "s3cret", {"s3cret"}, {"GATEWAY_KEY"}}};
  EXPECT_THAT(judge(reply, kChoices, {}, gateway).error.what,
              HasSubstr("OPENAI_API_KEY or GATEWAY_KEY is wrong"));
  gateway.key.clear();
  EXPECT_THAT(judge(reply, kChoices, {}, gateway).error.what, HasSubstr("GATEWAY_KEY is wrong"));
  gateway.headers.clear();
  gateway.withheld = {"GATEWAY_KEY"};
  EXPECT_THAT(judge(reply, kChoices, {}, gateway).error.next,
              HasSubstr("GATEWAY_KEY is not sent unencrypted"));
}

TEST(Judge, ADailyLimitStopsAtOnceAndTellsWhenItEnds) {
  HttpReply open_router = status(
      429,
      R"({"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free )"
      R"(model requests per day","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"50",)"
      R"("X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1795824000000"},"provider_name":null}}})");
  for (const bool in_headers : {false, true}) {
    if (in_headers) {
      open_router.rate = {{"x-ratelimit-reset", "1795824000000"}};
      open_router.body = R"({"error":{"message":"Rate limit exceeded: free-models-per-day","code":429}})";
    }
    const ReplyOutcome outcome = judged(open_router);
    EXPECT_EQ(outcome.kind, ReplyKind::kStop);
    EXPECT_THAT(outcome.error.what, HasSubstr("the quota of the day is used up"));
    EXPECT_THAT(outcome.error.next, HasSubstr("it begins anew at 2026-11-28 00:00 UTC"));
  }
  const ReplyOutcome openai = judged(status(
      429,
      R"({"error":{"message":"Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200, )"
      R"(Requested 1. Please try again in 7m12s. Visit https://","type":"requests"}})"));
  EXPECT_EQ(openai.kind, ReplyKind::kStop);
  EXPECT_THAT(openai.error.next, HasSubstr("wait for 8 min"));
  const ReplyOutcome gemini =
      judged(status(429, R"([{"error":{"code":429,"message":"Quota exceeded for requests per day.",)"
                         R"("status":"RESOURCE_EXHAUSTED"}}])"));
  EXPECT_EQ(gemini.kind, ReplyKind::kStop);
  EXPECT_THAT(gemini.error.next, HasSubstr("begins anew"));
}

TEST(Judge, AnAddressThatIsNoApiIsHinted) {
  for (const int code : {204, 206, 405, 501}) {
    const ReplyOutcome outcome = judged(status(code, ""));
    EXPECT_NE(outcome.kind, ReplyKind::kAnswer);
    EXPECT_THAT(outcome.error.what, HasSubstr(std::to_string(code)));
    EXPECT_THAT(outcome.error.next, HasSubstr("check the base URL")) << code;
  }
  for (const int code : {400, 422})
    EXPECT_THAT(judged(status(code, "{}")).error.next, HasSubstr("that it takes pictures")) << code;
}

TEST(Judge, AContentThatMayOnlyBeTextMeansThatTheModelIsBlind) {
  for (
      const char* body :
      {R"({"detail":[{"loc":["body","messages",1,"content"],"msg":"str type expected","type":"type_error.str"}]})",
       R"({"detail":[{"type":"string_type","loc":["body","messages",1,"content"],"msg":"Input should be a )"
       R"(valid string","input":[{"type":"image_url","image_url":{"url":"data:"}}]}]})",
       R"({"detail":[{"type":"string_type","loc":["body","messages",1,"ChatMessage","content","str"],)"
       R"("msg":"Input should be a valid string"}]})"}) {
    const ReplyOutcome outcome = judged(status(422, body));
    EXPECT_EQ(outcome.kind, ReplyKind::kStop) << body;
    EXPECT_THAT(outcome.error.what, HasSubstr("cannot see pictures")) << body;
  }
  for (const char* body :
       {R"({"detail":[{"loc":["body","model"],"msg":"Input should be a valid string"}]})",
        R"({"detail":[{"loc":["body","messages",1,"content","str"],"msg":"Input should be a valid string"},)"
        R"({"loc":["body","messages",1,"content","list","image_url","url"],"msg":"field required"}]})",
        R"({"detail":[1, null, {"loc": 7}]})", R"({"detail":"str type expected"})"})
    EXPECT_NE(judged(status(422, body)).kind, ReplyKind::kStop) << body;
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

TEST(Judge, EveryWordingOfABlindModelIsKnown) {
  struct Case {
    const char* server;
    int code;
    const char* body;
  };
  for (
      const Case& one : {
          Case{
              "OpenAI", 400,
              R"({"error":{"message":"Invalid content type. image_url is only supported by certain models.",)"
              R"("type":"invalid_request_error","param":"messages.[1].content.[1].type","code":null}})"},
          Case{"TGI", 422, R"({"error":"Unsupported content part type: image_url"})"},
          Case{
              "DeepSeek", 400,
              R"({"error":{"message":"Failed to deserialize the JSON body into the target type: messages[1]: )"
              R"(unknown variant `image_url`, expected `text` at line 1 column 994","code":"invalid_request_error"}})"},
          Case{"Groq", 400,
               R"({"error":{"message":"messages[1].content must be a string","type":)"
               R"("invalid_request_error"}})"},
          Case{"OpenRouter", 404,
               R"({"error":{"message":"No endpoints found that support image input","code":404}})"},
          Case{"Gemini", 400,
               R"([{"error":{"code":400,"message":"Image input modality is not enabled for )"
               R"(models/gemma-3-1b-it","status":"INVALID_ARGUMENT"}}])"},
          Case{"Mistral", 400,
               R"({"object":"error","message":"Image input is not enabled for this model","type":)"
               R"("invalid_request_message_content","code":"3051"})"},
          Case{"Bedrock", 400,
               R"({"message":"This model doesn't support the image content block that you )"
               R"(provided. Update the content block and try again."})"},
          Case{"Volcengine", 400,
               R"({"error":{"message":"Model do not support image input. Request id: 02"}})"},
          Case{"vLLM without pictures", 400,
               R"({"error":{"message":"At most 0 image(s) may be provided in one prompt.","code":400}})"},
          Case{"Fireworks", 400, R"({"error":{"message":"This model does not support image inputs"}})"},
          Case{
              "OpenRouter's provider", 400,
              R"({"error":{"message":"Provider returned error","code":400,"metadata":{"raw":)"
              R"("{\"error\":{\"message\":\"model does not support image input\"}}","provider_name":"X"}}})"},
      }) {
    const ReplyOutcome outcome = judged(status(one.code, one.body));
    EXPECT_EQ(outcome.kind, ReplyKind::kStop) << one.server;
    EXPECT_THAT(outcome.error.what, HasSubstr("cannot see pictures")) << one.server;
  }
}

TEST(Judge, ForbiddenHasManyReasons) {
  const ReplyOutcome logprobs =
      judged(status(403, R"({"error":{"message":"You are not allowed to request logprobs from this model",)"
                         R"("type":"invalid_request_error","param":null,"code":null}})"));
  EXPECT_EQ(logprobs.kind, ReplyKind::kAdapt);
  EXPECT_FALSE(logprobs.dialect.logprobs);

  for (const auto& [code, body] :
       {std::pair(403,
                  R"({"error":{"code":"unsupported_country_region_territory","message":"Country, region, or )"
                  R"(territory not supported","param":null,"type":"request_forbidden"}})"),
        std::pair(
            403, R"({"code":"unsupported_country_region_territory","message":"Country, region, or territory )"
                 R"(not supported","param":null,"type":"request_forbidden"})"),
        std::pair(400, R"([{"error":{"code":400,"message":"User location is not supported for the API use.",)"
                       R"("status":"FAILED_PRECONDITION"}}])")}) {
    const ReplyOutcome region = judged(status(code, body));
    EXPECT_EQ(region.kind, ReplyKind::kStop) << body;
    EXPECT_THAT(region.error.what, HasSubstr("does not serve this country or region")) << body;
    EXPECT_THAT(region.error.what, Not(HasSubstr("OPENAI_API_KEY"))) << body;
  }

  for (const char* body :
       {"<!DOCTYPE html>\n<html><head><title>Attention Required! | Cloudflare</title></head></html>",
        "<html>\r\n<head><title>403 Forbidden</title></head>", R"({"message":"Request blocked."})"}) {
    const ReplyOutcome firewall = judged(status(403, body));
    EXPECT_EQ(firewall.kind, ReplyKind::kStop) << body;
    EXPECT_THAT(firewall.error.what, HasSubstr("a firewall")) << body;
    EXPECT_THAT(firewall.error.what, Not(HasSubstr("<"))) << "a page's title says enough";
  }

  const ReplyOutcome flagged =
      judged(status(403, R"({"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":)"
                         R"(["violence"],"flagged_input":"..."}}})"));
  EXPECT_EQ(flagged.kind, ReplyKind::kFailed);
  EXPECT_THAT(flagged.error.what, HasSubstr("content filter"));

  const ReplyOutcome key = judged(status(
      403, R"({"error":{"message":"Project `p` does not have access to model `qwen3-vl-8b-thinking`"}})"));
  EXPECT_EQ(key.kind, ReplyKind::kStop);
  EXPECT_THAT(key.error.what, HasSubstr("OPENAI_API_KEY is wrong or has no access to this model (403)"));
}

TEST(Judge, TextThatDidNotFitTheSchemaIsTriedAgain) {
  const ReplyOutcome outcome =
      judged(status(400, R"({"error":{"message":"Failed to generate JSON. Please adjust your prompt. See )"
                         R"('failed_generation' for more details.","type":"invalid_request_error","code":)"
                         R"("json_validate_failed","failed_generation":"{\"label\": \"yes"}})"));
  EXPECT_EQ(outcome.kind, ReplyKind::kAgain);
  EXPECT_THAT(outcome.error.what, HasSubstr("the model wrote no valid JSON"));
}

TEST(Judge, TooMuchForTheServerIsHinted) {
  EXPECT_THAT(judged(status(413, "<html><title>413 Request Entity Too Large</title></html>")).error.next,
              HasSubstr("--jpeg-size"));
  EXPECT_THAT(
      judged(status(400, R"({"error":{"code":400,"message":"the request exceeds the available context )"
                         R"(size, try increasing it","type":"exceed_context_size_error"}})"))
          .error.next,
      HasSubstr("-c"));
}

TEST(Judge, ReasoningIsTurnedDownToTheLeastThatTheServerTakes) {
  struct Case {
    const char* server;
    const char* body;
    Effort used;
    Effort expected;
  };
  for (const Case& one : {
           Case{"gpt-4o",
                R"({"error":{"message":"Unrecognized request argument supplied: reasoning_effort",)"
                R"("type":"invalid_request_error","param":null,"code":null}})",
                Effort::kNone, Effort::kUnsent},
           Case{"o1-mini",
                R"({"error":{"message":"Unsupported parameter: 'reasoning_effort' is not supported with )"
                R"(this model.","param":"reasoning_effort","code":"unsupported_parameter"}})",
                Effort::kNone, Effort::kUnsent},
           Case{"gpt-5",
                R"({"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'none' with )"
                R"(this model. Supported values are: 'minimal', 'low', 'medium', and 'high'.","type":)"
                R"("invalid_request_error","param":"reasoning_effort","code":"unsupported_value"}})",
                Effort::kNone, Effort::kMinimal},
           Case{"o4-mini",
                R"({"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'none' with )"
                R"(this model. Supported values are: 'low', 'medium', and 'high'.","param":)"
                R"("reasoning_effort"}})",
                Effort::kNone, Effort::kLow},
           Case{"vLLM",
                R"({"detail":[{"type":"literal_error","loc":["body","reasoning_effort"],"msg":"Input should )"
                R"(be 'low', 'medium' or 'high'","input":"none"}]})",
                Effort::kNone, Effort::kLow},
           Case{"Mistral",
                R"({"detail":[{"type":"extra_forbidden","loc":["body","reasoning_effort"],"msg":"Extra )"
                R"(inputs are not permitted"}]})",
                Effort::kNone, Effort::kUnsent},
           Case{"xAI", R"({"error":"Model grok-4 does not support parameter reasoningEffort."})",
                Effort::kNone, Effort::kUnsent},
           Case{"Groq",
                R"({"error":{"message":"`reasoning_effort` must be one of `low`, `medium`, or `high`"}})",
                Effort::kNone, Effort::kLow},
           Case{"Ollama", R"({"error":{"message":"\"llava:7b\" does not support thinking"}})", Effort::kNone,
                Effort::kUnsent},
           Case{"Gemini 2.5 Pro",
                R"([{"error":{"code":400,"message":"Budget 0 is invalid. This model only works in )"
                R"(thinking mode.","status":"INVALID_ARGUMENT"}}])",
                Effort::kNone, Effort::kMinimal},
           Case{"Gemini 3",
                R"([{"error":{"code":400,"message":"Invalid reasoning_effort: minimal. Valid values are: )"
                R"(high, low, medium, none"}}])",
                Effort::kMinimal, Effort::kLow},
           Case{"OpenRouter",
                R"({"error":{"message":"Reasoning is mandatory for this endpoint and cannot be )"
                R"(disabled.","code":400}})",
                Effort::kLow, Effort::kUnsent},
       }) {
    Dialect used;
    used.effort = one.used;
    Dialect expected = used;
    expected.effort = one.expected;
    const ReplyOutcome outcome = judged(status(400, one.body), used);
    EXPECT_EQ(outcome.kind, ReplyKind::kAdapt) << one.server;
    EXPECT_EQ(outcome.dialect, expected) << one.server << " " << static_cast<int>(outcome.dialect.effort);
  }
}

TEST(Judge, ReasoningThatTheUserChoseIsNotChanged) {
  ChatQuestion question;
  question.reasoning = "minimal";
  const ReplyOutcome outcome = judged(
      status(400, R"({"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'minimal' )"
                  R"(with this model. Supported values are: 'none', 'low'.","param":"reasoning_effort"}})"),
      first_dialect(question));
  EXPECT_EQ(outcome.kind, ReplyKind::kStop);
  EXPECT_THAT(outcome.error.what, HasSubstr("Supported values are"));
  EXPECT_THAT(outcome.error.next, HasSubstr("--reasoning auto"));
}

TEST(Judge, TheTemplatesSwitchIsTakenBackWhereItIsRefused) {
  Dialect used;
  used.template_switch = TemplateSwitch::kSent;
  for (const char* body :
       {R"({"error":{"message":"Unknown parameter: 'chat_template_kwargs'.","type":)"
        R"("invalid_request_error","param":"chat_template_kwargs","code":"unknown_parameter"}})",
        R"([{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name )"
        R"(\"chat_template_kwargs\": Cannot find field."}}])"}) {
    const ReplyOutcome outcome = judged(status(400, body), used);
    ASSERT_EQ(outcome.kind, ReplyKind::kAdapt) << body;
    EXPECT_EQ(outcome.dialect.template_switch, TemplateSwitch::kRefused) << body;
    EXPECT_EQ(outcome.dialect.effort, Effort::kNone) << body;
  }
}

TEST(Judge, BinaryRefusalsAreShownAsBytes) {
  const ReplyOutcome outcome = judged(status(400, std::string("\x1f\x8b\x08\x00\xff\xfe", 6)));
  EXPECT_THAT(outcome.error.what, HasSubstr("\\x1f\\x8b\\x08\\x00\\xff\\xfe"));
}

}  // namespace
}  // namespace dew::teacher
