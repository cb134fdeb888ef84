// `add` and `new` with MNIST's files: each frame is a sample of its own, with a label and a split.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/media/idx_files.h"
#include "tests/verbs/adding.h"
#include "verbs/export/export.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ManyPictures : public AddingTest {
 protected:
  /// `train` pictures sorted by class (0, 1), and `tested` ones in turn.
  void mnist(uint32_t train, uint32_t tested) {
    std::string sorted(train, '\0');
    for (uint32_t i = train / 2; i < train; ++i) sorted[i] = 1;
    std::string turns;
    for (uint32_t i = 0; i < tested; ++i) turns += static_cast<char>(i % 2);
    file("m/train-images-idx3-ubyte.gz", gzipped(idx_pictures(train)));
    file("m/train-labels-idx1-ubyte.gz", gzipped(idx_file({train}, sorted)));
    if (tested == 0) return;
    file("m/t10k-images-idx3-ubyte.gz", gzipped(idx_pictures(tested)));
    file("m/t10k-labels-idx1-ubyte.gz", gzipped(idx_file({tested}, turns)));
  }
  /// Samples of a file by split.
  std::map<Split, int> splits_of(const std::string& name) {
    std::map<Split, int> count;
    for (const Sample& sample : samples())
      if (sample.name.starts_with(name)) ++count[sample.split];
    return count;
  }
};

TEST_F(ManyPictures, HaveLabelsByPeople) {
  make({"0", "1"});
  mnist(200, 3);
  const auto added = add(args({"m"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 203);
  EXPECT_EQ(added->skipped, 0);
  EXPECT_EQ(added->labels.labelled, 203);
  EXPECT_THAT(added->labels.by_class, ElementsAre(Pair("0", 102), Pair("1", 101)));
  ASSERT_EQ(added->labels.sets.size(), 1U);
  EXPECT_EQ(added->labels.sets[0].pictures, 203);
  EXPECT_THAT(labels(), Contains("t10k-images-idx3-ubyte.gz#frame=1=1"));
  EXPECT_THAT(labels(), Contains("train-images-idx3-ubyte.gz#frame=99=0"));
  EXPECT_THAT(labels(), Contains("train-images-idx3-ubyte.gz#frame=100=1"));
  const auto again = add(args({"m"}), watch_);
  ASSERT_EQ(error_of(again), "fine");
  EXPECT_EQ(again->samples_added, 0);
  EXPECT_EQ(again->labels.changed, 0);
}

TEST_F(ManyPictures, AreTheSamplesThatAnExportWasMadeOf) {
  make({"0", "1"});
  mnist(30, 9);
  ASSERT_EQ(error_of(add(args({"m"}), watch_)), "fine");
  for (const char* format : {"folders", "csv"}) {
    ASSERT_EQ(error_of(export_samples({project(), folder() / format, format, "", ""}, watch_)), "fine");
    const auto again = add(args({format}), watch_);
    ASSERT_EQ(error_of(again), "fine");
    EXPECT_EQ(again->samples_added, 0) << format;
    EXPECT_EQ(again->samples_total, 39);
  }
}

TEST_F(ManyPictures, OfTheTestFileAloneTest) {
  make({"0", "1"});
  mnist(400, 30);
  const auto added = add(args({"m"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(splits_of("t10k"), ElementsAre(Pair(Split::kTest, 30)));
  const auto train = splits_of("train");
  EXPECT_FALSE(train.contains(Split::kTest));
  EXPECT_GT(train.at(Split::kValidation), 10);
  EXPECT_GT(train.at(Split::kTrain), 250);
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("splits train, test")));
  EXPECT_THAT(lines_about(added->labels), ::testing::Not(Contains(HasSubstr("drawn anew"))));
}

TEST_F(ManyPictures, WithoutATestFileAreDrawnOneByOne) {
  make({"0", "1"});
  mnist(400, 0);
  ASSERT_EQ(error_of(add(args({"m"}), watch_)), "fine");
  EXPECT_GT(splits_of("train").at(Split::kTest), 10);
  // They are sorted by class: the last part would show one class only.
  std::map<Split, std::set<std::string>> classes;
  std::map<int64_t, Split> split_of;
  for (const Sample& sample : samples()) split_of[sample.id] = sample.split;
  const auto all = Project::open(project())->labels().value();
  for (const Label& label : all) classes[split_of[label.sample]].insert(label.answer_class);
  for (const auto& [split, names] : classes) EXPECT_THAT(names, ElementsAre("0", "1")) << split_name(split);
}

TEST_F(ManyPictures, MayBeNamedByTheirFiles) {
  make({"0", "1"});
  mnist(50, 10);
  const auto added = add(args({"m/train-images-idx3-ubyte.gz", "m/t10k-images-idx3-ubyte.gz"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.labelled, 60);
  EXPECT_THAT(splits_of("t10k"), ElementsAre(Pair(Split::kTest, 10)));
  EXPECT_FALSE(splits_of("train").contains(Split::kTest));
}

TEST_F(ManyPictures, TakeTheProjectsClassesInTheirOrder) {
  make({"shirt", "shoe"});
  mnist(20, 0);
  const auto added = add(args({"m"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(added->labels.by_class, ElementsAre(Pair("shirt", 10), Pair("shoe", 10)));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("0 is shirt, 1 is shoe")));
}

TEST_F(ManyPictures, GiveAProjectItsClasses) {
  mnist(20, 4);
  file("m/labels.txt", "shirt\nshoe\nbag\n");
  NewArgs fresh{project(), {}};
  fresh.settings.question = "What is this?";
  fresh.data = {folder() / "m"};
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("shirt", "shoe"));
  EXPECT_EQ(made->added->labels.labelled, 24);
}

TEST_F(ManyPictures, StayUnlabelledWhereTheyAreCut) {
  make({"0", "1"});
  mnist(6, 0);
  AddArgs tiles = args({"m"});
  tiles.cut.columns = 2;
  const auto added = add(tiles, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 12);
  EXPECT_EQ(added->labels.labelled, 0);
  EXPECT_EQ(added->labels.cut, 12);
}

TEST_F(ManyPictures, AreTakenInPart) {
  make({"0", "1"});
  mnist(20, 0);
  AddArgs some = args({"m"});
  some.cut.every = 15;
  ASSERT_EQ(error_of(add(some, watch_)), "fine");
  EXPECT_THAT(labels(),
              ElementsAre("train-images-idx3-ubyte.gz#frame=0=0", "train-images-idx3-ubyte.gz#frame=15=1"));
}

}  // namespace
}  // namespace dew::verbs
