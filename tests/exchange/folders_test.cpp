#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

TEST(Folders, NameTheClasses) {
  const TreeOnDisk disk(
      {{"robin/1.jpg", "x"}, {"robin/garden/2.jpg", "x"}, {"tit/1.jpg", "x"}, {"readme.txt", "x"}});
  const auto set = disk.read().value().value();
  EXPECT_EQ(set.format, "folders");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(classes_of(set, "robin/1.jpg"), "robin");
  EXPECT_EQ(classes_of(set, "robin/garden/2.jpg"), "robin");
  EXPECT_EQ(classes_of(set, "tit/1.jpg"), "tit");
  EXPECT_FALSE(set.items[0].split);
}

TEST(Folders, SplitsStandBeforeTheClasses) {
  const TreeOnDisk disk({{"train/robin/1.jpg", "x"}, {"Validation/tit/1.jpg", "x"}, {"test/tit/2.jpg", "x"}});
  const auto set = disk.read().value().value();
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(set.items[0].split, Split::kValidation);
  EXPECT_EQ(set.items[1].split, Split::kTest);
  EXPECT_EQ(set.items[2].split, Split::kTrain);
}

TEST(Folders, AreNoClassesWhereAPictureLiesOutside) {
  const TreeOnDisk disk({{"robin/1.jpg", "x"}, {"tit/1.jpg", "x"}, {"3.jpg", "x"}});
  EXPECT_FALSE(disk.read().value());
  EXPECT_FALSE(disk.read("folders"));
}

TEST(Folders, OneFolderIsNoChoice) {
  const TreeOnDisk disk({{"robin/1.jpg", "x"}, {"robin/2.jpg", "x"}});
  EXPECT_FALSE(disk.read().value());
}

}  // namespace
}  // namespace dew::exchange
