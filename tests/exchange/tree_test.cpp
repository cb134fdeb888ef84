// Which file a data set means by a name: never one that merely could be it.
#include "exchange/tree.h"

#include <gtest/gtest.h>

#include <ctime>

namespace dew::exchange {
namespace {

const Tree& birds() {
  static const Tree tree("/home/ada/birds",
                         {"A/IMG_0001.jpg", "B/IMG_0001.jpg", "top.jpg", "images/train/7.png",
                          "labels/train/7.txt", "d\xC3\xA4mmerung.jpg"});
  return tree;
}

TEST(Tree, FindsAFileByItsPathBelowTheRoot) {
  EXPECT_EQ(birds().find("A/IMG_0001.jpg").file, "A/IMG_0001.jpg");
  EXPECT_EQ(birds().find("./A/../B/IMG_0001.jpg").file, "B/IMG_0001.jpg");
  EXPECT_EQ(birds().find("A\\IMG_0001.jpg").file, "A/IMG_0001.jpg");
}

TEST(Tree, NamesThatDifferOnlyInHowALetterIsComposedAreTwoFiles) {
  const std::string one = "gr\u00fcn.png";
  const std::string two = "gru\u0308n.png";
  const Tree tree("/home/ada", {one, two, "a/" + one, "a/" + two, "labels.csv", "a/labels.csv"});
  for (const std::string& name : {one, two}) {
    EXPECT_EQ(tree.find(name, "labels.csv").file, name);
    EXPECT_EQ(tree.find(name, "a/labels.csv").file, "a/" + name);
  }
}

TEST(Tree, WhatIsNowhereToTheLetterMayBeTheOnlyFileInAnyCase) {
  const Tree tree("/home/ada/d", {"b.jpg", "IMG_1.JPG", "img_1.jpg", "x/c.jpg", "y/ d .jpg", "y/t.csv",
                                  "e.PNG", "z/E.png", "t.csv"});
  EXPECT_EQ(tree.find("B.JPG").file, "b.jpg");
  EXPECT_EQ(tree.find("B.JPG", "t.csv").file, "b.jpg");
  EXPECT_EQ(tree.find("b.jpg ").file, "b.jpg");
  EXPECT_EQ(tree.find("C.JPG").file, "x/c.jpg");
  EXPECT_EQ(tree.find("/other/machine/X/C.jpg").file, "x/c.jpg");
  EXPECT_EQ(tree.find("/home/ada/D/b.JPG").file, "b.jpg");
  EXPECT_EQ(tree.find("D .jpg", "y/t.csv").file, "y/ d .jpg");
  EXPECT_EQ(tree.find_picture("B").file, "b.jpg");
  EXPECT_EQ(tree.find("IMG_1.JPG").file, "IMG_1.JPG") << "to the letter first";
  EXPECT_EQ(tree.find("Img_1.jpg").why, "several pictures could be meant: IMG_1.JPG, img_1.jpg");
  EXPECT_EQ(tree.find("E.Png", "z/t.csv").file, "z/E.png") << "beside the file that names it";
  EXPECT_EQ(tree.find("E.png", "t.csv").file, "z/E.png") << "to the letter";
  EXPECT_TRUE(tree.find("B.JPG", "y/t.csv").missing()) << "no picture around the file";
  EXPECT_TRUE(tree.find("B.JPG", {}, Tree::Spelling::kExact).missing());
  EXPECT_TRUE(tree.find("y/B.JPG").missing());
  EXPECT_TRUE(tree.find("/other/machine/x/B.JPG").missing()) << "x is there, without it";
}

TEST(Tree, FindsAFileBesideTheOneThatNamesIt) {
  EXPECT_EQ(birds().find("IMG_0001.jpg", "B/labels.csv").file, "B/IMG_0001.jpg");
  EXPECT_EQ(birds().find("../images/train/7.png", "labels/train.txt").file, "images/train/7.png");
}

TEST(Tree, ANameBesidePicturesIsNoPictureElsewhere) {
  const Tree tree("/home/ada/d", {"2.png", "3.png", "train/1.png", "test/2.png", "test/4.png", "x/5.png",
                                  "train/sub/6.png", "annotations/a.json"});
  for (const std::string file : {"train/labels.csv", "train/metadata.csv", "train/2.xml"}) {
    EXPECT_EQ(tree.find("1.png", file).file, "train/1.png");
    for (const std::string name : {"2", "3", "4", "5"}) {
      EXPECT_EQ(tree.find(name + ".png", file).file, "") << name;
      EXPECT_TRUE(tree.find(name + ".png", file).missing()) << name;
      EXPECT_EQ(tree.find_picture(name, file).file, "") << name;
      EXPECT_EQ(tree.find("/other/machine/train/" + name + ".png", file).file, "") << name;
    }
    EXPECT_EQ(tree.find("6.png", file).file, "train/sub/6.png");
    EXPECT_EQ(tree.find("test/4.png", file).file, "test/4.png") << "below the root";
    EXPECT_EQ(tree.find("d/x/5.png", file).file, "x/5.png") << "with the root's name";
    EXPECT_EQ(tree.find("gs://bucket/d/x/5.png", file).file, "x/5.png");
    EXPECT_EQ(tree.find("../3.png", file).file, "3.png");
  }
  EXPECT_EQ(tree.find("4.png", "train/labels.csv").why,
            "no such picture in train, where the file that names it lies; test/4.png is elsewhere");
  EXPECT_EQ(tree.find("4.png", "annotations/a.json").file, "test/4.png");
  EXPECT_EQ(tree.find("4.png", "annotations/instances_train.json").why, "test/4.png is of another split");
  EXPECT_EQ(tree.find("4.png").file, "test/4.png") << "a table that lies elsewhere";
}

TEST(Tree, OfSeveralTheOneInTheFolderAroundTheFileIsMeant) {
  const Tree tree("/home/ada/d", {"a/images/1.png", "b/images/1.png"});
  EXPECT_EQ(tree.find("1.png", "a/annotations/x.xml").file, "a/images/1.png");
  EXPECT_EQ(tree.find_picture("1", "b/annotations/x.xml").file, "b/images/1.png");
  EXPECT_TRUE(tree.find("1.png", "labels.csv").several);
  const Tree lost("/home/ada/d", {"a/images/1.png", "b/images/2.png"});
  EXPECT_EQ(lost.find("2.png", "a/annotations/x.xml").file, "") << "a/images/2.png is missing";
}

TEST(Tree, AFolderOfTheTreeIsNoneOfAnotherMachine) {
  const Tree tree("/home/ada/d", {"1.png", "images/2.png"});
  EXPECT_EQ(tree.find("/data/images/1.png").file, "") << "images/1.png is missing";
  EXPECT_EQ(tree.find("/data/pictures/1.png").file, "1.png");
}

TEST(Tree, LeadingFoldersMayBeLeftOutWhereOneFileFits) {
  EXPECT_EQ(birds().find("7.png").file, "images/train/7.png");
  EXPECT_EQ(birds().find("train/7.png").file, "images/train/7.png");
  EXPECT_EQ(birds().find("birds/A/IMG_0001.jpg").file, "A/IMG_0001.jpg");
  const auto two = birds().find("IMG_0001.jpg");
  EXPECT_EQ(two.file, "");
  EXPECT_EQ(two.why, "several pictures could be meant: A/IMG_0001.jpg, B/IMG_0001.jpg");
}

TEST(Tree, AnotherFolderIsAnotherFile) {
  EXPECT_EQ(birds().find("C/IMG_0001.jpg").why, "no such picture");
  EXPECT_EQ(birds().find("C/top.jpg").why, "no such picture");
  EXPECT_EQ(birds().find("op.jpg").why, "no such picture");
}

TEST(Tree, PathsOfOtherMachinesEndWithTheFile) {
  EXPECT_EQ(birds().find("gs://bucket/2024/A/IMG_0001.jpg").file, "A/IMG_0001.jpg");
  EXPECT_EQ(birds().find("C:\\Users\\bob\\top.jpg").file, "top.jpg");
  EXPECT_EQ(birds().find("/content/C/IMG_0001.jpg").why, "no such picture");
  EXPECT_EQ(birds().find("/home/ada/birds/B/IMG_0001.jpg").file, "B/IMG_0001.jpg");
}

TEST(Tree, FoldersOfTheRootAreNoneBelowIt) {
  const Tree tree("/home/ada/birds", {"A/1.jpg", "birds/A/1.jpg", "x/2.jpg", "x/y/2.jpg"});
  EXPECT_EQ(tree.find("/home/ada/birds/A/1.jpg").file, "A/1.jpg");
  EXPECT_EQ(tree.find("/home/bob/birds/A/1.jpg").file, "birds/A/1.jpg");
  EXPECT_EQ(tree.find("/elsewhere/x/y/2.jpg").file, "x/y/2.jpg");
  EXPECT_EQ(tree.find("birds/x/2.jpg").file, "x/2.jpg");
  EXPECT_EQ(tree.find("cats/x/2.jpg").why, "no such picture");
}

// A folder for each picture, which is called the same in all of them.
TEST(Tree, FindsOneOfManyFilesOfOneName) {
  std::vector<std::string> files;
  for (int i = 0; i < 50'000; ++i) files.push_back(std::to_string(i) + "/image.jpg");
  const Tree tree("/home/ada/birds", files);
  const std::clock_t began = std::clock();
  for (const std::string& file : files) EXPECT_EQ(tree.find("gs://bucket/" + file).file, file);
  for (const std::string& file : files)
    EXPECT_EQ(tree.find_picture("/content/" + file.substr(0, file.size() - 4)).file, file);
  for (int i = 0; i < 50'000; ++i) EXPECT_EQ(tree.find("image.jpg").file, "");
  EXPECT_LT(static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC, 5) << "seconds of the processor";
}

TEST(Tree, AccentsMayBeSpeltEitherWay) {
  EXPECT_EQ(birds().find("da\xCC\x88mmerung.jpg").file, "d\xC3\xA4mmerung.jpg");
}

TEST(Tree, FindsPicturesByTheirStem) {
  EXPECT_EQ(birds().find_picture("7").file, "images/train/7.png");
  EXPECT_EQ(birds().find_picture("IMG_0001", "B/IMG_0001.xml").file, "B/IMG_0001.jpg");
  EXPECT_EQ(birds().find_picture("IMG_0001").file, "");
}

}  // namespace
}  // namespace dew::exchange
