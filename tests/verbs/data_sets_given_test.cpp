// What is given beside each other: folders that are classes themselves, tables beside folders with labels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verbs/adding.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class GivenBesideEachOther : public AddingTest {
 protected:
  /// "1.png=cat,test" of each labelled sample.
  std::vector<std::string> labels_and_splits() {
    std::map<std::string, std::string> split_of;
    for (const Sample& sample : samples()) split_of[sample.name] = split_name(sample.split);
    std::vector<std::string> told;
    for (const std::string& one : labels())
      told.push_back(one + "," + split_of[one.substr(0, one.rfind('='))]);
    return told;
  }
};

TEST_F(GivenBesideEachOther, WhatLiesInFoldersOfAGivenClassIsOfThatClass) {
  make({"cat", "dog"});
  picture("d/cat/2024-01/1.png", 1);
  picture("d/cat/2024-02/2.png", 2);
  picture("d/cat/3.png", 3);
  picture("d/dog/garden/deep/4.png", 4);
  const auto added = add(args({"d/cat", "d/dog"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), UnorderedElementsAre("2024-01/1.png=cat", "2024-02/2.png=cat", "3.png=cat",
                                             "garden/deep/4.png=dog"));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("3 pictures, 1 class (cat)")));
}

TEST_F(GivenBesideEachOther, SplitsInAGivenClassAreItsSplits) {
  make({"cat", "dog"});
  for (unsigned i = 0; i < 3; ++i) {
    const std::string name = std::to_string(i) + ".png";
    picture("cat/train/c" + name, i);
    picture("cat/test/k" + name, 10 + i);
    picture("dog/test/d" + name, 20 + i);
  }
  AddArgs given = args({"cat", "dog"});
  given.keep_splits = true;
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(
      labels_and_splits(),
      UnorderedElementsAre("train/c0.png=cat,train", "train/c1.png=cat,train", "train/c2.png=cat,train",
                           "test/k0.png=cat,test", "test/k1.png=cat,test", "test/k2.png=cat,test",
                           "test/d0.png=dog,test", "test/d1.png=dog,test", "test/d2.png=dog,test"));
}

TEST_F(GivenBesideEachOther, AFolderOfClassesIsNoClassThoughItIsCalledLikeOne) {
  make({"pets", "cat", "dog"});
  picture("pets/cat/1.png", 1);
  picture("pets/dog/2.png", 2);
  ASSERT_EQ(error_of(add(args({"pets"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("cat/1.png=cat", "dog/2.png=dog"));
}

TEST_F(GivenBesideEachOther, AGivenClassMayBeAskedForAsFolders) {
  make({"cat", "dog"});
  picture("cat/1.png", 1);
  picture("dog/a/2.png", 2);
  AddArgs given = args({"cat", "dog"});
  given.labels = "folders";
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "a/2.png=dog"));
}

}  // namespace
}  // namespace dew::verbs
