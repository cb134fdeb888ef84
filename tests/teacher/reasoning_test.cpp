// Replies of models that reason before they answer, as the servers of each family send them: what the chat
// templates write and what the parsers of vLLM, SGLang, llama.cpp, Ollama and the providers make of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/teacher/replies.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

/// The reasoning names another label and writes it as an answer is written: nothing of it may count.
constexpr const char* kThoughts =
    "The user wants JSON with a \"label\". At first it looks like {\"label\": \"no\", \"reason\": "
    "\"empty\"}, "
    "but there is someone behind the car. No, wait: yes.";
constexpr const char* kAnswer = R"({"label": "yes", "reason": "A person stands behind the car."})";

struct Sent {
  const char* family;
  const char* server;
  Json message;
};

/// Words and what is between them, each a token; the label's probability is .97, all others' .1.
Json tokens_of(const std::string& text) {
  Json tokens = Json::array();
  const size_t label = text.rfind("\"label\": \"") + 10;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    const auto letter = [&](size_t i) { return std::isalpha(static_cast<unsigned char>(text[i])) != 0; };
    while (end < text.size() && letter(end) == letter(at) && letter(at)) ++end;
    const std::string token = text.substr(at, end - at);
    Json bytes = Json::array();
    for (const char c : token) bytes.push_back(static_cast<unsigned char>(c));
    tokens.push_back({{"token", token}, {"logprob", std::log(at == label ? 0.97 : 0.1)}, {"bytes", bytes}});
    at = end;
  }
  return tokens;
}

std::string body_of(const Json& message, const std::string& generated, const char* finish = "stop") {
  return Json{{"choices",
               {{{"index", 0},
                 {"message", message},
                 {"logprobs", {{"content", tokens_of(generated)}}},
                 {"finish_reason", finish}}}},
              {"usage", {{"prompt_tokens", 300}, {"completion_tokens", 90}}}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What reaches the client in `content` with the marks still in it, by the family's chat template.
const std::vector<std::pair<const char*, std::string>>& marked_texts() {
  static const std::string kThought = kThoughts;
  static const std::vector<std::pair<const char*, std::string>> kTexts = {
      {"DeepSeek-R1, vLLM without a parser", "<think>\n" + kThought + "\n</think>\n\n" + kAnswer},
      {"Qwen3-VL-Thinking, whose template opens <think>", kThought + "\n</think>\n\n" + kAnswer},
      {"Qwen3-VL-Instruct with an empty block", std::string("<think>\n\n</think>\n\n") + kAnswer},
      {"GLM-4.1V-Thinking",
       "<think>" + kThought + "</think><answer><|begin_of_box|>" + kAnswer + "<|end_of_box|></answer>"},
      {"GLM-4.5V",
       "<think>" + kThought + "</think>\nThe answer is <|begin_of_box|>" + kAnswer + "<|end_of_box|>."},
      {"Kimi-VL-Thinking", "◁think▷" + kThought + "◁/think▷\n\n" + kAnswer},
      {"Kimi-VL-Thinking, whose template opens it", kThought + "◁/think▷" + kAnswer + "<|im_end|>"},
      {"gpt-oss, llama.cpp --reasoning-format none",
       "<|channel|>analysis<|message|>" + kThought + "<|end|><|start|>assistant<|channel|>final<|message|>" +
           kAnswer + "<|return|>"},
      {"gpt-oss with a schema", "<|channel|>analysis<|message|>" + kThought +
                                    "<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>" +
                                    kAnswer},
      {"gpt-oss, special tokens dropped", "analysis" + kThought + "assistantfinal" + kAnswer},
      {"Magistral", "[THINK]" + kThought + "[/THINK]" + kAnswer},
      {"MiniMax-M1, M2", "<think>\n" + kThought + "\n</think>\n\n```json\n" + kAnswer + "\n```"},
      {"Seed-OSS", "<seed:think>" + kThought + "</seed:think>" + kAnswer},
      {"Gemma 4", "<|channel>thought\n" + kThought + "<channel|>" + kAnswer + "<turn|>"},
      {"InternVL3.5", "<think>\n" + kThought + "\n</think>\n\nMy answer is: " + kAnswer},
      {"Gemini, include_thoughts", "<thought>" + kThought + "</thought>" + kAnswer},
      {"Claude, asked to think in tags", "<thinking>\n" + kThought + "\n</thinking>\n\n" + kAnswer},
      {"Command A Reasoning",
       "<|START_THINKING|>" + kThought + "<|END_THINKING|><|START_RESPONSE|>" + kAnswer + "<|END_RESPONSE|>"},
      {"Granite 3.3", "Here is my thought process:\n" + kThought + "\nHere is my response:\n" + kAnswer},
      {"Hunyuan", "<think>\n" + kThought + "\n</think>\n<answer>\n" + kAnswer + "\n</answer>"},
  };
  return kTexts;
}

TEST(Reasoning, MarkedInTheContent) {
  for (const auto& [family, text] : marked_texts()) {
    const ReplyOutcome outcome = read_chat_reply(body_of({{"content", text}}, text), kChoices);
    ASSERT_EQ(outcome.kind, ReplyKind::kAnswer) << family << ": " << outcome.error.what;
    EXPECT_EQ(outcome.answer.label, "yes") << family;
    EXPECT_EQ(outcome.answer.reason, "A person stands behind the car.") << family;
    ASSERT_TRUE(outcome.answer.confidence) << family;
    EXPECT_NEAR(*outcome.answer.confidence, 0.97, 0.01) << family;
  }
}

/// Reasoning beside the content. The tokens hold both, with the marks between them.
const std::vector<Sent>& separated() {
  static const std::vector<Sent> kSent = {
      {"DeepSeek-R1", "DeepSeek", {{"content", kAnswer}, {"reasoning_content", kThoughts}}},
      {"Qwen3-VL-Thinking",
       "vLLM",
       {{"content", std::string("\n\n") + kAnswer}, {"reasoning_content", kThoughts}}},
      {"Qwen3.5",
       "vLLM from 0.23 on",
       {{"content", std::string("\n\n") + kAnswer}, {"reasoning", kThoughts}}},
      {"GLM-4.5V",
       "SGLang",
       {{"content", kAnswer}, {"reasoning_content", kThoughts}, {"tool_calls", nullptr}}},
      {"gpt-oss", "llama.cpp", {{"content", kAnswer}, {"reasoning_content", kThoughts}}},
      {"gpt-oss", "Groq", {{"content", kAnswer}, {"reasoning", kThoughts}}},
      {"gpt-oss",
       "LM Studio",
       {{"content", kAnswer}, {"reasoning", kThoughts}, {"tool_calls", Json::array()}}},
      {"Qwen3", "Ollama", {{"content", kAnswer}, {"reasoning", kThoughts}}},
      {"Qwen3", "Ollama's own fields", {{"content", kAnswer}, {"thinking", kThoughts}}},
      {"MiniMax-M2",
       "OpenRouter",
       {{"content", kAnswer},
        {"reasoning", kThoughts},
        {"reasoning_details", {{{"type", "reasoning.text"}, {"text", kThoughts}, {"index", 0}}}}}},
      {"Claude",
       "LiteLLM",
       {{"content", kAnswer},
        {"reasoning_content", kThoughts},
        {"thinking_blocks", {{{"type", "thinking"}, {"thinking", kThoughts}, {"signature", "Eq=="}}}}}},
      {"Magistral",
       "Mistral",
       {{"content",
         {{{"type", "thinking"}, {"thinking", {{{"type", "text"}, {"text", kThoughts}}}}, {"closed", true}},
          {{"type", "text"}, {"text", kAnswer}}}}}},
      {"Command A Reasoning",
       "a gateway with typed parts",
       {{"content", {{{"type", "reasoning"}, {"text", kThoughts}}, {{"type", "text"}, {"text", kAnswer}}}}}},
      {"Gemini",
       "a gateway that keeps its parts",
       {{"content", {{{"text", kThoughts}, {"thought", true}}, {{"text", kAnswer}}}}}},
  };
  return kSent;
}

TEST(Reasoning, BesideTheContent) {
  for (const Sent& one : separated()) {
    const std::string generated =
        std::string("<think>") + kThoughts + "</think>\n\n" + kAnswer + "<|im_end|>";
    const ReplyOutcome outcome = read_chat_reply(body_of(one.message, generated), kChoices);
    ASSERT_EQ(outcome.kind, ReplyKind::kAnswer)
        << one.family << ", " << one.server << ": " << outcome.error.what;
    EXPECT_EQ(outcome.answer.label, "yes") << one.family << ", " << one.server;
    ASSERT_TRUE(outcome.answer.confidence) << one.family << ", " << one.server;
    EXPECT_NEAR(*outcome.answer.confidence, 0.97, 0.01) << one.family << ", " << one.server;
  }
}

TEST(Reasoning, TheAnswerItselfMayStandWhereReasoningDoes) {
  // vLLM with a reasoning parser and a template that was told not to think.
  for (const char* field : {"reasoning_content", "reasoning"})
    for (const Json& content : {Json(nullptr), Json(""), Json("\n\n")}) {
      const ReplyOutcome outcome =
          read_chat_reply(body_of({{"content", content}, {field, kAnswer}}, kAnswer), kChoices);
      ASSERT_EQ(outcome.kind, ReplyKind::kAnswer) << field << ": " << outcome.error.what;
      EXPECT_EQ(outcome.answer.label, "yes");
      EXPECT_NEAR(outcome.answer.confidence.value_or(0), 0.97, 0.01);
    }
}

TEST(Reasoning, IsNoAnswer) {
  for (const char* thoughts : {"yes", "Yes.", "Yes, there is a person.", kThoughts,
                               R"(So the answer is {"label": "yes", "reason": "A person."})"})
    EXPECT_EQ(
        read_chat_reply(body_of({{"content", ""}, {"reasoning_content", thoughts}}, "x"), kChoices).kind,
        ReplyKind::kAgain)
        << thoughts;
}

/// Reasoning that began and did not end, with what looks like an answer in it.
std::vector<std::string> unfinished_texts() {
  std::vector<std::string> texts;
  for (const std::string open :
       {"<think>", "<thinking>", "<thought>", "<seed:think>", "[THINK]", "◁think▷", "<|channel>thought\n",
        "<|START_THINKING|>", "<|channel|>analysis<|message|>", "analysis"}) {
    texts.push_back(open + kThoughts);
    texts.push_back(open + "So: " + kAnswer);
    texts.push_back("<think>one</think>" + open + "Two. " + kAnswer);
  }
  return texts;
}

TEST(Reasoning, ThatDidNotEndIsNoAnswerEvenIfTheServerCallsItFinished) {
  for (const std::string& text : unfinished_texts()) {
    // "analysis" is a mark only where a reply begins.
    if (text.starts_with("<think>one</think>analysis")) continue;
    const ReplyOutcome outcome = read_chat_reply(body_of({{"content", text}}, "x"), kChoices);
    EXPECT_EQ(outcome.kind, ReplyKind::kAgain) << text;
  }
}

TEST(Reasoning, ThatWasCutOffIsNeverGuessedFrom) {
  const std::string thought = kThoughts;
  std::vector<Json> messages = {
      {{"content", ""}, {"reasoning_content", thought}},
      {{"content", nullptr}, {"reasoning", kAnswer}},
      {{"content", nullptr}, {"reasoning_content", kAnswer}},
      {{"content", nullptr}},
      {{"content", ""}, {"reasoning_details", {{{"type", "reasoning.encrypted"}, {"data", "gAAA"}}}}},
      {{"content", {{{"type", "thinking"}, {"thinking", {{{"type", "text"}, {"text", thought}}}}}}}},
      {{"content", thought}},  // its template opened <think>
      {{"content", thought + "</think>{\"label\": \"y"}},
      {{"content", std::string("The answer could be ") + kAnswer}},
  };
  for (const std::string& text : unfinished_texts()) messages.push_back({{"content", text}});
  for (const Json& message : messages) {
    const ReplyOutcome outcome = read_chat_reply(body_of(message, "x", "length"), kChoices);
    ASSERT_EQ(outcome.kind, ReplyKind::kAdapt) << message << outcome.error.what;
    EXPECT_EQ(outcome.dialect.room, 1200) << message;
  }
}

TEST(Reasoning, RoomGrowsUntilThereIsNoMore) {
  const std::string cut = body_of({{"content", ""}, {"reasoning_content", "Well"}}, "x", "length");
  Dialect used;
  std::vector<int> rooms;
  ReplyOutcome outcome = read_chat_reply(cut, kChoices, used);
  for (; outcome.kind == ReplyKind::kAdapt; outcome = read_chat_reply(cut, kChoices, used)) {
    used = outcome.dialect;
    rooms.push_back(used.room);
    EXPECT_EQ(used.template_switch, TemplateSwitch::kSent);
    EXPECT_EQ(common(used, {}), used) << "common() keeps the room";
  }
  EXPECT_EQ(rooms, (std::vector<int>{1200, 4800, 8192, 16384}));
  EXPECT_EQ(outcome.kind, ReplyKind::kFailed);
  EXPECT_THAT(outcome.error.what, ::testing::HasSubstr("still reasoning after 16,384 tokens"));
  EXPECT_THAT(outcome.error.next, ::testing::HasSubstr("--max-tokens"));
}

TEST(Reasoning, RoomThatTheUserChoseDoesNotGrow) {
  ChatQuestion question;
  question.max_tokens = 500;
  question.reasoning = "low";
  const Dialect used = first_dialect(question);
  const ReplyOutcome outcome =
      read_chat_reply(body_of({{"content", ""}, {"reasoning", "Well"}}, "x", "length"), kChoices, used);
  EXPECT_EQ(outcome.kind, ReplyKind::kFailed);
  EXPECT_THAT(outcome.error.what, ::testing::HasSubstr("after 500 tokens"));
}

TEST(Reasoning, IsNoticedByTheServersCountAlone) {
  Json reply = Json::parse(body_of({{"content", R"({"label":)"}}, "x", "length"));
  EXPECT_EQ(read_chat_reply(reply.dump(), kChoices).kind, ReplyKind::kFailed);
  reply["usage"]["completion_tokens_details"] = {{"reasoning_tokens", 60}};
  EXPECT_EQ(read_chat_reply(reply.dump(), kChoices).kind, ReplyKind::kAdapt) << "OpenAI hides the reasoning";
  reply["usage"] = {{"prompt_tokens", 300}, {"completion_tokens", 2}, {"total_tokens", 590}};
  EXPECT_EQ(read_chat_reply(reply.dump(), kChoices).kind, ReplyKind::kAdapt)
      << "Gemini counts it in the total";
}

}  // namespace
}  // namespace dew::teacher
