#include "teacher/choice.h"

#include <gtest/gtest.h>

namespace dew::teacher {
namespace {

const std::vector<std::string> kChoices = {"yes", "no", "unsure"};

TEST(MatchChoice, BlanksCaseQuotesAndPunctuationDoNotMatter) {
  for (const char* text :
       {"yes", "Yes", "YES", " yes\n", "Yes.", "yes!", "\"yes\"", "'Yes'.", "`yes`", "**yes**"})
    EXPECT_EQ(match_choice(text, kChoices), "yes") << text;
}

TEST(MatchChoice, AnythingMoreIsNoChoice) {
  for (const char* text :
       {"", " ", ".", "maybe", "yes?", "yes, I think", "yes no", "y", "not", "no/yes", "-yes"})
    EXPECT_EQ(match_choice(text, kChoices), std::nullopt) << text;
}

TEST(MatchChoice, ChoicesThatDifferOnlyInSpellingNeedTheExactText) {
  const std::vector<std::string> choices = {"C", "c", "Blanket"};
  EXPECT_EQ(match_choice("C", choices), "C");
  EXPECT_EQ(match_choice("c", choices), "c");
  EXPECT_EQ(match_choice("c.", choices), std::nullopt);
  EXPECT_EQ(match_choice("blanket", choices), "Blanket") << "spelt as the choice is";
}

TEST(MatchChoice, OtherAlphabets) {
  EXPECT_EQ(match_choice(" да. ", {"да", "нет"}), "да");
  EXPECT_EQ(match_choice("\xff\xfe", {"да", "нет"}), std::nullopt);
}

TEST(MatchWords, AChoiceMayBeExplained) {
  for (const char* text :
       {"yes", "Yes.", " YES", "yes, there is", "Yes, there is a man.", "YES: a dog's owner",
        "**Yes**, a person stands there.", "Yes.\nA person stands at the table."})
    EXPECT_EQ(match_words(text, kChoices), "yes") << text;
  EXPECT_EQ(match_words("No, there is not.", kChoices), "no");
  EXPECT_EQ(match_words("unsure; too dark", kChoices), "unsure");
}

TEST(MatchWords, AnythingElseIsNoAnswer) {
  for (const char* text :
       {"", "maybe", "yes, I think", "yes, no doubt", "yes or no", "yes, but it may be a statue", "Yes?",
        "yes there is", "nothing", "no-one", "Not really.", "There is: yes.", "yes, or no", "yes.no",
        "Yes, unsure.", "y", "<b>yes</b>", "I cannot answer, yes"})
    EXPECT_EQ(match_words(text, kChoices), std::nullopt) << text;
  EXPECT_EQ(match_words("yes, " + std::string(1000, 'a'), kChoices), std::nullopt) << "an essay";
}

TEST(MatchWords, LongerChoicesAndOtherAlphabets) {
  const std::vector<std::string> choices = {"cat", "cat, sleeping", "да", "нет"};
  EXPECT_EQ(match_words("Cat, sleeping.", choices), "cat, sleeping");
  EXPECT_EQ(match_words("cat, sleeping, on a sofa", choices), std::nullopt) << "it is both";
  EXPECT_EQ(match_words("cat. A tabby.", choices), "cat");
  EXPECT_EQ(match_words("да, это да", choices), "да");
  EXPECT_EQ(match_words("дай, это", choices), std::nullopt);
}

}  // namespace
}  // namespace dew::teacher
