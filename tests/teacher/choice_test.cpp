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

}  // namespace
}  // namespace dew::teacher
