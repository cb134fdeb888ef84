#include "cascade/answer_doubt.h"

#include <gtest/gtest.h>

namespace dew::cascade {
namespace {

TEST(AnswerDoubt, OfTexts) {
  const DoubtRules rules;
  EXPECT_EQ(doubt_of("a dog", "person", rules), Doubt::kNone) << "a text names no class";
  EXPECT_EQ(doubt_of(" Unsure. ", "person", rules), Doubt::kUnsure);
  EXPECT_EQ(doubt_of("unsure whether it is a dog", "person", rules), Doubt::kNone);
  EXPECT_EQ(doubt_of("can't tell", "person", {false, "Can't tell", 0.6}), Doubt::kUnsure);
}

TEST(AnswerDoubt, OfObjectsByTheirProperties) {
  const DoubtRules rules{true, "unsure", 0.6};
  const auto doubt = [&](const char* object) { return doubt_of(object, "person", rules); };
  EXPECT_EQ(doubt(R"({"carries":"bag"})"), Doubt::kNone);
  EXPECT_EQ(doubt(R"({"sure":true,"class":"Person"})"), Doubt::kNone);
  EXPECT_EQ(doubt(R"({"sure":false})"), Doubt::kUnsure);
  EXPECT_EQ(doubt(R"({"confidence":0.59})"), Doubt::kUnsure);
  EXPECT_EQ(doubt(R"({"confidence":0.6})"), Doubt::kNone);
  EXPECT_EQ(doubt(R"({"confidence":"low"})"), Doubt::kUnsure);
  EXPECT_EQ(doubt(R"({"confidence":"high"})"), Doubt::kNone);
  EXPECT_EQ(doubt(R"({"answer":"unsure"})"), Doubt::kUnsure);
  EXPECT_EQ(doubt(R"({"class":"unsure"})"), Doubt::kUnsure);
  EXPECT_EQ(doubt(R"({"class":"cat","sure":true})"), Doubt::kDisagrees);
  EXPECT_EQ(doubt("no object"), Doubt::kUnsure);
}

}  // namespace
}  // namespace dew::cascade
