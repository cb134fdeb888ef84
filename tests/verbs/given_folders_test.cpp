// What the own name of a folder, or of an archive, says of what lies in it: a class, a split, or nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/media/archives.h"
#include "tests/verbs/adding.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class GivenFolders : public AddingTest {
 protected:
  /// An archive with two pictures below each of the folders.
  void archive(const std::string& name, const std::string& format, const std::vector<std::string>& folders,
               unsigned seed) {
    std::vector<Entry> entries;
    for (const std::string& below : folders)
      for (unsigned i = 0; i < 2; ++i)
        entries.push_back({below + std::to_string(++seed) + ".png", encode_png(noise(32, 24, seed))});
    write_archive(folder() / name, format, entries);
  }
};

TEST_F(GivenFolders, AnArchiveIsOfTheClassThatItIsCalledLike) {
  make({"cat", "dog"});
  archive("cat.zip", "zip", {""}, 0);
  archive("Dog.tar", "pax", {"2024-01/"}, 2);
  const auto added = add(args({"cat.zip", "Dog.tar"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(),
              UnorderedElementsAre("1.png=cat", "2.png=cat", "2024-01/3.png=dog", "2024-01/4.png=dog"));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("Dog.tar: 2 pictures, 1 class (Dog)")));
}

TEST_F(GivenFolders, AnArchiveIsTheSplitThatItIsCalledLike) {
  make({"cat", "dog"});
  archive("train.zip", "zip", {"cat/", "dog/"}, 0);
  archive("test.zip", "zip", {"cat/", "dog/"}, 4);
  AddArgs given = args({"train.zip", "test.zip"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels_and_splits(),
              UnorderedElementsAre("cat/1.png=cat,train", "cat/2.png=cat,train", "dog/3.png=dog,train",
                                   "dog/4.png=dog,train", "cat/5.png=cat,test", "cat/6.png=cat,test",
                                   "dog/7.png=dog,test", "dog/8.png=dog,test"));
  EXPECT_THAT(lines_about(added->labels), Not(Contains(HasSubstr("unpacked"))));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("/train.zip: 4 pictures")));
}

TEST_F(GivenFolders, SplitsThatAreAddedOneAfterTheOtherStaySplits) {
  make({"cat", "dog"});
  for (unsigned i = 0; i < 4; ++i) {
    const std::string name = std::to_string(i) + ".png";
    picture("w/train/cat/a" + name, i);
    picture("w/test/cat/b" + name, 10 + i);
    picture("w/test/dog/c" + name, 20 + i);
  }
  AddArgs given = args({"w/train"});
  given.keep_splits = true;
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  given.files = {folder() / "w/test"};
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  for (const Sample& sample : samples())
    EXPECT_EQ(split_name(sample.split), sample.name.find("/a") != std::string::npos ? "train" : "test")
        << sample.name;
  EXPECT_THAT(watch_.warned, Not(Contains(HasSubstr("no splits"))));
}

TEST_F(GivenFolders, TheSplitThatAFolderIsCalledLikeIsToldWhereItIsDrawnAnew) {
  make({"cat", "dog"});
  picture("test/cat/1.png", 1);
  picture("test/dog/2.png", 2);
  const auto added = add(args({"test"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("split test, drawn anew here (--splits keep")));
}

TEST_F(GivenFolders, BesideATableFromElsewhereItIsStillTheSplitThatItIsCalledLike) {
  make({"cat", "dog"});
  for (unsigned i = 1; i < 7; ++i) picture((i < 4 ? "d/train/" : "d/test/") + std::to_string(i) + ".png", i);
  file("d/labels.csv", "file,label\n1.png,cat\n2.png,dog\n3.png,cat\n4.png,dog\n5.png,cat\n6.png,dog\n");
  for (const char* split : {"d/train", "d/test"}) {
    AddArgs given = args({split, "d/labels.csv"});
    given.keep_splits = true;
    given.skip_unknown = true;
    ASSERT_EQ(error_of(add(given, watch_)), "fine");
  }
  EXPECT_THAT(labels_and_splits(),
              UnorderedElementsAre("1.png=cat,train", "2.png=dog,train", "3.png=cat,train", "4.png=dog,test",
                                   "5.png=cat,test", "6.png=dog,test"));
}

TEST_F(GivenFolders, SplitsAreKeptWithoutLabels) {
  make({"cat", "dog"});
  picture("d/train/cat/1.png", 1);
  picture("d/test/dog/2.png", 2);
  picture("e/test/3.png", 3);
  AddArgs given = args({"d", "e/test"});
  given.labels = "none";
  given.keep_splits = true;
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre());
  std::vector<std::string> splits;
  for (const Sample& sample : samples())
    splits.push_back(sample.name + " " + std::string(split_name(sample.split)));
  EXPECT_THAT(splits, UnorderedElementsAre("train/cat/1.png train", "test/dog/2.png test", "3.png test"));
}

TEST_F(GivenFolders, WhatIsDrawnBesideSplitsThatAreKeptIsTold) {
  make({"cat", "dog"});
  picture("d/train_set/cat/1.png", 1);
  picture("d/test_set/dog/2.png", 2);
  picture("d/extra/cat/3.png", 3);
  picture("d/extra/dog/4.png", 4);
  AddArgs given = args({"d"});
  given.keep_splits = true;
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(watch_.warned, ElementsAre("--splits keep: 2 files are in none of the data's splits and drawn "
                                         "as always; first " +
                                         (folder() / "d/extra/cat/3.png").string()));
  EXPECT_THAT(labels_and_splits(),
              AllOf(Contains("train_set/cat/1.png=cat,train"), Contains("test_set/dog/2.png=dog,test")));
}

TEST_F(GivenFolders, LabelsOfOneSplitAreNoneOfAnothersPictures) {
  make({"cat", "dog"});
  picture("d/train/1.png", 1);
  picture("d/test/1.png", 2);
  file("d/train.csv", "file,label\n1.png,cat\n");
  file("d/test.csv", "file,label\n1.png,dog\n");
  const auto refused = AllOf(HasSubstr("train.csv"), HasSubstr("this file is of the split train"));
  EXPECT_THAT(error_of(add(args({"d/test", "d/train.csv"}), watch_)), refused);
  EXPECT_THAT(error_of(add(args({"d/test/1.png", "d/train.csv"}), watch_)), refused);
  AddArgs named = args({"d/test"});
  named.labels = (folder() / "d/train.csv").string();
  EXPECT_THAT(error_of(add(named, watch_)), refused);
  archive("test.zip", "zip", {""}, 0);
  EXPECT_THAT(error_of(add(args({"test.zip", "d/train.csv"}), watch_)), refused);
  ASSERT_EQ(error_of(add(args({"d/test", "d/test.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=dog"));
  fs::remove_all(project());
  make({"cat", "dog"});
  ASSERT_EQ(error_of(add(args({"d/train", "d/test", "d/train.csv", "d/test.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), UnorderedElementsAre("train/1.png=cat", "test/1.png=dog"));
}

TEST_F(GivenFolders, ACopyBesideTheClassesTakesNoLabelAway) {
  make({"cat", "dog"});
  picture("c/train/cat/1.png", 1);
  picture("c/train/cat/2.png", 2);
  picture("c/train/dog/3.png", 3);
  picture("c/test/cat/4.png", 4);
  picture("c/test/dog/5.png", 5);
  picture("c/test/x.png", 2);  // as train/cat/2.png
  const auto added = add(args({"c"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.labelled, 5);
  EXPECT_EQ(added->labels.contradicted, 0);
}

TEST_F(GivenFolders, AClassWithAFolderOfAnotherOneInItIsAClass) {
  make({"cat", "dog"});
  for (unsigned i = 1; i < 4; ++i) picture("cat/" + std::to_string(i) + ".png", i);
  picture("cat/dog/4.png", 4);
  picture("dog/5.png", 5);
  const auto added = add(args({"cat", "dog"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(),
              UnorderedElementsAre("1.png=cat", "2.png=cat", "3.png=cat", "dog/4.png=cat", "5.png=dog"));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("all of it is cat, also what lies in dog")));
}

TEST_F(GivenFolders, ADataSetThatIsCalledLikeItsOwnClassIsADataSet) {
  make({"hotdog", "other"});
  for (unsigned i = 1; i < 4; ++i) picture("hotdog/hotdog/" + std::to_string(i) + ".png", i);
  picture("hotdog/other/4.png", 4);
  ASSERT_EQ(error_of(add(args({"hotdog"}), watch_)), "fine");
  EXPECT_THAT(labels(), Contains("other/4.png=other"));
}

TEST_F(GivenFolders, ANewProjectTakesTheirNamesWhereFoldersAreAskedFor) {
  picture("cat/2024-01/1.png", 1);
  picture("cat/2024-02/2.png", 2);
  picture("dog/2024-01/3.png", 3);
  NewArgs fresh{project(), {}};
  fresh.settings.question = "Which?";
  fresh.data = {folder() / "cat", folder() / "dog"};
  EXPECT_THAT(error_of(create_project(fresh, watch_)), HasSubstr("--labels folders"));
  fresh.how.labels = "folders";
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog"));
  EXPECT_THAT(labels(), UnorderedElementsAre("2024-01/1.png=cat", "2024-02/2.png=cat", "2024-01/3.png=dog"));
}

TEST_F(GivenFolders, FoldersThatHoldClassesAreNoneThemselves) {
  for (const std::string site : {"a", "b"}) {
    picture(site + "/cat/1.png", site == "a" ? 1 : 2);
    picture(site + "/dog/2.png", site == "a" ? 3 : 4);
  }
  NewArgs fresh{project(), {}};
  fresh.settings.question = "Which?";
  fresh.data = {folder() / "a", folder() / "b"};
  fresh.how.labels = "folders";
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog"));
}

TEST_F(GivenFolders, APipeIsNothingToConvert) {
  make({"cat", "dog"});
  picture("d/1.png", 1);
  ASSERT_EQ(::mkfifo((folder() / "d/control").c_str(), 0600), 0);
  const auto added = add(args({"d"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->left_out.count(LeftOut::kOther), 1);
  EXPECT_EQ(added->left_out.count(LeftOut::kNotMedia), 0);
}

}  // namespace
}  // namespace dew::verbs
