// Columns of one table that say what a picture shows: where they contradict each other, none of them wins.
#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// "cat dog" of 1.jpg and 2.jpg, or the error.
std::string told(const std::string& table) {
  const auto set = TreeOnDisk({{"1.jpg", "x"}, {"2.jpg", "y"}, {"labels.csv", table}}).read();
  if (!set) return set.error().where + ": " + set.error().what;
  if (!*set) return "no labels";
  return classes_of(**set, "1.jpg") + " " + classes_of(**set, "2.jpg");
}

TEST(RivalColumns, OfTwoLinesAreEnoughWhicheverNamesAllClasses) {
  for (const char* table : {"file,label,class\n1.jpg,cat,dog\n2.jpg,dog,dog\n",
                            "file,label,class\n1.jpg,dog,cat\n2.jpg,dog,dog\n",
                            "file,class,category\n1.jpg,cat,dog\n2.jpg,dog,dog\n"})
    EXPECT_THAT(told(table), StartsWith("labels.csv:2: 1 cell of two columns contradict each other: '"))
        << table;
  EXPECT_EQ(
      told("file,label,class\n1.jpg,cat,dog\n2.jpg,dog,dog\n"),
      "labels.csv:2: 1 cell of two columns contradict each other: 'dog' in the column class and 'cat' in "
      "label");
}

TEST(RivalColumns, WhatIsCalledTrueIsAPersonsWord) {
  for (const std::string truth : {"y_true", "true_label", "gold"}) {
    EXPECT_THAT(told("file," + truth + ",label\n1.jpg,cat,dog\n2.jpg,dog,dog\n"),
                HasSubstr("'cat' in " + truth));
    EXPECT_EQ(told("file," + truth + ",y_pred\n1.jpg,cat,dog\n2.jpg,dog,dog\n"), "cat dog");
  }
  EXPECT_EQ(told("file,human,label\n1.jpg,cat,dog\n2.jpg,dog,dog\n"), "cat dog")
      << "a person's word beside what was there before";
}

TEST(RivalColumns, WhatIsCorrectedIsNotTakenBesideItsCorrection) {
  for (const std::string name : {"corrected_label", "label_new", "fixed_label"}) {
    EXPECT_THAT(told("file,label," + name + "\n1.jpg,cat,dog\n2.jpg,dog,\n"), HasSubstr("'dog' in " + name));
    EXPECT_EQ(told("file," + name + "\n1.jpg,cat\n2.jpg,dog\n"), "cat dog");
  }
}

TEST(RivalColumns, WhatAColumnHumanCorrectsIsTold) {
  const auto notes = [](const std::string& table) {
    const auto set = TreeOnDisk({{"1.jpg", "x"}, {"2.jpg", "y"}, {"labels.csv", table}}).read();
    return set && *set ? join((*set)->notes, "; ") : "no labels";
  };
  EXPECT_EQ(
      notes("file,label,human\n1.jpg,dog,cat\n2.jpg,dog,dog\n"),
      "labels.csv: 1 column is not taken along: label; 1 cell says otherwise than the column human, which "
      "counts; first labels.csv:2: 'cat' in the column human and 'dog' in label");
  EXPECT_EQ(notes("file,label,human\n1.jpg,cat,cat\n2.jpg,dog,dog\n"),
            "labels.csv: 1 column is not taken along: label");
}

TEST(RivalColumns, AColumnOfListsNamesTheSameClasses) {
  EXPECT_EQ(
      told("file,label,labels\n1.jpg,cat,cat\n2.jpg,dog,cat\n"),
      "labels.csv:3: 1 cell of two columns contradict each other: 'dog' in the column label and 'cat' in "
      "labels");
  EXPECT_THAT(told("file,label,labels\n1.jpg,dog,cat\n2.jpg,dog,dog\n"), HasSubstr("'cat' in labels"));
  EXPECT_EQ(told("file,label,labels\n1.jpg,cat,cat|dog\n2.jpg,dog,dog\n"), "cat dog")
      << "the class and another beside it";
  EXPECT_EQ(told("file,label,tags\n1.jpg,cat,indoors;cat\n2.jpg,dog,outdoors;grass\n"), "cat dog");
  EXPECT_EQ(told("file,label,tags\n1.jpg,cat,night\n2.jpg,dog,\n"), "cat dog");
}

TEST(RivalColumns, AColumnForEachClassNamesThemToo) {
  EXPECT_EQ(told("file,label,cat,dog\n1.jpg,cat,1,0\n2.jpg,cat,0,1\n"),
            "labels.csv:3: 1 cell of two columns contradict each other: 'cat' in the column label and '0' in "
            "cat");
  EXPECT_THAT(told("file,label,cat,dog\n1.jpg,cat,,1\n2.jpg,dog,,1\n"),
              HasSubstr("'cat' in the column label and '1' in dog"));
  EXPECT_EQ(told("file,label,cat,dog\n1.jpg,cat,1,0\n2.jpg,dog,0,1\n"), "cat dog");
  EXPECT_EQ(told("file,label,cat,dog\n1.jpg,cat,1,1\n2.jpg,dog,NA,1\n"), "cat dog") << "both are there";
  EXPECT_EQ(told("file,label,cat,dog\n1.jpg,cat,0,7\n2.jpg,cat,3,7\n"), "cat cat") << "how many there are";
  EXPECT_EQ(told("file,label,night,blurred\n1.jpg,cat,1,1\n2.jpg,dog,0,1\n"), "cat dog") << "no classes";
}

TEST(RivalColumns, WhatSaysSomethingElseIsNone) {
  for (const char* table : {"file,label,site\n1.jpg,cat,north\n2.jpg,dog,south\n",
                            "file,label,split\n1.jpg,cat,train\n2.jpg,dog,test\n",
                            "file,label,annotator\n1.jpg,cat,ada\n2.jpg,dog,bob\n",
                            "file,label,superclass\n1.jpg,cat,animal\n2.jpg,dog,animal\n",
                            "file,label,category\n1.jpg,cat,feline\n2.jpg,dog,canine\n",
                            "file,label,species\n1.jpg,cat,felis catus\n2.jpg,dog,canis lupus\n",
                            "file,label,labeler\n1.jpg,cat,dog\n2.jpg,dog,cat\n",
                            "file,label,difficult,truncated\n1.jpg,cat,1,0\n2.jpg,dog,0,0\n"})
    EXPECT_EQ(told(table), "cat dog") << table;
}

}  // namespace
}  // namespace dew::exchange
