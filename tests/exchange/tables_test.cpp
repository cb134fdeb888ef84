// Tables of labels, as tools and people write them.
#include <gmock/gmock.h>

#include <ctime>

#include "exchange/formats.h"
#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;

/// Three pictures beside the files.
TreeOnDisk with_pictures(Files files) {
  for (const char* picture : {"a/1.jpg", "a/2.jpg", "3.png"}) files[picture] = "x";
  return TreeOnDisk(files);
}

DataSet set_of(const std::string& table, const std::string& name = "labels.csv") {
  auto set = with_pictures({{name, table}}).read();
  EXPECT_TRUE(set && *set) << table << (set ? " is not claimed" : ": " + set.error().what);
  if (!set || !*set) return {};
  EXPECT_EQ((*set)->format, "csv");
  return **std::move(set);
}

/// The classes of a/1.jpg, a/2.jpg and 3.png.
std::string classes_in(const std::string& table, const std::string& name = "labels.csv") {
  const DataSet set = set_of(table, name);
  return classes_of(set, "a/1.jpg") + " " + classes_of(set, "a/2.jpg") + " " + classes_of(set, "3.png");
}

std::string error_of(const std::string& table) {
  const auto set = with_pictures({{"labels.csv", table}}).read();
  if (set) return "";
  EXPECT_EQ(set.error().fault, Fault::kUsage);
  return set.error().where + ": " + set.error().what;
}

TEST(Tables, HaveAColumnOfPicturesAndOneOfClasses) {
  for (const char* table :
       {"filename,label\na/1.jpg,cat\n2.jpg,dog\n3.png,cat\n",
        "file_name\tcategory\na/1.jpg\tcat\n2.jpg\tdog\n3.png\tcat\n",
        "FilePath;Score;Class\r\na\\1.jpg;0,5;cat\r\n.\\a\\2.jpg;0,1;dog\r\n3.png;1;cat\r\n",
        ",image,target\n0,a/1.jpg,cat\n1,a/2.jpg,dog\n2,3.png,cat\n", "cat,a/1.jpg\ndog,a/2.jpg\ncat,3.png\n",
        "a/1.jpg,cat\na/2.jpg,dog\n3.png,cat\n", "photo ref;what it is\na/1.jpg;cat\n2.jpg;dog\n3.png;cat\n",
        "filename,class\n1.jpg,cat\n2.jpg,dog\n3.png,cat\n"})
    EXPECT_EQ(classes_in(table), "cat dog cat") << table;
  const DataSet set = set_of("file,label\na/1.jpg,cat\n3.png,dog\n");
  EXPECT_THAT(set.classes, ElementsAre("cat", "dog"));
  EXPECT_THAT(set.files, ElementsAre("labels.csv"));
  EXPECT_EQ(set.items[0].where, "labels.csv:2");
  EXPECT_THAT(set.notes, IsEmpty());
}

TEST(Tables, ColumnsOfClassesThatContradictEachOtherAreRefused) {
  EXPECT_EQ(error_of("file,label,class\na/1.jpg,cat,cat\na/2.jpg,cat,Dog\n3.png,dog,cat\n"),
            "labels.csv:3: 2 cells of two columns contradict each other: 'Dog' in the column class and 'cat' "
            "in label");
  // What names other classes, or the same, says nothing else; what a person said beside a label may differ.
  EXPECT_EQ(classes_in("file,label,category\na/1.jpg,cat,animal\na/2.jpg,dog,animal\n3.png,cat,pet\n"),
            "cat dog cat");
  EXPECT_EQ(classes_in("file,label,class\na/1.jpg,cat,Cat\na/2.jpg,dog,\n3.png,cat,CAT\n"), "Cat ? CAT");
  EXPECT_EQ(classes_in("file,label,human\na/1.jpg,dog,cat\na/2.jpg,dog,dog\n3.png,dog,cat\n"), "cat dog cat");
}

TEST(Tables, FoldersOfOtherSplitsAreTold) {
  const TreeOnDisk disk(
      {{"train/1.jpg", "x"},
       {"train/2.jpg", "y"},
       {"test/3.jpg", "z"},
       {"labels.csv",
        "file,label,split\ntrain/1.jpg,cat,test\ntrain/2.jpg,dog,train\ntest/3.jpg,cat,test\n"}});
  const auto set = disk.read().value().value();
  EXPECT_EQ(set.items[0].split, Split::kTest);
  EXPECT_THAT(set.notes,
              ElementsAre("1 picture lies in a folder of another split than the data set says, which "
                          "counts (train/1.jpg is of test)"));
}

TEST(Tables, MayBeginWithComments) {
  for (const char* table : {"# made by ada\n#\nfile,label\na/1.jpg,cat\n2.jpg,dog\n3.png,cat\n",
                            "#made by ada, in 2024\r\n\r\na/1.jpg;cat\r\na/2.jpg;dog\r\n3.png;cat\r\n",
                            "# file,label\na/1.jpg,cat\na/2.jpg,dog\n3.png,cat\n",
                            "sep=;\r\n# by ada\r\nfile;label\r\na/1.jpg;cat\r\na/2.jpg;dog\r\n3.png;cat\r\n",
                            "#by ada\n#label,path,size\ncat,a/1.jpg,7\ndog,a/2.jpg,7\ncat,3.png,7\n"})
    EXPECT_EQ(classes_in(table), "cat dog cat") << table;
  EXPECT_EQ(error_of("# by ada\n# again\nfile,label\na/1.jpg\n"),
            "labels.csv:4: this line has 1 fields instead of 2");
  EXPECT_EQ(error_of("# by ada\n# file,label\na/1.jpg\n"),
            "labels.csv:3: this line has 1 fields instead of 2");
}

TEST(Tables, MayBeDividedByBlanksWhereEachLineIsAPictureAndAWord) {
  for (const char* table :
       {"a/1.jpg cat\n2.jpg   dog \n 3.png\tcat\n", "file label\na/1.jpg cat\na/2.jpg dog\n3.png cat\n"})
    EXPECT_EQ(classes_in(table, "list.txt"), "cat dog cat") << table;
  for (const char* table : {"a/1.jpg 0\na/2.jpg 1\n", "a/1.jpg a dog on grass\na/2.jpg a cat\n"})
    EXPECT_THAT(set_of(table, "list.txt").notes,
                ElementsAre(HasSubstr("list.txt lists pictures with numbers")));
  for (const char* table : {"a/1.jpg a/2.jpg\n", "a/1.jpg notes/1.xml\n", "a/1.jpg\na/2.jpg\n"})
    EXPECT_FALSE(with_pictures({{"list.txt", table}}).read().value()) << table;
  const auto folders =
      TreeOnDisk({{"cat/1.jpg", "x"}, {"dog/2.jpg", "x"}, {"train.txt", "cat/1.jpg 0\ndog/2.jpg 1\n"}})
          .read()
          .value()
          .value();
  EXPECT_EQ(folders.format, "folders") << "their numbers do not stand above the folders' names";
}

TEST(Tables, MayNamePicturesByIdOrAddress) {
  EXPECT_EQ(classes_in("id,breed\n1,pug\n2,boxer\n3,pug\n"), "pug boxer pug");
  EXPECT_EQ(classes_in("image_id,species\n1,pug\n2,boxer\n3,pug\n"), "pug boxer pug");
  EXPECT_EQ(classes_in("url,label\nhttps://h/x/a/1.jpg?t=5,cat\ngs://b/a/2.jpg,dog\ns3://b/3.png,cat\n"),
            "cat dog cat");
  EXPECT_EQ(
      classes_in(
          "image,truth\n\"{\"\"_type\"\":\"\"image-file\"\",\"\"path\"\":\"\"media/a/1.jpg\"\"}\",cat\n"),
      "? ? ?");
  EXPECT_EQ(classes_in("image,truth\n\"{\"\"path\"\":\"\"a/1.jpg\"\",\"\"width\"\":4}\",cat\n"), "cat ? ?");
}

TEST(Tables, WithAColumnForEachClass) {
  const DataSet set = set_of("image_id,scab,rust,healthy\n1,1,0,0\n2,1.0,1.0,0.0\n3,0,0,0\n");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "scab");
  EXPECT_EQ(classes_of(set, "a/2.jpg"), "rust+scab");
  EXPECT_EQ(classes_of(set, "3.png"), "none");
  EXPECT_THAT(set.classes, ElementsAre("scab", "rust", "healthy"));
  EXPECT_EQ(classes_in("file,cat,dog,age\n1.jpg,,,3\n2.jpg,0,1,17\n3.png,TRUE,false,2\n"), "? dog cat");
  EXPECT_THAT(set_of("file,cat,dog,age\n1.jpg,1,0,3\n2.jpg,0,1,17\n").notes,
              ElementsAre("labels.csv: 1 column is not taken along: age"));
  std::string table = "file,cat,dog\n";
  for (int i = 0; i < 150; ++i) table += "1.jpg,1,0\n";
  EXPECT_EQ(error_of(table + "2.jpg,2,0\n"),
            "labels.csv:152: '2' in the column 'cat' is neither 0 nor 1, as one-hot columns "
            "have them");
}

TEST(Tables, AColumnForEachClassMayHaveCommasAndCrosses) {
  EXPECT_EQ(classes_in("file;cat;dog\n1.jpg;1,0;0,0\n2.jpg;0,0;1,0\n3.png;0,0;0,0\n"), "cat dog none");
  EXPECT_EQ(classes_in("file,cat,dog\n1.jpg,x,\n2.jpg,,X\n3.png,,\n"), "cat dog ?");
  EXPECT_EQ(classes_in("file,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n3.png,NaN,NaN\n"), "cat dog ?");
}

TEST(Tables, QualitiesOfPicturesAreNoClassesBesideThese) {
  const DataSet set =
      set_of("file,cat,dog,is_blurry,hasFlash\n1.jpg,1,0,1,1\n2.jpg,0,1,0,0\n3.png,0,0,1,0\n");
  EXPECT_THAT(set.classes, ElementsAre("cat", "dog"));
  EXPECT_EQ(classes_of(set, "a/1.jpg") + " " + classes_of(set, "3.png"), "cat none");
  EXPECT_THAT(set.notes, ElementsAre("labels.csv: 2 columns are not taken along: is_blurry, hasFlash"));
  EXPECT_EQ(classes_in("file,is_cat,is_dog\n1.jpg,1,0\n2.jpg,0,1\n3.png,1,0\n"), "is_cat is_dog is_cat");
  EXPECT_EQ(classes_in("file,island,harbour\n1.jpg,1,0\n2.jpg,0,1\n3.png,1,0\n"), "island harbour island");
}

TEST(Tables, SharesOfClassesAreRefused) {
  for (const char* table :
       {"file,cat,dog\n1.jpg,0.9,0.1\n2.jpg,0.2,0.8\n", "file,cat,dog,bird\n1.jpg,0.9,0.1,0\n2.jpg,0,0,1\n",
        "file;cat;dog\n1.jpg;0,9;0,1\n2.jpg;1,0;0,0\n"}) {
    const DataSet set = set_of(table);
    EXPECT_THAT(set.items, IsEmpty()) << table;
    EXPECT_THAT(set.notes, ElementsAre(AllOf(HasSubstr("shares where one-hot columns have 0 and 1: cat, dog"),
                                             HasSubstr("label"))))
        << table;
  }
  EXPECT_EQ(classes_in("file,cat,dog,sharpness\n1.jpg,1,0,0.53\n2.jpg,0,1,0.2\n3.png,0,1,0.9\n"),
            "cat dog dog");
}

TEST(Tables, CellsThatSayThatThereIsNoLabelAreNone) {
  for (const std::string nothing : {"NaN", "NA", "N/A", "null", "None", "?"}) {
    const DataSet set = set_of("file,label\n1.jpg," + nothing + "\n2.jpg,none\n3.png,cat\n");
    EXPECT_EQ(classes_of(set, "a/1.jpg"), "?") << nothing;
    EXPECT_EQ(classes_of(set, "a/2.jpg"), "none");
    EXPECT_THAT(set.classes, ElementsAre("cat", "none"));
    EXPECT_THAT(set.notes, ElementsAre("1 cell says that there is no label (NaN, NA, null, None, ?)"));
  }
  EXPECT_EQ(classes_in("file,tags\n1.jpg,cat|dog\n2.jpg,N/A\n3.png,cat\n"), "cat+dog ? cat");
}

TEST(Tables, ClassesInTwoSpellingsAreNoContradiction) {
  EXPECT_EQ(classes_in("file,label\n1.jpg,Cat\n1.jpg,cat\n2.jpg,gr\u00fcn\n2.jpg,gru\u0308n \n3.png,a\n"),
            "Cat gr\u00fcn a");
  EXPECT_THAT(error_of("file,label\n1.jpg,Cat\n1.jpg,dog\n"),
              HasSubstr("labels.csv:3: 'a/1.jpg' is 'dog' here"));
  EXPECT_EQ(classes_in("annotator,choice,image\n1,Cat,1.jpg\n2,cat,1.jpg\n"), "Cat ? ?");
}

TEST(Tables, ALineWhoseNumberAndNameContradictEachOtherIsRefused) {
  const std::string header = ",image_id,label,class_name\n";
  EXPECT_EQ(classes_in(header + "0,1.jpg,0,cat\n1,2.jpg,1,dog\n2,3.png,0,Cat\n"), "cat dog Cat");
  EXPECT_EQ(
      error_of(header + "0,1.jpg,0,cat\n1,2.jpg,1,dog\n2,3.png,0,dog\n"),
      "labels.csv:4: 0 is 'dog' here, and something else on other lines: the columns label and class_name "
      "contradict each other");
  EXPECT_EQ(classes_in("file,class_name,category\n1.jpg,cat,1\n2.jpg,cat,2\n3.png,cat,3\n"), "cat cat cat")
      << "numbers of something else";
}

TEST(Tables, NamesInAnotherCaseOrWithBlanksAroundAreFoundWhereOneFits) {
  const auto read = [](const std::string& table, Files files) {
    files["l.csv"] = table;
    return TreeOnDisk(files).read().value().value();
  };
  const DataSet set = read("file,label\nB.JPG,cat\n lead.jpg,dog\n\"c.jpg \",dog\n",
                           {{"b.jpg", "x"}, {" lead.jpg", "y"}, {"c.jpg", "z"}});
  EXPECT_EQ(classes_of(set, "b.jpg") + " " + classes_of(set, " lead.jpg") + " " + classes_of(set, "c.jpg"),
            "cat dog dog");
  const DataSet two = read("file,label\nImg.jpg,cat\n", {{"IMG.jpg", "x"}, {"img.jpg", "y"}});
  ASSERT_EQ(two.missing.size(), 1U);
  EXPECT_EQ(two.missing[0].why, "several pictures could be meant: IMG.jpg, img.jpg");
}

TEST(Tables, OneColumnOfFlagsIsAClass) {
  EXPECT_EQ(classes_in("id,has_cactus\n1,1\n2,0\n3,1\n"), "1 0 1");
  EXPECT_THAT(set_of("id,digit\n1,10\n2,9\n").classes, ElementsAre("9", "10"));
}

TEST(Tables, ACellNamesSeveralClassesWhereItsColumnSaysSo) {
  EXPECT_EQ(classes_in("file,tags\n1.jpg,cat|dog\n2.jpg,cat;dog\n3.png,cat\n"), "cat+dog cat+dog cat");
  EXPECT_EQ(classes_in("Image Index,Finding Labels\n1.jpg,cat|dog\n2.jpg,\"cat, dog\"\n3.png,No Finding\n"),
            "cat+dog cat+dog No Finding");
  EXPECT_THAT(set_of("file,tags\n1.jpg,cat|dog\n").notes,
              ElementsAre(HasSubstr("1 cell names several classes")));
  EXPECT_EQ(classes_in("file,label\n1.jpg,cat|dog\n2.jpg,cat\n"), "cat|dog cat ?");
}

TEST(Tables, AnEmptyLabelSaysThatNobodyLooked) {
  const DataSet set = set_of("file,label\n1.jpg,\n2.jpg,cat\n");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "?");
  EXPECT_EQ(classes_of(set, "a/2.jpg"), "cat");
}

TEST(Tables, SplitsStandInAColumnAFilesNameOrItsFolder) {
  const DataSet column = set_of("file,label,subset\n1.jpg,cat,Training\n2.jpg,cat,valid\n3.png,cat,extra\n");
  EXPECT_EQ(column.items[0].split, Split::kTrain);
  EXPECT_EQ(column.items[1].split, Split::kValidation);
  EXPECT_EQ(column.items[2].split, std::nullopt);
  EXPECT_THAT(column.notes, ElementsAre(HasSubstr("1 picture is in splits of other names than train, val and "
                                                  "test, which say nothing here: 'extra' 1")));
  const auto files = with_pictures({{"train_labels.csv", "id,label\n1,cat\n"},
                                    {"test/labels.csv", "file,label\n../a/2.jpg,dog\n"},
                                    {"test.csv", "id\n3\n"}})
                         .read()
                         .value()
                         .value();
  EXPECT_THAT(files.files, ElementsAre("test/labels.csv", "train_labels.csv"));
  for (const Item& item : files.items)
    EXPECT_EQ(item.split, item.picture == "a/1.jpg" ? Split::kTrain : Split::kTest) << item.picture;
  const auto folders =
      TreeOnDisk({{"train/1.jpg", "x"}, {"test/2.jpg", "x"}, {"all.csv", "id,label\n1,cat\n2,dog\n"}})
          .read()
          .value()
          .value();
  EXPECT_EQ(folders.items[0].split, Split::kTrain);
  EXPECT_EQ(folders.items[1].split, Split::kTest);
}

TEST(Tables, TwoColumnsOfPicturesNameTheSameOne) {
  const auto read = [](const std::string& table) {
    const auto set = TreeOnDisk({{"1.jpg", "x"}, {"2.jpg", "y"}, {"labels.csv", table}}).read();
    return set ? classes_of(**set, "1.jpg") + classes_of(**set, "2.jpg")
               : set.error().where + ": " + set.error().what;
  };
  const std::string refused = "labels.csv:2: two columns name two pictures: '1.jpg' and '2.jpg'";
  EXPECT_EQ(read("image,path,label\n1.jpg,2.jpg,cat\n"), refused);
  EXPECT_EQ(read("before,after,label\n1.jpg,2.jpg,cat\n"), refused);
  EXPECT_EQ(read("image,path,label\n1.jpg,/data/1.jpg,cat\n"), "cat?") << "the same, or none that is there";
  EXPECT_EQ(read("mask,photo of it,label\n2.jpg,1.jpg,cat\n"), "cat?");
  EXPECT_EQ(read("image,mask,label\n1.jpg,2.jpg,cat\n"), "cat?");
}

TEST(Tables, WhoeverWritesHumanBesideAModelIsNotTheModel) {
  const auto by = [](const std::string& who) {
    return set_of("file,sample,label,origin,by,label_was\n1.jpg,1.jpg,cat,human," + who + ",cat\n")
        .items[0]
        .by;
  };
  EXPECT_EQ(by("Ada"), "Ada");
  EXPECT_EQ(by("import:m2"), "");
  EXPECT_EQ(by("openai:gpt-4o"), "");
  EXPECT_EQ(by("import: birds/labels.csv (Ada)"), "import: birds/labels.csv (Ada)");
}

TEST(Tables, WhatIsSaidOfAPartOfAVideoIsRefused) {
  const auto read = [](const std::string& table) {
    const auto set = TreeOnDisk({{"v.mp4", "x"}, {"1.jpg", "y"}, {"labels.csv", table}}).read();
    return set ? std::string("fine") : set.error().where + ": " + set.error().what;
  };
  EXPECT_EQ(read("file,start_frame,end_frame,label\nv.mp4,12,18,dog\n"),
            "labels.csv:2: the column start_frame tells a part of the video 'v.mp4': labels are of frames");
  EXPECT_THAT(read("file,label,start,end\nv.mp4,dog,0.5,2\n"), HasSubstr("the column start"));
  EXPECT_THAT(read("file,time,label\nv.mp4,3.5,dog\n"), HasSubstr("the column time"));
  EXPECT_EQ(read("file,time,label\n1.jpg,3.5,dog\nv.mp4,12:30,cat\n"), "fine");
}

TEST(Tables, WordsBesideASplitsNameAreNoneOfIt) {
  const auto split_of = [](const std::string& word) {
    return set_of("file,label,split\n1.jpg,cat," + word + "\n2.jpg,cat,train\n").items[0].split;
  };
  for (const std::string word :
       {"PublicTest", "private_test", "test_set", "testset", "Test-Images2", "tst.2"})
    EXPECT_EQ(split_of(word), Split::kTest) << word;
  for (const std::string word : {"training_set", "TrainData", "01_train"})
    EXPECT_EQ(split_of(word), Split::kTrain) << word;
  for (const std::string word : {"trainval", "train_val", "fold1", "set", "2017", "contest"})
    EXPECT_EQ(split_of(word), std::nullopt) << word;
}

TEST(Tables, WhatDewdropExportsHasNoWordForNothing) {
  const DataSet set = set_of(
      "file,sample,label,origin,by,label_was\n1.jpg,1.jpg,NA,human,Ada,NA\n"
      "2.jpg,2.jpg,cat,human,Ada,cat\n3.png,3.png,,,,\n");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "NA");
}

TEST(Tables, APictureInSeveralSplitsIsInNone) {
  const auto set =
      with_pictures({{"train.csv", "id,label\n1,cat\n"}, {"test.csv", "id,label\n1,cat\n2,dog\n"}})
          .read()
          .value()
          .value();
  for (const Item& item : set.items)
    EXPECT_EQ(item.split, item.picture == "a/1.jpg" ? std::nullopt : std::optional(Split::kTest));
  EXPECT_THAT(set.notes, ElementsAre("1 picture is named in several splits and is in none"));
}

TEST(Tables, WhatAModelPredictedIsNoPersonsLabel) {
  const DataSet set = set_of("file,prediction,score\na/1.jpg,cat,0.9\n3.png,dog,0.8\n");
  EXPECT_THAT(set.items, IsEmpty());
  EXPECT_THAT(set.notes,
              ElementsAre(AllOf(HasSubstr("no labels but what models said"), HasSubstr("prediction, score"),
                                HasSubstr("rename the column to label"))));
  EXPECT_EQ(classes_in("file,prediction,truth\na/1.jpg,cat,dog\n"), "dog ? ?");
  EXPECT_THAT(set_of("file,label,predicted_label,confidence\na/1.jpg,cat,dog,0.9\n").notes,
              Contains(HasSubstr("predicted_label")))
      << "told, as any column that is not taken along";
  for (const std::string name :
       {"y_pred", "pred class", "yhat", "ai_label", "model_output", "auto_label", "inferred_class",
        "argmax_class", "top1", "predicted_label", "gpt4", "llm", "clip_label", "gpt_4o_answer", "gpt-4o",
        "model", "yolo_class", "Vorhersage", "Claude"})
    EXPECT_THAT(set_of("file," + name + "\na/1.jpg,cat\n3.png,dog\n").items, IsEmpty()) << name;
  for (const std::string name : {"predator", "car_model", "automobile", "what"})
    EXPECT_EQ(classes_in("file," + name + "\na/1.jpg,cat\n"), "cat ? ?") << name;
}

TEST(Tables, LabelStudiosPredictionsAreAnswers) {
  const DataSet set = set_of(
      "annotation_id,annotator,choice,id,image,prediction\n"
      R"(1,1,cat,1,a/1.jpg,"[{""result"":[{""type"":""choices"",""value"":{""choices"":[""dog""]}}],""score"":0.75}]")"
      "\n2,1,dog,2,3.png,cat\n");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  ASSERT_EQ(set.items.size(), 2U);
  ASSERT_EQ(set.items[0].answers.size(), 1U);
  EXPECT_EQ(set.items[0].answers[0].answer_class, "dog");
  EXPECT_EQ(set.items[0].answers[0].confidence, 0.75);
  ASSERT_EQ(set.items[1].answers.size(), 1U);
  EXPECT_EQ(set.items[1].answers[0].answer_class, "cat");
}

TEST(Tables, OfGooglesTools) {
  const DataSet vertex = set_of(
      "TRAINING,gs://bucket/a/1.jpg,cat\nTEST,gs://bucket/a/2.jpg,cat,dog\nUNASSIGNED,gs://bucket/"
      "3.png,dog\n");
  EXPECT_EQ(classes_of(vertex, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(vertex, "a/2.jpg"), "cat+dog");
  EXPECT_EQ(vertex.items[0].split, Split::kTrain);
  EXPECT_EQ(vertex.items[1].split, Split::kTest);
  EXPECT_EQ(vertex.items[2].split, std::nullopt);
  EXPECT_EQ(classes_in("gs://b/a/1.jpg,cat\ngs://b/a/2.jpg\ngs://b/3.png,dog\n"), "cat ? dog");
  const DataSet boxes = set_of(
      "TRAIN,gs://b/a/1.jpg,cat,0.1,0.1,,,0.3,0.3,,\nTRAIN,gs://b/a/1.jpg,dog,.8,.8,,,.9,.9,,\n"
      "VALIDATION,gs://b/a/2.jpg,,,,,,,,,\n");
  EXPECT_EQ(classes_of(boxes, "a/1.jpg"), "cat+dog");
  EXPECT_EQ(classes_of(boxes, "a/2.jpg"), "none");
  EXPECT_EQ(boxes.boxes, 2);
}

TEST(Tables, OfBoxes) {
  for (const char* table :
       {"filename,width,height,class,xmin,ymin,xmax,ymax\n1.jpg,9,9,cat,1,2,3,4\n1.jpg,9,9,dog,1,2,3,4\n"
        "1.jpg,9,9,cat,5,5,6,6\n2.jpg,9,9,,,,,\n",
        "a/1.jpg,1,2,3,4,cat\na/1.jpg,1,2,3,4,dog\na/1.jpg,5,5,6,6,cat\na/2.jpg,,,,,\n",
        "image_path,x,y,w,h,label\n1.jpg,1,2,3,4,cat\n1.jpg,1,2,3,4,dog\n1.jpg,5,5,6,6,cat\n2.jpg,,,,,\n",
        "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded\n1,xclick,cat,1,.1,.2,.3,.4,0\n"
        "1,xclick,dog,1,.1,.2,.3,.4,0\n1,xclick,cat,1,.1,.2,.3,.4,0\n2,xclick,,,,,,,\n"}) {
    const DataSet set = set_of(table);
    EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat+dog") << table;
    EXPECT_EQ(classes_of(set, "a/2.jpg"), "none") << table;
    EXPECT_EQ(set.boxes, 3);
    EXPECT_TRUE(set.items[0].looked_at);
  }
  EXPECT_EQ(error_of("filename,class,xmin,ymin,xmax,ymax\n1.jpg,,1,2,3,4\n"),
            "labels.csv:2: this box has no class");
}

TEST(Tables, OfVerifiedLabelsSayWhatIsNotThereToo) {
  const std::string header = "ImageID,Source,LabelName,Confidence\n";
  EXPECT_EQ(classes_in(header + "1,verification,cat,1\n1,verification,dog,0\n2,verification,cat,0\n"),
            "cat none ?");
  EXPECT_EQ(error_of(header + "1,machine,cat,0.7\n"),
            "labels.csv:2: '0.7' is no confidence of a person's label: it is 1 or 0");
}

TEST(Tables, OfLabelStudio) {
  const std::string header = "annotation_id,annotator,choice,created_at,id,image,lead_time\n";
  const DataSet set =
      set_of(header +
             "1,ann@x,cat,2024,1,/data/upload/3/1a2b3c4d-1.jpg,2.5\n"
             "2,\"bob@x\",cat,2024,1,/data/upload/3/1a2b3c4d-1.jpg,2.5\n"
             "3,1,\"{\"\"choices\"\": [\"\"cat\"\", \"\"dog\"\"]}\",2024,2,/data/local-files/?d=a%2F2.jpg,2\n"
             "4,1,cat,2024,3,3.png,2\n5,2,dog,2024,3,3.png,2\n");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_EQ(classes_of(set, "a/2.jpg"), "cat+dog");
  EXPECT_EQ(classes_of(set, "3.png"), "");
  EXPECT_EQ(set.items[0].by, "ann@x, bob@x");
  EXPECT_THAT(set.notes, ElementsAre("1 picture has no class: its annotators disagree"));
  EXPECT_EQ(
      classes_in("annotator,id,image,label\n1,1,1.jpg,"
                 "\"[{\"\"x\"\":1,\"\"y\"\":2,\"\"width\"\":3,\"\"rectanglelabels\"\":[\"\"cat\"\"]}]\"\n"),
      "cat ? ?");
}

TEST(Tables, OfDewdropsOwnKeepWhoGaveALabel) {
  const std::string header = "file,sample,label,origin,by,split,confidence,reason\n";
  const DataSet set =
      set_of(header +
             "a/1.jpg,x.jpg,cat,human,ada,train,,\n"
             "a/2.jpg,y.jpg,dog,policy,gpt-4o,test,0.9,\"ears, tail\"\n3.png,z.png,,,,val,,\n");
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_EQ(set.items[0].by, "ada");
  EXPECT_EQ(classes_of(set, "a/2.jpg"), "");
  ASSERT_EQ(set.items[1].answers.size(), 1U);
  const Answer answer = set.items[1].answers[0];
  EXPECT_EQ(answer.teacher + " " + answer.model + " " + answer.answer_class + " " + answer.reason,
            "import gpt-4o dog ears, tail");
  EXPECT_EQ(answer.confidence, 0.9);
  EXPECT_EQ(set.items[1].split, Split::kTest);
  EXPECT_EQ(classes_of(set, "3.png"), "");
  EXPECT_EQ(set.items[2].split, Split::kValidation);
  EXPECT_THAT(set.notes, IsEmpty());
  const DataSet again = set_of(header + "a/2.jpg,y.jpg,dog,policy,import:gpt-4o,test,0.9,\n");
  EXPECT_EQ(again.items[0].answers[0].model, "gpt-4o") << "the name does not grow with each round trip";
  EXPECT_EQ(error_of(header + "a/2.jpg,y.jpg,dog,policy,gpt-4o,test,90,x\n"),
            "labels.csv:2: this confidence is not a number from 0 to 1");
}

TEST(Tables, PicturesThatAreNotThereAreCollected) {
  const DataSet set = set_of("file,label\nb/9.jpg,cat\n2.jpg,dog\n");
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].picture + " " + set.missing[0].where + " " + set.missing[0].why,
            "b/9.jpg labels.csv:2 no such picture");
  const auto two = TreeOnDisk({{"a/1.jpg", "x"}, {"b/1.jpg", "y"}, {"labels.csv", "file,label\n1.jpg,cat\n"}})
                       .read()
                       .value()
                       .value();
  ASSERT_EQ(two.missing.size(), 1U);
  EXPECT_THAT(two.missing[0].why, HasSubstr("a/1.jpg, b/1.jpg"));
}

TEST(Tables, OfCopiesWithTheSameBytesAnyIsMeant) {
  const auto set = TreeOnDisk({{"a/1.jpg", "x"}, {"b/1.jpg", "x"}, {"labels.csv", "file,label\n1.jpg,cat\n"}})
                       .read()
                       .value()
                       .value();
  EXPECT_TRUE(set.missing.empty());
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
}

TEST(Tables, WhatStandsBehindAHashBelongsToTheName) {
  for (const char* name : {"3#7.png", "3?x.png", "3#.png", "a/1#2.jpg", "1?.jpg"}) {
    const DataSet set = set_of(std::string("file,label\n2.jpg,dog\n") + name + ",cat\n");
    ASSERT_EQ(set.missing.size(), 1U) << name;
    EXPECT_EQ(set.missing[0].why, "no such picture");
    EXPECT_EQ(classes_of(set, "3.png") + classes_of(set, "a/1.jpg"), "??") << name;
  }
  EXPECT_EQ(classes_in("file,label\nhttps://h/a/1.jpg?t=1#x,cat\nhttps://h/3?id=4,cat\n2.jpg,dog\n"),
            "cat dog ?");
}

TEST(Tables, AFrameOrAPartIsNotItsPicture) {
  for (const char* name : {"a/1.jpg#frame=7", "1.jpg#xywh=0,0,9,9", "3.png#frame=0&xywh=1,1,2,2"}) {
    const DataSet set = set_of(std::string("file,label\n2.jpg,dog\n\"") + name + "\",cat\n");
    ASSERT_EQ(set.missing.size(), 1U) << name;
    EXPECT_THAT(set.missing[0].why, HasSubstr("dewdrop review --import")) << name;
    EXPECT_EQ(classes_of(set, "3.png") + classes_of(set, "a/1.jpg"), "??") << name;
  }
}

TEST(Tables, AFrameIsNotItsVideo) {
  const auto set =
      TreeOnDisk({{"walk.mp4", "x"},
                  {"1.jpg", "y"},
                  {"labels.csv", "file,frame,label\nwalk.mp4,7,cat\nwalk.mp4,8,dog\n1.jpg,9,cat\n"}})
          .read()
          .value()
          .value();
  EXPECT_EQ(classes_of(set, "1.jpg"), "cat") << "beside a picture, the number says nothing";
  EXPECT_EQ(classes_of(set, "walk.mp4"), "?");
  ASSERT_EQ(set.missing.size(), 2U);
  EXPECT_EQ(set.missing[0].picture, "walk.mp4#frame=7");
  EXPECT_THAT(set.missing[0].why, HasSubstr("dewdrop review --import takes it"));
}

TEST(Tables, ThatNameNoPictureAreDropped) {
  const auto set = TreeOnDisk({{"cat/1.jpg", "x"},
                               {"dog/2.jpg", "x"},
                               {"prices.csv", "id,price\n77,1.20\n78,3\n"},
                               {"pupils.csv", "name,class\nann,7b\nbob,\n"},
                               {"broken.csv", "id,price\n77,1,20\n"},
                               {"empty.csv", ""},
                               {"classes.txt", "cat\ndog\n"},
                               {"sample_submission.csv", "id,label\n1,cat\n2,cat\n"}})
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(set.format, "folders");
  EXPECT_EQ(classes_of(set, "dog/2.jpg"), "dog");
  EXPECT_THAT(set.missing, IsEmpty());
  EXPECT_THAT(set.notes, ElementsAre("broken.csv is not taken for a table of labels: this line has 3 fields "
                                     "instead of 2",
                                     "prices.csv names no picture that is there, in 2 lines",
                                     "pupils.csv names no picture that is there, in 2 lines"));
}

TEST(Tables, OfAHeaderAloneSaySo) {
  EXPECT_THAT(set_of("file,label\n").notes,
              ElementsAre("labels.csv has names of columns and no line below them"));
  EXPECT_THAT(set_of("id,label\n").notes, IsEmpty()) << "of anything";
}

TEST(Tables, WhoseEveryPictureIsMissingSaySo) {
  const DataSet set = set_of("file,label\nb/8.jpg,cat\nb/9.jpg,cat\n");
  EXPECT_THAT(set.items, IsEmpty());
  EXPECT_EQ(set.missing.size(), 2U);
  EXPECT_THAT(set.notes, ElementsAre("labels.csv names no picture that is there, in 2 lines"));
}

TEST(Tables, ContradictionsNameBothPlaces) {
  const auto set = with_pictures({{"labels.csv", "file,label\na/1.jpg,cat\n2.jpg,dog\n1.jpg,dog\n"}}).read();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().where, "labels.csv:4");
  EXPECT_EQ(set.error().what, "'a/1.jpg' is 'dog' here, and 'cat' in labels.csv:2");
  EXPECT_EQ(classes_in("file,label\na/1.jpg,cat\n1.jpg,cat\n"), "cat ? ?");
}

TEST(Tables, TwoColumnsNameTheSamePicture) {
  EXPECT_EQ(error_of("sample,file,label\na/1.jpg,1.jpg,cat\n3.png,a/2.jpg,dog\n"),
            "labels.csv:3: two columns name two pictures: 'a/2.jpg' and '3.png'");
  EXPECT_EQ(classes_in("sample,file,label\n17,1.jpg,cat\nold/2.png,a/2.jpg,dog\n"), "cat dog ?")
      << "a number, and a name of elsewhere";
  EXPECT_EQ(classes_in("file,sample,label,origin\na/1.jpg,3.png,cat,human\n"), "cat ? ?")
      << "an export's sample is one of the project";
}

TEST(Tables, MistakesNameTheLine) {
  EXPECT_EQ(error_of("file,label\na/1.jpg,cat\na/2.jpg,dog,big\n"),
            "labels.csv:3: this line has 3 fields instead of 2");
  EXPECT_EQ(error_of("file,label\na/1.jpg\n"), "labels.csv:2: this line has 1 fields instead of 2");
  EXPECT_EQ(error_of("file,label\n,cat\n"), "labels.csv:2: this line names no picture");
  EXPECT_EQ(error_of("file,label\na/1.jpg,\"cat\n"), "labels.csv:2: a quotation mark is not closed");
  EXPECT_EQ(classes_in("file,label\na/1.jpg,cat,,\n"), "cat ? ?");
}

TEST(Tables, AByteZeroIsAnErrorAndNoReasonToLeaveTheLabelsOut) {
  EXPECT_THAT(error_of(std::string("file,label\na/1.jpg,cat\n3.png,dog\n\0", 34)), HasSubstr("NUL byte"));
  EXPECT_THAT(error_of(std::string("file,label\na/1.jpg,cat\n3.p\0g,dog\n", 33)), HasSubstr("NUL byte"));
}

TEST(Tables, TheFoldersAboveTheDataTellNoSplit) {
  const TreeOnDisk disk(Files{{"home/pics/1.jpg", "x"},
                              {"home/test/labels.csv", "file,label\n1.jpg,cat\n"},
                              {"home/test/val.csv", "file,label\n1.jpg,cat\n"}});
  Watch watch;
  const Tree pictures = Tree::below(disk.path() / "home/pics").value();
  const auto split = [&](const char* table) {
    return exchange::read(pictures, (disk.path() / table).string(), watch).value().value().items.split(0);
  };
  EXPECT_FALSE(split("home/test/labels.csv"));
  EXPECT_EQ(split("home/test/val.csv"), Split::kValidation);
}

TEST(Tables, AnIdThatFitsTwoFilesIsAmbiguousAndNotMissing) {
  const auto set = TreeOnDisk(Files{{"1.jpg", "x"}, {"1.png", "y"}, {"l.csv", "id,label\n1,cat\n"}}).read();
  ASSERT_TRUE(set && *set);
  ASSERT_EQ((*set)->missing.size(), 1U);
  EXPECT_EQ((*set)->missing[0].why, "several pictures could be meant: 1.jpg, 1.png");
}

TEST(Tables, AnAddressThatMeansTwoPicturesMeansNone) {
  const std::string line = "file,label\nhttps://h/x/a%20b.png,cat\n";
  const auto both = TreeOnDisk(Files{{"a b.png", "x"}, {"a%20b.png", "y"}, {"l.csv", line}}).read();
  ASSERT_EQ((*both)->missing.size(), 1U);
  EXPECT_EQ((*both)->missing[0].why, "several pictures could be meant: a b.png, a%20b.png");
  for (const std::string one : {"a b.png", "a%20b.png"})
    EXPECT_EQ(classes_of(**TreeOnDisk(Files{{one, "x"}, {"l.csv", line}}).read(), one), "cat");
}

TEST(Tables, OfPicturesWithoutALabelAreNamedWithTheirColumns) {
  const auto set =
      TreeOnDisk(Files{{"0.png", "x"}, {"l.csv", "Bild;Klasse;Anmerkung\n0.png;Hund;gut\n"}}).read();
  ASSERT_TRUE(set && *set);
  EXPECT_THAT((*set)->notes, ElementsAre("l.csv lists pictures, and no column is called label: it has Bild, "
                                         "Klasse, Anmerkung; name the one with the classes so"));
}

TEST(Tables, OutsideTheTreeAreTakenWhenNamed) {
  const TreeOnDisk pictures(Files{{"a/1.jpg", "x"}});
  const TreeOnDisk tables({{"mine.tsv", "file\tlabel\na/1.jpg\tcat\n"}, {"notes.csv", "day,weather\n1,2\n"}});
  const auto set = pictures.read((tables.path() / "mine.tsv").string()).value().value();
  EXPECT_EQ(classes_of(set, "a/1.jpg"), "cat");
  EXPECT_THAT(set.items[0].where, HasSubstr("mine.tsv:2"));
  EXPECT_FALSE(pictures.read((tables.path() / "notes.csv").string()));
}

TEST(Tables, OfAHundredThousandLinesTakeNoTime) {
  std::vector<std::string> files;
  std::string table = "image_url,label,split\n";
  for (int i = 0; i < 100'000; ++i) {
    files.push_back("class" + std::to_string(i % 10) + "/" + std::to_string(i) + ".jpg");
    table += "gs://bucket/birds/" + files.back() + ",class" + std::to_string(i % 10) + ",train\n";
  }
  const TreeOnDisk disk(Files{{"labels.csv", table}});
  const Tree tree(disk.path(), files);
  Watch watch;
  const std::clock_t began = std::clock();
  const auto set = read(tree, (disk.path() / "labels.csv").string(), watch).value().value();
  const auto took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  EXPECT_EQ(set.items.size(), 100'000U);
  EXPECT_EQ(set.items[77'777].classes, std::vector<std::string>{"class7"});
  EXPECT_LT(took, 2) << "seconds of the processor";
}

TEST(Tables, FoldersWithNamesOfClassesThatSayOtherwiseAreTold) {
  const std::map<std::string, std::string> pictures{
      {"cat/1.jpg", "a"}, {"dog/2.jpg", "b"}, {"dog/3.jpg", "c"}};
  std::map<std::string, std::string> crossed = pictures;
  crossed["labels.csv"] = "file,label\ncat/1.jpg,dog\ndog/2.jpg,cat\n";
  EXPECT_THAT(
      join(TreeOnDisk(crossed).read().value().value().notes),
      HasSubstr("2 pictures are labelled otherwise than their folders and count as that says (cat/1.jpg: "
                "dog); 1 picture stays without a label: the data set does not name it; --labels folders"));
  std::map<std::string, std::string> same = pictures;
  same["labels.csv"] = "file,label\ncat/1.jpg,cat\ndog/2.jpg,dog\ndog/3.jpg,dog\n";
  EXPECT_EQ(join(TreeOnDisk(same).read().value().value().notes), "");
  std::map<std::string, std::string> places = pictures;  // the folders are no classes of this table's
  places["labels.csv"] = "file,label\ncat/1.jpg,wet\ndog/2.jpg,dry\n";
  EXPECT_EQ(join(TreeOnDisk(places).read().value().value().notes), "");
}

}  // namespace
}  // namespace dew::exchange
