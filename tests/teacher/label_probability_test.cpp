#include "teacher/label_probability.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/teacher/replies.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

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

/// Tokens of which the one that is `label` has probability .97 and the last of its kind counts.
Json tokens(const std::vector<std::string>& texts, const std::string& label, bool with_bytes = false) {
  Json all = Json::array();
  size_t last = 0;
  for (size_t i = 0; i < texts.size(); ++i)
    if (texts[i] == label) last = i;
  for (size_t i = 0; i < texts.size(); ++i) {
    Json token = {{"token", texts[i]}, {"logprob", std::log(i == last ? 0.97 : 0.018)}};
    if (with_bytes) {
      token["token"] = "?";
      for (const char c : texts[i]) token["bytes"].push_back(static_cast<unsigned char>(c));
    }
    all.push_back(token);
  }
  return all;
}

std::optional<double> of(const Json& all, const std::string& text, const std::string& label) {
  return label_probability(all, text, text.rfind(label), label.size());
}

TEST(LabelProbability, ReasoningInFrontDoesNotCount) {
  const std::string text = R"({"label": "yes"})";
  const std::vector<std::string> spoken = {
      "<think>", "a \"label\": \"", "yes",    "\"?", "</think>", "\n\n",
      "{\"",     "label",           "\": \"", "yes", "\"}",      "<|im_end|>"};
  EXPECT_NEAR(of(tokens(spoken, "yes"), text, "yes").value_or(0), 0.97, 1e-6);
  EXPECT_NEAR(of(tokens(spoken, "yes", true), text, "yes").value_or(0), 0.97, 1e-6) << "from their bytes";
}

TEST(LabelProbability, TokensMayBePartsOfCharacters) {
  const std::string text = "{\"label\":\"да\",\"reason\":\"Größe\"}";
  const std::vector<std::string> split = {"{\"label\":\"", "да",  "\",\"reason\":\"Gr", "\xC3", "\xB6\xC3",
                                          "\x9F",          "e\"}"};
  EXPECT_NEAR(of(tokens(split, "да", true), text, "да").value_or(0), 0.97, 1e-6);
  const std::vector<std::string> replaced = {
      "{\"label\":\"", "да", "\",\"reason\":\"Gr", "\xEF\xBF\xBD", "\xEF\xBF\xBD", "\xEF\xBF\xBD", "e\"}"};
  EXPECT_NEAR(of(tokens(replaced, "да"), text, "да").value_or(0), 0.97, 1e-6) << "as vLLM sends them";
}

TEST(LabelProbability, TokensMayBeWrittenAsInTheVocabulary) {
  EXPECT_NEAR(of(tokens({"{\"label\":", "Ġ\"", "yes", "\",", "Ċ", "\"reason\":\"GrÃ¶ÃŁe\"}"}, "yes"),
                 "{\"label\": \"yes\",\n\"reason\":\"Größe\"}", "yes")
                  .value_or(0),
              0.97, 1e-6);
  EXPECT_NEAR(of(tokens({"{\"label\":", "▁\"", "yes", "\",", "<0x0A>", "\"reason\":\"a▁b\"}"}, "yes"),
                 "{\"label\": \"yes\",\n\"reason\":\"a b\"}", "yes")
                  .value_or(0),
              0.97, 1e-6);
}

TEST(LabelProbability, NoneRatherThanAWrongOne) {
  const std::string text = R"({"label":"yes","reason":"x"})";
  for (const auto& spoken : std::vector<std::vector<std::string>>{
           {"{\"label\":\"", "yes", "\",\"reason\":\""},                   // the end is missing
           {"{\"label\":\"", "yes", "\",\"reason\":\"y\"}"},               // another reply
           {"<think>\"", "yes", "\"</think>"},                             // only the reasoning
           {"\",\"reason\":\"x\"}"},                                       // the label is missing
           {"{\"label\":\"", "yes", "\",\"reason\":\"x\"}", "\n\nUser:"},  // it went on
           {"{\"label\":\"\xEF\xBF\xBD", "\",\"reason\":\"x\"}"},
       })
    EXPECT_EQ(of(tokens(spoken, "yes"), text, "yes"), std::nullopt) << spoken.back();
}

}  // namespace
}  // namespace dew::teacher
