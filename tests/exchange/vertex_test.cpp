// Vertex AI's JSON Lines.
#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

TreeOnDisk with(const std::string& lines) {
  return TreeOnDisk({{"a/1.jpg", "x"}, {"a/2.jpg", "x"}, {"import.jsonl", lines}});
}

std::string error_of(const std::string& line) {
  const auto read = with(line).read();
  return read ? "fine" : read.error().where + ": " + read.error().what;
}

TEST(Vertex, GivesLabelsAndSplits) {
  const auto set =
      with(R"({"imageGcsUri": "gs://b/a/1.jpg", "classificationAnnotation": {"displayName": "cat", "x": {}},)"
           R"( "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": "test"}})"
           "\r\n\n"
           R"({"imageGcsUri": "gs://b/a/2.jpg", "classificationAnnotations": [{"displayName": "dog"}]})")
          .read()
          .value()
          .value();
  EXPECT_EQ(set.format, "vertex");
  EXPECT_EQ(classes_of(set, "a/1.jpg") + classes_of(set, "a/2.jpg"), "catdog");
  EXPECT_EQ(set.items[0].split, Split::kTest);
  EXPECT_EQ(set.items[1].split, std::nullopt);
  EXPECT_EQ(set.items[1].where, "import.jsonl:3");
}

TEST(Vertex, GivesClassesByBoxes) {
  const auto set =
      with(
          R"({"imageGcsUri": "gs://b/a/1.jpg", "boundingBoxAnnotations": [{"displayName": "cat", "xMin": 0},)"
          R"( {"displayName": "cat"}]})"
          "\n"
          R"({"imageGcsUri": "gs://b/a/2.jpg", "boundingBoxAnnotations": []})")
          .read()
          .value()
          .value();
  EXPECT_EQ(classes_of(set, "a/1.jpg") + " " + classes_of(set, "a/2.jpg"), "cat none");
  EXPECT_EQ(set.boxes, 2);
}

TEST(Vertex, MissingPicturesAndMistakesNameTheLine) {
  const auto set = with(R"({"imageGcsUri": "gs://b/a/9.jpg"})").read().value().value();
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "import.jsonl:1");
  EXPECT_EQ(error_of(R"({"imageGcsUri": ""})"), "import.jsonl:1: this line names no picture");
  EXPECT_EQ(error_of(R"({"imageGcsUri": "1.jpg", "classificationAnnotation": {"name": "cat"}})"),
            "import.jsonl:1: an annotation below 'classificationAnnotation' has no name");
  EXPECT_THAT(error_of(R"({"imageGcsUri": "1.jpg")"), ::testing::HasSubstr("import.jsonl:1: "));
}

}  // namespace
}  // namespace dew::exchange
