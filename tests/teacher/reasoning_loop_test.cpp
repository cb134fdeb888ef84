// A model that reasons, asked through the loop: what it needs is found out by asking, and no sample is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "teacher/openai.h"
#include "tests/teacher/fake_transport.h"

namespace dew::teacher {
namespace {

using dew::testing::FakeTransport;
using dew::testing::Scripted;
using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Scripted says(const Json& message, const char* finish) {
  Scripted scripted;
  scripted.reply.status = 200;
  scripted.reply.body = Json{{"choices", {{{"message", message}, {"finish_reason", finish}}}}}.dump();
  return scripted;
}

Scripted refuses(const std::string& words) {
  Scripted scripted;
  scripted.reply.status = 400;
  scripted.reply.body = Json{{"error", {{"message", words}}}}.dump();
  return scripted;
}

struct Asked {
  Result<void> ended;
  int answers = 0;
  std::vector<FakeTransport::Started> requests;
};

Asked ask(int count, const FakeTransport::Script& script, const std::string& reasoning = "auto") {
  Asked run;
  auto transport = std::make_unique<FakeTransport>(script);
  const FakeTransport* const seen = transport.get();
  TeacherOptions options;
  options.concurrency = 4;
  Server server;
  server.url = "http://127.0.0.1:1/v1/chat/completions";
  ChatQuestion question{"Is it?", {"yes", "no"}, "", "m", "auto", 90};
  question.reasoning = reasoning;
  const auto teacher = make_openai_teacher(server, question, options, std::move(transport));
  int taken = 0;
  Watch watch;
  run.ended = teacher->ask(
      [&]() -> std::optional<Question> {
        if (taken == count) return std::nullopt;
        ++taken;
        return Question{taken, "s" + std::to_string(taken), []() -> Result<Image> {
                          return Image{2, 2, std::vector<uint8_t>(12, 90)};
                        }};
      },
      [&](std::vector<Reply> replies) -> Result<void> {
        for (const Reply& reply : replies) run.answers += reply.answer ? 1 : 0;
        return {};
      },
      watch);
  run.requests = seen->started();
  return run;
}

/// A thinking template on a server that takes neither parameter: 900 tokens of reasoning.
Scripted thinks(size_t, const HttpRequest& request) {
  const Json body = Json::parse(request.body);
  if (body.contains("reasoning_effort"))
    return refuses("Unrecognized request argument supplied: reasoning_effort");
  if (body.contains("chat_template_kwargs")) return refuses("Unknown parameter: 'chat_template_kwargs'.");
  if (body["max_tokens"] < 950)
    return says({{"content", ""}, {"reasoning_content", "Well, it may be yes, or no."}}, "length");
  return says({{"content", R"({"label":"yes","reason":"x"})"}, {"reasoning_content", "Well."}}, "stop");
}

TEST(ReasoningLoop, AThinkingModelLosesNothing) {
  const Asked run = ask(12, thinks);
  EXPECT_TRUE(run.ended);
  EXPECT_EQ(run.answers, 12);
  EXPECT_LE(run.requests.size(), 12U + 3 * 4) << "each thing is found out once, by those in flight";
}

/// The same model on a server that can turn its reasoning off.
TEST(ReasoningLoop, TheTemplatesSwitchIsFoundByALostReply) {
  const Asked run = ask(12, [](size_t, const HttpRequest& request) {
    const Json body = Json::parse(request.body);
    if (body.contains("chat_template_kwargs")) return says({{"content", R"({"label":"no"})"}}, "stop");
    return says({{"content", nullptr}, {"reasoning", "Well"}}, "length");
  });
  EXPECT_TRUE(run.ended);
  EXPECT_EQ(run.answers, 12);
  EXPECT_LE(run.requests.size(), 12U + 4);
}

/// Takes what it may have, and never answers.
Scripted thinks_without_end(size_t, const HttpRequest&) {
  return says({{"content", ""}, {"reasoning_content", "Well, it may be yes, or no."}}, "length");
}

TEST(ReasoningLoop, AModelThatReasonsWithoutEndIsStoppedWhileItIsCheap) {
  const Asked run = ask(400, thinks_without_end);
  ASSERT_FALSE(run.ended);
  EXPECT_THAT(run.ended.error().what, HasSubstr("still reasoning after 16,384 tokens"));
  EXPECT_THAT(run.ended.error().next,
              AllOf(HasSubstr("--max-tokens 65536"), HasSubstr("--reasoning-budget 0"),
                    Not(HasSubstr("--reasoning none"))))
      << "that was asked for";
  int64_t tokens = 0;
  for (const auto& one : run.requests) tokens += Json::parse(one.request.body)["max_tokens"].get<int64_t>();
  EXPECT_LE(tokens, 50'000) << "one of each room, two of the largest";
  EXPECT_LE(run.requests.size(), 4U + 2 * 4 + 1);
}

TEST(ReasoningLoop, WhereReasoningWasAskedForLessOfItIsTheRemedy) {
  const Asked run = ask(400, thinks_without_end, "high");
  ASSERT_FALSE(run.ended);
  EXPECT_THAT(run.ended.error().next, HasSubstr("--reasoning low or none"));
}

}  // namespace
}  // namespace dew::teacher
