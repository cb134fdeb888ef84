// Which file a data set means by a name: never one that merely could be it.
#include "exchange/tree.h"

#include <gtest/gtest.h>

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

TEST(Tree, FindsAFileBesideTheOneThatNamesIt) {
  EXPECT_EQ(birds().find("IMG_0001.jpg", "B/labels.csv").file, "B/IMG_0001.jpg");
  EXPECT_EQ(birds().find("../images/train/7.png", "labels/train.txt").file, "images/train/7.png");
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
