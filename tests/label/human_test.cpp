// Labels by people from a file: what is understood, and what each mistake is told as.
#include "label/human.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::label {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HumanLabels : public ::testing::Test {
 protected:
  HumanLabels() {
    settings_.classes = {"yes", "no", "sea horse"};
    settings_.unsure = "unsure";
    add("street.jpg", {"street.jpg"});
    add("night/park.jpg", {"night/park.jpg"});
    add("day/park.jpg", {"day/park.jpg"});
    add("v.avi", {"v.avi#frame=0&xywh=0,0,9,9", "v.avi#frame=0&xywh=9,0,9,9"});
  }

  void add(const std::string& source, const std::vector<std::string>& samples) {
    Source file;
    file.id = static_cast<int64_t>(sources_.size()) + 1;
    file.name = source;
    for (const std::string& name : samples) {
      Sample sample;
      sample.id = static_cast<int64_t>(samples_.size()) + 1;
      sample.source = file.id;
      sample.name = name;
      samples_.push_back(sample);
    }
    sources_.push_back(file);
  }

  /// "sample=class" of each, or the error in one line.
  std::vector<std::string> read(std::string_view text) {
    const SampleNames names(samples_, sources_, origins_);
    const auto labels = parse_human_labels(text, "l.csv", names, settings_, "ada");
    auto error = labels ? unknown_lines(*labels, "l.csv") : std::optional(labels.error());
    if (error) {
      EXPECT_EQ(error->fault, Fault::kUsage);
      return {error->where + ": " + error->what + "; " + error->next};
    }
    std::vector<std::string> told;
    for (const Label& label : labels->labels) {
      EXPECT_EQ(label.origin, "human");
      EXPECT_EQ(label.basis, "ada");
      told.push_back(std::to_string(label.sample) + "=" + label.answer_class);
    }
    return told;
  }
  /// Who gave each label.
  std::vector<std::string> people(std::string_view text) {
    const SampleNames names(samples_, sources_, origins_);
    const auto labels = parse_human_labels(text, "l.csv", names, settings_, "ada");
    EXPECT_TRUE(labels) << labels.error().what;
    std::vector<std::string> told;
    for (const Label& label : labels->labels) told.push_back(label.basis);
    return told;
  }
  /// The bytes of the newest source also lay here.
  void came_from(const std::string& path, const std::string& name) {
    origins_.push_back({static_cast<int64_t>(sources_.size()), name, path});
  }
  std::string error(std::string_view text) {
    const auto told = read(text);
    return told.empty() ? "" : told[0];
  }

  Settings settings_;
  std::vector<Sample> samples_;
  std::vector<Source> sources_;
  std::vector<Origin> origins_;
};

TEST_F(HumanLabels, WithoutAHeaderALineIsASampleAndAClass) {
  EXPECT_THAT(read("street.jpg,yes\nnight/park.jpg, sea horse \n"), ElementsAre("1=yes", "2=sea horse"));
  EXPECT_THAT(read("\xEF\xBB\xBFstreet.jpg,no\r\n\r\nday/park.jpg,yes"), ElementsAre("1=no", "3=yes"));
}

TEST_F(HumanLabels, CommasInASamplesNameNeedNoQuotesWithoutAHeader) {
  EXPECT_THAT(read("v.avi#frame=0&xywh=0,0,9,9,no\n\"v.avi#frame=0&xywh=9,0,9,9\",yes\n"),
              ElementsAre("4=no", "5=yes"));
}

TEST_F(HumanLabels, AHeaderNamesTheColumns) {
  EXPECT_THAT(read("remarks,File,Class\n\"dark, \"\"but\"\" clear\",street.jpg,yes\n"), ElementsAre("1=yes"));
  EXPECT_THAT(read("file,label,human\nstreet.jpg,no,yes\n"), ElementsAre("1=yes"));
}

TEST_F(HumanLabels, ATableMayHaveAnyDelimiterEncodingAndUsualColumns) {
  EXPECT_THAT(read("filename;category\nstreet.jpg;yes\nday/park.jpg;sea horse\n"),
              ElementsAre("1=yes", "3=sea horse"));
  EXPECT_THAT(read("file_path\ttarget\r\nstreet.jpg\tno\r\n"), ElementsAre("1=no"));
  EXPECT_THAT(read("Image Path,score,Ground Truth\rstreet.jpg,0.5,no\r"), ElementsAre("1=no"));
  EXPECT_THAT(read("id,breed\nstreet.jpg,yes\n"), ElementsAre("1=yes"));
  EXPECT_THAT(read("sep=;\nstreet.jpg;yes\n"), ElementsAre("1=yes"));
  EXPECT_THAT(read(std::string_view("\xFF\xFEs\0t\0r\0e\0e\0t\0.\0j\0p\0g\0,\0n\0o\0", 28)),
              ElementsAre("1=no"));
  add("M\u00fchle.jpg", {"M\u00fchle.jpg"});
  EXPECT_THAT(read("M\xFChle.jpg,no"), ElementsAre("6=no"));
  EXPECT_THAT(error("filename;category\nstreet.jpg;yes;x\n"),
              HasSubstr("l.csv:2: this line has 3 fields instead of 2"));
}

TEST_F(HumanLabels, WhatDewdropExportedKeepsWhoGaveALabel) {
  const std::string header = "file,sample,label,origin,by,split,confidence,reason\n";
  EXPECT_THAT(read(header + "images/1.jpg,street.jpg,yes,human,ada,train,,\n"
                            "images/2.jpg,night/park.jpg,no,policy,gpt,train,0.9,dark\n"
                            "images/3.jpg,day/park.jpg,,,,test,,\n"),
              ElementsAre("1=yes"));
  EXPECT_THAT(error(header + "images/2.jpg,night/park.jpg,no,policy,gpt,train,0.9,dark\n"),
              HasSubstr("no labels by people"));
}

TEST_F(HumanLabels, WhatWasCorrectedInAnExportIsAPersons) {
  const std::string header = "file,sample,label,origin,by,split,confidence,reason,label_was\n";
  EXPECT_THAT(read(header + "images/1.jpg,street.jpg,yes,local,,train,0.9,,yes\n"
                            "images/2.jpg,night/park.jpg,yes,policy,gpt,train,0.9,dark,no\n"
                            "images/3.jpg,day/park.jpg,no,local,,test,,,yes\n"),
              ElementsAre("2=yes", "3=no"));
  EXPECT_THAT(read(header + "images/1.jpg,street.jpg,yes,human,ada,train,,,yes\n"
                            "images/2.jpg,night/park.jpg,,human,ada,train,,,\n"
                            "images/3.jpg,day/park.jpg,no,,,test,,,\n"),
              ElementsAre("1=yes", "3=no"));
}

TEST_F(HumanLabels, AnEmptyClassIsNoneWithoutAnUnsureAnswer) {
  settings_.unsure.clear();
  EXPECT_THAT(error("street.jpg,"), HasSubstr("no labels by people: 1 line has no class"));
}

TEST_F(HumanLabels, TheUnsureAnswerSetsAside) {
  EXPECT_THAT(read("street.jpg,unsure"), ElementsAre("1="));
}

TEST_F(HumanLabels, FoldersBeforeTheFileMayBeMoreOrFewer) {
  EXPECT_THAT(read("images/street.jpg,yes\n/home/ada/night/park.jpg,no\n"), ElementsAre("1=yes", "2=no"));
  EXPECT_THAT(error("park.jpg,yes"),
              HasSubstr("l.csv:1: 'park.jpg' could be 'night/park.jpg' or 'day/park.jpg'"));
  EXPECT_THAT(error("ark.jpg,yes"), HasSubstr("no sample 'ark.jpg'"));
}

TEST_F(HumanLabels, AFileOfSeveralSamplesIsNoSample) {
  EXPECT_THAT(error("v.avi,yes"), HasSubstr("'v.avi' was cut into 2 samples; name each of them"));
}

TEST_F(HumanLabels, MistakesNameTheLineAndTheNearestKnownName) {
  EXPECT_THAT(error("street.jpg,yes\nstret.jpg,no\n"),
              HasSubstr("l.csv:2: the project has no sample 'stret.jpg'; did you mean 'street.jpg'?"));
  EXPECT_THAT(error("x.png,no"), HasSubstr("its samples have names like 'street.jpg'"));
  EXPECT_THAT(error("file,class\n\nstreet.jpg,yess\n"),
              HasSubstr("l.csv:3: unknown class 'yess'; did you mean 'yes'?"));
  EXPECT_THAT(error("street.jpg,maybe"), HasSubstr("the project's classes are yes, no, sea horse, unsure"));
  EXPECT_THAT(error("street.jpg,yes\nnight/park.jpg,no\nimages/street.jpg,yes\n"),
              HasSubstr("l.csv:3: 'street.jpg' is labelled twice; keep one of this line and line 1"));
  EXPECT_THAT(error("street.jpg"), HasSubstr("l.csv:1: this line has 1 fields instead of 2"));
  EXPECT_THAT(error("file,class\nv.avi#frame=0&xywh=0,0,9,9,no"), HasSubstr("into quotation marks"));
  EXPECT_THAT(error("a,yes\n\"street.jpg,yes\nx,no\n"), HasSubstr("l.csv:2: a quotation mark is not closed"));
  EXPECT_THAT(error("\"street.jpg\" x,yes\n"), HasSubstr("text behind a closing quotation mark"));
  for (const char* nothing : {"", "\n\n", "file,class\n"})
    EXPECT_THAT(error(nothing), HasSubstr("l.csv: the file contains no labels"));
  EXPECT_THAT(error(std::string_view("street.jpg\0,yes", 15)), HasSubstr("contains a NUL"));
}

// A and B were added, and have a picture of the same name each.
TEST_F(HumanLabels, AFolderInATableIsNeverAnotherFolder) {
  add("IMG_0001.jpg", {"IMG_0001.jpg"});
  came_from("/home/ada/A/IMG_0001.jpg", "IMG_0001.jpg");
  EXPECT_THAT(read("IMG_0001.jpg,yes"), ElementsAre("6=yes"));
  EXPECT_THAT(read("A/IMG_0001.jpg,yes"), ElementsAre("6=yes"));
  EXPECT_THAT(read("/elsewhere/A/IMG_0001.jpg,yes"), ElementsAre("6=yes"));
  EXPECT_THAT(error("B/IMG_0001.jpg,no"),
              HasSubstr("l.csv:1: the project has no sample 'B/IMG_0001.jpg'; it has 'A/IMG_0001.jpg'"));
  add("B/IMG_0001.jpg", {"B/IMG_0001.jpg"});
  came_from("/home/ada/B/IMG_0001.jpg", "IMG_0001.jpg");
  EXPECT_THAT(read("B/IMG_0001.jpg,no\nA/IMG_0001.jpg,yes\n"), ElementsAre("7=no", "6=yes"));
  EXPECT_THAT(read("/home/ada/B/IMG_0001.jpg,no"), ElementsAre("7=no"));
  EXPECT_THAT(error("IMG_0001.jpg,yes"),
              HasSubstr("'IMG_0001.jpg' could be 'A/IMG_0001.jpg' or 'B/IMG_0001.jpg'"));
  EXPECT_THAT(error("C/IMG_0001.jpg,yes"), HasSubstr("no sample 'C/IMG_0001.jpg'"));
}

TEST_F(HumanLabels, FramesOfVideosThatAreCalledTheSame) {
  add("A/w.avi", {"A/w.avi#frame=0"});
  came_from("/x/A/w.avi", "A/w.avi");
  add("B/w.avi", {"B/w.avi#frame=0"});
  came_from("/x/B/w.avi", "B/w.avi");
  EXPECT_THAT(read("x/B/w.avi#frame=0,no"), ElementsAre("7=no"));
  EXPECT_THAT(error("w.avi#frame=0,no"), HasSubstr("could be"));
}

// Of projects made before folders were kept.
TEST_F(HumanLabels, ANameWithAHashStandsForTheNameBefore) {
  add("IMG_0001.jpg", {"IMG_0001.jpg"});
  add("IMG_0001-49e3c2db.jpg", {"IMG_0001-49e3c2db.jpg"});
  sources_.back().sha256 = "49e3c2db" + std::string(56, '0');
  for (const char* name : {"B/IMG_0001.jpg,yes", "IMG_0001.jpg,yes"})
    EXPECT_THAT(error(name), HasSubstr("could be 'IMG_0001.jpg' or 'IMG_0001-49e3c2db.jpg'; name the file "
                                       "with its folders; if the project does not know them, add"));
  EXPECT_THAT(read("IMG_0001-49e3c2db.jpg,yes"), ElementsAre("7=yes"));
}

TEST_F(HumanLabels, ACopyIsThePictureItself) {
  came_from("/x/v.avi", "v.avi");
  add("a.jpg", {"a.jpg"});
  came_from("/x/dup/a.jpg", "a.jpg");
  came_from("/x/dup/copy.jpg", "copy.jpg");
  EXPECT_THAT(read("copy.jpg,yes"), ElementsAre("6=yes"));
  EXPECT_THAT(read("a.jpg,yes\ncopy.jpg,yes\n"), ElementsAre("6=yes"));
  EXPECT_THAT(
      error("a.jpg,yes\ncopy.jpg,no\n"),
      HasSubstr("l.csv:2: 'a.jpg' is labelled twice; keep one of this line and line 1 ('a.jpg' is the "
                "same picture)"));
}

TEST_F(HumanLabels, AllUnknownLinesAreToldAtOnce) {
  const std::string told = error("x.jpg,yes\nstreet.jpg,no\npark.jpg,yes\n");
  EXPECT_THAT(told, HasSubstr("l.csv: 2 lines do not name one sample of the project:"));
  EXPECT_THAT(told, HasSubstr("\n  line 1: the project has no sample 'x.jpg'"));
  EXPECT_THAT(told, HasSubstr("\n  line 3: 'park.jpg' could be"));
  EXPECT_THAT(told, HasSubstr("--skip-unknown"));
  std::string many;
  for (int i = 0; i < 30; ++i) many += std::to_string(i) + ".png,yes\n";
  EXPECT_THAT(error(many), HasSubstr("and 10 more"));
  EXPECT_THAT(error("x.jpg,yess\n"), HasSubstr("unknown class 'yess'"));
}

TEST_F(HumanLabels, AccentsMayBeComposedOrNot) {
  add("Z\u00e4hler/\u00c9t\u00e9.jpg", {"Z\u00e4hler/\u00c9t\u00e9.jpg"});
  EXPECT_THAT(read("Za\u0308hler/E\u0301te\u0301.jpg,yes"), ElementsAre("6=yes"));
  add("Mu\u0308hle.jpg", {"Mu\u0308hle.jpg"});
  EXPECT_THAT(read("M\u00fchle.jpg,no"), ElementsAre("7=no"));
}

TEST_F(HumanLabels, WhatIsShownOfTheFileIsEscaped) {
  EXPECT_THAT(error("street.jpg,\x1b[31m"), HasSubstr("'\\x1b[31m'"));
  EXPECT_THAT(error("\x1b]0;,yes"), HasSubstr("'\\x1b]0;'"));
}

TEST_F(HumanLabels, WhoSaidItStaysInWhatDewdropExported) {
  EXPECT_THAT(people("sample,label,origin,by,label_was\nstreet.jpg,yes,human,Grace,yes\n"
                     "night/park.jpg,no,human,Grace,yes\nday/park.jpg,no,policy,openai:x,yes\n"
                     "\"v.avi#frame=0&xywh=0,0,9,9\",no,human,,no\n"),
              ElementsAre("Grace", "ada", "ada", "ada"))
      << "whoever corrects a label gives it";
  EXPECT_THAT(people("sample,label,by\nstreet.jpg,yes,Grace\n"), ElementsAre("ada"))
      << "no table of Dewdrop's";
}

}  // namespace
}  // namespace dew::label
