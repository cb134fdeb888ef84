// What is given beside each other: folders that are classes themselves, tables beside folders with labels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/media/archives.h"
#include "tests/verbs/adding.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class GivenBesideEachOther : public AddingTest {};

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

TEST_F(GivenBesideEachOther, WhatHasNoSplitsBesideOthersThatHaveIsTold) {
  make({"cat", "dog"});
  picture("e/train/cat/1.png", 1);
  picture("e/train/dog/2.png", 2);
  picture("e/test/cat/3.png", 3);
  picture("e/test/dog/4.png", 4);
  AddArgs given = args({"e/train", "e/test/cat", "e/test/dog"});
  given.keep_splits = true;
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(watch_.warned, Contains(AllOf(HasSubstr("drawn as always for what has none"),
                                            HasSubstr("e/test/cat"), HasSubstr("e/test/dog"))));
}

TEST_F(GivenBesideEachOther, ATableInAGivenClassCountsAndItsOwnNameIsTold) {
  make({"cat", "dog"});
  picture("cat/1.png", 1);
  picture("cat/2.png", 2);
  picture("dog/3.png", 3);
  file("cat/labels.csv", "file,label\n1.png,dog\n");
  const auto added = add(args({"cat", "dog"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), UnorderedElementsAre("1.png=dog", "3.png=dog"));
  EXPECT_THAT(lines_about(added->labels),
              Contains(AllOf(HasSubstr("cat is called like a class, but the labels in it count"),
                             HasSubstr("1 picture stays without a label"))));
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

TEST_F(GivenBesideEachOther, ATableInAFolderSpeaksTooBesideOneThatIsNamed) {
  make({"cat", "dog"});
  picture("A/1.png", 1);
  picture("A/2.png", 2);
  picture("B/3.png", 3);
  file("A/labels.csv", "file,label\n1.png,cat\n");
  file("B/labels.csv", "file,label\n3.png,dog\n");
  file("x.csv", "file,label\nA/2.png,dog\n");
  const auto added = add(args({"A", "x.csv"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog"));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("read together with")));
  ASSERT_EQ(error_of(add(args({"A", "B", "B/labels.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog", "3.png=dog"));
}

TEST_F(GivenBesideEachOther, ATableInAFolderThatContradictsTheNamedOneIsRefused) {
  make({"cat", "dog"});
  picture("A/1.png", 1);
  file("A/labels.csv", "file,label\n1.png,cat\n");
  file("x.csv", "file,label\n1.png,dog\n");
  EXPECT_THAT(error_of(add(args({"A", "x.csv"}), watch_)),
              AllOf(HasSubstr("'1.png' is"), HasSubstr("keep one of them")));
  AddArgs alone = args({"A"});
  alone.labels = (folder() / "x.csv").string();
  ASSERT_EQ(error_of(add(alone, watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=dog"));
}

TEST_F(GivenBesideEachOther, LabelsOfAnotherFormBesideATableAreSaid) {
  make({"cat", "dog"});
  picture("A/1.png", 1);
  file("A/coco.json", R"({"images":[{"id":1,"file_name":"1.png"}],
      "annotations":[{"id":1,"image_id":1,"category_id":1}],"categories":[{"id":1,"name":"cat"}]})");
  file("A/1.csv", "file,label\n1.png,cat\n");
  file("A/2.csv", "file,label\n1.png,cat\n");
  file("x.csv", "file,label\n1.png,cat\n");
  const auto beside = add(args({"A", "x.csv"}), watch_);
  ASSERT_EQ(error_of(beside), "fine");
  EXPECT_THAT(lines_about(beside->labels), Contains(AllOf(HasSubstr("COCO"), HasSubstr("coco.json"))));
  const auto chosen = add(args({"A", "A/1.csv"}), watch_);
  ASSERT_EQ(error_of(chosen), "fine");
  EXPECT_THAT(lines_about(chosen->labels), Contains(AllOf(HasSubstr("left out"), HasSubstr("2.csv"))));
}

TEST_F(GivenBesideEachOther, FramesOfAVideoAreOfTheClassWhoseFolderItLiesIn) {
  make({"cat", "dog"});
  picture("d/cat/1.png", 1);
  picture("d/dog/2.png", 2);
  write_video(folder() / "d/cat/walk.avi", 6);
  AddArgs given = args({"d"});
  given.cut.every = 2;
  const auto below = add(given, watch_);
  ASSERT_EQ(error_of(below), "fine");
  EXPECT_EQ(below->labels.labelled, 5);
  EXPECT_EQ(below->labels.cut, 0);
  EXPECT_THAT(labels(), Contains("cat/walk.avi#frame=4=cat"));

  fs::remove_all(project());
  make({"cat", "dog"});
  given.files = {folder() / "d/cat", folder() / "d/dog"};
  const auto itself = add(given, watch_);
  ASSERT_EQ(error_of(itself), "fine");
  EXPECT_EQ(itself->labels.labelled, 5);

  fs::remove_all(project());
  make({"cat", "dog"});
  given.cut.columns = 2;
  const auto tiles = add(given, watch_);
  ASSERT_EQ(error_of(tiles), "fine");
  EXPECT_EQ(tiles->labels.labelled, 0) << "a tile may show anything";
  EXPECT_EQ(tiles->labels.cut, 3);
}

TEST_F(GivenBesideEachOther, AFolderWithoutLabelsBesideOneWithThemIsSaid) {
  make({"cat", "dog"});
  picture("A/cat/1.png", 1);
  picture("A/dog/2.png", 2);
  picture("B/3.png", 3);
  const auto added = add(args({"A", "B"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(lines_about(added->labels),
              Contains(HasSubstr("no labels for what is in " + (folder() / "B").string())));
}

TEST_F(GivenBesideEachOther, FilesOfTwoFormsSpeakOfOnePictureTogether) {
  make({"cat", "dog"});
  for (unsigned i = 1; i < 4; ++i) picture("A/" + std::to_string(i) + ".png", i);
  const std::string begin = R"({"images":[{"id":1,"file_name":"1.png"},{"id":2,"file_name":"2.png"}],)";
  file("x.json", begin + R"("annotations":[{"id":1,"image_id":1,"category_id":1}],
      "categories":[{"id":1,"name":"cat"}]})");
  file("y.csv", "file,label\n2.png,dog\n3.png,dog\n");
  ASSERT_EQ(error_of(add(args({"A", "x.json", "y.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog", "3.png=dog"));
  fs::remove_all(project());
  make({"cat", "dog", "none"});
  ASSERT_EQ(error_of(add(args({"A", "x.json", "y.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog", "3.png=dog")) << "2.png: nothing but a dog";
  file("z.csv", "file,label\n1.png,dog\n");
  EXPECT_THAT(error_of(add(args({"A", "x.json", "z.csv"}), watch_)),
              AllOf(HasSubstr("z.csv"), HasSubstr("x.json"), HasSubstr("keep one of them")));
}

std::string coco_of(const std::string& picture, const std::string& class_name) {
  return R"({"images":[{"id":1,"file_name":"1.png"},{"id":2,"file_name":"2.png"},{"id":3,"file_name":"3.png"}],
    "annotations":[{"id":1,"image_id":)" +
         picture + R"(,"category_id":1},{"id":2,"image_id":3,"category_id":1}],
    "categories":[{"id":1,"name":")" +
         class_name + R"("}]})";
}

TEST_F(GivenBesideEachOther, ALabelNamesTheFilesThatSayIt) {
  make({"cat", "dog"});
  for (unsigned i = 1; i < 4; ++i) picture("d/" + std::to_string(i) + ".png", i);
  file("d/a.json", coco_of("1", "cat"));
  file("d/b.json", coco_of("2", "cat"));
  ASSERT_EQ(error_of(add(args({"d"}), watch_)), "fine");
  std::map<int64_t, std::string> name_of;
  for (const Sample& sample : samples()) name_of[sample.id] = sample.name;
  std::map<std::string, std::string> basis;
  const auto all = Project::open(project())->labels().value();
  for (const Label& label : all) basis[name_of[label.sample]] = label.basis;
  EXPECT_THAT(basis,
              UnorderedElementsAre(Pair("1.png", "import: d/a.json"), Pair("2.png", "import: d/b.json"),
                                   Pair("3.png", "import: d/a.json and b.json")));
}

TEST_F(GivenBesideEachOther, SpellingsOfOneClassCountOnce) {
  make({"cat", "dog"});
  picture("d/1.png", 1);
  picture("d/2.png", 2);
  picture("d/3.png", 3);
  file("d/labels.csv", "file,label\n1.png,Cat\n2.png,cat\n3.png,dog\n");
  const auto added = add(args({"d"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("2 classes (Cat, dog)")));
}

TEST_F(GivenBesideEachOther, WhatIsInAnArchiveIsToldByItsPath) {
  make({"cat", "dog"});
  picture("A/1.png", 1);
  const std::string bytes = encode_png(noise(32, 24, 7));
  write_archive(folder() / "b.tar", "pax",
                {{"2.png", bytes}, {"labels.csv", "file,label\n2.png,cat\n9.png,cat\n"}});
  file("x.csv", "file,label\n1.png,dog\n");
  EXPECT_THAT(error_of(add(args({"A", "b.tar", "x.csv"}), watch_)),
              AllOf(HasSubstr("b.tar/labels.csv:3: '9.png'"), Not(HasSubstr(".dewdrop"))));
  AddArgs given = args({"A", "b.tar", "x.csv"});
  given.skip_unknown = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr((folder() / "b.tar/labels.csv").string())));
  const auto all = Project::open(project())->labels().value();
  for (const Label& label : all)
    EXPECT_THAT(label.basis, AnyOf(HasSubstr("b.tar/labels.csv"), HasSubstr("x.csv")));
}

}  // namespace
}  // namespace dew::verbs
