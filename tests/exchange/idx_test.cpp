// MNIST's files: one of pictures, one of their labels.
#include "exchange/idx.h"

#include <gmock/gmock.h>

#include "tests/exchange/trees.h"
#include "tests/media/idx_files.h"

namespace dew::exchange {
namespace {

using dew::testing::gzipped;
using dew::testing::idx_file;
using dew::testing::idx_pictures;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;

std::string labels(const std::string& bytes) {
  return idx_file({static_cast<uint32_t>(bytes.size())}, bytes);
}

TEST(Idx, GivesEachFrameItsClassAndTheFileItsSplit) {
  const TreeOnDisk disk({{"train-images-idx3-ubyte.gz", gzipped(idx_pictures(3))},
                         {"train-labels-idx1-ubyte.gz", gzipped(labels({2, 0, 2}))},
                         {"t10k-images-idx3-ubyte", idx_pictures(2)},
                         {"t10k-labels-idx1-ubyte", labels({0, 3})}});
  const DataSet set = disk.read().value().value();
  EXPECT_EQ(set.format, "idx");
  ASSERT_EQ(set.items.size(), 2U);
  EXPECT_EQ(set.items[0].picture, "t10k-images-idx3-ubyte");
  EXPECT_THAT(set.items[0].classes, ElementsAre("0", "3"));
  EXPECT_EQ(set.items[0].split, Split::kTest);
  EXPECT_THAT(set.items[1].classes, ElementsAre("2", "0", "2"));
  EXPECT_EQ(set.items[1].split, Split::kTrain);
  EXPECT_THAT(set.classes, ElementsAre("0", "3", "2"));
  EXPECT_TRUE(set.files.contains("train-labels-idx1-ubyte.gz"));
}

TEST(Idx, TakesNamesOfClassesFromAFile) {
  Files files{{"a/x-images-idx3-ubyte", idx_pictures(2)},
              {"a/x-labels-idx1-ubyte", labels({1, 0})},
              {"a/labels.txt", "cat\r\ndog\n"}};
  const DataSet set = TreeOnDisk(files).read().value().value();
  EXPECT_THAT(set.items[0].classes, ElementsAre("dog", "cat"));
  EXPECT_EQ(set.items[0].split, std::nullopt);
  EXPECT_TRUE(set.files.contains("a/labels.txt"));
  files["a/labels.txt"] = "cat\n";
  EXPECT_THAT(TreeOnDisk(files).read().error().what, HasSubstr("names 1 classes, but a label is 1"));
  files["a/labels.txt"] = "cat\n\ndog\n";
  EXPECT_THAT(TreeOnDisk(files).read().error().what, HasSubstr("no name"));
}

TEST(Idx, KnowsFashionMnistsClasses) {
  const Files files{{"fashion-mnist/t10k-images-idx3-ubyte", idx_pictures(2)},
                    {"fashion-mnist/t10k-labels-idx1-ubyte", labels({9, 0})}};
  EXPECT_THAT(TreeOnDisk(files).read().value()->items[0].classes, ElementsAre("Ankle boot", "T-shirt/top"));
  const Files by_readme{{"data/t10k-images-idx3-ubyte", idx_pictures(1)},
                        {"data/t10k-labels-idx1-ubyte", labels({1})},
                        {"data/README.md", "# Fashion-MNIST\n"}};
  EXPECT_THAT(TreeOnDisk(by_readme).read().value()->items[0].classes, ElementsAre("Trouser"));
  const Files letters{{"fashion/t10k-images-idx3-ubyte", idx_pictures(1)},
                      {"fashion/t10k-labels-idx1-ubyte", labels({25})}};
  EXPECT_THAT(TreeOnDisk(letters).read().value()->items[0].classes, ElementsAre("25"));
}

TEST(Idx, RefusesLabelsOfOtherPictures) {
  const TreeOnDisk disk(
      {{"train-images-idx3-ubyte", idx_pictures(3)}, {"train-labels-idx1-ubyte", labels({2, 0})}});
  const Error error = disk.read().error();
  EXPECT_EQ(error.fault, Fault::kUsage);
  EXPECT_EQ(error.what, "2 labels for the 3 pictures of train-images-idx3-ubyte");
  const TreeOnDisk cut(
      {{"train-images-idx3-ubyte", idx_pictures(3)}, {"train-labels-idx1-ubyte", idx_file({3}, "ab")}});
  EXPECT_THAT(cut.read().error().what, HasSubstr("holds 2 of the 3"));
}

TEST(Idx, APackedCopyOfTheLabelsCountsOnceAndAnotherIsRefused) {
  Files files{{"train-images-idx3-ubyte", idx_pictures(3)},
              {"train-labels-idx1-ubyte", labels({2, 0, 2})},
              {"train-labels-idx1-ubyte.gz", gzipped(labels({2, 0, 2}))}};
  EXPECT_EQ(TreeOnDisk(files).read().value()->items.size(), 1U);
  files["train-labels-idx1-ubyte.gz"] = gzipped(labels({2, 0, 1}));
  const auto refused = TreeOnDisk(files).read();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("these labels are others than those of"));
}

TEST(Idx, SaysWhichLabelsHaveNoPictures) {
  const DataSet set = TreeOnDisk(Files{{"t10k-labels-idx1-ubyte", labels({1})}}).read().value().value();
  EXPECT_TRUE(set.items.empty());
  EXPECT_THAT(set.notes,
              ElementsAre(HasSubstr("t10k-labels-idx1-ubyte holds labels, and the pictures' file is not")));
}

TEST(Idx, FindsTheLabelsBesideAFileOfPictures) {
  const TreeOnDisk disk({{"a/train-images-idx3-ubyte", idx_pictures(1)},
                         {"a/train-labels-idx1-ubyte.gz", gzipped(labels({2}))},
                         {"a/t10k-images-idx3-ubyte", idx_pictures(1)},
                         {"a/other-images-idx3-ubyte", "no pictures"}});
  EXPECT_EQ(labels_beside(disk.path() / "a/train-images-idx3-ubyte"),
            disk.path() / "a/train-labels-idx1-ubyte.gz");
  EXPECT_THAT(labels_beside(disk.path() / "a/t10k-images-idx3-ubyte").string(), IsEmpty());
  EXPECT_THAT(labels_beside(disk.path() / "a/other-images-idx3-ubyte").string(), IsEmpty());
}

}  // namespace
}  // namespace dew::exchange
