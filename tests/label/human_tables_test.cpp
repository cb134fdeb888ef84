// Tables of people's labels as data sets have them: what `add --labels` reads comes in here too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "label/human.h"

namespace dew::label {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HumanTables : public ::testing::Test {
 protected:
  HumanTables() {
    settings_.classes = {"cat", "dog"};
    settings_.unsure = "unsure";
    add("1.jpg", MediaKind::kImage, {"1.jpg"});
    add("2.jpg", MediaKind::kImage, {"2.jpg"});
    add("e/3.png", MediaKind::kImage, {"e/3.png"});
    add("walk.mp4", MediaKind::kVideo, {"walk.mp4#frame=0", "walk.mp4#frame=15", "walk.mp4#frame=30"});
  }

  void add(const std::string& source, MediaKind kind, const std::vector<std::string>& samples) {
    Source file;
    file.id = static_cast<int64_t>(sources_.size()) + 1;
    file.name = source;
    file.info.kind = kind;
    origins_.push_back({file.id, source, "/home/ada/d/" + source});
    for (const std::string& name : samples) {
      Sample sample;
      sample.id = static_cast<int64_t>(samples_.size()) + 1;
      sample.source = file.id;
      sample.name = name;
      samples_.push_back(sample);
    }
    sources_.push_back(file);
  }

  [[nodiscard]] Result<HumanLabels> parse(std::string_view table) const {
    const SampleNames names(samples_, sources_, origins_);
    return parse_human_labels(table, "l.csv", names, settings_, "ada");
  }
  /// "1.jpg=cat" of each, what is told, or the error.
  [[nodiscard]] std::vector<std::string> read(std::string_view table) const {
    const auto labels = parse(table);
    auto error = labels ? unknown_lines(*labels, "l.csv") : std::optional(labels.error());
    if (error) return {error->where + ": " + error->what + "; " + error->next};
    std::vector<std::string> told;
    for (const Label& label : labels->labels)
      told.push_back(samples_[static_cast<size_t>(label.sample - 1)].name + "=" + label.answer_class);
    for (const std::string& sentence : lines_without_label(*labels)) told.push_back(sentence);
    return told;
  }

  Settings settings_;
  std::vector<Sample> samples_;
  std::vector<Source> sources_;
  std::vector<Origin> origins_;
};

TEST_F(HumanTables, AClassMayBeInAnyCaseWhereOneFits) {
  EXPECT_THAT(read("file,label\n1.jpg,CAT\n2.jpg, Dog\ne/3.png,UNSURE\n"),
              ElementsAre("1.jpg=cat", "2.jpg=dog", "e/3.png="));
  settings_.classes = {"polish", "Polish"};
  EXPECT_THAT(read("1.jpg,Polish\n"), ElementsAre("1.jpg=Polish"));
  EXPECT_THAT(read("1.jpg,POLISH\n"), ElementsAre(HasSubstr("'POLISH' could be polish or Polish")));
}

TEST_F(HumanTables, NamesMayBeThoseOfAnotherMachine) {
  for (const char* name : {R"(C:\x\1.jpg)", R"(C:\x\d\1.jpg)", R"(d\1.jpg)", R"(.\1.jpg)", R"(\\nas\x\1.jpg)",
                           "gs://bucket/x/1.jpg", "1", "d/1", "1.JPG", " 1.jpg", R"(D\1.jpg)"})
    EXPECT_THAT(read(std::string("file,label\n") + name + ",cat\n"), ElementsAre("1.jpg=cat")) << name;
  EXPECT_THAT(read("file,label\nC:\\e\\1.jpg,cat\n"), ElementsAre(HasSubstr("no sample 'C:\\e\\1.jpg'")))
      << "in a folder of the project, where it is missing";
  EXPECT_THAT(read("file,label\nx\\1.jpg,cat\n"), ElementsAre(HasSubstr("no sample")));
  EXPECT_THAT(read("file,label\n/x/1.jpg,cat\n"), ElementsAre(HasSubstr("no sample")));
  add("f/3.png", MediaKind::kImage, {"f/3.png"});
  EXPECT_THAT(read("file,label\nC:\\x\\3.png,cat\n"), ElementsAre(HasSubstr("no sample")));
  EXPECT_THAT(read("file,label\n3,cat\n"), ElementsAre(HasSubstr("'3' could be")));
  EXPECT_THAT(read("file,label\nC:\\x\\f\\3.png,cat\n"), ElementsAre("f/3.png=cat"));
  EXPECT_THAT(read("file,label\n1.jpg,cat\nC:\\x\\1.jpg,dog\n"), ElementsAre(HasSubstr("labelled twice")));
}

TEST_F(HumanTables, ACellThatSaysThatThereIsNoneGivesNoLabel) {
  EXPECT_THAT(read("file,label\n1.jpg,NA\n2.jpg,\ne/3.png,dog\n"),
              ElementsAre("e/3.png=dog", "2 lines have no class (empty, NA, NaN, null, None, ?)"));
  EXPECT_THAT(
      read("file,label\n1.jpg,NaN\n"),
      ElementsAre(AllOf(HasSubstr("l.csv: the file contains no labels by people"), HasSubstr("no class"))));
  settings_.classes = {"None", "dog"};
  EXPECT_THAT(read("file,label\n1.jpg,None\n2.jpg,NA\n"), ElementsAre("1.jpg=None", HasSubstr("1 line has")));
}

TEST_F(HumanTables, EachClassMayHaveAColumn) {
  EXPECT_THAT(read("file,cat,dog\n1.jpg,1,0\n2.jpg,0,1\ne/3.png,0,0\n"),
              ElementsAre("1.jpg=cat", "2.jpg=dog",
                          "1 sample shows none of the classes by its line: it is left as it is"));
  EXPECT_THAT(read("file,cat,dog\n1.jpg,1,1\n2.jpg,0,1\n"),
              ElementsAre("2.jpg=dog", "1 sample has several classes: it is left as it is"));
  EXPECT_THAT(read("file,cat,dog\n1.jpg,0.7,0.3\n2.jpg,0.1,0.9\n"), ElementsAre(HasSubstr("has shares")));
}

TEST_F(HumanTables, BoxesAndAnnotatorsGoTogether) {
  EXPECT_THAT(read("file,label,xmin,ymin,xmax,ymax\n1.jpg,cat,1,2,3,4\n1.jpg,cat,5,6,7,8\n2.jpg,dog,1,2,3,4\n"
                   "2.jpg,cat,1,2,3,4\n"),
              ElementsAre("1.jpg=cat", "1 sample has several classes: it is left as it is"));
  EXPECT_THAT(read("image,choice,annotator\n1.jpg,cat,1\n1.jpg,cat,2\n2.jpg,cat,1\n2.jpg,dog,2\n"),
              ElementsAre("1.jpg=cat", "1 sample has several classes: it is left as it is"));
}

TEST_F(HumanTables, WhatAModelSaidIsNoPersonsLabel) {
  for (const char* table : {"file,prediction\n1.jpg,cat\n2.jpg,dog\n", "file,prediction\n1,cat\n2,dog\n",
                            "file,y_pred,score\n1.jpg,cat,0.9\n", "id,predicted_label\n1,cat\n"})
    EXPECT_THAT(read(table),
                ElementsAre(AllOf(HasSubstr("this table has no labels but what models said"),
                                  HasSubstr("rename the column to label"), HasSubstr("replay:"))))
        << table;
  EXPECT_THAT(read("file,label,prediction\n1.jpg,cat,dog\n"), ElementsAre("1.jpg=cat"));
  EXPECT_THAT(read("file,remarks\n1.jpg,cat\n"),
              ElementsAre(HasSubstr("this table has no column of classes")));
}

TEST_F(HumanTables, ColumnsThatContradictEachOtherAreRefused) {
  EXPECT_THAT(read("file,label,class\n1.jpg,cat,dog\n2.jpg,dog,dog\n"),
              ElementsAre(HasSubstr("l.csv:2: 1 cell of two columns contradict each other")));
}

TEST_F(HumanTables, AColumnNamesTheFrameOfAVideo) {
  EXPECT_THAT(read("file,frame,label\nwalk.mp4,0,cat\nwalk.mp4,15,dog\nd/walk.mp4,30,cat\n"),
              ElementsAre("walk.mp4#frame=0=cat", "walk.mp4#frame=15=dog", "walk.mp4#frame=30=cat"));
  EXPECT_THAT(read("video,Frame Number,label\nwalk.mp4,30.0,cat\n"), ElementsAre("walk.mp4#frame=30=cat"));
  EXPECT_THAT(read("file,frame,label\nwalk,15,cat\n"), ElementsAre("walk.mp4#frame=15=cat"));
  EXPECT_THAT(read("file,frame,label\n1.jpg,7,cat\n"), ElementsAre("1.jpg=cat")) << "a picture's number";
  EXPECT_EQ(parse("file,frame,label\n1.jpg,7,cat\n2.jpg,,dog\nwalk.mp4,0,cat\n")->frames_of_pictures, 1);
}

TEST_F(HumanTables, ANameAndAColumnNameTheSameFrame) {
  EXPECT_THAT(read("file,frame,label\nwalk.mp4#frame=15,15,dog\n"), ElementsAre("walk.mp4#frame=15=dog"));
  EXPECT_THAT(read("file,frame,label\nwalk.mp4#frame=0,15,dog\n"),
              ElementsAre("l.csv:2: 'walk.mp4#frame=0' names frame 0, and the column frame says 15; correct "
                          "one of them"));
  EXPECT_THAT(read("file,frame,label\nwalk.mp4#frame=0,first,dog\n"),
              ElementsAre(HasSubstr("'first' is not the number of a frame")));
}

TEST_F(HumanTables, TwoColumnsNameTheSameSample) {
  EXPECT_THAT(read("sample,file,label\n2.jpg,1.jpg,cat\n"),
              ElementsAre("l.csv:2: two columns name two samples: '2.jpg' and '1.jpg'; correct one of them, "
                          "or remove its column"));
  EXPECT_THAT(read("sample,file,label\n2.jpg,images/2.jpg,cat\n1.jpg,copies/0001.jpg,dog\n"),
              ElementsAre("2.jpg=cat", "1.jpg=dog"));
  EXPECT_THAT(read("file,sample,label,origin\n1.jpg,2.jpg,cat,human\n"), ElementsAre("2.jpg=cat"))
      << "an export's file is a file of the export";
}

TEST_F(HumanTables, WhatIsNotTakenAlongIsKnown) {
  EXPECT_THAT(parse("file,human,label\n1.jpg,cat,dog\n2.jpg,dog,dog\n")->corrections,
              HasSubstr("first l.csv:2: 'cat' in the column human and 'dog' in label"));
  EXPECT_THAT(parse("file,label,label_2,site\n1.jpg,cat,dog,north\n")->columns_left,
              ElementsAre("label_2", "site"));
  EXPECT_THAT(read("file,label\n"), ElementsAre(HasSubstr("it has a header, and no line below it")));
  EXPECT_THAT(read(" \n"), ElementsAre(HasSubstr("it is empty")));
}

TEST_F(HumanTables, AFrameThatWasNotTakenIsToldAndNeverTheNearest) {
  EXPECT_THAT(read("file,frame,label\nwalk.mp4,0,cat\nwalk.mp4,1,cat\nwalk.mp4,14,dog\n"),
              ElementsAre("walk.mp4#frame=0=cat",
                          "2 lines are of frames that are no samples of the project "
                          "(walk.mp4#frame=1, walk.mp4#frame=14)"));
  EXPECT_THAT(
      read("file,frame,label\nwalk.mp4,1,cat\n"),
      ElementsAre(AllOf(HasSubstr("no labels by people: 1 line is of a frame"), HasSubstr("--every"))));
  EXPECT_THAT(read("file,frame,label\nwalk.mp4,first,cat\n"),
              ElementsAre(HasSubstr("l.csv:2: 'first' is not the number of a frame")));
  EXPECT_THAT(read("file,frame,label\nrun.mp4,1,cat\n"), ElementsAre(HasSubstr("no sample 'run.mp4'")));
  EXPECT_THAT(read("file,frame,label\nwalk.mp4,,cat\n"), ElementsAre(HasSubstr("was cut into 3 samples")));
}

TEST_F(HumanTables, AFilesNameIsShownAsTablesWriteIt) {
  samples_.clear();
  sources_.clear();
  add("a%1Bb.jpg", MediaKind::kImage, {"a%251Bb.jpg"});
  EXPECT_THAT(read("zz.jpg,cat\n"), ElementsAre(HasSubstr("'a%1Bb.jpg'")));
}

TEST_F(HumanTables, ATableOfOneSplitSaysNothingOfAnothersPictures) {
  origins_[0] = {1, "1.jpg", "/data/test/1.jpg"};
  const SampleNames names(samples_, sources_, origins_);
  const auto read = [&](const std::string& file, const std::string& table) {
    const auto labels = parse_human_labels(table, file, names, settings_, "ada");
    return labels ? std::string("fine") : labels.error().where + ": " + labels.error().what;
  };
  EXPECT_EQ(read("train.csv", "1.jpg,cat\n"),
            "train.csv:1: '1.jpg' was added from test/1.jpg, and this file is of the split train");
  EXPECT_EQ(read("test.csv", "1.jpg,cat\n"), "fine");
  EXPECT_EQ(read("labels.csv", "1.jpg,cat\n"), "fine");
  EXPECT_EQ(read("train.csv", "2.jpg,cat\n"), "fine");
  EXPECT_EQ(read("train.csv", "test/1.jpg,cat\n"), "fine") << "it says which picture it means";
}

TEST_F(HumanTables, AnExportNamesItsSamples) {
  add("A/1.jpg", MediaKind::kImage, {"A/1.jpg"});
  EXPECT_THAT(read("file,sample,label,origin,by,label_was\nimages/1.jpg,1.jpg,dog,human,ada,dog\n"
                   "images/A/1.jpg,A/1.jpg,cat,human,ada,cat\n"),
              ElementsAre("1.jpg=dog", "A/1.jpg=cat"));
}

}  // namespace
}  // namespace dew::label
