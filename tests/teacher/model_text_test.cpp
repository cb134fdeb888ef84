#include "teacher/model_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/teacher/replies.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

TEST(ReadModelText, TakesWhatServersSend) {
  for (const char* text : {
           R"({"label": "yes", "reason": "A man."})",
           R"({"reason": "A man.", "label": "Yes."})",
           "```json\n{\"label\": \"yes\", \"reason\": \"A man.\"}\n```",
           "```\n{\"label\": \"yes\", \"reason\": \"A man.\"}```",
           "  <think>Hm, {\"label\": \"no\"}?</think>\n\n{\"label\": \"YES\", \"reason\": \"A man.\"}\n",
           R"({"label": "yes", "reason": "A man.", "confidence": 0.9})",
           "\xEF\xBB\xBF{\"label\": \"yes\", \"reason\": \"A man.\"}",
           R"([{"label": "yes", "reason": "A man."}])",
           R"({"Label": "yes", "REASON": "A man."})",
           R"({"label": "yes", "label": "Yes.", "reason": "A man."})",
           R"({"label": "yes", "reason": "A man.",})",
           R"({"answer": {"label": "yes", "reason": "A man."}})",
           "Here is the answer:\n```json\n{\"label\": \"yes\", \"reason\": \"A man.\"}\n```\nI hope that "
           "helps.",
           "Like this:\n```json\n{\"label\": \"...\"}\n```\nSo:\n```\n{\"label\": \"yes\", \"reason\": "
           "\"A man.\"}\n```",
           "```json\n{\"label\": \"yes\", \"reason\": \"A man.\"}\n```\n```c\nint main() {}\n```",
           R"(It is {"label": "yes", "reason": "A man."}, as {you} see.)",
           R"(The form is {"label": "LABEL"}, so it is {"label": "yes", "reason": "A man."})",
           R"(I say {"label": "yes"}. Once more: {"label": "yes", "reason": "A man."})",
           R"({"label": "yes", "reason": "A man."}{"label": "yes", "reason": "A man."})",
           R"({"label" "no"} is not right: {"label": "yes", "reason": "A man."})",
       }) {
    const auto answer = read_model_text(text, kChoices);
    ASSERT_TRUE(answer) << text << ": " << answer.error().what;
    EXPECT_EQ(answer->label, "yes") << text;
    EXPECT_EQ(answer->reason, "A man.") << text;
  }
  EXPECT_EQ(read_model_text("No.", kChoices)->label, "no") << "the bare label";
  EXPECT_EQ(read_model_text(R"({"label": "no"})", kChoices)->reason, "");
  EXPECT_EQ(read_model_text(R"({"label": 7, "reason": "seven"})", {"7", "8"})->label, "7");
  EXPECT_EQ(
      read_model_text("{\"label\": \"no\", \"reason\": \"Two\nlines,\ta \\\"quote\\\".\"}", kChoices)->reason,
      "Two\nlines,\ta \"quote\".");
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
           "{\"label\": \"\"}",
           "maybe",
           "yes, there may be a person",
           "```",
           "``````",
           "```json\n```",
           "<think>yes",
           "<think>{\"label\": \"yes\"}",
           "{\"label\": \"yes\"}{\"label\": \"no\"}",
           "{\"label\": \"\xff\"}",
           "{\"label\": \"yes\", \"label\": \"no\"}",
           "{\"label\": \"no\", \"reason\": \"x\", \"Label\": \"yes\"}",
           "[{\"label\": \"yes\"}, {\"label\": \"no\"}]",
           "{\"label\": \"yes\"}\n{\"label\": \"no\"}",
           "I first thought of {\"label\": \"no\"}, but it is {\"label\": \"yes\"}",
           "If dark: {\"label\": \"no\"}\nIf light: {\"label\": \"yes\"}",
           "Not this:\n```\n{\"label\": \"no\"}\n```\nbut this:\n```\n{\"label\": \"yes\"}\n```",
           "Not {\"label\": \"no\"} but\n```\n{\"label\": \"yes\"}\n```",
           "{\"type\": \"object\", \"properties\": {\"label\": {\"type\": \"string\"}}}",
           "It is {\"label\": \"yes\"}, no, {\"label\": \"maybe\"}",
           "{\"label\" \"yes\"}",
           "{\"label\": \"yes\", \"x\": {\"label\": \"no\"},",
           "{\"label\": \"yes\", \"x\": {\"label\": \"no\"} oh}",
           "{\"label\": \"no\"} Correction: {\"label\": \"yes\"",
           "{label: \"yes\"}",
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

TEST(ReadModelText, AContradictionIsNamed) {
  EXPECT_EQ(read_model_text(R"({"label":"yes","label":"no"})", kChoices).error().what,
            "the answer contradicts itself: yes and no");
}

TEST(ReadModelText, ToldWhereTheLabelStands) {
  const auto place = [](const std::string& text) {
    const auto answer = read_model_text(text, kChoices);
    EXPECT_TRUE(answer) << text;
    return answer ? text.substr(0, answer->label_at) + "|" + text.substr(answer->label_at, answer->label_size)
                  : std::string();
  };
  EXPECT_EQ(place(R"({"label": "yes", "reason": "label"})"), R"({"label": "|yes)");
  EXPECT_EQ(place(R"(<think>"label": "no"</think>{"label":"No."})"),
            R"(<think>"label": "no"</think>{"label":"|No.)");
  EXPECT_EQ(place("**Unsure**, it is dark"), "**|Unsure");
  EXPECT_EQ(place("\n No: nobody."), "\n |No");
}

TEST(ReadModelText, OfACutOffTextOnlyAWholeObjectCounts) {
  for (const char* text : {R"({"label": "no", "reason": "x"})", "</think>\n```json\n{\"label\": \"no\"}\n```",
                           "Let me think.</think>{\"label\": \"no\"}   \n\n"})
    EXPECT_TRUE(read_model_text(text, kChoices, Around::kNothing)) << text;
  for (const char* text :
       {"no", "No, there is", R"(The format is {"label": "no"})", R"({"label": "no"} or)",
        R"({"label": "no", "reason": "x)", "<think>{\"label\": \"no\"}", "```json\n{\"label\": \"no\"}"})
    EXPECT_FALSE(read_model_text(text, kChoices, Around::kNothing)) << text;
}

TEST(ReadModelText, MoreBracesThanAnAnswerHasAreNotSearched) {
  std::string braces = "so ";
  for (int i = 0; i < 100'000; ++i) braces += "{\"a\":";
  EXPECT_FALSE(read_model_text(braces + R"({"label":"yes"})", kChoices));
}

TEST(ModelText, AModelThatSaysItCannotSeeHasNotAnswered) {
  const std::vector<std::string> choices = {"yes", "no", "unsure"};
  for (const char* text :
       {R"(I'm sorry, but I can't see the image. If I could, I would answer like this: {"label": "yes"})",
        "I cannot view images. Format:\n```json\n{\"label\": \"no\", \"reason\": \"placeholder\"}\n```",
        R"(Example: {"label":"yes"} But I cannot see the picture.)",
        R"(I am unable to view the attached photo. {"label": "no"})"}) {
    const auto answer = read_model_text(text, choices, Around::kAnything);
    ASSERT_FALSE(answer) << text;
    EXPECT_NE(answer.error().what.find("cannot see the picture"), std::string::npos) << answer.error().what;
  }
  for (const char* text :
       {R"(I cannot see a person in the picture. {"label": "no"})", R"(I can't see anyone: {"label": "no"})",
        R"({"label": "no", "reason": "I cannot see the picture's left side"})"}) {
    const auto answer = read_model_text(text, choices, Around::kAnything);
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->label, "no");
  }
}

}  // namespace
}  // namespace dew::teacher
