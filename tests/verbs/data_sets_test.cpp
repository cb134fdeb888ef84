// `add` takes labels and splits along that come with the pictures, and says what it did not take.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <set>

#include "tests/media/archives.h"
#include "tests/verbs/adding.h"
#include "verbs/review/review.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class DataSetsIn : public AddingTest {
 protected:
  std::map<std::string, Split> splits() {
    std::map<std::string, Split> found;
    for (const Sample& sample : samples()) found[sample.name] = sample.split;
    return found;
  }
  void cats_and_dogs() {
    picture("pets/cat/1.png", 1);
    picture("pets/Dog/2.png", 2);
  }
};

TEST_F(DataSetsIn, FoldersGiveTheirPicturesLabelsByPeople) {
  make({"cat", "dog"});
  cats_and_dogs();
  const auto added = add(args({"pets"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("Dog/2.png=dog", "cat/1.png=cat"));
  EXPECT_EQ(added->labels.labelled, 2);
  ASSERT_EQ(added->labels.sets.size(), 1U);
  EXPECT_EQ(added->labels.sets[0].format, "folders");
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("2 pictures, 2 classes (Dog, cat)")));
}

TEST_F(DataSetsIn, EveryClassOfFewPicturesIsInTrainingAndTest) {
  std::vector<std::string> classes;
  for (int c = 0; c < 30; ++c) {
    classes.push_back(fmt::format("c{}", c));
    for (int i = 0; i < 4; ++i) picture(fmt::format("data/c{}/{}.png", c, i), 4 * c + i);
  }
  make(classes);
  ASSERT_EQ(testing::error_of(add(args({"data"}), watch_)), "fine");
  std::map<std::string, std::set<Split>> splits;
  for (const Sample& sample : samples())
    splits[sample.name.substr(0, sample.name.find('/'))].insert(sample.split);
  EXPECT_EQ(splits.size(), 30U);
  for (const auto& [name, of] : splits) {
    EXPECT_TRUE(of.contains(Split::kTrain)) << name;
    EXPECT_TRUE(of.contains(Split::kTest)) << name;
  }
}

TEST_F(DataSetsIn, FoldersMayBeCalledAsAnExportCallsThem) {
  make({"cat & dog", "cat ? dog", "#1"});
  picture("pets/train/cat _ dog/1.png", 1);
  picture("pets/train/cat _ dog-2/2.png", 2);
  picture("pets/train/_1/3.png", 3);
  const auto added = add(args({"pets"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("train/_1/3.png=#1", "train/cat _ dog-2/2.png=cat ? dog",
                                    "train/cat _ dog/1.png=cat & dog"));
}

TEST_F(DataSetsIn, AFileInAFolderOfAnnotationsIsOfThePicturesBesideThat) {
  make({"cat", "dog"});
  picture("d/images/1.png", 1);
  picture("d/images/2.png", 2);
  ASSERT_TRUE(
      write_file(folder() / "d" / "annotations" / "train.csv", "image,label\n1.png,cat\n2.png,dog\n"));
  ASSERT_EQ(error_of(add(args({"d/annotations/train.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("images/1.png=cat", "images/2.png=dog"));
}

TEST_F(DataSetsIn, ATestFolderWithoutLabelsTests) {
  make({"cat", "dog"});
  std::string table = "image,label\n";
  for (unsigned i = 0; i < 8; ++i) {
    picture("d/train/" + std::to_string(i) + ".png", i);
    picture("d/test/" + std::to_string(i) + ".png", 100 + i);
    table += std::to_string(i) + ".png," + (i % 2 == 0 ? "cat" : "dog") + "\n";
  }
  ASSERT_TRUE(write_file(folder() / "d" / "train.csv", table));
  AddArgs given = args({"d"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.labelled, 8);
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("8 pictures without a label are of the split")));
  for (const auto& [name, split] : splits())
    EXPECT_EQ(split, name.starts_with("test/") ? Split::kTest : Split::kTrain) << name;
}

TEST_F(DataSetsIn, ALoosePictureTakesNothingFromTheOthers) {
  make({"cat", "dog"});
  unsigned seed = 0;
  for (const std::string split : {"train", "test"})
    for (const std::string name : {"cat", "dog"})
      for (const std::string number : {"1", "2"})
        picture("d/" + split + "/" + name + "/" + number + ".png", ++seed);
  picture("d/train/readme.png", 99);
  AddArgs given = args({"d"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.labelled, 8);
  EXPECT_THAT(lines_about(added->labels),
              Contains(HasSubstr("1 picture lies right in the folder of a split")));
  for (const auto& [name, split] : splits())
    EXPECT_EQ(split, name.starts_with("test/") ? Split::kTest : Split::kTrain) << name;
}

TEST_F(DataSetsIn, AFolderIsAClassWhereTheProjectHasIt) {
  make({"cat", "dog"});
  cats_and_dogs();
  picture("one/dog/3.png", 3);
  picture("one/4.png", 4);
  picture("export/train/cat/5.png", 5);
  picture("export/test/cat/6.png", 6);
  ASSERT_EQ(error_of(add(args({"pets/cat", "pets/Dog", "one", "export"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog", "dog/3.png=dog", "test/cat/6.png=cat",
                                    "train/cat/5.png=cat"));
}

TEST_F(DataSetsIn, AFolderThatCouldBeAClassIsSaid) {
  make({"yes", "no"});
  picture("pets/cat/1.png", 1);
  const auto added = add(args({"pets"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), IsEmpty());
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("--map cat=yes")));
}

TEST_F(DataSetsIn, SplitsThatAreToBeKeptAndAreNotThereAreSaid) {
  make({"cat", "dog"});
  cats_and_dogs();
  AddArgs given = args({"pets"});
  given.keep_splits = true;
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(watch_.warned, Contains(HasSubstr("the data has no splits")));
}

TEST_F(DataSetsIn, NoneAreTakenWhereTheUserWantsNone) {
  make({"cat", "dog"});
  cats_and_dogs();
  AddArgs given = args({"pets"});
  given.labels = "none";
  ASSERT_EQ(error_of(add(given, watch_)), "fine");
  EXPECT_THAT(labels(), IsEmpty());
}

TEST_F(DataSetsIn, FoldersThatAreNoClassesOfTheProjectsAreSaidAndLeft) {
  make({"yes", "no"});
  cats_and_dogs();
  const auto added = add(args({"pets"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), IsEmpty());
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("--map Dog=yes")));
  AddArgs asked = args({"pets"});
  asked.labels = "folders";
  EXPECT_THAT(error_of(add(asked, watch_)), HasSubstr("none of the project's (yes, no)"));
}

TEST_F(DataSetsIn, AMappingSaysWhichClassIsWhich) {
  make({"yes", "no"}, "unsure");
  cats_and_dogs();
  picture("pets/blur/3.png", 3);
  AddArgs given = args({"pets"});
  ASSERT_TRUE(parse_mapping("cat=yes", given.mapping));
  ASSERT_TRUE(parse_mapping("blur = unsure", given.mapping));
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("blur/3.png=", "cat/1.png=yes"));
  EXPECT_EQ(added->labels.unsure, 1);
  EXPECT_THAT(added->labels.unmatched, ElementsAre(Pair("Dog", 1)));
  EXPECT_EQ(add(given, watch_)->labels.labelled, 1) << "the same again";

  ASSERT_TRUE(parse_mapping("Dog=now", given.mapping));
  EXPECT_THAT(error_of(add(given, watch_)),
              AllOf(HasSubstr("'now' is not one"), HasSubstr("did you mean 'no'")));
  EXPECT_FALSE(parse_mapping("cat", given.mapping));
  EXPECT_FALSE(parse_mapping("cat=no", given.mapping)) << "twice";
}

TEST_F(DataSetsIn, WhatPeopleDecidedHereStands) {
  make({"cat", "dog"});
  cats_and_dogs();
  ASSERT_EQ(error_of(add(args({"pets"}), watch_)), "fine");
  file("l.csv", "cat/1.png,dog\n");
  ASSERT_EQ(error_of(import_labels({project(), folder() / "l.csv", "ada", false}, watch_)), "fine");
  const auto again = add(args({"pets"}), watch_);
  EXPECT_EQ(again->labels.kept, 1);
  EXPECT_THAT(labels(), Contains("cat/1.png=dog"));
}

TEST_F(DataSetsIn, ALaterStateOfTheDataSetReplacesItsEarlierOne) {
  make({"cat", "dog"});
  cats_and_dogs();
  ASSERT_EQ(error_of(add(args({"pets"}), watch_)), "fine");
  fs::rename(folder() / "pets/cat/1.png", folder() / "pets/Dog/1.png");
  picture("pets/cat/9.png", 9);
  ASSERT_EQ(error_of(add(args({"pets"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("Dog/2.png=dog", "cat/1.png=dog", "cat/9.png=cat"));
}

TEST_F(DataSetsIn, TheSameBytesInTwoClassesAreSaidAndLeft) {
  make({"cat", "dog"});
  cats_and_dogs();
  picture("pets/Dog/copy.png", 1);
  const auto added = add(args({"pets"}), watch_);
  EXPECT_EQ(added->labels.contradicted, 1);
  EXPECT_THAT(labels(), ElementsAre("Dog/2.png=dog"));
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("Dog/copy.png and cat/1.png")));
}

TEST_F(DataSetsIn, ANewProjectsClassesHaveNoBlanksAroundThem) {
  picture("d/1.png", 1);
  picture("d/2.png", 2);
  picture("d/3.png", 3);
  file("d/l.csv", "file,label\n1.png,\"cat \"\n2.png,dog\n3.png,cat\n");
  NewArgs fresh{project(), {}};
  fresh.settings.question = "Which?";
  fresh.data = {folder() / "d"};
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog"));
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog", "3.png=cat"));
}

TEST_F(DataSetsIn, LabelsOfOneClassAloneAreSaidToBe) {
  picture("d/1.png", 1);
  file("d/l.csv", "file,label\n1.png,cat\n");
  NewArgs fresh{project(), {}};
  fresh.settings.question = "Which?";
  fresh.data = {folder() / "d"};
  EXPECT_THAT(error_of(create_project(fresh, watch_)),
              AllOf(HasSubstr("all labels in the data are 'cat'"), HasSubstr("--classes cat,none")));
}

TEST_F(DataSetsIn, YoloLabelsWithoutNamesAreNoStrangeFiles) {
  picture("set/images/1.png", 1);
  picture("set/images/2.png", 2);
  file("set/labels/1.txt", "0 0.5 0.5 0.1 0.1\n");
  file("set/labels/2.txt", "1 0.5 0.5 0.1 0.1\n");
  NewArgs fresh{project(), {}};
  fresh.settings.question = "A cat?";
  fresh.data = {folder() / "set"};
  EXPECT_THAT(error_of(create_project(fresh, watch_)), HasSubstr("no labels to take the classes from"));
  EXPECT_TRUE(some_hold(watch_.warned, "names their classes is missing"));
  make({"cat", "dog"});
  AddArgs asked = args({"set"});
  asked.labels = "yolo";
  EXPECT_THAT(error_of(add(asked, watch_)), HasSubstr("2 label files look like YOLO's"));
  const auto added = add(args({"set"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 2);
  EXPECT_EQ(added->left_out.count(LeftOut::kOther), 0);
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("classes.txt")));
  file("set/classes.txt", "cat\ndog\n");
  EXPECT_EQ(add(args({"set"}), watch_)->labels.labelled, 2);
}

TEST_F(DataSetsIn, SplitsAreKeptWhenAsked) {
  make({"cat", "dog"});
  for (int i = 0; i < 4; ++i) {
    picture("pets/test/cat/" + std::to_string(i) + ".png", 10 + i);
    picture("pets/val/dog/" + std::to_string(i) + ".png", 20 + i);
    picture("pets/train/dog/x" + std::to_string(i) + ".png", 30 + i);
  }
  AddArgs given = args({"pets"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  for (const auto& [name, split] : splits()) {
    const Split theirs = name.starts_with("test")  ? Split::kTest
                         : name.starts_with("val") ? Split::kValidation
                                                   : Split::kTrain;
    EXPECT_EQ(split, theirs) << name;
  }
  EXPECT_EQ(added->labels.sets[0].splits.size(), 3U);
}

TEST_F(DataSetsIn, FoldersAboveThoseThatAreGivenTellNoSplit) {
  make({"cat", "dog"});
  for (int i = 1; i < 5; ++i) {
    picture(fmt::format("x/test/a/{}.png", i), 10 + i);
    picture(fmt::format("x/train/b/{}.png", i + 4), 20 + i);
  }
  std::string table = "file,label\n";
  for (int i = 1; i < 9; ++i) table += fmt::format("{}.png,{}\n", i, i % 2 == 0 ? "cat" : "dog");
  file("labels.csv", table);
  file("x/test/labels.csv", table);
  for (const char* labels : {"labels.csv", "x/test/labels.csv"}) {
    AddArgs given = args({"x/test/a", "x/train/b", labels});
    given.keep_splits = true;
    const auto added = add(given, watch_);
    ASSERT_EQ(error_of(added), "fine") << labels;
    EXPECT_EQ(added->labels.sets[0].splits, std::vector<Split>()) << labels;
    EXPECT_EQ(added->labels.labelled, 8) << labels;
  }
  fs::remove(folder() / "x/test/labels.csv");  // it would speak too, of pictures of another split
  AddArgs folders = args({"x/test", "x/train", "labels.csv"});
  folders.keep_splits = true;
  EXPECT_EQ(add(folders, watch_)->labels.sets[0].splits.size(), 2U) << "these folders are given themselves";
}

TEST_F(DataSetsIn, FoldersThatAreGivenMayBeSplitsThemselves) {
  make({"cat", "dog"});
  for (const char* name : {"train/cat/1.png", "train/dog/2.png", "test/cat/3.png", "test/dog/4.png"})
    picture(std::string("d/") + name, static_cast<unsigned>(name[std::strlen(name) - 5]));
  AddArgs given = args({"d/train", "d/test"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.labelled, 4);
  for (const auto& [name, split] : splits())
    EXPECT_EQ(split, name == "cat/3.png" || name == "dog/4.png" ? Split::kTest : Split::kTrain) << name;
  picture("test/cat/5.png", 5);
  picture("test/dog/6.png", 6);
  AddArgs alone = args({"test"});
  alone.keep_splits = true;
  EXPECT_THAT(add(alone, watch_)->labels.sets[0].splits, ElementsAre(Split::kTest))
      << "who keeps splits means it";
}

TEST_F(DataSetsIn, ASplitThatIsGivenMayHoldOneClassOrNone) {
  make({"cat", "dog"});
  for (const char* name : {"train/cat/1.png", "train/dog/2.png", "test/dog/3.png", "val/4.png"})
    picture(std::string("d/") + name, static_cast<unsigned>(name[std::strlen(name) - 5]));
  AddArgs given = args({"d/train", "d/test", "d/val"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.labelled, 3);
  const auto kept = splits();
  EXPECT_EQ(kept.at("dog/3.png"), Split::kTest);
  EXPECT_EQ(kept.at("4.png"), Split::kValidation);
}

TEST_F(DataSetsIn, FilesOfOneFormatThatAreGivenSpeakTogether) {
  make({"cat", "dog", "none"});
  picture("A/1.png", 1);
  picture("A/2.png", 2);
  const std::string images = R"({"images":[{"id":1,"file_name":"1.png"},{"id":2,"file_name":"2.png"}],)";
  for (const auto& [name, image] : std::map<std::string, int>{{"cat", 1}, {"dog", 2}})
    file(name + ".json", images + fmt::format(R"("annotations":[{{"id":1,"image_id":{},"category_id":1}}],)"
                                              R"("categories":[{{"id":1,"name":"{}"}}]}})",
                                              image, name));
  ASSERT_EQ(error_of(add(args({"A", "cat.json", "dog.json"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=cat", "2.png=dog"))
      << "the first file's nothing is no word against the second's box";
  file("x.csv", "file,label\n1.png,cat\n");
  file("y.csv", "file,label\n1.png,dog\n");
  EXPECT_THAT(error_of(add(args({"A", "x.csv", "y.csv"}), watch_)), HasSubstr("1.png"));
}

TEST_F(DataSetsIn, ATileIsNotItsPicture) {
  make({"cat", "dog"});
  cats_and_dogs();
  AddArgs given = args({"pets"});
  given.cut.columns = 2;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.cut, 2);
  EXPECT_THAT(labels(), IsEmpty());
}

TEST_F(DataSetsIn, OtherClassesMayMeanNone) {
  make({"cat", "none"});
  picture("pets/1.png", 1);
  file("pets/a.csv", "filename,xmin,ymin,xmax,ymax,class\n1.png,1,1,5,5,fox\n");
  AddArgs given = args({"pets"});
  given.labels = "csv";
  given.mapping.none = "none";
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("1.png=none"));
  EXPECT_THAT(added->labels.as_none, ElementsAre(Pair("fox", 1)));
}

TEST_F(DataSetsIn, WhatShowsNoDogIsNoCat) {
  make({"cat", "dog"});
  for (int i = 1; i <= 3; ++i) picture("pets/images/" + std::to_string(i) + ".png", static_cast<unsigned>(i));
  file("pets/classes.txt", "dog\nfox\n");
  file("pets/labels/1.txt", "0 0.5 0.5 0.1 0.1\n");
  file("pets/labels/2.txt", "1 0.5 0.5 0.1 0.1\n");
  file("pets/labels/3.txt", "");
  const auto added = add(args({"pets"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("images/1.png=dog"));
  EXPECT_EQ(added->labels.nothing, 2);
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("--none CLASS says which does")));
}

TEST_F(DataSetsIn, AClassMaySayThatNothingIsThere) {
  make({"person", "no_person"});
  picture("street/images/1.png", 1);
  picture("street/images/2.png", 2);
  file("street/classes.txt", "person\n");
  file("street/labels/1.txt", "0 0.5 0.5 0.1 0.1\n");
  ASSERT_EQ(error_of(add(args({"street"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("images/1.png=person", "images/2.png=no_person"));
}

TEST_F(DataSetsIn, AFileWithLabelsStandsForThePicturesItNames) {
  make({"cat", "dog"});
  picture("p/1.png", 1);
  picture("p/2.png", 2);
  file("p/labels.csv", "file,class\n2.png,dog\n");
  ASSERT_EQ(error_of(add(args({"p/labels.csv"}), watch_)), "fine");
  EXPECT_THAT(labels(), ElementsAre("2.png=dog"));
  EXPECT_EQ(splits().size(), 1U);
}

TEST_F(DataSetsIn, ATableMaySpeakOfSeveralFolders) {
  make({"cat", "dog"});
  picture("A/1.png", 1);
  picture("B/1.png", 2);
  file("l.csv", "file,class\nA/1.png,cat\nB/1.png,dog\n");
  const auto added = add(args({"A", "B", "l.csv"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->skipped, 0) << "the table is no picture, and not missed";
  EXPECT_THAT(labels(), ElementsAre("A/1.png=cat", "B/1.png=dog"));
}

TEST_F(DataSetsIn, PicturesThatAreNotThereAreAllListed) {
  make({"cat", "dog"});
  picture("p/1.png", 1);
  file("p/l.csv", "file,class\n1.png,cat\n2.png,cat\nx/1.png,dog\n");
  EXPECT_THAT(error_of(add(args({"p"}), watch_)),
              AllOf(HasSubstr("2 labels"), HasSubstr("l.csv:3: '2.png'"), HasSubstr("l.csv:4: 'x/1.png'")));
  EXPECT_TRUE(splits().empty()) << "nothing was added";
  AddArgs given = args({"p"});
  given.skip_unknown = true;
  EXPECT_EQ(add(given, watch_)->labels.unknown, 2);
  EXPECT_THAT(labels(), ElementsAre("1.png=cat"));
}

TEST_F(DataSetsIn, AnswersOfModelsAloneAreSaid) {
  make({"cat", "dog"});
  picture("p/1.png", 1);
  file("p/l.csv", "file,label,origin,by\n1.png,cat,policy,gpt-4o\n");
  const auto added = add(args({"p"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(lines_about(added->labels), Contains(HasSubstr("models' answers on 1, 1 class (cat)")));
}

TEST_F(DataSetsIn, AnEntryThatALaterOneReplacesIsSaidToBe) {
  make({"cat", "dog"});
  const std::string old_one = encode_png(noise(32, 24, 1));
  const std::string new_one = encode_png(noise(32, 24, 2));
  write_archive(folder() / "pets.tar", "pax",
                {{"cat/1.png", old_one}, {"dog/2.png", old_one}, {"cat/1.png", new_one}});
  const auto added = add(args({"pets.tar"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->left_out.count(LeftOut::kReplaced), 1);
  EXPECT_EQ(added->skipped, 0) << "the later one is there";
  EXPECT_THAT(lines_about(added->left_out), Contains(HasSubstr("replaced by a later entry")));
}

TEST_F(DataSetsIn, AnArchiveIsReadAsAFolder) {
  make({"cat", "dog"});
  write_archive(folder() / "pets.zip", "zip",
                {{"cat/1.png", encode_png(noise(32, 24, 1))},
                 {"dog/1.png", encode_png(noise(32, 24, 2))},
                 {"dog/bad.png", "no picture"}});
  const auto added = add(args({"pets.zip"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_THAT(labels(), ElementsAre("cat/1.png=cat", "dog/1.png=dog"));
  EXPECT_THAT(to_json(*added)["left_out"]["not_media"]["first"][0],
              (folder() / "pets.zip/dog/bad.png").string());
  EXPECT_EQ(added->labels.sets[0].folder, (folder() / "pets.zip").string());
  AddArgs again = args({"pets.zip"});
  again.project = fs::proximate(project());
  const auto second = add(again, watch_);
  ASSERT_EQ(error_of(second), "fine");
  EXPECT_EQ(second->samples_added, 0);
  EXPECT_EQ(second->labels.labelled, 2);
  for (const auto& entry : fs::directory_iterator(project() / ".dewdrop"))
    EXPECT_TRUE(entry.path().filename() == "media" ||
                entry.path().filename().string().starts_with("project.db"))
        << entry.path();
  AddArgs given = args({"pets.zip"});
  given.cut.in_place = true;
  EXPECT_THAT(error_of(add(given, watch_)), HasSubstr("--in-place"));
}

TEST_F(DataSetsIn, NewTakesItsClassesFromTheData) {
  cats_and_dogs();
  NewArgs fresh{project(), {}, {}};
  fresh.settings.question = "Which?";
  fresh.data.push_back(folder() / "pets");
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("Dog", "cat"));
  ASSERT_TRUE(made->added);
  EXPECT_EQ(made->added->labels.labelled, 2);
  EXPECT_THAT(labels(), ElementsAre("Dog/2.png=Dog", "cat/1.png=cat"));
}

TEST_F(DataSetsIn, NewMakesNoProjectWhereALabelNamesNoPicture) {
  picture("p/1.png", 1);
  picture("p/2.png", 2);
  file("p/l.csv", "file,class\n1.png,cat\n2.png,dog\ngone.png,bird\n");
  NewArgs fresh{project(), {}, {}};
  fresh.settings.question = "Which?";
  fresh.data.push_back(folder() / "p");
  EXPECT_THAT(error_of(create_project(fresh, watch_)), HasSubstr("l.csv:4: 'gone.png'"));
  EXPECT_FALSE(fs::exists(project()));
  fresh.how.skip_unknown = true;
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog"));
}

TEST_F(DataSetsIn, NewTakesTwoSpellingsForOneClassAndAMappingAtItsWord) {
  picture("p/Cat/1.png", 1);
  picture("p/cat/2.png", 2);
  picture("p/\u00e4/3.png", 3);
  picture("p/a\u0308/4.png", 4);
  picture("p/kitten/5.png", 5);
  picture("p/junk/6.png", 6);
  NewArgs fresh{project(), {}, {}};
  fresh.settings.question = "Which?";
  fresh.data.push_back(folder() / "p");
  fresh.how.mapping.as = {{"kitten", "Cat"}, {"junk", ""}};
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  ASSERT_EQ(made->settings.classes.size(), 2U) << join(made->settings.classes);
  EXPECT_EQ(made->settings.classes[0], "Cat");
  EXPECT_EQ(made->added->labels.labelled, 5);
}

TEST_F(DataSetsIn, NewInventsNoNoneWhereAClassSaysIt) {
  for (const char* name : {"1", "2", "3"}) picture(std::string("y/images/") + name + ".png", name[0]);
  file("y/data.yaml", "train: images\nnames: [\"no\", \"yes\"]\n");
  file("y/labels/1.txt", "0 .5 .5 .2 .2\n");
  file("y/labels/2.txt", "1 .5 .5 .2 .2\n");
  file("y/labels/3.txt", "");
  NewArgs fresh{project(), {}, {}};
  fresh.settings.question = "Is there?";
  fresh.data.push_back(folder() / "y");
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(made->settings.classes, ElementsAre("no", "yes"));
  EXPECT_THAT(labels(), Contains("images/3.png=no"));
}

TEST_F(DataSetsIn, NewSaysWhenTheDataHasNoLabels) {
  picture("plain/1.png", 1);
  NewArgs fresh{project(), {}, {}};
  fresh.settings.question = "Which?";
  fresh.data.push_back(folder() / "plain");
  EXPECT_THAT(error_of(create_project(fresh, watch_)), AllOf(HasSubstr("no labels"), HasSubstr("--classes")));
  EXPECT_FALSE(fs::exists(project()));
  EXPECT_THAT(watch_.warned, ElementsAre());
  fs::create_directory_symlink(folder() / "plain", folder() / "plain" / "cat");
  EXPECT_THAT(error_of(create_project(fresh, watch_)), HasSubstr("no labels"));
  EXPECT_THAT(watch_.warned, Contains(HasSubstr("plain/cat"))) << "labels may lie where nobody looked";
}

TEST_F(DataSetsIn, ASecondDataSetThatSaysSomethingElseIsTold) {
  make({"cat", "dog"});
  picture("r1/1.jpg", 1);
  picture("r1/2.jpg", 2);
  file("r1/labels.csv", "file,label\n1.jpg,cat\n2.jpg,dog\n");
  ASSERT_EQ(error_of(add(args({"r1"}), watch_)), "fine");
  picture("r2/1.jpg", 1);
  picture("r2/x.jpg", 2);
  file("r2/labels.csv", "file,label\n1.jpg,cat\nx.jpg,cat\n");
  const auto added = add(args({"r2"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.changed, 1);
  EXPECT_THAT(lines_about(added->labels),
              Contains("1 label of earlier data sets changed: x.jpg (dog becomes cat)"));
}

TEST_F(DataSetsIn, ALabelThatTheDataSetNoLongerHasStandsAndIsTold) {
  make({"cat", "dog"});
  picture("s/1.jpg", 1);
  picture("s/2.jpg", 2);
  file("s/labels.csv", "file,label\n1.jpg,cat\n2.jpg,dog\n");
  ASSERT_EQ(error_of(add(args({"s"}), watch_)), "fine");
  file("s/labels.csv", "file,label\n1.jpg,cat\n2.jpg,fox\n");
  const auto added = add(args({"s"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.withdrawn, 1);
  EXPECT_THAT(lines_about(added->labels),
              Contains("1 label of earlier data sets, which these no longer give, kept: 2.jpg (dog)"));
}

TEST_F(DataSetsIn, AMappingOfAClassThatIsNotThereIsRefused) {
  make({"cat", "dog"});
  picture("s/cat/1.jpg", 1);
  picture("s/dog/2.jpg", 2);
  AddArgs given = args({"s"});
  ASSERT_TRUE(parse_mapping("dgo=", given.mapping));
  EXPECT_THAT(error_of(add(given, watch_)), HasSubstr("did you mean 'dog'?"));
  EXPECT_TRUE(samples().empty());
}

TEST_F(DataSetsIn, NewTakesTheSplitsWhereThatIsAsked) {
  picture("s/train/cat/1.jpg", 1);
  picture("s/test/dog/2.jpg", 2);
  NewArgs fresh{project(), {}};
  fresh.settings.question = "A cat?";
  fresh.data = {folder() / "s"};
  fresh.how.keep_splits = true;
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  ASSERT_EQ(samples().size(), 2U);
  for (const Sample& sample : samples())
    EXPECT_EQ(sample.split, sample.name.find("test") == std::string::npos ? Split::kTrain : Split::kTest);
}

TEST_F(DataSetsIn, SplitsOfWhatIsThereStayAndThatIsTold) {
  make({"cat", "dog"});
  for (unsigned i = 0; i < 6; ++i) picture("s/train/cat/" + std::to_string(i) + ".jpg", i);
  for (unsigned i = 6; i < 12; ++i) picture("s/test/dog/" + std::to_string(i) + ".jpg", i);
  const auto first = add(args({"s"}), watch_);
  ASSERT_EQ(error_of(first), "fine");
  EXPECT_THAT(lines_about(first->labels)[0], HasSubstr("drawn anew here (--splits keep takes these)"));
  AddArgs again = args({"s"});
  again.keep_splits = true;
  const auto added = add(again, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_GT(added->labels.other_split, 0);
}

TEST_F(DataSetsIn, TheSameBytesInTwoSplitsAreInOneAndTold) {
  make({"cat", "dog"});
  picture("pets/train/cat/1.png", 1);
  picture("pets/train/dog/2.png", 2);
  picture("pets/val/cat/1.png", 1);
  picture("pets/val/dog/3.png", 3);
  AddArgs given = args({"pets"});
  given.keep_splits = true;
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.two_splits, 1);
  EXPECT_THAT(lines_about(added->labels),
              Contains(HasSubstr("1 picture has the same bytes under names in two splits, of which the first "
                                 "counts: train/cat/1.png and val/cat/1.png")));
  EXPECT_EQ(samples().size(), 3U);
  EXPECT_EQ(splits()["train/cat/1.png"], Split::kTrain);
}

TEST_F(DataSetsIn, WhatAndroidHasDeletedIsNoPicture) {
  make({"cat", "dog"});
  picture("camera/1.png", 1);
  picture("camera/.trashed-1700000000-2.png", 2);
  const auto added = add(args({"camera"}), watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 1);
}

TEST_F(DataSetsIn, NewRefusesDataThatIsNotThere) {
  NewArgs fresh{project(), {}};
  fresh.settings.question = "A cat?";
  fresh.settings.classes = {"cat", "dog"};
  fresh.data = {folder() / "nowhere"};
  EXPECT_THAT(error_of(create_project(fresh, watch_)), HasSubstr("there is no such file or folder"));
  EXPECT_FALSE(fs::exists(project())) << "so that the same command can be given again";
}

}  // namespace
}  // namespace dew::verbs
