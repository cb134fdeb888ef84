#include <gmock/gmock.h>

#include "tests/exchange/boxes.h"

namespace dew::exchange {
namespace {

const std::string kCategories = R"("categories": [{"id": 3, "name": "robin"}, {"id": 1, "name": "tit"}])";

std::string coco(const std::string& images, const std::string& annotations,
                 const std::string& categories = kCategories) {
  return R"({"info": {"year": 2024}, "images": [)" + images + R"(], "annotations": [)" + annotations + "], " +
         categories + "}";
}

const std::string kTwo = coco(R"({"id": 1, "file_name": "a.jpg", "width": 9, "height": 9},
                                 {"id": 2, "file_name": "b.jpg"}, {"id": 4, "file_name": "gone.jpg"})",
                              R"({"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2]},
                                 {"id": 2, "image_id": 1, "category_id": 3, "bbox": [1, 1, 2, 2],
                                  "segmentation": [[0, 0, 1, 1, 2, 2]], "iscrowd": 0},
                                 {"id": 3, "image_id": 1, "category_id": 3, "bbox": [1, 1, 2, 2],
                                  "segmentation": []})");

TEST(Coco, WhereTheListTellsNoSplitThePicturesFolderDoes) {
  const auto set =
      read_set({{"all.json",
                 R"({"images": [{"id": 1, "file_name": "train/1.jpg"}, {"id": 2, "file_name": "test/2.jpg"}],
          "annotations": [{"id": 1, "image_id": 1, "category_id": 1}, {"id": 2, "image_id": 2, "category_id": 1}],
          "categories": [{"id": 1, "name": "tit"}]})"},
                {"train/1.jpg", "x"},
                {"test/2.jpg", "y"}});
  EXPECT_EQ(split_of(set, "train/1.jpg") + " " + split_of(set, "test/2.jpg"), "train test");
}

TEST(Coco, APictureShowsTheClassesOfItsBoxes) {
  const auto set = read_set({{"set.json", kTwo}, {"a.jpg", "x"}, {"b.jpg", "x"}, {"c.jpg", "x"}});
  EXPECT_EQ(set.format, "coco");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(classes_of(set, "a.jpg"), "robin+tit");
  EXPECT_EQ(classes_of(set, "b.jpg"), "none");
  EXPECT_EQ(classes_of(set, "c.jpg"), "?");
  EXPECT_EQ(set.items[0].where, "set.json, images[0]");
  EXPECT_EQ(set.boxes, 3);
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].picture, "gone.jpg");
  EXPECT_EQ(set.missing[0].where, "set.json, images[2]");
  EXPECT_THAT(set.files, ::testing::ElementsAre("set.json"));
  EXPECT_EQ(notes_of(set), "1 mask is not taken along: only its class is");
}

TEST(Coco, ListsStandInAnyOrderAndIdsMayBeTextOrNumbers) {
  const auto set = read_set({{"set.json",
                              "\xEF\xBB\xBF"
                              R"({"annotations": [
      {"image_id": "x7", "category_id": 1.0}, {"image_id": 8, "category_id": "1"}],
      "categories": [{"id": 1, "name": "tit"}],
      "images": [{"id": "x7", "file_name": "a.jpg"}, {"id": "8", "file_name": "b.jpg"}]})"},
                             {"a.jpg", "x"},
                             {"b.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "b.jpg"), "tit");
  EXPECT_EQ(set.boxes, 0);  // categories of whole pictures
}

TEST(Coco, NamesHaveFoldersOrNot) {
  const auto set = read_set(
      {{"ann/set.json",
        coco(R"({"id": 1, "file_name": "images/a.jpg"}, {"id": 2, "file_name": "/home/eve/pics/b.jpg"},
                {"id": 3, "file_name": "images\\c.jpg"}, {"id": 4, "coco_url": "http://h/images/d.jpg"})",
             R"({"image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2]})")},
       {"images/a.jpg", "x"},
       {"pics/b.jpg", "x"},
       {"images/c.jpg", "x"},
       {"images/d.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "tit");
  for (const char* name : {"pics/b.jpg", "images/c.jpg", "images/d.jpg"})
    EXPECT_EQ(classes_of(set, name), "none");
}

TEST(Coco, AFilesNameTellsTheSplitAndThePicturesFolder) {
  const std::string one = coco(R"({"id": 1, "file_name": "1.jpg"})", R"({"image_id": 1, "category_id": 1})");
  const std::string two = coco(R"({"id": 1, "file_name": "1.jpg"})", R"({"image_id": 1, "category_id": 3})");
  const auto set = read_set({{"annotations/instances_train2017.json", one},
                             {"annotations/instances_val2017.json", two},
                             {"train2017/1.jpg", "x"},
                             {"images/val2017/1.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "train2017/1.jpg"), "tit");
  EXPECT_EQ(split_of(set, "train2017/1.jpg"), "train");
  EXPECT_EQ(classes_of(set, "images/val2017/1.jpg"), "robin");
  EXPECT_EQ(split_of(set, "images/val2017/1.jpg"), "validation");
}

TEST(Coco, APictureOfAnotherSplitIsNotMeant) {
  const auto set = read_set({{"annotations/instances_val.json", coco(R"({"id": 1, "file_name": "1.jpg"})",
                                                                     R"({"image_id": 1, "category_id": 3})")},
                             {"train/1.jpg", "x"}});
  EXPECT_TRUE(set.items.empty());
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].why, "train/1.jpg is of another split");
}

TEST(Coco, PicturesBesideTheFileAreMeant) {
  const std::string one = coco(R"({"id": 0, "file_name": "1.jpg"})", R"({"image_id": 0, "category_id": 1})");
  const auto set = read_set({{"train/_annotations.coco.json", one},
                             {"valid/_annotations.coco.json", one},
                             {"train/1.jpg", "x"},
                             {"valid/1.jpg", "x"}});
  EXPECT_EQ(split_of(set, "train/1.jpg"), "train");
  EXPECT_EQ(split_of(set, "valid/1.jpg"), "validation");
}

TEST(Coco, ACategoryThatOnlyGroupsOthersIsNoClass) {
  const auto set =
      read_set({{"train/_annotations.coco.json",
                 coco(R"({"id": 0, "file_name": "1.jpg"})", R"({"image_id": 0, "category_id": 1})",
                      R"("categories": [{"id": 0, "name": "birds", "supercategory": "none"},
                               {"id": 1, "name": "tit", "supercategory": "birds"},
                               {"id": 2, "name": "robin", "supercategory": "birds"}])")},
                {"train/1.jpg", "x"}});
  EXPECT_EQ(set.classes, (std::vector<std::string>{"tit", "robin"}));
}

TEST(Coco, BoxesOfSeveralFilesUnite) {
  const auto set = read_set(
      {{"a.json", coco(R"({"id": 1, "file_name": "1.jpg"})", R"({"image_id": 1, "category_id": 1})")},
       {"b.json", coco(R"({"id": 9, "file_name": "1.jpg"})", R"({"image_id": 9, "category_id": 3})")},
       {"1.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "1.jpg"), "robin+tit");
  EXPECT_EQ(set.items.size(), 1U);
}

TEST(Coco, APictureInTwoSplitsHasNone) {
  const std::string one = coco(R"({"id": 1, "file_name": "1.jpg"})", R"({"image_id": 1, "category_id": 1})");
  const auto set = read_set({{"my_train.json", one}, {"my_test.json", one}, {"1.jpg", "x"}});
  EXPECT_EQ(split_of(set, "1.jpg"), "");
  EXPECT_EQ(notes_of(set), "1 picture is in several splits: it is taken without one");
}

TEST(Coco, CaptionsSayNothingAboutClasses) {
  const auto set =
      read_set({{"captions.json", coco(R"({"id": 1, "file_name": "1.jpg"})",
                                       R"({"image_id": 1, "id": 1, "caption": "A bird."})", R"("x": 1)")},
                {"1.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "1.jpg"), "");
  EXPECT_EQ(
      notes_of(set),
      "captions.json has no annotations with classes: its pictures come without labels; 1 caption is not "
      "taken along");
}

TEST(Coco, PanopticSegmentsAreOfClasses) {
  const auto set = read_set({{"panoptic.json", coco(R"({"id": 1, "file_name": "1.jpg"})",
                                                    R"({"image_id": 1, "file_name": "1.png", "segments_info":
                                                        [{"id": 5, "category_id": 1, "bbox": [0, 0, 1, 1]}]})")},
                             {"1.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "1.jpg"), "tit");
}

TEST(Coco, OnlyItsOwnFilesAreClaimed) {
  const std::string results = R"([{"image_id": 1, "category_id": 1, "score": 0.5, "bbox": [0, 0, 1, 1]}])";
  for (const std::string& other :
       {results, std::string(R"({"version": "5", "shapes": [], "imagePath": "1.jpg"})"),
        std::string(R"({"images": 3})"), std::string("[]"), std::string()})
    EXPECT_FALSE(TreeOnDisk({{"other.json", other}, {"1.jpg", "x"}}).read().value()) << other;
}

TEST(Coco, MayLieOutsideTheFolder) {
  const TreeOnDisk labels({{"set.json", kTwo}});
  const TreeOnDisk pictures({{"a.jpg", "x"}, {"b.jpg", "x"}});
  const auto set = pictures.read((labels.path() / "set.json").string()).value().value();
  EXPECT_EQ(classes_of(set, "a.jpg"), "robin+tit");
  EXPECT_THAT(set.files, ::testing::ElementsAre((labels.path() / "set.json").string()));
}

TEST(Coco, BrokenFilesAreRefusedWithTheirPlace) {
  const std::string image = R"({"id": 1, "file_name": "1.jpg"})";
  const auto broken = [](const std::string& text) { return why_not({{"s.json", text}}); };
  EXPECT_EQ(broken(coco(image, R"({"image_id": 1, "category_id": 3}, {"image_id": 5, "category_id": 1})")),
            "s.json, key annotations[1].image_id: no picture has the id 5");
  EXPECT_EQ(broken(coco(image, R"({"image_id": 1, "category_id": 7})")),
            "s.json, key annotations[0].category_id: no category has the id 7");
  EXPECT_EQ(broken(coco(image, R"({"category_id": 1})")),
            "s.json, key annotations[0].image_id: this annotation names no picture");
  EXPECT_EQ(broken(coco(image, R"({"image_id": 1, "bbox": []})")),
            "s.json, key annotations[0].category_id: this annotation has no category");
  EXPECT_EQ(broken(coco(R"({"id": 1})", "")), "s.json, key images[0].file_name: this picture has no name");
  EXPECT_EQ(broken(coco(R"({"file_name": "1.jpg"})", "")),
            "s.json, key images[0].id: this picture has no id");
  EXPECT_EQ(broken(coco(image + R"(, {"id": 1, "file_name": "2.jpg"})", "")),
            "s.json, key images[1].id: two pictures have the id 1");
  EXPECT_EQ(broken(coco("17", "")), "s.json, key images[0].id: this picture has no id");
  EXPECT_EQ(broken(coco(image, "", R"("categories": [{"id": 1}])")),
            "s.json, key categories[0].name: the category with the id 1 has no name");
  EXPECT_EQ(broken(coco(image, "", R"("categories": [{"id": 1, "name": "a"}, {"id": 7, "name": " "}])")),
            "s.json, key categories[1].name: the category with the id 7 has no name");
  EXPECT_EQ(broken(coco(image, "", R"("categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}])")),
            "s.json, key categories[1].id: two categories have the id 1");
}

TEST(Coco, WhatIsNoJsonIsRefusedWithItsLine) {
  const std::string cut =
      "{\"images\": [{\"id\": 1,\n\"file_name\": \"a.jpg\"}], \"annotations\": [\n{\"image_id\": 1,";
  EXPECT_TRUE(why_not({{"s.json", cut}}).starts_with("s.json:3: this is not JSON: "))
      << why_not({{"s.json", cut}});
  const std::string deep = R"({"images": [], "annotations": [{"image_id": )" + std::string(5000, '[') +
                           std::string(5000, ']') + "}]}";
  EXPECT_EQ(why_not({{"s.json", deep}}), "s.json, key annotations: this is nested too deeply");
}

TEST(Coco, ReadsAHundredThousandPictures) {
  LargeSet large("images/");
  {
    auto file = large.create("annotations.json");
    file << R"({"annotations": [)";
    for (int i = 0; i < 3 * LargeSet::kPictures; ++i)
      file << fmt::format(R"({}{{"id": {}, "image_id": {}, "category_id": {}, "bbox": [1.5, 2, 3, 4],)"
                          R"("segmentation": [[1, 2, 3, 4, 5, 6, 7, 8]], "iscrowd": 0}})",
                          i == 0 ? "" : ",", i, i / 3, i % 3);
    file << R"(], "images": [)";
    for (int i = 0; i < LargeSet::kPictures; ++i)
      file << fmt::format(R"({}{{"id": {}, "file_name": "{}.jpg", "width": 64, "height": 64}})",
                          i == 0 ? "" : ",", i, i);
    file << R"(], "categories": [{"id": 0, "name": "a"}, {"id": 1, "name": "b"}, {"id": 2, "name": "c"}]})";
  }
  const auto set = large.read(10);
  EXPECT_EQ(set.items.size(), static_cast<size_t>(LargeSet::kPictures));
  EXPECT_EQ(set.boxes, 3 * LargeSet::kPictures);
  EXPECT_EQ(join(set.items.back().classes), "a, b, c");
}

TEST(Coco, AnnotationsWithScoresAreAModels) {
  const auto set =
      read_set({{"set.json", coco(R"({"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"},
                                     {"id": 3, "file_name": "c.jpg"}, {"id": 4, "file_name": "d.jpg"})",
                                  R"({"image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2], "score": 0.3},
                                     {"image_id": 2, "category_id": 1, "bbox": [0, 0, 2, 2], "score": null},
                                     {"image_id": 3, "category_id": 3, "bbox": [0, 0, 2, 2]},
                                     {"image_id": 3, "category_id": 1, "bbox": [0, 0, 2, 2], "score": 1})")},
                {"a.jpg", "x"},
                {"b.jpg", "x"},
                {"c.jpg", "x"},
                {"d.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "") << "nobody said that nothing is there";
  EXPECT_EQ(classes_of(set, "b.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "c.jpg"), "robin");
  EXPECT_EQ(classes_of(set, "d.jpg"), "none");
  EXPECT_EQ(set.boxes, 2);
  EXPECT_EQ(notes_of(set), "2 annotations have scores or confidences: they are a model's, and are not taken");
}

TEST(Coco, AnAddressMayHaveAQuery) {
  const auto set = read_set({{"set.json", coco(R"({"id": 1, "file_name": "https://h.e/p/a/1.jpg?sig=x%2Fy"},
                                                  {"id": 2, "file_name": "https://h.e/p/b/1.jpg"})",
                                               R"({"image_id": 1, "category_id": 1},
                                                  {"image_id": 2, "category_id": 3})")},
                             {"p/a/1.jpg", "x"},
                             {"p/b/1.jpg", "y"}});
  EXPECT_EQ(classes_of(set, "p/a/1.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "p/b/1.jpg"), "robin");
  EXPECT_TRUE(set.missing.empty());
}

TEST(Coco, OfTwoUploadsOfOneNameNoneIsGuessed) {
  const std::string uploads = "http://h:8080/data/upload/1/";
  const auto set =
      read_set({{"set.json", coco(R"({"id": 1, "file_name": ")" + uploads + R"(22222222-a.jpg"},
                                     {"id": 2, "file_name": ")" +
                                      uploads + R"(33333333-a.jpg"})",
                                  R"({"image_id": 1, "category_id": 1}, {"image_id": 2, "category_id": 3})")},
                {"a.jpg", "x"}});
  ASSERT_EQ(set.missing.size(), 2U);
  EXPECT_EQ(set.missing[0].why, "several uploads may be a.jpg, which lies here by another name");
}

}  // namespace
}  // namespace dew::exchange
