// Label Studio's exports in JSON.
#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Files = std::map<std::string, std::string>;

Result<std::optional<DataSet>> read_from(const std::string& json) {
  return TreeOnDisk({{"a/1.jpg", "x"}, {"a/2 b.jpg", "x"}, {"3.png", "x"}, {"export.json", json}}).read();
}

DataSet set_of(const std::string& json) {
  auto set = read_from(json);
  EXPECT_TRUE(set && *set) << (set ? "not claimed" : set.error().where + ": " + set.error().what);
  if (!set || !*set) return {};
  EXPECT_EQ((*set)->format, "label-studio");
  return **std::move(set);
}

std::string error_of(const std::string& json) {
  const auto set = read_from(json);
  if (set) return "";
  EXPECT_EQ(set.error().fault, Fault::kUsage);
  return set.error().where + ": " + set.error().what;
}

std::string choice(const std::string& name) {
  return R"({"type": "choices", "from_name": "choice", "to_name": "image", "value": {"choices": [")" + name +
         "\"]}}";
}

std::string box(const std::string& name, const std::string& kind = "rectanglelabels") {
  return R"({"type": ")" + kind + R"(", "from_name": "label", "to_name": "image", "original_width": 9,
             "value": {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0, ")" +
         kind + R"(": [")" + name + "\"]}}";
}

std::string annotation(const std::string& result, const std::string& more = "\"was_cancelled\": false") {
  return R"({"id": 7, "completed_by": 1, )" + more + ", \"result\": [" + result + "]}";
}

std::string task(const std::string& address, const std::string& annotations, const std::string& more = "") {
  return R"({"id": 1, "annotations": [)" + annotations + "], \"data\": {\"image\": \"" + address + "\"}" +
         more + "}";
}

TEST(LabelStudio, ChoicesAreClasses) {
  const DataSet set = set_of("[" + task("a/1.jpg", annotation(choice("cat"))) + ",\n" +
                             task("3.png", annotation(choice("dog") + "," + choice("cat"))) + "]");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(set, "3.png"), "cat+dog");
  EXPECT_THAT(set.classes, ElementsAre("cat", "dog"));
  EXPECT_EQ(set.items[0].by, "1");
  EXPECT_EQ(set.items[0].where, "export.json, key [0]");
  EXPECT_FALSE(set.items[0].looked_at);
  EXPECT_THAT(set.notes, IsEmpty());
}

TEST(LabelStudio, PicturesHaveManyAddresses) {
  for (const char* address :
       {"/data/upload/3/1a2b3c4d-1.jpg", "/data/local-files/?d=sets%2Fa%2F1.jpg", "s3://b/a/1.jpg",
        "https://host/a/1.jpg?token=x.png#y", "upload/1/deadbeef-1.jpg",
        "http://localhost:8080/data/upload/1/deadbeef-1.jpg"})
    EXPECT_EQ(classes_of(set_of("[" + task(address, annotation(choice("cat"))) + "]"), "a/1.jpg"), "cat")
        << address;
  EXPECT_EQ(classes_of(set_of("[" + task("https://host/a/2%20b.jpg", annotation(choice("cat"))) + "]"),
                       "a/2 b.jpg"),
            "cat");
  const DataSet set = set_of("[" + task("/data/upload/3/notahash-1.jpg", annotation(choice("cat"))) + "]");
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where + " " + set.missing[0].why, "export.json, key [0] no such picture");
}

TEST(LabelStudio, AnUploadsLinesMayBeBlanksWhereOneFileFits) {
  const std::string lines =
      "[" + task("/data/upload/3/1a2b3c4d-my_pic_1.jpg", annotation(choice("cat"))) + "]";
  const auto read = [&](std::map<std::string, std::string> files) {
    files["e.json"] = lines;
    return TreeOnDisk(files).read().value().value();
  };
  EXPECT_EQ(classes_of(read({{"my pic_1.jpg", "x"}}), "my pic_1.jpg"), "cat");
  EXPECT_EQ(classes_of(read({{"my pic_1.jpg", "x"}, {"my_pic_1.jpg", "y"}}), "my_pic_1.jpg"), "cat");
  const DataSet two = read({{"my pic_1.jpg", "x"}, {"my pic 1.jpg", "y"}});
  ASSERT_EQ(two.missing.size(), 1U);
  EXPECT_EQ(two.missing[0].why, "several pictures could be meant: my pic 1.jpg, my pic_1.jpg");
}

TEST(LabelStudio, AnUploadsNameMayHaveBeenCleaned) {
  const auto read = [&](const std::string& address, std::map<std::string, std::string> files) {
    files["e.json"] = "[" + task(address, annotation(choice("cat"))) + "]";
    const DataSet set = TreeOnDisk(files).read().value().value();
    return set.missing.empty() ? std::string(set.items.picture(0)) : set.missing[0].why;
  };
  const std::string photo = "/data/upload/3/1a2b3c4d-my_photo_1.jpg";
  EXPECT_EQ(read(photo, {{"x/my photo (1).jpg", "x"}}), "x/my photo (1).jpg");
  EXPECT_EQ(read(photo, {{"my  photo!, 1.jpg", "x"}}), "my  photo!, 1.jpg");
  EXPECT_EQ(read(photo, {{"my photo 11.jpg", "x"}, {"my-photo 1.jpg", "y"}}), "no such picture");
  EXPECT_EQ(read(photo, {{"my photo (1).jpg", "x"}, {"my photo [1].jpg", "y"}}),
            "several pictures could be meant: my photo (1).jpg, my photo [1].jpg");
  EXPECT_EQ(read("/data/upload/3/1a2b3c4d-Gr\u00fcn_1.jpg", {{"Gru\u0308n 1.jpg", "x"}}), "Gru\u0308n 1.jpg");
}

TEST(LabelStudio, AnAnswerToAnotherQuestionIsAClassOfItsOwn) {
  const auto answer = [](const std::string& question, const std::string& said) {
    return R"({"type": "choices", "from_name": ")" + question +
           R"(", "to_name": "image", "value": {"choices": [")" + said + "\"]}}";
  };
  const DataSet set =
      set_of("[" + task("a/1.jpg", annotation(answer("cat", "no") + "," + answer("indoor", "Yes"))) + "," +
             task("3.png", annotation(answer("indoor", "no"))) + "]");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat: no+indoor: Yes");
  EXPECT_EQ(classes_of(set, "3.png"), "indoor: no");
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("cat and indoor have answers in common")));
  const DataSet apart = set_of(
      "[" + task("a/1.jpg", annotation(answer("animal", "cat") + "," + answer("place", "indoor"))) + "]");
  EXPECT_EQ(classes_of(apart, "a/1.jpg"), "cat+indoor");
  const DataSet short_form =
      set_of(R"([{"image": "a/1.jpg", "cat": ["no"], "indoor": ["yes"], "annotator": 1},
                                        {"image": "3.png", "indoor": ["no"], "annotator": 1}])");
  EXPECT_EQ(classes_of(short_form, "3.png"), "indoor: no");
}

TEST(LabelStudio, OfTwoPicturesInATaskNoneIsGuessed) {
  const std::string data = R"("data": {"image1": "a/1.jpg", "image2": "3.png"}})";
  const DataSet set =
      set_of(R"([{"id": 1, "annotations": [)" + annotation(choice("dog")) + "], " + data + "]");
  EXPECT_THAT(set.items, IsEmpty());
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("1 task has several pictures")));
}

TEST(LabelStudio, WhatIsSaidOfABoxLeavesThePictureOpen) {
  const std::string of_box =
      R"({"type": "choices", "from_name": "kind", "value": {"x": 1, "y": 2, "width": 3, "height": 4, "choices": ["cat"]}})";
  const DataSet set = set_of("[" + task("a/1.jpg", annotation(box("animal") + "," + of_box)) + "," +
                             task("3.png", annotation(box("animal"))) + "]");
  EXPECT_FALSE(set.items[0].looked_at) << "the box may be a cat";
  EXPECT_TRUE(set.items[1].looked_at);
}

TEST(LabelStudio, WhatIsSaidOfSomeFramesIsNoClassOfTheVideo) {
  const std::string of_frames =
      R"({"type": "timelinelabels", "value": {"ranges": [{"start": 12, "end": 18}], "timelinelabels": ["dog"]}})";
  const std::string of_track = R"({"type": "videorectangle", "value": {"sequence": [], "labels": ["dog"]}})";
  const DataSet set = set_of("[" + task("a/1.jpg", annotation(of_frames)) + "," +
                             task("3.png", annotation(of_track), ", \"x\": 1") + "]");
  EXPECT_EQ(classes_of(set, "a/1.jpg") + classes_of(set, "3.png"), "??");
  EXPECT_THAT(set.notes, ElementsAre("2 annotations are no classes and are not taken along"));
}

TEST(LabelStudio, AnUploadIsTheFileWithMostOfItsPath) {
  const auto picture = [&](const std::string& address, std::map<std::string, std::string> files) {
    files["e.json"] = "[" + task(address, annotation(choice("cat"))) + "]";
    const DataSet set = TreeOnDisk(files).read().value().value();
    return set.missing.empty() ? std::string(set.items.picture(0)) : set.missing[0].why;
  };
  const std::string c = "/data/upload/3/c.jpg";
  EXPECT_EQ(picture(c, {{"media/upload/3/c.jpg", "x"}}), "media/upload/3/c.jpg");
  EXPECT_EQ(picture(c, {{"media/upload/3/c.jpg", "x"}, {"c.jpg", "y"}, {"3/c.jpg", "z"}}),
            "media/upload/3/c.jpg");
  EXPECT_EQ(picture(c, {{"media/upload/4/c.jpg", "x"}, {"x/3/c.jpg", "y"}}), "x/3/c.jpg");
  EXPECT_EQ(picture(c, {{"media/upload/4/c.jpg", "x"}}), "no such picture");
  EXPECT_EQ(picture("http://h:8080/data/upload/3/1a2b3c4d-c.jpg",
                    {{"media/upload/3/1a2b3c4d-c.jpg", "x"}, {"media/upload/4/1a2b3c4d-c.jpg", "y"}}),
            "media/upload/3/1a2b3c4d-c.jpg");
  EXPECT_EQ(picture("upload/cats/c.jpg", {{"x/c.jpg", "x"}}), "no such picture")
      << "no upload of Label Studio's";
}

TEST(LabelStudio, OfSeveralUploadsOfOneNameNoneIsGuessed) {
  const Files pictures{{"a.jpg", "x"}, {"b.jpg", "y"}, {"3/c.jpg", "z"}};
  const std::string why = "several uploads may be a.jpg, which lies here by another name";
  Files json = pictures;
  json["e.json"] = "[" + task("/data/upload/1/22222222-a.jpg", annotation(choice("cat"))) + "," +
                   task("/data/upload/1/11111111-b.jpg", annotation(choice("cat"))) + "," +
                   task("/data/upload/1/33333333-a.jpg", annotation(choice("dog"))) + "," +
                   task("/data/upload/1/11111111-b.jpg", annotation(choice("cat"))) + "]";
  Files short_form = pictures;
  short_form["e.json"] =
      R"([{"id": 1, "image": "/data/upload/1/22222222-a.jpg", "choice": "cat", "annotator": 1},
          {"id": 2, "image": "/data/upload/1/11111111-b.jpg", "choice": "cat", "annotator": 1},
          {"id": 3, "image": "/data/upload/1/33333333-a.jpg", "choice": "cat", "annotator": 1}])";
  Files table = pictures;
  table["e.csv"] =
      "annotator,choice,id,image\n1,cat,1,/data/upload/1/22222222-a.jpg\n"
      "1,cat,2,/data/upload/1/11111111-b.jpg\n1,cat,3,/data/upload/1/33333333-a.jpg\n";
  for (const Files& files : {json, short_form, table}) {
    const DataSet set = TreeOnDisk(files).read().value().value();
    ASSERT_EQ(set.missing.size(), 2U);
    EXPECT_EQ(set.missing[0].picture + ": " + set.missing[0].why, "/data/upload/1/22222222-a.jpg: " + why);
    EXPECT_EQ(set.missing[1].picture + ": " + set.missing[1].why, "/data/upload/1/33333333-a.jpg: " + why);
    EXPECT_EQ(classes_of(set, "b.jpg"), "cat");
    EXPECT_EQ(set.items.size(), 1U);
  }
  Files projects = pictures;
  projects["e.json"] = "[" + task("/data/upload/5/b.jpg", annotation(choice("cat"))) + "," +
                       task("/data/upload/4/b.jpg", annotation(choice("dog"))) + "]";
  EXPECT_EQ(TreeOnDisk(projects).read().value()->missing.size(), 2U);
}

TEST(LabelStudio, AnUploadsHashIsTakenOffOnlyWhereOneFileFits) {
  const Files files{{"a/1.jpg", "x"},
                    {"b/1.jpg", "y"},
                    {"1a2b3c4d-2.jpg", "x"},
                    {"2.jpg", "x"},
                    {"e.json", "[" + task("/data/upload/3/1a2b3c4d-1.jpg", annotation(choice("cat"))) + "," +
                                   task("/data/upload/3/1a2b3c4d-2.jpg", annotation(choice("dog"))) + "]"}};
  const auto set = TreeOnDisk(files).read().value().value();
  EXPECT_EQ(classes_of(set, "1a2b3c4d-2.jpg"), "dog");
  EXPECT_EQ(classes_of(set, "2.jpg"), "?");
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_THAT(set.missing[0].why, HasSubstr("a/1.jpg, b/1.jpg"));
}

TEST(LabelStudio, BoxesOfAnyShapeSayThatAClassIsThere) {
  const DataSet set = set_of(
      "[" + task("a/1.jpg", annotation(box("cat") + "," + box("dog", "polygonlabels") + "," + box("cat"))) +
      "," + task("3.png", annotation("")) + "]");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat+dog");
  EXPECT_EQ(classes_of(set, "3.png"), "none");
  EXPECT_EQ(set.boxes, 3);
}

TEST(LabelStudio, AnEmptyAnswerToAQuestionSaysNothing) {
  const DataSet set =
      set_of("[" + task("a/1.jpg", annotation(choice("cat"))) + "," + task("3.png", annotation("")) + "]");
  EXPECT_EQ(classes_of(set, "3.png"), "?");
  EXPECT_THAT(set.notes, ElementsAre("1 annotation is empty"));
}

TEST(LabelStudio, AnnotatorsWhoDisagreeGiveNoClass) {
  const std::string cat = annotation(choice("cat"));
  const std::string dog =
      annotation(choice("dog"), "\"was_cancelled\": false, \"completed_by\": {\"email\": \"b@x\"}");
  const std::string truth = annotation(choice("dog"), "\"ground_truth\": true");
  const std::string cancelled = annotation(choice("dog"), "\"was_cancelled\": true");
  const DataSet set =
      set_of("[" + task("a/1.jpg", cat + "," + dog) + "," + task("a/2 b.jpg", cat + "," + truth + "," + cat) +
             "," + task("3.png", cat + "," + cancelled) + "]");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "");
  EXPECT_EQ(classes_of(set, "a/2 b.jpg"), "dog");
  EXPECT_EQ(classes_of(set, "3.png"), "cat");
  EXPECT_THAT(set.notes, UnorderedElementsAre("1 picture has no class: its annotators disagree",
                                              "1 cancelled annotation does not count"));
}

TEST(LabelStudio, PredictionsAreAnswersOfModels) {
  const std::string predictions = R"(, "predictions": [{"model_version": "v1", "score": 0.75, "result": [)" +
                                  choice("cat") + R"(]}, {"model_version": null, "score": 7, "result": [)" +
                                  choice("dog") + R"(]}, {"result": []}])";
  const DataSet set = set_of("[" + task("a/1.jpg", "", predictions) + "]");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "");
  ASSERT_EQ(set.items[0].answers.size(), 2U);
  const Answer first = set.items[0].answers[0];
  EXPECT_EQ(first.teacher + " " + first.model + " " + first.answer_class, "import v1 cat");
  EXPECT_EQ(first.confidence, 0.75);
  EXPECT_EQ(set.items[0].answers[1].confidence, std::nullopt);
  EXPECT_THAT(set.notes, ElementsAre("1 prediction does not name one class and is not taken along"));
}

TEST(LabelStudio, OlderExportsHaveCompletions) {
  const DataSet set =
      set_of(R"([{"id": 1, "data": {"img": "a/1.jpg", "meta": {"x": 1}},
      "completions": [{"id": 1, "result": [)" +
             choice("cat") + R"(]}, {"skipped": true, "result": [)" + choice("dog") + "]}]}]");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(set_of(task("a/1.jpg", annotation(choice("cat")))), "a/1.jpg"), "cat");
}

TEST(LabelStudio, WhatIsNoClassIsCounted) {
  const DataSet set = set_of(
      "[" +
      task("a/1.jpg", annotation(choice("cat") +
                                 R"(, {"type": "textarea", "from_name": "why", "value": {"text": ["ears"]}},
                                            {"type": "relation", "from_id": "a", "to_id": "b"},
                                            {"type": "choices", "from_name": "part", "value": {"x": 1, "choices": ["ear"]}})")) +
      R"(, {"id": 2, "annotations": [], "data": {"text": "no picture"}}])");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_THAT(set.notes, UnorderedElementsAre("1 task has no picture",
                                              "3 annotations are no classes and are not taken along"));
}

TEST(LabelStudio, TheShortForm) {
  const DataSet set = set_of(R"([
      {"id": 1, "image": "/data/upload/1/1a2b3c4d-1.jpg", "choice": "cat", "annotator": 1, "annotation_id": 5, "lead_time": 2.5},
      {"id": 1, "image": "/data/upload/1/1a2b3c4d-1.jpg", "choice": "cat", "annotator": 2, "annotation_id": 6, "lead_time": 2.5},
      {"id": 2, "image": "3.png", "choice": {"choices": ["cat", "dog"]}, "annotator": 1, "annotation_id": 7},
      {"id": 3, "image": "a/2 b.jpg", "annotator": 1, "annotation_id": 8,
       "label": [{"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["bird"]}]}])");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_EQ(set.items[0].by, "1, 2");
  EXPECT_EQ(classes_of(set, "3.png"), "cat+dog");
  EXPECT_EQ(classes_of(set, "a/2 b.jpg"), "bird");
  const std::string own =
      R"([{"id": 1, "image": "a/1.jpg", "animal": "cat", "annotator": 1, "annotation_id": 1},
      {"id": 2, "image": "3.png", "animal": "dog", "annotator": 1, "annotation_id": 2)";
  EXPECT_EQ(classes_of(set_of(own + "}]"), "3.png"), "dog");
  const DataSet unclear =
      set_of(own + R"(, "city": "Rome"}, {"image": "a/2 b.jpg", "city": "Bonn", "annotator": 1}])");
  EXPECT_THAT(unclear.items, IsEmpty());
  EXPECT_THAT(unclear.notes, ElementsAre("3 annotations are no classes and are not taken along"));
}

TEST(LabelStudio, TheShortFormWithoutAnnotators) {
  const DataSet boxes = set_of(R"([{"image": "https://host/a/1.jpg?x=1",
      "tag": [{"height": 10.4, "rectanglelabels": ["cat"], "rotation": 0, "width": 12.4, "x": 50.8, "y": 5.8}]},
      {"image": "3.png", "tag": []}])");
  EXPECT_EQ(classes_of(boxes, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(boxes, "3.png"), "none");
  EXPECT_EQ(boxes.items[0].by, "");
  const DataSet choices = set_of(R"([{"id": 1, "image": "a/1.jpg", "choice": "cat"},
      {"id": 2, "image": "3.png", "choice": {"choices": ["cat", "dog"]}}])");
  EXPECT_EQ(classes_of(choices, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(choices, "3.png"), "cat+dog");
  const DataSet own = set_of(R"([{"image": "a/1.jpg", "meta": {"camera": "x"}, "animal": "cat"},
      {"image": "3.png", "animal": "cat"}, {"image": "a/2 b.jpg", "animal": "dog"}])");
  EXPECT_EQ(classes_of(own, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(own, "a/2 b.jpg"), "dog");
}

TEST(LabelStudio, TheShortFormsAnnotators) {
  const auto by = [](const std::string& annotator) {
    const DataSet set =
        set_of(R"([{"id": 1, "image": "a/1.jpg", "animal": "cat", )" + annotator + R"(, "lead_time": 1.5}])");
    EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat") << annotator;
    return set.items.empty() ? "?" : set.items[0].by;
  };
  EXPECT_EQ(by(R"("annotator": 7)"), "7");
  EXPECT_EQ(by(R"("annotator": "ada@x")"), "ada@x");
  EXPECT_EQ(by(R"("annotator": {"id": 7, "email": "ada@x"})"), "ada@x");
  EXPECT_EQ(by(R"("annotator": null)"), "");
  EXPECT_EQ(by(R"("annotators": ["ada@x", "bob@x"])"), "ada@x, bob@x");
  EXPECT_EQ(by(R"("annotators": [{"id": 7}, {"id": 8}])"), "7, 8");
  EXPECT_EQ(by(R"("completed_by": {"email": "ada@x"})"), "ada@x");
}

TEST(LabelStudio, ItsOtherFormsKeepWhoLabelledInDewdrop) {
  const std::string exported = R"("sample": "1.jpg", "by": "ada", "split": "train", "label_was": "cat")";
  const DataSet same = set_of(R"([{"id": 1, "image": "a/1.jpg", )" + exported +
                              R"(, "choice": "cat", "annotator": 1, "annotation_id": 5}])");
  EXPECT_EQ(classes_of(same, "a/1.jpg") + " by " + same.items[0].by, "cat by ada");
  const DataSet other = set_of(R"([{"id": 1, "image": "a/1.jpg", )" + exported +
                               R"(, "animal": "dog", "annotator": 1, "annotation_id": 5}])");
  EXPECT_EQ(classes_of(other, "a/1.jpg") + " by " + other.items[0].by, "dog by 1");
  EXPECT_THAT(other.notes, ElementsAre(HasSubstr("1 label was changed")));
  for (const std::string question : {"choice", "animal"}) {
    const auto table =
        TreeOnDisk({{"1.jpg", "x"},
                    {"2.jpg", "y"},
                    {"3.jpg", "z"},
                    {"e.csv", "annotation_id,annotator," + question +
                                  ",by,id,image,label_was,sample,split\n1,7,cat,ada,1,1.jpg,cat,1.jpg,train\n"
                                  "2,7,dog,ada,2,2.jpg,cat,2.jpg,test\n3,7,dog,,3,3.jpg,,3.jpg,test\n"}})
            .read()
            .value()
            .value();
    ASSERT_EQ(table.items.size(), 3U) << question;
    EXPECT_EQ(table.items[0].by, "ada");
    EXPECT_EQ(table.items[1].by, "7");
    EXPECT_EQ(table.items[2].by, "7");
    EXPECT_EQ(join(table.notes), "1 label was changed after Dewdrop exported it and counts as a person's");
  }
}

TEST(LabelStudio, CaptionsAreNoClasses) {
  const DataSet set = set_of(R"([{"image": "a/1.jpg", "alt": "A dog runs"}, {"image": "3.png", "alt": "Rome"},
      {"image": "a/2 b.jpg", "alt": "My cat"}])");
  EXPECT_THAT(set.items, IsEmpty());
  EXPECT_THAT(set.notes, ElementsAre("3 annotations are no classes and are not taken along"));
  const DataSet elsewhere =
      set_of(R"([{"image": "x/1.jpg", "alt": "A dog"}, {"image": "x/2.jpg", "alt": "Rome"},
      {"image": "x/3.jpg", "alt": "My cat"}])");
  EXPECT_THAT(elsewhere.missing, IsEmpty()) << "captions of other pictures end nothing";
}

TEST(LabelStudio, OtherListsInJsonAreNotClaimed) {
  for (const char* json :
       {R"([{"image": "a/1.jpg", "alt": "A dog", "place": "Rome"}])", R"([{"image": "a/1.jpg"}])",
        R"([{"image": "a/1.jpg", "size": [3, 4], "stars": 5}])", R"([{"name": "x", "label": "y"}])",
        R"([{"image": "a/1.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 1}}]}])",
        R"([{"image_id": 1, "category_id": 2}])", "[]", ""})
    EXPECT_FALSE(read_from(json).value()) << json;
}

TEST(LabelStudio, MistakesNameTheirKeyOrLine) {
  const std::string good = task("a/1.jpg", annotation(choice("cat")));
  EXPECT_THAT(error_of("[" + good + ",\n{\"id\": }]"), HasSubstr("export.json:2: this is not JSON"));
  EXPECT_THAT(error_of("[" + good + ",\n" + good), HasSubstr("export.json:2: this is not JSON"));
  EXPECT_EQ(error_of("[" + good + ", 7]"), "export.json, key [1]: this is not an object");
  EXPECT_EQ(error_of("{\"id\": 1, \"annotations\": 1, \"result\": 1, \"data\": {\"image\": \"3.png\"}}"),
            "export.json, key [0].annotations: this is not a list of objects");
  EXPECT_EQ(error_of("[" + good + ", [7]]"), "export.json, key [1]: this is not an object");
  EXPECT_EQ(error_of(R"([{"id": 1, "result": 1, "data": {"image": "a/1.jpg"}, "annotations": {"a": 1}}])"),
            "export.json, key [0].annotations: this is not a list of objects");
  EXPECT_EQ(error_of("[" + task("a/1.jpg", R"({"id": 1, "result": "cat"})") + "]"),
            "export.json, key [0].annotations[0].result: this is not a list of objects");
  EXPECT_EQ(error_of(R"([{"id": 1, "annotations": [{"result": []}]}])"),
            "export.json, key [0]: this task has no data");
  EXPECT_EQ(error_of("[" + good + ", {\"data\": " + std::string(70, '[') + std::string(70, ']') + "}]"),
            "export.json, key [1]: this is nested too deeply");
}

TEST(LabelStudio, AnUploadIsFoundUnderItsOwnNameInAnyFolder) {
  const TreeOnDisk disk(
      {{"media/images/ab12cd34-z6.jpg", "x"},
       {"media/o/x.jpg", "y"},
       {"p.json", "[" + task("/data/upload/1/ab12cd34-z6.jpg", annotation(choice("cat"))) + "," +
                      task("/data/upload/1/11111111-x.jpg", annotation(choice("dog"))) + "]"}});
  const auto set = disk.read().value().value();
  EXPECT_TRUE(set.missing.empty());
  EXPECT_EQ(classes_of(set, "media/images/ab12cd34-z6.jpg"), "cat");
  EXPECT_EQ(classes_of(set, "media/o/x.jpg"), "dog");
}

TEST(LabelStudio, TenThousandTasksTakeNoTime) {
  std::vector<std::string> files;
  std::string json = "[";
  for (int i = 0; i < 10'000; ++i) {
    files.push_back(std::to_string(i) + ".jpg");
    json += (i == 0 ? "" : ",\n") +
            task("/data/upload/3/1a2b3c4d-" + files.back(), annotation(choice(i % 2 == 0 ? "cat" : "dog")));
  }
  const TreeOnDisk disk(Files{{"e.json", json + "]"}});
  Watch watch;
  const auto set = read(Tree(disk.path(), files), (disk.path() / "e.json").string(), watch).value().value();
  EXPECT_EQ(set.items.size(), 10'000U);
  EXPECT_EQ(set.items[7777].classes, std::vector<std::string>{"dog"});
}

}  // namespace
}  // namespace dew::exchange
