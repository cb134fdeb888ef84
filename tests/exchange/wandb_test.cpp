// Tables of Weights & Biases.
#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kFirst = R"([{"_type": "image-file", "path": "media/images/1.png", "width": 9}, )";
const std::string kSecond = R"([{"_type": "image-file", "path": "media/images/2.png", "width": 9}, )";

TreeOnDisk with(const std::string& table) {
  return TreeOnDisk(
      {{"media/images/1.png", "x"}, {"media/images/2.png", "x"}, {"media/table/t.table.json", table}});
}

std::string classes_in(const std::string& columns, const std::string& first, const std::string& second) {
  const auto set =
      with(R"({"columns": )" + columns + R"(, "data": [)" + kFirst + first + "], " + kSecond + second + "]]}")
          .read()
          .value()
          .value();
  EXPECT_EQ(set.format, "wandb");
  return classes_of(set, "media/images/1.png") + " " + classes_of(set, "media/images/2.png");
}

std::string error_of(const std::string& table) {
  const auto read = with(table).read();
  return read ? "fine" : read.error().where + ": " + read.error().what;
}

TEST(Wandb, GivesTheLabelsOfItsColumns) {
  EXPECT_EQ(classes_in(R"(["image", "truth"])", R"("cat")", R"("dog")"), "cat dog");
  EXPECT_EQ(
      classes_in(R"(["image", "guess", "label", "score"])", R"("dog", "cat", 0.5)", R"("dog", null, 1)"),
      "cat ?");
  EXPECT_EQ(classes_in(R"(["image", "tags"])", R"(["cat", "dog"])", R"([])"), "cat+dog ?");
  EXPECT_EQ(classes_in(R"(["image", "cat", "dog"])", "1, 0", "false, false"), "cat none");
}

TEST(Wandb, ColumnsThatContradictEachOtherAreRefused) {
  EXPECT_THAT(error_of(R"({"columns": ["image", "label", "ground_truth"], "data": [)" + kFirst +
                       R"("cat", "dog"], )" + kSecond + R"("dog", "dog"]]})"),
              HasSubstr("data[0]: 1 cell of two columns contradict each other"));
  EXPECT_EQ(classes_in(R"(["image", "label"])", R"("NaN")", R"("dog")"), "? dog");
}

TEST(Wandb, OfTwoPicturesNoneIsGuessed) {
  const auto row = [](const char* first, const char* second) {
    return std::string(R"([{"path": "media/images/)") + first + R"("}, {"path": "media/images/)" + second +
           R"("}, "cat"])";
  };
  EXPECT_EQ(error_of(R"({"columns": ["before", "after", "label"], "data": [)" + row("1.png", "2.png") + "]}"),
            "media/table/t.table.json, data[0]: two columns name two pictures: 'media/images/1.png' and "
            "'media/images/2.png'");
  const auto set =
      with(R"({"columns": ["heatmap", "original", "label"], "data": [)" + row("1.png", "2.png") + "]}")
          .read()
          .value()
          .value();
  EXPECT_EQ(classes_of(set, "media/images/1.png") + " " + classes_of(set, "media/images/2.png"), "? cat");
}

TEST(Wandb, WhatAModelPredictedIsNoPersonsLabel) {
  const auto set = with(R"({"columns": ["image", "prediction"], "data": [)" + kFirst + R"("cat"]]})")
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(classes_of(set, "media/images/1.png"), "?");
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("it has image, prediction")));
}

TEST(Wandb, MissingPicturesAndMistakesNameTheRow) {
  const auto set =
      with(
          R"({"columns": ["image", "label"], "data": [[{"_type": "image-file", "path": "media/images/9.png"}, "cat"]]})")
          .read()
          .value()
          .value();
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "media/table/t.table.json, data[0]");
  EXPECT_EQ(error_of(R"({"columns": ["image"], "data": {}})"),
            "media/table/t.table.json: this table of W&B has no lists 'columns' and 'data'");
  EXPECT_EQ(error_of(R"({"columns": ["image", "label"], "data": [)" + kFirst + R"("cat"], [1]]})"),
            "media/table/t.table.json, data[1]: this row is no list of 2 cells");
}

}  // namespace
}  // namespace dew::exchange
