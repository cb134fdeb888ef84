// What Teachable Machine saves, unpacked.
#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using Files = std::map<std::string, std::string>;

TEST(TeachableMachine, SamplesOfAClassLieInAFolder) {
  const TreeOnDisk disk({{"Class 1-samples/0.jpg", "x"}, {"sets/my-cat-samples/17.jpg", "x"}});
  const auto set = disk.read().value().value();
  EXPECT_EQ(set.format, "teachable-machine");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"Class 1", "my-cat"}));
  EXPECT_EQ(classes_of(set, "Class 1-samples/0.jpg"), "Class 1");
  EXPECT_EQ(classes_of(set, "sets/my-cat-samples/17.jpg"), "my-cat");
}

TEST(TeachableMachine, TheFolderMayBeTheRoot) {
  const TreeOnDisk disk({{"dog-samples/0.jpg", "x"}, {"dog-samples/1.jpg", "x"}});
  Watch watch;
  const auto set = read(Tree::below(disk.path() / "dog-samples").value(), "auto", watch).value().value();
  EXPECT_EQ(classes_of(set, "0.jpg"), "dog");
}

TEST(TeachableMachine, ProjectsHaveTheClassInTheName) {
  const TreeOnDisk disk({{"Class 1-!-0.jpg", "x"},
                         {"a-!-b-!-12.jpg", "x"},
                         {"manifest.json", R"({"type": "image", "version": "2.4.10", "appdata": {}})"}});
  const auto set = disk.read().value().value();
  EXPECT_EQ(set.format, "teachable-machine");
  EXPECT_EQ(classes_of(set, "Class 1-!-0.jpg"), "Class 1");
  EXPECT_EQ(classes_of(set, "a-!-b-!-12.jpg"), "a-!-b");
  EXPECT_THAT(set.files, ::testing::ElementsAre("manifest.json"));
}

TEST(TeachableMachine, OtherPicturesAreNot) {
  EXPECT_FALSE(TreeOnDisk(Files{{"cat-samples/0.jpg", "x"}, {"other.jpg", "x"}}).read().value());
  EXPECT_FALSE(TreeOnDisk(Files{{"-samples/0.jpg", "x"}}).read().value());
  EXPECT_FALSE(TreeOnDisk(Files{{"cat-!-x.jpg", "x"}, {"-!-1.jpg", "x"}}).read().value());
  EXPECT_EQ(TreeOnDisk({{"colour-samples/red.jpg", "x"}, {"other/0.jpg", "x"}}).read().value().value().format,
            "folders");
  EXPECT_FALSE(TreeOnDisk(Files{{"notes.txt", "x"}}).read().value());
}

}  // namespace
}  // namespace dew::exchange
