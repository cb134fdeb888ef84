// What each format's files hold, to the byte; names; and what ends an export without a trace.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/passing_folder.h"
#include "exchange/file_names.h"
#include "tests/exchange/outgoing.h"

namespace dew::exchange {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string error_of(const Result<Written>& written) {
  return written ? "fine"
                 : written.error().what + " | " + written.error().where + " | " + written.error().next;
}

TEST(Writing, Folders) {
  const Birds going;
  const auto written = going.write("folders");
  ASSERT_EQ(error_of(written), "fine");
  EXPECT_THAT(going.files(),
              ElementsAre("README.md", "labelled-by.jsonl", "test/tit/vtest.avi-frame15-2,0,4x6.png",
                          "train/tit/A-IMG_0001.JPG", "val/robin/B-IMG_0001.jpg.png"));
  EXPECT_EQ(written->pictures, 3);
  EXPECT_EQ(written->labelled, 3);
  EXPECT_EQ(written->people, 1);
  EXPECT_EQ(written->unlabelled, 0);
  EXPECT_EQ(written->unlabelled_left_out, 2);
  EXPECT_THAT(written->by_class,
              ElementsAre(std::pair("none", 0), std::pair("robin", 1), std::pair("tit", 2)));
  EXPECT_THAT(written->notes[0], HasSubstr("No picture in train shows: robin, none."));
}

TEST(Writing, Csv) {
  const Birds going;
  ASSERT_EQ(error_of(going.write("csv")), "fine");
  EXPECT_EQ(going.text("labels.csv"),
            "file,sample,label,origin,by,split,confidence,reason,label_was\n"
            "images/A/IMG_0001.JPG,A/IMG_0001.JPG,tit,human,ada,train,,,tit\n"
            "images/B/IMG_0001.jpg.png,B/IMG_0001.jpg,robin,policy,openai:gpt-4o,validation,0.9000,"
            "\"Red breast, \"\"robin\"\"\",robin\n"
            "\"images/vtest.avi-frame15-2,0,4x6.png\",\"vtest.avi#frame=15&xywh=2,0,4,6\",tit,policy,"
            "openai:gpt-4o,test,,,tit\n"
            "images/what is it_.png,what is it?.png,,human,bob,train,,,\n"
            "images/C/e.bmp.png,C/e.bmp,,,,test,,,\n");
  EXPECT_TRUE(going.text("images/A/IMG_0001.JPG") == encode_jpeg(coloured(1))) << "the same bytes";
}

TEST(Writing, WhoLabelledStandsBesideFormatsThatCannotSayIt) {
  const Birds going;
  ASSERT_EQ(error_of(going.write("folders")), "fine");
  EXPECT_EQ(
      going.text("labelled-by.jsonl"),
      std::string(R"({"dewdrop":"labelled-by","version":1,"folders":{}})") +
          "\n"
          R"({"file":"train/tit/A-IMG_0001.JPG","label":"tit","origin":"human","by":"ada","sha256":")" +
          sha256(going.text("train/tit/A-IMG_0001.JPG")) +
          "\"}\n"
          R"({"file":"val/robin/B-IMG_0001.jpg.png","label":"robin","origin":"policy","by":"openai:gpt-4o",)"
          R"("confidence":0.9,"reason":"Red breast, \"robin\"","sha256":")" +
          sha256(going.text("val/robin/B-IMG_0001.jpg.png")) +
          "\"}\n"
          R"({"file":"test/tit/vtest.avi-frame15-2,0,4x6.png","label":"tit","origin":"policy",)"
          R"("by":"openai:gpt-4o","sha256":")" +
          sha256(going.text("test/tit/vtest.avi-frame15-2,0,4x6.png")) + "\"}\n");
  EXPECT_THAT(going.text("README.md"), HasSubstr("Who labelled is in labelled-by.jsonl"));
}

TEST(Writing, Coco) {
  const Birds going;
  ASSERT_EQ(error_of(going.write("coco")), "fine");
  EXPECT_THAT(
      going.files(),
      ElementsAre("README.md", "annotations/instances_test.json", "annotations/instances_train.json",
                  "annotations/instances_val.json", "images/test/vtest.avi-frame15-2,0,4x6.png",
                  "images/train/A-IMG_0001.JPG", "images/val/B-IMG_0001.jpg.png", "labelled-by.jsonl"));
  EXPECT_EQ(going.text("annotations/instances_test.json"),
            R"({"info": {"description":"A \"tit\" or a robin?","version":"1.0","contributor":"birds",)"
            R"("date_created":"2026-02-03T04:05:06Z","labelled_by":"labelled-by.jsonl"},)"
            "\n"
            R"("licenses": [],)"
            "\n"
            R"("categories": [{"id":1,"name":"tit","supercategory":""},{"id":2,"name":"robin",)"
            R"("supercategory":""},{"id":3,"name":"none","supercategory":""}],)"
            "\n"
            R"("images": [)"
            "\n"
            R"({"id":3,"file_name":"vtest.avi-frame15-2,0,4x6.png","width":4,"height":6})"
            "\n],\n"
            R"("annotations": [)"
            "\n"
            R"({"id":3,"image_id":3,"category_id":1,"bbox":[0,0,4,6],"area":24,"iscrowd":0,)"
            R"("segmentation":[]})"
            "\n]}\n");
}

TEST(Writing, Yolo) {
  Birds going;
  label(going.add("A/IMG_0001.png", encode_png(coloured(6)), Split::kTrain), "robin", "human", "ada");
  ASSERT_EQ(error_of(going.write("yolo")), "fine");
  EXPECT_THAT(going.files(),
              ElementsAre("README.md", "data.yaml", "images/test/vtest.avi-frame15-2,0,4x6.png",
                          "images/train/A-IMG_0001-2.png", "images/train/A-IMG_0001.JPG",
                          "images/val/B-IMG_0001.jpg.png", "labelled-by.jsonl",
                          "labels/test/vtest.avi-frame15-2,0,4x6.txt", "labels/train/A-IMG_0001-2.txt",
                          "labels/train/A-IMG_0001.txt", "labels/val/B-IMG_0001.jpg.txt"));
  EXPECT_EQ(going.text("data.yaml"),
            "# labelled-by.jsonl says who labelled\n"
            "train: images/train\nval: images/val\ntest: images/test\n\nnc: 3\nnames:\n"
            "  0: \"tit\"\n  1: \"robin\"\n  2: \"none\"\n");
  EXPECT_EQ(going.text("labels/train/A-IMG_0001-2.txt"), "1 0.5 0.5 1 1\n");
}

TEST(Writing, EdgeImpulse) {
  const Birds going;
  const auto written = going.write("edge-impulse");
  ASSERT_EQ(error_of(written), "fine");
  EXPECT_EQ(
      going.text("info.labels"),
      "{\"version\": 1,\n\"files\": [\n"
      R"({"path":"training/A-IMG_0001.JPG","name":"A-IMG_0001","category":"training",)"
      R"("label":{"type":"label","label":"tit"},)"
      R"("metadata":{"sample":"A/IMG_0001.JPG","origin":"human","by":"ada","label_was":"tit"}},)"
      "\n"
      R"({"path":"training/B-IMG_0001.jpg.png","name":"B-IMG_0001.jpg","category":"training",)"
      R"("label":{"type":"label","label":"robin"},)"
      R"("metadata":{"sample":"B/IMG_0001.jpg","origin":"policy","by":"openai:gpt-4o","label_was":"robin"}},)"
      "\n"
      R"({"path":"testing/vtest.avi-frame15-2,0,4x6.png","name":"vtest.avi-frame15-2,0,4x6",)"
      R"("category":"testing","label":{"type":"label","label":"tit"},)"
      R"("metadata":{"sample":"vtest.avi#frame=15&xywh=2,0,4,6","origin":"policy",)"
      R"("by":"openai:gpt-4o","label_was":"tit"}},)"
      "\n"
      R"({"path":"training/what is it_.png","name":"what is it_","category":"training",)"
      R"("label":{"type":"unlabeled"},)"
      R"("metadata":{"sample":"what is it?.png","origin":"human","by":"bob"}},)"
      "\n"
      R"({"path":"testing/C-e.bmp.png","name":"C-e.bmp","category":"testing",)"
      R"("label":{"type":"unlabeled"},"metadata":{"sample":"C/e.bmp"}})"
      "\n]}\n");
  EXPECT_THAT(written->notes[0], HasSubstr("Pictures of the validation split (1) are in training/"));
}

TEST(Writing, LabelStudio) {
  const Birds going;
  ASSERT_EQ(error_of(going.write("label-studio")), "fine");
  const auto tasks = nlohmann::json::parse(going.text("tasks.json"), nullptr, false);
  ASSERT_EQ(tasks.size(), 5U);
  EXPECT_EQ(tasks[0].dump(),
            R"({"annotations":[{"result":[{"from_name":"choice","to_name":"image","type":"choices",)"
            R"("value":{"choices":["tit"]}}]}],"data":{"by":"ada",)"
            R"("image":"/data/local-files/?d=birds/images/A/IMG_0001.JPG","label_was":"tit",)"
            R"("sample":"A/IMG_0001.JPG","split":"train"},"predictions":[]})");
  EXPECT_THAT(tasks[1]["annotations"], IsEmpty()) << "a policy's label is nobody's annotation";
  EXPECT_EQ(tasks[1]["predictions"].dump(),
            R"([{"model_version":"openai:gpt-4o#01234567","result":[{"from_name":"choice",)"
            R"("to_name":"image","type":"choices","value":{"choices":["robin"]}}],"score":0.9},)"
            R"({"model_version":"openai:gpt-4o#01234567","result":[{"from_name":"choice",)"
            R"("to_name":"image","type":"choices","value":{"choices":["unsure"]}}]}])");
  EXPECT_EQ(tasks[3]["data"]["image"], "/data/local-files/?d=birds/images/what%20is%20it_.png");
  EXPECT_EQ(tasks[3]["annotations"][0]["result"][0]["value"]["choices"][0], "unsure");
  EXPECT_EQ(
      going.text("labelling.xml"),
      "<View>\n  <Image name=\"image\" value=\"$image\"/>\n"
      "  <Header value=\"A &quot;tit&quot; or a robin?\"/>\n"
      "  <Choices name=\"choice\" toName=\"image\" choice=\"single\" required=\"true\">\n"
      "    <Choice value=\"tit\"/>\n    <Choice value=\"robin\"/>\n    <Choice value=\"none\"/>\n"
      "    <Choice value=\"unsure\" hint=\"cannot tell: sets the picture aside\"/>\n  </Choices>\n</View>\n");
}

TEST(Writing, LabelStudioWithoutAWordForWhatIsSetAside) {
  Birds going;
  going.set.settings.unsure.clear();
  ASSERT_EQ(error_of(going.write("label-studio")), "fine");
  EXPECT_THAT(going.text("tasks.json"), HasSubstr(R"("by":"bob","label_was":"unsure"})"));
  EXPECT_THAT(going.text("labelling.xml"), HasSubstr(R"(<Choice value="unsure" hint="cannot tell)"));

  Birds taken;
  taken.set.settings.unsure.clear();
  taken.set.settings.classes = {"tit", "robin", "Unsure"};
  const auto written = taken.write("label-studio");
  ASSERT_EQ(error_of(written), "fine");
  EXPECT_THAT(written->notes[0], HasSubstr("1 sample that somebody set aside has no annotation"));
  EXPECT_THAT(taken.text("labelling.xml"), Not(HasSubstr("hint=")));
}

TEST(Writing, HuggingFace) {
  const Birds going;
  ASSERT_EQ(error_of(going.write("hf")), "fine");
  EXPECT_EQ(going.text("validation/metadata.jsonl"),
            R"({"file_name":"B/IMG_0001.jpg.png","label":"robin","sample":"B/IMG_0001.jpg",)"
            R"("origin":"policy","by":"openai:gpt-4o","confidence":0.9,"reason":"Red breast, \"robin\"",)"
            R"("label_was":"robin"})"
            "\n");
  EXPECT_THAT(going.text("test/metadata.jsonl"),
              HasSubstr(R"({"file_name":"C/e.bmp.png","label":null,"sample":"C/e.bmp","origin":null,)"
                        R"("by":null,"confidence":null,"reason":null,"label_was":null})"));
  EXPECT_THAT(going.text("README.md"),
              HasSubstr("---\npretty_name: \"birds\"\ntask_categories:\n- image-classification\nconfigs:\n"
                        "- config_name: default\n  data_files:\n  - split: train\n    path: train/**\n"
                        "  - split: validation\n    path: validation/**\n  - split: test\n    path: test/**\n"
                        "dataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: label\n"
                        "    dtype:\n      class_label:\n        names:\n          '0': \"tit\"\n"
                        "          '1': \"robin\"\n          '2': \"none\"\n  - name: sample\n"
                        "    dtype: string\n"));
  EXPECT_THAT(going.text("README.md"), HasSubstr("---\n\n# birds\n"));
}

TEST(Writing, Jsonl) {
  const Birds going;
  ASSERT_EQ(error_of(going.write("jsonl")), "fine");
  const auto lines = split_list(going.text("samples.jsonl"), '\n');
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0], R"({"dewdrop":"samples","version":1,"name":"birds","question":"A \"tit\" or a robin?",)"
                      R"("classes":["tit","robin","none"],"unsure":"unsure"})");
  EXPECT_EQ(lines[2],
            R"({"file":"images/B/IMG_0001.jpg.png","sample":"B/IMG_0001.jpg","split":"validation",)"
            R"("label":{"class":"robin","origin":"policy","by":"openai:gpt-4o",)"
            R"("at":"2026-01-02T03:04:05Z","was":"robin"},"answers":[{"teacher":"openai","model":"gpt-4o",)"
            R"("prompt_hash":"0123456789abcdef","class":"robin","confidence":0.9,)"
            R"("reason":"Red breast, \"robin\"","tokens_in":100,"tokens_out":9,"cost_usd":0.00025,)"
            R"("at":"2026-01-01T00:00:00Z","raw":"{\"label\": \"robin\"}"},)"
            R"({"teacher":"openai","model":"gpt-4o","prompt_hash":"0123456789abcdef#2",)"
            R"("class":"unsure","confidence":null,"reason":"","tokens_in":100,"tokens_out":9,)"
            R"("cost_usd":0.00025,"at":"2026-01-01T00:00:00Z","raw_base64":"bm90IFVURi04OiD/"}]})");
  EXPECT_EQ(
      lines[4],
      R"({"file":"images/what is it_.png","sample":"what is it?.png","split":"train",)"
      R"("label":{"class":null,"origin":"human","by":"bob","at":"2026-01-02T03:04:05Z","was":null},"answers":[]})");
  EXPECT_EQ(lines[5],
            R"({"file":"images/C/e.bmp.png","sample":"C/e.bmp","split":"test","label":null,"answers":[]})");
}

TEST(Writing, TheDataCard) {
  Birds going;
  CardTeacher teacher;
  teacher.name = "openai gpt-4o";
  teacher.prompt_hash = "0123456789abcdef";
  teacher.prompt = {{"detail", "low"}, {"seed", "none"}, {"instructions", ""}};
  teacher.answers = 3;
  teacher.agreement = share_of(9, 10);
  going.set.card.teachers = {teacher};
  going.set.card.agreement = share_of(9, 10);
  ASSERT_EQ(error_of(going.write("csv")), "fine");
  EXPECT_EQ(going.text("README.md"),
            "# birds\n\nQuestion: A \"tit\" or a robin?\n\n"
            "Exported by Dewdrop on 2026-02-03T04:05:06Z in the form CSV.\n\n"
            "## Classes\n\n| class | train | validation | test | all |\n|---|---|---|---|---|\n"
            "| tit | 1 | 0 | 1 | 2 |\n| robin | 0 | 1 | 0 | 1 |\n| none | 0 | 0 | 0 | 0 |\n"
            "| (no label) | 1 | 0 | 1 | 2 |\n\n"
            "## Pictures\n\n5 pictures from 4 picture files and 1 video: A/IMG\\_0001.JPG, "
            "B/IMG\\_0001.jpg, vtest.avi, what is it?.png, C/e.bmp.\n\n"
            "## Labels\n\n3 labels (`--labels current`): 1 by people, 2 by models.\n"
            "2 pictures without a label.\n\n- ada: 1 decision\n- bob: 1 decision\n"
            "- openai gpt-4o, prompt 01234567: 3 answers, at an unknown cost; agrees with people about "
            "9 of 10 (90.0 %, 95 % interval 59.6 to 98.2)\n  - detail: low\n\n"
            "Where people and models both labelled, they agree about 9 of 10 (90.0 %, 95 % interval 59.6 to "
            "98.2).\n\nThe project has spent $0.50 on models so far.\n\n"
            "## What is not in here\n\n"
            "- CSV cannot hold: answers other than the label's, their cost and wording.\n");
}

TEST(Writing, PicturesThatTheToolDoesNotReadBecomePng) {
  Going going;
  going.set.settings.classes = {"a", "b"};
  const Image image = coloured(1);
  label(going.add("x.ppm", "P6 12 8 255\n" + std::string(image.rgb.begin(), image.rgb.end()), Split::kTrain),
        "a", "human", "ada");
  const auto written = going.write("edge-impulse");
  ASSERT_EQ(error_of(written), "fine");
  EXPECT_EQ(written->converted, 1);
  EXPECT_EQ(read_image(going.out() / "training/x.ppm.png").value(), image);
}

TEST(Writing, WithoutAFileThatIsGoneNothingIsWritten) {
  const Birds going;
  for (const int64_t source : {1, 3}) going.origins.lose(source);
  const auto refused = going.write("csv");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kWork);
  EXPECT_THAT(error_of(refused), AllOf(HasSubstr("nothing was exported: 2 files cannot be read"),
                                       HasSubstr("\n  the file is gone"), HasSubstr("--skip-missing")));
  EXPECT_TRUE(fs::is_empty(going.parent.path()));
}

TEST(Writing, APictureThatIsGoneIsLeftOutOfTheLabelsTooWhereThatIsWanted) {
  const Birds going;
  going.origins.lose(1);
  Watch watch;
  const auto written = going.write("csv", going.out(), watch, true);
  ASSERT_EQ(error_of(written), "fine");
  EXPECT_THAT(written->unreadable, ElementsAre("A/IMG_0001.JPG"));
  EXPECT_EQ(written->pictures, 4);
  EXPECT_THAT(going.text("labels.csv"), Not(HasSubstr("A/IMG_0001")));
  const Birds nothing;
  for (const int64_t source : {1, 2, 3, 4, 5}) nothing.origins.lose(source);
  EXPECT_THAT(error_of(nothing.write("csv", nothing.out(), watch, true)), HasSubstr("the file is gone"));
  EXPECT_TRUE(fs::is_empty(nothing.parent.path()));
}

TEST(Writing, PicturesWithoutAnyLabelAreTold) {
  Birds going;
  for (Outgoing& item : going.origins.set.items) item.label = item.origin = item.by = "";
  const auto written = going.write("hf");
  ASSERT_EQ(error_of(written), "fine");
  EXPECT_EQ(written->labelled, 0);
  ASSERT_FALSE(written->notes.empty());
  EXPECT_THAT(written->notes.back(), HasSubstr("none of these pictures has a label"));
}

TEST(Writing, WhatCannotBeginLeavesNothing) {
  Birds going;
  EXPECT_THAT(error_of(going.write("cocoa")),
              HasSubstr("cannot export to 'cocoa' | --to | did you mean coco?"));
  EXPECT_THAT(error_of(going.write("voc-2012")), HasSubstr("choose one of folders, csv, coco, yolo"));
  for (Outgoing& item : going.set.items) item.label.clear();
  EXPECT_THAT(error_of(going.write("yolo")), HasSubstr("no sample has a label"));
  going.set.items.clear();
  EXPECT_THAT(error_of(going.write("csv")), HasSubstr("dewdrop add"));
  EXPECT_TRUE(fs::is_empty(going.parent.path()));
}

TEST(Writing, TheFolderMustBeNewOrEmpty) {
  const Birds going;
  ASSERT_TRUE(write_file(going.out() / "mine.txt", "x"));
  EXPECT_THAT(error_of(going.write("csv")), HasSubstr("this folder is not empty"));
  EXPECT_THAT(going.files(), ElementsAre("mine.txt"));
  fs::remove(going.out() / "mine.txt");
  EXPECT_EQ(error_of(going.write("csv")), "fine") << "an empty one is taken";
  const Birds blocked;
  ASSERT_TRUE(write_file(blocked.out(), "x"));
  EXPECT_THAT(error_of(blocked.write("csv")), HasSubstr("a file in the way"));
}

TEST(Writing, FoldersAboveAreMadeAndGoAgain) {
  const Birds going;
  Watch watch;
  EXPECT_TRUE(going.write("csv", going.parent.path() / "a/b/birds", watch));
  EXPECT_TRUE(fs::exists(going.parent.path() / "a/b/birds/labels.csv"));
  const Going empty;
  EXPECT_FALSE(empty.write("csv", going.parent.path() / "c/d/birds", watch));
  EXPECT_FALSE(fs::exists(going.parent.path() / "c"));
}

TEST(Writing, WhatAKilledExportLeftIsRemoved) {
  const Birds going;
  const fs::path left = going.parent.path() / ".dewdrop-export-a1b2c3";
  const fs::path users = going.parent.path() / ".dewdrop-export-notes";
  ASSERT_TRUE(write_file(left / "export/images/1.jpg", "x"));
  ASSERT_TRUE(write_file(users / "mine.txt", "x"));
  const auto in_use = PassingFolder::create_in(going.parent.path(), ".dewdrop-export-");
  ASSERT_EQ(error_of(going.write("csv")), "fine");
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(users / "mine.txt"));
  EXPECT_TRUE(fs::exists(in_use->path())) << "another export is under way";
}

TEST(Writing, SamplesAreInMemoryPageByPage) {
  Going going;
  going.set.settings.classes = {"a", "b"};
  for (int i = 0; i < 12; ++i)
    label(going.add(std::to_string(i) + ".png", encode_png(coloured(i)), Split::kTrain), "a", "human", "ada");
  for (const FormatInfo& format : formats_out()) {
    const auto written = going.write(format.key);
    ASSERT_EQ(error_of(written), "fine");
    EXPECT_EQ(written->pictures, 12) << format.key;
    EXPECT_EQ(going.origins.largest_page, 2U) << format.key;
    fs::remove_all(going.out());
  }
}

/// Asks for the way out at the n-th question.
class Impatient : public Watch {
 public:
  explicit Impatient(int64_t patience) : left_(patience) {}
  [[nodiscard]] bool interrupted() const override { return --left_ < 0; }

 private:
  mutable int64_t left_;
};

TEST(Writing, AnInterruptAtAnyMomentLeavesNothing) {
  const Birds going;
  for (const char* format :
       {"folders", "csv", "coco", "yolo", "edge-impulse", "label-studio", "hf", "jsonl"}) {
    int64_t patience = 0;
    for (;; ++patience) {
      Impatient watch(patience);
      const auto written = going.write(format, going.out(), watch);
      if (written) break;
      EXPECT_EQ(written.error().what, "interrupted");
      EXPECT_THAT(written.error().next, HasSubstr("nothing was exported"));
      EXPECT_TRUE(fs::is_empty(going.parent.path())) << format << " after " << patience;
    }
    EXPECT_GT(patience, 5) << format;
    fs::remove_all(going.out());
  }
}

TEST(FileNames, AreSafeEverywhere) {
  EXPECT_EQ(safe_path("a/b c.jpg"), "a/b c.jpg");
  EXPECT_EQ(safe_path("a:b*?\"<>|#&%\\\n.jpg"), "a_b___________.jpg");
  EXPECT_EQ(safe_path("/../a/./b"), "_._/a/_/b");
  EXPECT_EQ(safe_path("con.jpg"), "_con.jpg");
  EXPECT_EQ(safe_path("COM1"), "_COM1");
  EXPECT_EQ(safe_path("dots./x "), "dots_/x_");
  EXPECT_EQ(safe_path(".git/._x.jpg"), "_.git/_._x.jpg");
  EXPECT_EQ(safe_path(""), "_");
  EXPECT_EQ(safe_path("d\xC3\xA4mmerung.jpg"), "d\xC3\xA4mmerung.jpg");
}

TEST(FileNames, LongOnesKeepTheirExtensionAndStayTwo) {
  const std::string a = safe_path(std::string(300, 'x') + "1.jpeg");
  const std::string b = safe_path(std::string(300, 'x') + "2.jpeg");
  EXPECT_LE(a.size(), 190U);
  EXPECT_TRUE(a.ends_with(".jpeg"));
  EXPECT_NE(a, b);
  std::string umlauts;
  for (int i = 0; i < 190; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(composed(safe_path(umlauts)), safe_path(umlauts));
  EXPECT_THAT(safe_path(umlauts), HasSubstr("\xC3\xA4-"));
}

TEST(FileNames, CollisionsAreNumbered) {
  TakenNames names(false);
  EXPECT_EQ(names.take("images", "a.jpg"), "images/a.jpg");
  EXPECT_EQ(names.take("images", "A.JPG"), "images/A-2.JPG") << "Windows and macOS do not tell them apart";
  EXPECT_EQ(names.take("images", "a.jpg"), "images/a-3.jpg");
  EXPECT_EQ(names.take("images", "a.png"), "images/a.png");
  EXPECT_EQ(names.take("images", "a.jpg/b.png"), "images/a.jpg-b.png") << "no folder of a file's name";
  EXPECT_EQ(names.take("images", "c.jpg/d.png"), "images/c.jpg/d.png");
  EXPECT_EQ(names.take("images", "c.jpg"), "images/c-2.jpg");
  TakenNames stems(true);
  EXPECT_EQ(stems.take("", "a.jpg"), "a.jpg");
  EXPECT_EQ(stems.take("", "a.png"), "a-2.png");
}

}  // namespace
}  // namespace dew::exchange
