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
