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
    const auto labels = parse_human_labels(text, "l.csv", samples_, sources_, settings_, "ada");
    if (!labels) {
      EXPECT_EQ(labels.error().fault, Fault::kUsage);
      return {labels.error().where + ": " + labels.error().what + "; " + labels.error().next};
    }
    std::vector<std::string> told;
    for (const Label& label : *labels) {
      EXPECT_EQ(label.origin, "human");
      EXPECT_EQ(label.basis, "ada");
      told.push_back(std::to_string(label.sample) + "=" + label.answer_class);
    }
    return told;
  }
  std::string error(std::string_view text) {
    const auto told = read(text);
    return told.empty() ? "" : told[0];
  }

  Settings settings_;
  std::vector<Sample> samples_;
  std::vector<Source> sources_;
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
  EXPECT_THAT(error("street.jpg,"), HasSubstr("this line has no class"));
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

TEST_F(HumanLabels, WhatIsShownOfTheFileIsEscaped) {
  EXPECT_THAT(error("street.jpg,\x1b[31m"), HasSubstr("'\\x1b[31m'"));
  EXPECT_THAT(error("\x1b]0;,yes"), HasSubstr("'\\x1b]0;'"));
}

}  // namespace
}  // namespace dew::label
