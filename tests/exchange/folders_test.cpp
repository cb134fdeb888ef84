#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

TEST(Folders, ASplitBesideTheClassesIsNoClass) {
  const auto set = TreeOnDisk({{"positive/1.jpg", "a"}, {"negative/2.jpg", "b"}, {"test/3.jpg", "c"}})
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(set.classes, (std::vector<std::string>{"negative", "positive"}));
  for (const Item& item : set.items)
    EXPECT_EQ(item.split, item.picture == "test/3.jpg" ? std::optional(Split::kTest) : std::nullopt)
        << item.picture;
  EXPECT_EQ(set.notes,
            (std::vector<std::string>{"test beside the classes: pictures of that split, without a class"}));
  const auto vehicles =
      TreeOnDisk({{"bus/1.jpg", "a"}, {"car/2.jpg", "b"}, {"train/3.jpg", "c"}}).read().value().value();
  EXPECT_EQ(vehicles.classes, (std::vector<std::string>{"bus", "car", "train"}));
}

TEST(Folders, AStrayPictureTakesNoSplitsAway) {
  const auto set = TreeOnDisk({{"cat/train/1.jpg", "a"},
                               {"cat/test/2.jpg", "b"},
                               {"dog/train/3.jpg", "c"},
                               {"dog/test/4.jpg", "d"},
                               {"dog/5.jpg", "e"}})
                       .read()
                       .value()
                       .value();
  for (const Item& item : set.items)
    EXPECT_EQ(item.split, item.picture == "dog/5.jpg"                      ? std::nullopt
                          : item.picture.find("test") != std::string::npos ? std::optional(Split::kTest)
                                                                           : std::optional(Split::kTrain))
        << item.picture;
}

TEST(Folders, AFolderOfAnotherClassWithinAClassIsTold) {
  const auto set =
      TreeOnDisk({{"cat/1.jpg", "a"}, {"cat/dog/2.jpg", "b"}, {"dog/3.jpg", "c"}}).read().value().value();
  EXPECT_EQ(set.notes,
            (std::vector<std::string>{"1 picture lies in a folder of another class's name, and of the class "
                                      "of the folder around it; first cat/dog/2.jpg"}));
}

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

TEST(Folders, APictureOutsideHasNoClass) {
  const TreeOnDisk disk({{"robin/1.jpg", "x"}, {"tit/1.jpg", "x"}, {"3.jpg", "x"}});
  for (const char* labels : {"auto", "folders"}) {
    const auto set = disk.read(labels).value().value();
    EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
    EXPECT_EQ(classes_of(set, "3.jpg"), "?");
    EXPECT_EQ(set.notes, std::vector<std::string>{"1 picture lies in no class's folder and has no label"});
  }
}

TEST(Folders, APictureBesideTheClassesOfASplitIsOfThatSplit) {
  const TreeOnDisk disk({{"train/robin/1.jpg", "x"},
                         {"train/tit/1.jpg", "x"},
                         {"train/3.jpg", "x"},
                         {"test/robin/2.jpg", "x"}});
  const auto set = disk.read().value().value();
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  ASSERT_EQ(set.items.size(), 4U);
  EXPECT_EQ(classes_of(set, "train/3.jpg"), "");
  EXPECT_EQ(classes_of(set, "test/robin/2.jpg"), "robin");
  for (const Item& item : set.items)
    EXPECT_EQ(item.split, item.picture.starts_with("train") ? Split::kTrain : Split::kTest) << item.picture;
}

TEST(Folders, ATestSetMayHaveNoClasses) {
  std::map<std::string, std::string> files{{"train/robin/1.jpg", "x"}, {"train/tit/2.jpg", "x"}};
  for (int i = 0; i < 9; ++i) files["test/" + std::to_string(i) + ".jpg"] = "x";
  const auto set = TreeOnDisk(files).read().value().value();
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  ASSERT_EQ(set.items.size(), 11U);
  EXPECT_EQ(classes_of(set, "train/robin/1.jpg"), "robin");
  for (const Item& item : set.items)
    EXPECT_EQ(item.split, item.picture.starts_with("train") ? Split::kTrain : Split::kTest) << item.picture;
  EXPECT_EQ(set.notes,
            std::vector<std::string>{"9 pictures lie right in the folders of splits, without a class"});
}

TEST(Folders, AlbumsAreNoClasses) {
  for (const auto& [one, other] :
       std::vector<std::pair<std::string, std::string>>{{"Photos from 2023", "Photos from 2024"},
                                                        {"Recents", "Favorites"},
                                                        {"2024-05-01 Berlin", "2024-06 Rom"},
                                                        {"Januar", "Februar"},
                                                        {"batch1", "batch2"},
                                                        {"Hidden", "Recently Deleted"}}) {
    const TreeOnDisk disk({{one + "/1.jpg", "x"}, {other + "/2.jpg", "x"}});
    EXPECT_FALSE(disk.read().value()) << one;
  }
  const TreeOnDisk months({{"photos from above/1.jpg", "x"}, {"batches/2.jpg", "x"}});
  EXPECT_TRUE(months.read().value());
}

TEST(Folders, AreNoClassesWhereMostPicturesLieOutside) {
  std::map<std::string, std::string> files{{"robin/1.jpg", "x"}, {"tit/1.jpg", "x"}};
  for (int i = 0; i < 3; ++i) files[std::to_string(i) + ".jpg"] = "x";
  const TreeOnDisk disk(files);
  EXPECT_FALSE(disk.read().value());
  EXPECT_EQ(disk.read("folders").value().value().classes, (std::vector<std::string>{"robin", "tit"}));
}

TEST(Folders, MayLieInOtherFolders) {
  for (const std::string outer : {"birds/", "birds/images/", "a/b/c/"}) {
    const TreeOnDisk disk({{outer + "robin/1.jpg", "x"}, {outer + "tit/1.jpg", "x"}});
    const auto set = disk.read().value().value();
    EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"})) << outer;
    const TreeOnDisk split({{outer + "train/robin/1.jpg", "x"}, {outer + "test/tit/1.jpg", "x"}});
    EXPECT_EQ(split.read().value().value().items[0].split, Split::kTest) << outer;
  }
}

TEST(Folders, AFewPicturesMayLieOutside) {
  std::map<std::string, std::string> files{{"ds/cover.jpg", "x"}};
  for (int i = 0; i < 6; ++i) {
    files["ds/robin/" + std::to_string(i) + ".jpg"] = "x";
    files["ds/tit/" + std::to_string(i) + ".jpg"] = "x";
  }
  const auto set = TreeOnDisk(files).read().value().value();
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(set.items.size(), 12U);
  EXPECT_EQ(set.notes, std::vector<std::string>{"1 picture lies in no class's folder and has no label"});
}

TEST(Folders, WhatLiesBesideTheSplitsHasNoClass) {
  std::map<std::string, std::string> files{{"extra/robin/1.jpg", "x"}};
  for (int i = 0; i < 6; ++i) {
    files["train/robin/" + std::to_string(i) + ".jpg"] = "x";
    files["train/tit/" + std::to_string(i) + ".jpg"] = "x";
  }
  const auto set = TreeOnDisk(files).read().value().value();
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(set.items.size(), 12U);
}

TEST(Folders, AClassMayHaveTheNameOfASplit) {
  const TreeOnDisk disk({{"train/1.jpg", "x"}, {"car/1.jpg", "x"}, {"plane/1.jpg", "x"}});
  EXPECT_EQ(disk.read().value().value().classes, (std::vector<std::string>{"car", "plane", "train"}));
}

TEST(Folders, SplitsWithPicturesRightInThemAreNoClasses) {
  const TreeOnDisk disk({{"s/train/1.jpg", "x"}, {"s/test/2.jpg", "x"}, {"s/val/3.jpg", "x"}});
  const auto set = disk.read().value().value();
  EXPECT_THAT(set.classes, ::testing::IsEmpty());
  EXPECT_EQ(classes_of(set, "s/test/2.jpg"), "");
  EXPECT_EQ(set.items[0].split, Split::kTest);
  EXPECT_EQ(set.items[1].split, Split::kTrain);
  EXPECT_EQ(set.items[2].split, Split::kValidation);
}

TEST(Folders, OneFolderIsNoChoice) {
  const TreeOnDisk disk({{"robin/1.jpg", "x"}, {"robin/2.jpg", "x"}});
  EXPECT_FALSE(disk.read().value());
  const std::map<std::string, std::string> plain{{"1.jpg", "x"}};
  EXPECT_FALSE(TreeOnDisk(plain).read("folders"));
}

TEST(Folders, OneIsAClassForWhoAsks) {
  for (const std::string outer : {"", "images/", "train/", "a/test/"}) {
    const std::map<std::string, std::string> files{{outer + "robin/1.jpg", "x"}};
    const auto set = TreeOnDisk(files).read("folders");
    ASSERT_TRUE(set && *set) << outer;
    EXPECT_EQ((*set)->classes, std::vector<std::string>{"robin"}) << outer;
  }
}

TEST(Folders, SplitsMayLieInTheClasses) {
  const auto set = TreeOnDisk({{"cat/train/1.jpg", "x"}, {"cat/test/2.jpg", "x"}, {"dog/train/3.jpg", "x"}})
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(classes_of(set, "cat/test/2.jpg"), "cat");
  for (const Item item : set.items)
    EXPECT_EQ(item.split, item.picture == "cat/test/2.jpg" ? Split::kTest : Split::kTrain) << item.picture;
  const auto mixed = TreeOnDisk({{"cat/train/1.jpg", "x"}, {"dog/3.jpg", "x"}}).read().value().value();
  EXPECT_EQ(mixed.items[0].split, std::nullopt) << "a breed of cats, for all that is known";
}

TEST(Folders, TheSameFoldersInEachMayBeTheClasses) {
  const auto set =
      TreeOnDisk({{"a/cat/1.jpg", "x"}, {"a/dog/2.jpg", "x"}, {"b/cat/3.jpg", "x"}, {"b/dog/4.jpg", "x"}})
          .read()
          .value()
          .value();
  EXPECT_THAT(set.notes, ::testing::ElementsAre(::testing::HasSubstr("holds folders cat, dog")));
  const auto others =
      TreeOnDisk({{"a/x/1.jpg", "x"}, {"a/y/2.jpg", "x"}, {"b/x/3.jpg", "x"}}).read().value().value();
  EXPECT_TRUE(others.notes.empty());
}

TEST(Folders, OfCamerasPhonesAndDatesAreNoClasses) {
  const std::vector<std::map<std::string, std::string>> trees{
      {{"DCIM/100APPLE/IMG_1.JPG", "x"}, {"DCIM/101APPLE/IMG_2.JPG", "y"}},
      {{"100CANON/1.jpg", "x"}, {"101_PANA/2.jpg", "y"}},
      {{"DCIM/Camera/1.jpg", "x"}, {"Download/2.jpg", "y"}, {"Pictures/WhatsApp/3.jpg", "z"}},
      {{"2024-05/1.jpg", "x"}, {"2024-06/2.jpg", "y"}, {"20240701/3.jpg", "z"}, {"202408__/4.jpg", "w"}}};
  for (const auto& files : trees) {
    const TreeOnDisk disk(files);
    EXPECT_FALSE(disk.read().value()) << files.begin()->first;
    EXPECT_EQ(disk.read("folders").value().value().items.size(), files.size()) << "who asks for it gets it";
  }
  for (const auto& files :
       std::vector<std::map<std::string, std::string>>{{{"camera/1.jpg", "x"}, {"laptop/2.jpg", "y"}},
                                                       {{"10000000/1.jpg", "x"}, {"20000000/2.jpg", "y"}},
                                                       {{"2024-13/1.jpg", "x"}, {"100apple/2.jpg", "y"}}})
    EXPECT_TRUE(TreeOnDisk(files).read().value()) << files.begin()->first;
}

}  // namespace
}  // namespace dew::exchange
