#include "verbs/common/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::verbs {
namespace {

using ::testing::ElementsAre;

TEST(CommandWords, TheProjectMayComeFirst) {
  EXPECT_THAT(verb_first({"-C", "p", "train", "--seed", "2"}),
              ElementsAre("train", "-C", "p", "--seed", "2"));
  EXPECT_THAT(verb_first({"--project", "p", "test"}), ElementsAre("test", "--project", "p"));
  EXPECT_THAT(verb_first({"train", "-C", "p"}), ElementsAre("train", "-C", "p"));
  EXPECT_THAT(verb_first({"-C", "p"}), ElementsAre("-C", "p"));
  EXPECT_THAT(verb_first({"-C", "p", "--help"}), ElementsAre("-C", "p", "--help"));
}

TEST(CommandWords, AMistypedOptionIsRecognised) {
  const std::vector<std::string> known{"--epochs", "--seed", "--json"};
  EXPECT_EQ(meant_option({"train", "--json", "--epoch", "3"}, known), "--epochs");
  EXPECT_EQ(meant_option({"train", "--sede=3"}, known), "--seed");
  EXPECT_EQ(meant_option({"train", "--seed", "3"}, known), "") << "nothing is wrong with it";
  EXPECT_EQ(meant_option({"train", "--entirely-different"}, known), "");
}

TEST(CommandWords, NumbersAreRefusedInFewWords) {
  EXPECT_EQ(not_negative("-1"), "'-1' is less than 0");
  EXPECT_EQ(not_negative("0"), "");
  EXPECT_EQ(positive("-5"), "'-5' is not more than 0");
  EXPECT_EQ(positive("0"), "'0' is not more than 0");
  EXPECT_EQ(positive("65536"), "");
}

}  // namespace
}  // namespace dew::verbs
