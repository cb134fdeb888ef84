// Hugging Face's image folders.
#include <gmock/gmock.h>

#include "exchange/hugging_face_names.h"
#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;

constexpr const char* kCard = R"(---
license: mit
dataset_info:
  features:
  - name: image
    dtype: image
  - name: label
    dtype:
      class_label:
        names:
          '1': dog
          '0': cat
          '2': sea horse
  - name: objects
    sequence:
    - name: bbox
      sequence: float32
      length: 4
    - name: category
      dtype:
        class_label:
          names: [cup, plate]
---
# Pets
)";

DataSet set_of(Files files) {
  for (const char* picture : {"train/1.jpg", "train/2.jpg", "test/1.jpg"}) files[picture] = "x";
  auto set = TreeOnDisk(files).read();
  EXPECT_TRUE(set && *set) << (set ? "not claimed" : set.error().where + ": " + set.error().what);
  if (!set || !*set) return {};
  EXPECT_EQ((*set)->format, "hf");
  return **std::move(set);
}

std::string error_of(const std::string& lines, const std::string& card = kCard) {
  const auto set = TreeOnDisk(Files{{"1.jpg", "x"}, {"metadata.jsonl", lines}, {"README.md", card}}).read();
  if (set) return "";
  EXPECT_EQ(set.error().fault, Fault::kUsage);
  return set.error().where + ": " + set.error().what;
}

// What our own export of a set with splits drawn anew looks like.
TEST(HuggingFace, TheFolderOfTheMetadataDecidesTheSplit) {
  const auto set = TreeOnDisk({{"test/train/cat/1.jpg", "x"},
                               {"test/metadata.jsonl", R"({"file_name": "train/cat/1.jpg", "label": "cat"})"},
                               {"train/test/dog/1.jpg", "x"},
                               {"train/metadata.csv", "file_name,label\ntest/dog/1.jpg,dog\n"}})
                       .read()
                       .value()
                       .value();
  ASSERT_EQ(set.items.size(), 2U);
  for (const Item& item : set.items)
    EXPECT_EQ(item.split, item.picture.starts_with("test/") ? Split::kTest : Split::kTrain) << item.picture;
}

TEST(HuggingFace, TheCardOfANestedFolderNamesItsClasses) {
  const std::string metadata = "file_name,label\n1.jpg,0\n";
  const auto set =
      TreeOnDisk({{"pets/README.md", kCard},
                  {"pets/train/1.jpg", "x"},
                  {"pets/train/metadata.csv", metadata},
                  {"birds/1.jpg", "y"},
                  {"birds/dataset_info.json",
                   R"({"features": {"label": {"names": ["robin", "tit"], "_type": "ClassLabel"}}})"},
                  {"birds/metadata.csv", metadata}})
          .read()
          .value()
          .value();
  EXPECT_EQ(classes_of(set, "pets/train/1.jpg"), "cat");
  EXPECT_EQ(classes_of(set, "birds/1.jpg"), "robin");
}

TEST(HuggingFace, APictureThatIsMissingIsNoneOfAnotherSplit) {
  const auto set = TreeOnDisk({{"train/1.jpg", "x"},
                               {"test/2.jpg", "x"},
                               {"train/metadata.csv", "file_name,label\n1.jpg,cat\n2.jpg,dog\n"}})
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(classes_of(set, "test/2.jpg"), "?");
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "train/metadata.csv:3");
}

TEST(HuggingFace, MetadataLieInTheRootOrTheSplits) {
  const DataSet root = set_of({{"metadata.csv", "file_name,label\ntrain/1.jpg,cat\ntest/1.jpg,dog\n"}});
  EXPECT_EQ(classes_of(root, "train/1.jpg"), "cat");
  EXPECT_EQ(classes_of(root, "test/1.jpg"), "dog");
  EXPECT_EQ(root.items[0].split, Split::kTrain);
  EXPECT_EQ(root.items[1].split, Split::kTest);
  const DataSet splits =
      set_of({{"train/metadata.jsonl",
               "{\"file_name\": \"1.jpg\", \"label\": \"cat\"}\n\n"
               "{\"file_name\": \"2.jpg\", \"label\": null}"},
              {"test/metadata.jsonl", "{\"file_name\": \"1.jpg\", \"label\": \"dog\"}\r\n"}});
  EXPECT_EQ(classes_of(splits, "train/1.jpg"), "cat");
  EXPECT_EQ(classes_of(splits, "train/2.jpg"), "");
  EXPECT_EQ(classes_of(splits, "test/1.jpg"), "dog");
  EXPECT_THAT(splits.files, ElementsAre("test/metadata.jsonl", "train/metadata.jsonl"));
  EXPECT_EQ(splits.items[0].where, "test/metadata.jsonl:1");
}

TEST(HuggingFace, OfDewdropsOwnKeepWhoGaveALabel) {
  const DataSet set = set_of(
      {{"train/metadata.jsonl",
        R"({"file_name": "1.jpg", "label": "cat", "sample": "x", "origin": "human", "by": "ada", "confidence": null})"
        "\n"
        R"({"file_name": "2.jpg", "label": "dog", "origin": "policy", "by": "m1", "confidence": 0.9, "reason": "ears"})"
        "\n"},
       {"test/metadata.jsonl", R"({"file_name": "1.jpg", "label": null, "origin": null})"}});
  EXPECT_EQ(classes_of(set, "train/1.jpg"), "cat");
  EXPECT_EQ(classes_of(set, "train/2.jpg"), "") << "no person said so";
  EXPECT_EQ(classes_of(set, "test/1.jpg"), "");
  int answers = 0;
  for (const auto item : set.items) {
    if (item.picture == "train/1.jpg") {
      EXPECT_EQ(item.by, "ada");
    }
    for (const Answer& answer : item.answers) {
      ++answers;
      EXPECT_EQ(item.picture + " " + answer.teacher + " " + answer.model + " " + answer.answer_class + " " +
                    answer.reason,
                "train/2.jpg import m1 dog ears");
      EXPECT_EQ(answer.confidence, 0.9);
      EXPECT_EQ(item.split, Split::kTrain);
    }
  }
  EXPECT_EQ(answers, 1);
}

TEST(HuggingFace, NumbersAreNamedByTheCard) {
  const Files files{{"README.md", kCard},
                    {"metadata.jsonl",
                     "{\"file_name\": \"train/1.jpg\", \"label\": 2}\n"
                     "{\"file_name\": \"train/2.jpg\", \"label\": -1}\n"
                     "{\"file_name\": \"test/1.jpg\", \"label\": 0}\n"}};
  const DataSet set = set_of(files);
  EXPECT_EQ(classes_of(set, "train/1.jpg"), "sea horse");
  EXPECT_EQ(classes_of(set, "train/2.jpg"), "");
  EXPECT_EQ(classes_of(set, "test/1.jpg"), "cat");
  EXPECT_THAT(set.classes, ElementsAre("cat", "dog", "sea horse"));
  EXPECT_THAT(set.files, ElementsAre("README.md", "metadata.jsonl"));
  const DataSet table =
      set_of({{"README.md", kCard}, {"metadata.csv", "file_name,label\ntrain/1.jpg,1.0\n"}});
  EXPECT_EQ(classes_of(table, "train/1.jpg"), "dog");
  const DataSet plain = set_of({{"metadata.csv", "file_name,label\ntrain/1.jpg,1\ntrain/2.jpg,007\n"}});
  EXPECT_EQ(classes_of(plain, "train/1.jpg"), "1");
  EXPECT_EQ(classes_of(plain, "train/2.jpg"), "007");
}

TEST(HuggingFace, OlderInfosNameNumbersToo) {
  const DataSet set = set_of({{"dataset_infos.json", R"({"default": {"features": {"image": {"_type": "Image"},
         "label": {"num_classes": 2, "names": ["cat", "dog"], "_type": "ClassLabel"}}}})"},
                              {"metadata.jsonl", "{\"file_name\": \"train/1.jpg\", \"label\": 1}"}});
  EXPECT_EQ(classes_of(set, "train/1.jpg"), "dog");
  EXPECT_THAT(set.classes, ElementsAre("cat", "dog"));
}

TEST(HuggingFace, CardsOfAnyKindAreRead) {
  EXPECT_EQ(names_in_card(kCard).at("label"), (std::vector<std::string>{"cat", "dog", "sea horse"}));
  EXPECT_EQ(names_in_card(kCard).at("objects.category"), (std::vector<std::string>{"cup", "plate"}));
  EXPECT_EQ(names_in_card(
                "---\r\ndataset_info:\r\n- config_name: a\r\n  features:\r\n  - name: fine\r\n    dtype:\r\n"
                "      class_label:\r\n        names: {0: x, 1: y, 7: z}\r\n---\r\n")
                .at("fine"),
            (std::vector<std::string>{"x", "y", ""}));
  for (const char* none :
       {"", "# Pets", "---\n", "---\nfoo: [\n---\n", "---\n- 1\n---\n", "---\n&a [*a]\n---\n",
        "---\ndataset_info: &a\n  features:\n  - name: x\n    sequence: [*a]\n---\n"})
    EXPECT_THAT(names_in_card(none), IsEmpty()) << none;
  EXPECT_THAT(names_in_infos("[1"), IsEmpty());
}

TEST(HuggingFace, ObjectsAreBoxes) {
  const DataSet set = set_of(
      {{"README.md", kCard},
       {"metadata.jsonl",
        R"({"file_name": "train/1.jpg", "objects": {"bbox": [[1,2,3,4],[5,6,7,8]], "category": [1, 0]}})"
        "\n"
        R"({"file_name": "train/2.jpg", "objects": {"bbox": [], "category": []}})"
        "\n"
        R"({"file_name": "test/1.jpg", "objects": [{"bbox": [1,2,3,4], "categories": "fork"}]})"}});
  EXPECT_EQ(classes_of(set, "train/1.jpg"), "cup+plate");
  EXPECT_EQ(classes_of(set, "train/2.jpg"), "none");
  EXPECT_EQ(classes_of(set, "test/1.jpg"), "fork");
  EXPECT_EQ(set.boxes, 3);
}

TEST(HuggingFace, ALineMayNameSeveralPicturesOrClasses) {
  const DataSet set =
      set_of({{"metadata.jsonl",
               R"({"left_file_name": "train/1.jpg", "right_file_name": "train/2.jpg", "label": "cat"})"
               "\n"
               R"({"file_names": ["test/1.jpg"], "labels": ["cat", "dog"], "caption": "two"})"}});
  EXPECT_EQ(classes_of(set, "train/1.jpg") + classes_of(set, "train/2.jpg"), "")
      << "of which one, nobody says";
  EXPECT_EQ(classes_of(set, "test/1.jpg"), "cat+dog");
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("1 row names pictures in several columns"),
                                     "1 column of the metadata is not taken along: caption"));
}

TEST(HuggingFace, ACellThatSaysNothingIsNoClass) {
  const DataSet set = set_of({{"metadata.csv", "file_name,label\ntrain/1.jpg,NA\ntrain/2.jpg,dog\n"}});
  EXPECT_EQ(classes_of(set, "train/2.jpg"), "dog");
  EXPECT_THAT(set.classes, ElementsAre("dog"));
}

TEST(HuggingFace, CaptionsAreNoLabels) {
  const auto set = TreeOnDisk({{"cat/1.jpg", "x"},
                               {"dog/2.jpg", "x"},
                               {"metadata.jsonl", "{\"file_name\": \"cat/1.jpg\", \"text\": \"a cat\"}"}})
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(set.format, "folders");
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("not taken along: text")));
}

TEST(HuggingFace, ParquetIsNotRead) {
  const auto set =
      TreeOnDisk(Files{{"1.jpg", "x"}, {"metadata.parquet", "PAR1...."}}).read("hf").value().value();
  EXPECT_THAT(set.notes,
              ElementsAre("metadata.parquet is not read: save it as metadata.csv or metadata.jsonl"));
}

TEST(HuggingFace, MistakesNameTheLine) {
  EXPECT_THAT(error_of("{\"file_name\": \"1.jpg\"}\n{\"file_name\": \"1.jpg\", \"label\": }\n"),
              HasSubstr("metadata.jsonl:2: this is not JSON"));
  EXPECT_THAT(error_of("{\"file_name\": \"1.jpg\"}\n[1]\n"),
              HasSubstr("metadata.jsonl:2: this line is not an object"));
  EXPECT_THAT(error_of("{\"label\": \"file_name\"}\n"),
              HasSubstr("metadata.jsonl:1: this line names no picture"));
  EXPECT_THAT(error_of("{\"file_name\": \"1.jpg\", \"label\": 3}\n"),
              HasSubstr("metadata.jsonl:1: the card names 3 classes, and none for the label 3"));
  EXPECT_THAT(error_of("{\"file_name\": \"1.jpg\", \"label\": 0.5}\n"), HasSubstr("no whole number"));
  EXPECT_THAT(error_of("{\"file_name\": \"1.jpg\", \"label\": {}}\n"), HasSubstr("is an object"));
  EXPECT_THAT(error_of(R"({"file_name": "1.jpg", "objects": {"bbox": [[1,2,3,4]], "category": [1, 0]}})"),
              HasSubstr("there are 1 boxes and 2 categories"));
  EXPECT_THAT(
      error_of("{\"file_name\": \"1.jpg\", \"x\": " + std::string(70, '[') + std::string(70, ']') + "}"),
      HasSubstr("metadata.jsonl:1: this is nested too deeply"));
  EXPECT_THAT(
      error_of("{\"file_name\": \"1.jpg\", \"label\": 0}\n{\"file_name\": \"1.jpg\", \"label\": 1}\n"),
      HasSubstr("metadata.jsonl:2: '1.jpg' is 'dog' here, and 'cat' in metadata.jsonl:1"));
  const DataSet set = set_of({{"metadata.csv", "file_name,label\n9.jpg,cat\ntrain/1.jpg,cat\n"}});
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "metadata.csv:2");
}

TEST(HuggingFace, PicturesOfOtherColumnsAreNotTheRowsOwn) {
  const auto set = TreeOnDisk({{"metadata.csv",
                                "image_file_name,mask_file_name,label\n"
                                "img/1.jpg,mask/1.jpg,cat\nimg/2.jpg,mask/2.jpg,dog\n"},
                               {"img/1.jpg", "x"},
                               {"img/2.jpg", "y"},
                               {"mask/1.jpg", "m"},
                               {"mask/2.jpg", "n"}})
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(classes_of(set, "img/1.jpg"), "cat");
  EXPECT_EQ(classes_of(set, "mask/1.jpg"), "?");
  EXPECT_TRUE(set.files.contains("mask/1.jpg")) << "it is no sample";
  EXPECT_THAT(set.notes, ::testing::Contains(::testing::HasSubstr("2 pictures (masks, depths ...)")));
  const auto two =
      TreeOnDisk({{"metadata.jsonl",
                   R"({"file_name": "1.jpg", "after_file_name": "2.jpg", "depth_file_name": "3.jpg",)"
                   R"( "label": "cat"})"},
                  {"1.jpg", "x"},
                  {"2.jpg", "y"},
                  {"3.jpg", "z"}})
          .read()
          .value()
          .value();
  EXPECT_EQ(classes_of(two, "1.jpg"), "cat");
  EXPECT_EQ(classes_of(two, "2.jpg"), "?");
  EXPECT_FALSE(two.files.contains("2.jpg")) << "a picture of its own, without a label";
  EXPECT_TRUE(two.files.contains("3.jpg"));
}

}  // namespace
}  // namespace dew::exchange
