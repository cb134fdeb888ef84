#include "teacher/openai_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "teacher/reply_length.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

const ChatQuestion kQuestion{
    "Is there a \"person\"?", {"yes", "no", "unsure"}, "unsure", "gpt-4o", "low", 90};

Image plain(int width, int height) {
  return {width, height,
          std::vector<uint8_t>(static_cast<size_t>(width) * static_cast<size_t>(height) * 3, 90)};
}

ChatPictures sent(const char* jpeg) {
  return {{jpeg, 8, 8}, {}};
}

TEST(ChatBody, IsExactlyThis) {
  const Json expected = Json::parse(R"({
    "model": "gpt-4o",
    "messages": [
      {"role": "system", "content": ""},
      {"role": "user", "content": [
        {"type": "text", "text": "Is there a \"person\"?"},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,/9j/2Q==", "detail": "low"}}]}],
    "temperature": 0,
    "max_tokens": 300,
    "reasoning_effort": "none",
    "logprobs": true,
    "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": {
      "type": "object",
      "properties": {"label": {"type": "string", "enum": ["yes", "no", "unsure"]}, "reason": {"type": "string"}},
      "required": ["label", "reason"],
      "additionalProperties": false}}}})");
  Json body = Json::parse(chat_body(kQuestion, {}, sent("\xff\xd8\xff\xd9")));
  EXPECT_EQ(body["messages"][0]["content"], system_text(kQuestion));
  body["messages"][0]["content"] = "";
  EXPECT_EQ(body.dump(2), expected.dump(2)) << "the order of the keys counts: the model writes in it";
}

TEST(ChatBody, LeavesOutWhatAServerDoesNotKnow) {
  Dialect dialect;
  for (int steps = 0; const auto next = plainer(dialect); ++steps) {
    ASSERT_LT(steps, 9);
    EXPECT_NE(*next, dialect);
    EXPECT_EQ(common(*next, dialect), *next) << "each step takes away, none gives back";
    dialect = *next;
  }
  const Json plainest = Json::parse(chat_body(kQuestion, dialect, sent("x")));
  EXPECT_FALSE(plainest.contains("logprobs"));
  EXPECT_FALSE(plainest["messages"][1]["content"][1]["image_url"].contains("detail"));
  EXPECT_FALSE(plainest.contains("response_format"));
  EXPECT_FALSE(plainest.contains("temperature"));
  EXPECT_FALSE(plainest.contains("max_tokens"));
  EXPECT_GT(plainest["max_completion_tokens"], 300);
  EXPECT_FALSE(plainest.contains("reasoning_effort"));
  Dialect object;
  object.format = Format::kJsonObject;
  EXPECT_EQ(Json::parse(chat_body(kQuestion, object, sent("x")))["response_format"],
            (Json{{"type", "json_object"}}));
}

TEST(ChatBody, TextThatIsNotUtf8IsSentWithReplacements) {
  ChatQuestion question = kQuestion;
  question.question = "Is \xff there?";
  EXPECT_EQ(Json::parse(chat_body(question, {}, sent("x")))["messages"][1]["content"][0]["text"],
            "Is \xEF\xBF\xBD there?");
}

TEST(SystemText, NamesTheChoicesAndWhenToBeUnsure) {
  EXPECT_THAT(system_text(kQuestion), HasSubstr(R"(: "yes", "no", "unsure".)"));
  EXPECT_THAT(system_text(kQuestion), HasSubstr(R"(Answer "unsure" if)"));
  ChatQuestion forced = kQuestion;
  forced.choices = {"a \"quoted\" class", "b"};
  forced.unsure = "";
  EXPECT_THAT(system_text(forced), HasSubstr(R"(: "a \"quoted\" class", "b".)"));
  EXPECT_THAT(system_text(forced), Not(HasSubstr("unsure")));
}

TEST(ChatHash, CoversEverythingAskedAndNothingElse) {
  const std::vector<std::function<void(ChatQuestion&)>> changes = {
      [](ChatQuestion&) {},
      [](ChatQuestion& q) { q.question += "?"; },
      [](ChatQuestion& q) {
        q.choices = {"yes", "no"};
      },
      [](ChatQuestion& q) {
        q.choices = {"no", "yes", "unsure"};
      },
      [](ChatQuestion& q) { q.unsure = ""; },
      [](ChatQuestion& q) { q.model = "gpt-4o-mini"; },
      [](ChatQuestion& q) { q.detail = "high"; },
      [](ChatQuestion& q) { q.jpeg_quality = 80; },
      [](ChatQuestion& q) { q.jpeg_size = 512; },
      [](ChatQuestion& q) { q.temperature = 0.5; },
      [](ChatQuestion& q) { q.seed = 7; },
      [](ChatQuestion& q) { q.seed = 8; },
      [](ChatQuestion& q) { q.instructions = "Statues are not persons."; },
      [](ChatQuestion& q) { q.context = Context::kFrame; },
      [](ChatQuestion& q) { q.reasoning = "none"; },
      [](ChatQuestion& q) { q.reasoning = "high"; },
      [](ChatQuestion& q) { q.context = Context::kAround; },
      [](ChatQuestion& q) {
        q.examples = {{"a", 8, 8, "yes"}};
      },
      [](ChatQuestion& q) {
        q.examples = {{"a", 8, 8, "no"}};
      },
      [](ChatQuestion& q) {
        q.examples = {{"b", 8, 8, "no"}};
      }};
  std::set<std::string> hashes;
  for (const auto& change : changes) {
    ChatQuestion question = kQuestion;
    change(question);
    EXPECT_EQ(chat_hash(question), chat_hash(question));
    hashes.insert(chat_hash(question));
  }
  EXPECT_EQ(hashes.size(), changes.size());
}

TEST(ChatPicture, ScalesOnlyWhatIsTooLarge) {
  const auto size = [](const Image& image, int most) {
    ChatQuestion question = kQuestion;
    question.jpeg_size = most;
    const auto sent_picture = chat_picture(image, question);
    const auto decoded = decode_image(sent_picture->jpeg, "sent");
    EXPECT_EQ(decoded->width, sent_picture->width);
    EXPECT_EQ(decoded->height, sent_picture->height);
    return std::pair(decoded->width, decoded->height);
  };
  EXPECT_EQ(size(plain(192, 100), 2048), std::pair(192, 100));
  EXPECT_EQ(size(plain(20, 4096), 2048), std::pair(10, 2048));
  EXPECT_EQ(size(plain(6000, 1), 2048), std::pair(2048, 1));
  EXPECT_EQ(size(plain(192, 100), 96), std::pair(96, 50));
  EXPECT_FALSE(chat_picture(Image{}, kQuestion));
}

TEST(ChatBody, OptionsContextAndExamplesAreInIt) {
  ChatQuestion question = kQuestion;
  question.temperature = 0.5;
  question.seed = 7;
  question.instructions = "Statues are not persons.";
  question.examples = {{"e", 8, 8, "no"}};
  const Json body = Json::parse(chat_body(question, {}, {{"p", 8, 8}, {"c", 16, 16}}));
  EXPECT_EQ(body["temperature"], 0.5);
  EXPECT_EQ(body["seed"], 7);
  const Json& messages = body["messages"];
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_THAT(messages[0]["content"].get<std::string>(), HasSubstr("Statues are not persons."));
  EXPECT_EQ(messages[1]["content"][1]["image_url"]["url"], "data:image/jpeg;base64," + base64("e"));
  EXPECT_EQ(Json::parse(messages[2]["content"].get<std::string>())["label"], "no");
  ASSERT_EQ(messages[3]["content"].size(), 4U);
  EXPECT_EQ(messages[3]["content"][1]["image_url"]["url"], "data:image/jpeg;base64," + base64("p"));
  EXPECT_THAT(messages[3]["content"][2]["text"].get<std::string>(),
              HasSubstr("Answer for the first one only"));
  EXPECT_EQ(messages[3]["content"][3]["image_url"]["url"], "data:image/jpeg;base64," + base64("c"));
}

TEST(ChatHash, TheRoomForTheReplyIsNoPartOfTheQuestion) {
  ChatQuestion question = kQuestion;
  question.max_tokens = 4000;
  EXPECT_EQ(chat_hash(question), chat_hash(kQuestion));
}

TEST(ChatBody, ReasoningAndRoom) {
  const auto body = [](const ChatQuestion& question, const Dialect& dialect) {
    return Json::parse(chat_body(question, dialect, sent("x")));
  };
  Dialect dialect = first_dialect(kQuestion);
  EXPECT_EQ(dialect, Dialect{});
  dialect.effort = Effort::kMinimal;
  EXPECT_EQ(body(kQuestion, dialect)["reasoning_effort"], "minimal");
  dialect.effort = Effort::kLow;
  dialect.room = 1200;
  EXPECT_EQ(body(kQuestion, dialect)["reasoning_effort"], "low");
  EXPECT_EQ(body(kQuestion, dialect)["max_tokens"], 1200);
  dialect.max_tokens = false;
  EXPECT_EQ(body(kQuestion, dialect)["max_completion_tokens"], 1200);
  dialect.effort = Effort::kUnsent;
  EXPECT_FALSE(body(kQuestion, dialect).contains("reasoning_effort"));
  EXPECT_FALSE(body(kQuestion, dialect).contains("chat_template_kwargs")) << "only after a reply was lost";
  dialect.template_switch = TemplateSwitch::kSent;
  EXPECT_EQ(body(kQuestion, dialect)["chat_template_kwargs"]["enable_thinking"], false);

  ChatQuestion chosen = kQuestion;
  chosen.reasoning = "high";
  Dialect reasons = first_dialect(chosen);
  EXPECT_EQ(body(chosen, reasons)["reasoning_effort"], "high");
  EXPECT_EQ(body(chosen, reasons)["max_tokens"], 4000) << "reasoning needs room from the start";
  EXPECT_EQ(roomier(reasons)->template_switch, TemplateSwitch::kRefused) << "it would contradict the user";
  while (const auto next = plainer(reasons)) reasons = *next;
  EXPECT_EQ(body(chosen, reasons)["reasoning_effort"], "high");
  chosen.max_tokens = 700;
  EXPECT_EQ(body(chosen, first_dialect(chosen))["max_tokens"], 700);
  EXPECT_EQ(roomier(first_dialect(chosen)), std::nullopt);
}

TEST(ReplyLength, IsWithinAQuarterAfterTwentyReplies) {
  ReplyLength length;
  EXPECT_EQ(length.forecast(24), 24) << "nothing is known yet";
  // Reasoning between 300 and 1,500 tokens, 900 in the mean.
  int64_t sum = 0;
  for (int i = 0; i < 400; ++i) {
    const int64_t tokens = 300 + (i * 7919) % 1201;
    if (i == 20) {
      EXPECT_NEAR(static_cast<double>(length.forecast(24)), 900, 225);
    }
    length.saw(tokens);
    sum += tokens;
  }
  EXPECT_NEAR(static_cast<double>(sum) / 400, 900, 30);
  for (int i = 0; i < 150; ++i) length.saw(40);
  EXPECT_LT(length.forecast(24), 100) << "the server was asked for less reasoning";
}

}  // namespace
}  // namespace dew::teacher
