// The Responses API behind a teacher that speaks chat completions.
#include "teacher/responses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "teacher/openai.h"
#include "tests/teacher/fake_transport.h"

namespace dew::teacher {
namespace {

using dew::testing::FakeTransport;
using dew::testing::Scripted;
using Json = nlohmann::json;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* kOnlyResponses =
    R"({"error":{"message":"This model is only supported in v1/responses and not in v1/chat/completions.",)"
    R"("type":"invalid_request_error","param":"model","code":null}})";

/// As the API answers: what the model thought, then what it says.
Json response(const std::string& text) {
  return {{"id", "resp_1"},
          {"object", "response"},
          {"status", "completed"},
          {"error", nullptr},
          {"output",
           {{{"type", "reasoning"}, {"id", "rs_1"}, {"summary", Json::array()}},
            {{"type", "message"},
             {"role", "assistant"},
             {"content", {{{"type", "output_text"}, {"text", text}, {"annotations", Json::array()}}}}}}},
          {"usage",
           {{"input_tokens", 90},
            {"output_tokens", 30},
            {"output_tokens_details", {{"reasoning_tokens", 12}}},
            {"total_tokens", 120}}}};
}

Scripted replied(int status, const std::string& body) {
  Scripted scripted;
  scripted.reply.status = status;
  scripted.reply.body = body;
  return scripted;
}

/// What becomes of a response when chat completions read it.
Json as_chat(const Json& response) {
  HttpReply reply;
  reply.status = 200;
  reply.body = response.dump();
  make_chat_reply(reply);
  return Json::parse(reply.body);
}

class ResponsesTest : public ::testing::Test {
 protected:
  void ask(int count, const FakeTransport::Script& script) {
    auto transport = std::make_unique<FakeTransport>(script);
    transport_ = transport.get();
    Server server;
    server.url = "https://host/v1/chat/completions";
    const ChatQuestion question{"Is it?", {"yes", "no"}, "", "m", "auto", 90};
    TeacherOptions options;
    options.retries = 0;
    options.concurrency = 2;
    teacher_ = make_openai_teacher(server, question, options, with_responses(std::move(transport)));
    int taken = 0;
    Watch watch;
    const auto asked = teacher_->ask(
        [&]() -> std::optional<Question> {
          if (taken == count) return std::nullopt;
          ++taken;
          return Question{taken, "s", [] { return Image{2, 2, std::vector<uint8_t>(12, 90)}; }};
        },
        [&](std::vector<Reply> replies) -> Result<void> {
          for (Reply& reply : replies) replies_.push_back(std::move(reply));
          return {};
        },
        watch);
    EXPECT_TRUE(asked) << asked.error().what;
  }
  [[nodiscard]] int sent_to(const std::string& url) const {
    int count = 0;
    for (const auto& started : transport_->started()) count += started.request.url == url ? 1 : 0;
    return count;
  }
  FakeTransport* transport_ = nullptr;
  std::unique_ptr<Teacher> teacher_;
  std::vector<Reply> replies_;
};

TEST_F(ResponsesTest, AModelThatChatCompletionsDoNotServeIsAskedThere) {
  ask(6, [](size_t, const HttpRequest& request) {
    if (request.url == "https://host/v1/chat/completions") return replied(404, kOnlyResponses);
    return replied(200, response(R"({"label":"yes","reason":"It is."})").dump());
  });
  ASSERT_EQ(replies_.size(), 6U);
  for (const Reply& reply : replies_) {
    ASSERT_TRUE(reply.answer) << reply.answer.error().what;
    EXPECT_EQ(reply.answer->answer_class, "yes");
    EXPECT_EQ(reply.answer->tokens_in, 90);
    EXPECT_EQ(reply.answer->tokens_out, 30);
    EXPECT_THAT(reply.answer->raw, HasSubstr("resp_1"));
  }
  EXPECT_LE(sent_to("https://host/v1/chat/completions"), 2) << "those in flight when it was found out";
  EXPECT_EQ(sent_to("https://host/v1/responses"), 6);
}

TEST_F(ResponsesTest, AModelThatIsServedIsLeftAlone) {
  ask(3, [](size_t, const HttpRequest&) {
    return replied(200, R"({"choices":[{"message":{"content":"yes"}}]})");
  });
  EXPECT_EQ(replies_.size(), 3U);
  EXPECT_EQ(sent_to("https://host/v1/responses"), 0);
}

TEST_F(ResponsesTest, WhatTheApiComplainsAboutIsLeftOut) {
  ask(2, [](size_t, const HttpRequest& request) {
    if (request.url == "https://host/v1/chat/completions") return replied(404, kOnlyResponses);
    if (Json::parse(request.body).contains("temperature"))
      return replied(400,
                     R"({"error":{"message":"Unsupported parameter: 'temperature'","param":"temperature"}})");
    return replied(200, response(R"({"label":"no","reason":"r"})").dump());
  });
  ASSERT_EQ(replies_.size(), 2U);
  for (const Reply& reply : replies_) EXPECT_TRUE(reply.answer);
}

TEST(ResponsesRequest, AsksTheSame) {
  const Json chat = {
      {"model", "m"},
      {"messages",
       {{{"role", "system"}, {"content", "Label."}},
        {{"role", "user"},
         {"content",
          {{{"type", "text"}, {"text", "Is it?"}},
           {{"type", "image_url"},
            {"image_url", {{"url", "data:image/jpeg;base64,AA=="}, {"detail", "low"}}}}}}}}},
      {"temperature", 0},
      {"seed", 7},
      {"max_completion_tokens", 4000},
      {"reasoning_effort", "none"},
      {"logprobs", true},
      {"response_format",
       {{"type", "json_schema"},
        {"json_schema", {{"name", "answer"}, {"strict", true}, {"schema", {{"type", "object"}}}}}}}};
  EXPECT_EQ(Json::parse(responses_body(chat.dump())),
            Json({{"model", "m"},
                  {"input",
                   {{{"role", "system"}, {"content", "Label."}},
                    {{"role", "user"},
                     {"content",
                      {{{"type", "input_text"}, {"text", "Is it?"}},
                       {{"type", "input_image"},
                        {"image_url", "data:image/jpeg;base64,AA=="},
                        {"detail", "low"}}}}}}},
                  {"max_output_tokens", 4000},
                  {"temperature", 0},
                  {"reasoning", {{"effort", "none"}}},
                  {"text",
                   {{"format",
                     {{"type", "json_schema"},
                      {"name", "answer"},
                      {"strict", true},
                      {"schema", {{"type", "object"}}}}}}},
                  {"include", Json::array({"message.output_text.logprobs"})},
                  {"store", false}}));
}

TEST(ResponsesReply, IsReadAsAChatCompletion) {
  const Json chat = as_chat(response("yes"));
  EXPECT_EQ(chat["choices"][0]["message"]["content"], "yes");
  EXPECT_EQ(chat["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(chat["usage"]["prompt_tokens"], 90);
  EXPECT_EQ(chat["usage"]["completion_tokens_details"]["reasoning_tokens"], 12);
  Json cut = response("");
  cut["status"] = "incomplete";
  cut["incomplete_details"] = {{"reason", "max_output_tokens"}};
  EXPECT_EQ(as_chat(cut)["choices"][0]["finish_reason"], "length");
  cut["incomplete_details"] = {{"reason", "content_filter"}};
  EXPECT_EQ(as_chat(cut)["choices"][0]["finish_reason"], "content_filter");
  Json refused = response("");
  refused["output"][1]["content"] = Json::array({{{"type", "refusal"}, {"refusal", "I cannot."}}});
  EXPECT_EQ(as_chat(refused)["choices"][0]["message"]["refusal"], "I cannot.");
  Json sure = response("yes");
  sure["output"][1]["content"][0]["logprobs"] = Json::array({{{"token", "yes"}, {"logprob", -0.1}}});
  EXPECT_EQ(as_chat(sure)["choices"][0]["logprobs"]["content"][0]["logprob"], -0.1);
}

TEST(ResponsesReply, OddBodiesAreHandedOn) {
  for (const char* body : {"", "[]", "{}", R"({"output":7})", R"({"output":[1,{"type":"message"}]})",
                           R"({"choices":[],"output":[]})", "<html>"}) {
    HttpReply reply;
    reply.status = 200;
    reply.body = body;
    make_chat_reply(reply);
    const bool is_response = std::string_view(body).find("output") != std::string_view::npos;
    EXPECT_TRUE(is_response || reply.body == body) << body;
  }
}

TEST(ResponsesReply, OnlyTheRefusalThatNamesTheApiAsksForIt) {
  HttpReply reply;
  reply.body = kOnlyResponses;
  for (const auto& [status, asks] :
       std::map<int, bool>{{404, true}, {400, true}, {500, false}, {200, false}}) {
    reply.status = status;
    EXPECT_EQ(asks_for_responses(reply), asks) << status;
  }
  reply.status = 404;
  reply.body = R"({"error":{"message":"The model `m` does not exist"}})";
  EXPECT_FALSE(asks_for_responses(reply));
}

TEST(ResponsesBody, CarriesAllFramesOfAnEventAndTheUsersSchema) {
  ChatQuestion question{"What is carried?", {}, "", "m", "auto", 90};
  auto schema = AnswerSchema::parse(R"({"type":"object","properties":{"n":{"type":"integer"}}})", "s");
  ASSERT_TRUE(schema);
  question.schema = std::make_shared<const AnswerSchema>(*std::move(schema));
  const ChatPictures pictures{{"a", 8, 8}, {}, "frame 1 of 2", {{{"b", 8, 8}, "frame 2 of 2"}}};
  const Json body = Json::parse(responses_body(chat_body(question, first_dialect(question), pictures)));
  const Json& content = body["input"][1]["content"];
  ASSERT_EQ(content.size(), 5U);
  EXPECT_EQ(content[1], (Json{{"type", "input_text"}, {"text", "frame 1 of 2"}}));
  EXPECT_EQ(content[4]["type"], "input_image");
  EXPECT_EQ(content[4]["image_url"], "data:image/jpeg;base64," + base64("b"));
  EXPECT_EQ(body["text"]["format"]["type"], "json_schema");
  EXPECT_EQ(body["text"]["format"]["strict"], false);
  EXPECT_EQ(body["text"]["format"]["schema"]["properties"]["n"]["type"], "integer");
}

}  // namespace
}  // namespace dew::teacher
