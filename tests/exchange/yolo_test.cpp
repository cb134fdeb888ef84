#include <gmock/gmock.h>

#include "tests/exchange/boxes.h"

namespace dew::exchange {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kYaml =
    "path: ../datasets/birds  # elsewhere\ntrain: images/train\nval: images/val\ntest:\n"
    "names:\n  0: robin\n  1: tit\n";
const std::string kTit = "1 0.5 0.5 0.2 0.1\n";

TEST(Yolo, ALabelFileWithoutAPictureIsMissed) {
  const auto set = read_set({{"data.yaml", kYaml},
                             {"images/train/a.jpg", "x"},
                             {"labels/train/a.txt", kTit},
                             {"labels/train/gone.txt", kTit},
                             {"labels/train/empty.txt", ""},
                             {"labels/train/notes.txt", "ask Ada\n"}});
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].picture + " " + set.missing[0].where, "labels/train/gone labels/train/gone.txt");
}

TEST(Yolo, ALabelStandsInItsLabelFile) {
  const auto set = read_set({{"data.yaml", "names: [robin, tit]\n"},
                             {"images/a.jpg", "x"},
                             {"images/b.jpg", "x"},
                             {"labels/a.txt", kTit}});
  ASSERT_EQ(set.items.size(), 2U);
  EXPECT_EQ(set.items[0].where, "labels/a.txt");
  EXPECT_EQ(set.items[1].where, "images/b.jpg") << "taken as background";
}

TEST(Yolo, LabelsStandInTheOtherFolder) {
  const auto set = read_set({{"data.yaml", kYaml},
                             {"images/train/a.jpg", "x"},
                             {"images/train/b.jpg", "x"},
                             {"images/train/c.jpg", "x"},
                             {"images/val/a.jpg", "x"},
                             {"labels/train/a.txt", "0 0.5 0.5 0.1 0.1\n" + kTit + kTit},
                             {"labels/train/b.txt", ""},
                             {"labels/val/a.txt", kTit}});
  EXPECT_EQ(set.format, "yolo");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(classes_of(set, "images/train/a.jpg"), "robin+tit");
  EXPECT_EQ(split_of(set, "images/train/a.jpg"), "train");
  EXPECT_EQ(classes_of(set, "images/train/b.jpg"), "none");
  EXPECT_EQ(classes_of(set, "images/train/c.jpg"), "none");
  EXPECT_EQ(classes_of(set, "images/val/a.jpg"), "tit");
  EXPECT_EQ(split_of(set, "images/val/a.jpg"), "validation");
  EXPECT_EQ(set.boxes, 4);
  EXPECT_THAT(set.files, ::testing::ElementsAre("data.yaml", "labels/train/a.txt", "labels/train/b.txt",
                                                "labels/val/a.txt"));
  EXPECT_EQ(notes_of(set), "1 picture has no label file and is taken as background");
}

TEST(Yolo, RoboflowsPathsLeadOutOfTheFolder) {
  const auto set = read_set({{"data.yaml",
                              "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\n"
                              "nc: 2\nnames: ['robin', 'tit']\n"},
                             {"train/images/a.jpg", "x"},
                             {"train/labels/a.txt", kTit},
                             {"valid/images/b.jpg", "x"},
                             {"valid/labels/b.txt", "0 .5 .5 .1 .1"}});
  EXPECT_EQ(classes_of(set, "train/images/a.jpg"), "tit");
  EXPECT_EQ(split_of(set, "valid/images/b.jpg"), "validation");
  EXPECT_EQ(notes_of(set), "test of data.yaml is not in this folder: ../test/images");
}

TEST(Yolo, PartsMayBeListsOfFoldersAndFilesWithNames) {
  const auto set = read_set(
      {{"set/data.yml", "train: [images/one, images/two]\nval: val.txt\n\"names\": [yes, 0]\n"},
       {"set/val.txt", "./images/three/c.jpg\r\n/content/set/images/three/d.jpg\n\nimages/three/gone.jpg\n"},
       {"set/images/one/a.jpg", "x"},
       {"set/images/two/b.jpg", "x"},
       {"set/images/three/c.jpg", "x"},
       {"set/images/three/d.jpg", "x"},
       {"set/labels/one/a.txt", kTit},
       {"set/labels/two/b.txt", "0 .5 .5 .1 .1"},
       {"set/labels/three/c.txt", kTit},
       {"set/labels/three/d.txt", kTit}});
  EXPECT_EQ(set.classes, (std::vector<std::string>{"yes", "0"}));
  EXPECT_EQ(split_of(set, "set/images/two/b.jpg"), "train");
  EXPECT_EQ(split_of(set, "set/images/three/c.jpg"), "validation");
  EXPECT_EQ(split_of(set, "set/images/three/d.jpg"), "validation");
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "set/val.txt:4");
}

TEST(Yolo, APartMayNameAPicture) {
  const auto set = read_set({{"data.yaml", "train: images\nval: [images/b.jpg]\nnames: [robin, tit]\n"},
                             {"images/a.jpg", "x\ny\nz\n"},
                             {"images/b.jpg", "x\ny\nz\n"},
                             {"labels/a.txt", kTit},
                             {"labels/b.txt", kTit}});
  EXPECT_THAT(set.missing, IsEmpty()) << "its bytes are no list";
  EXPECT_EQ(classes_of(set, "images/b.jpg"), "tit");
}

TEST(Yolo, TheLastFolderCalledImagesCounts) {
  const auto set = read_set({{"data.yaml", "train: .\nnames: [robin, tit]\n"},
                             {"images/set/images/a.jpg", "x"},
                             {"images/set/labels/a.txt", kTit}});
  EXPECT_EQ(classes_of(set, "images/set/images/a.jpg"), "tit");
}

TEST(Yolo, SegmentsPosesAndConfidences) {
  const auto set = read_set({{"data.yaml", "train: images\nnames: {0: robin, 1: tit}\n"},
                             {"images/a.jpg", "x"},
                             {"labels/a.txt",
                              "\xEF\xBB\xBF"
                              "1.000000e+00 0.1 0.1 0.2 0.2 0.3 0.1\r\n"
                              "  0\t0.5 0.5 0.1 0.1 0.87 \r\n\r\n"}});
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "tit");
  EXPECT_EQ(notes_of(set),
            "1 box has a confidence: it is a model's, and is not taken; 1 polygon or pose is not taken "
            "along: only its "
            "class is");
}

TEST(Yolo, OneFolderMayBeTrainingAndValidation) {
  const auto set = read_set({{"data.yaml", "train: images\nval: images\nnames: [robin, tit]\n"},
                             {"images/a.jpg", "x"},
                             {"labels/a.txt", kTit}});
  EXPECT_EQ(set.items.size(), 1U);
  EXPECT_EQ(set.boxes, 1);
  EXPECT_EQ(split_of(set, "images/a.jpg"), "");
  EXPECT_EQ(notes_of(set), "1 picture is in several splits: it is taken without one");
}

TEST(Yolo, WithoutLabelFilesNobodyLooked) {
  const auto set = read_set({{"data.yaml", "train: images\nnames: [robin, tit]\n"}, {"images/a.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "");
  EXPECT_EQ(notes_of(set), "no label files are there: images/a.jpg's would be labels/a.txt");
}

TEST(Yolo, DarknetHasListsAndLabelsBesideThePictures) {
  const auto set = read_set({{"obj.data",
                              "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\n"
                              "backup = backup/\nvalid = data/valid.txt\n"},
                             {"obj.names", "robin\ntit\n"},
                             {"train.txt", "data/obj_train_data/a.jpg\n"},
                             {"obj_train_data/a.jpg", "x"},
                             {"obj_train_data/a.txt", kTit}});
  EXPECT_EQ(classes_of(set, "obj_train_data/a.jpg"), "tit");
  EXPECT_EQ(split_of(set, "obj_train_data/a.jpg"), "train");
  EXPECT_EQ(notes_of(set), "valid of obj.data is not in this folder: data/valid.txt");
}

TEST(Yolo, NamesHoldForTheirFolder) {
  const auto set = read_set({{"train/_darknet.labels", "robin\ntit"},
                             {"train/a.jpg", "x"},
                             {"train/a.txt", kTit},
                             {"valid/_darknet.labels", "tit\nrobin"},
                             {"valid/a.jpg", "x"},
                             {"valid/a.txt", kTit}});
  EXPECT_EQ(classes_of(set, "train/a.jpg"), "tit");
  EXPECT_EQ(split_of(set, "train/a.jpg"), "train");
  EXPECT_EQ(classes_of(set, "valid/a.jpg"), "robin");
}

TEST(Yolo, ClassesTxtServesAllBelow) {
  const auto set = read_set({{"classes.txt", "robin\r\ntit\r\n"},
                             {"images/a.jpg", "x"},
                             {"labels/a.txt", kTit},
                             {"other/b.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "other/b.jpg"), "?");
}

TEST(Yolo, LabelsWithoutNamesSayWhichFileIsMissing) {
  const auto set =
      read_set({{"images/a.jpg", "x"}, {"images/b.jpg", "x"}, {"labels/a.txt", ""}, {"labels/b.txt", kTit}});
  EXPECT_EQ(set.format, "yolo");
  EXPECT_THAT(set.items, IsEmpty());
  EXPECT_THAT(set.files, ElementsAre("labels/a.txt", "labels/b.txt"));
  EXPECT_THAT(notes_of(set), HasSubstr("2 label files look like YOLO's (labels/b.txt ...), but the file that "
                                       "names their classes is missing: data.yaml"));
  const auto folders =
      read_set({{"robin/a.jpg", "x"}, {"robin/a.txt", kTit}, {"tit/b.jpg", "x"}, {"tit/c.jpg", "x"}});
  EXPECT_EQ(folders.format, "folders");
  EXPECT_THAT(notes_of(folders), HasSubstr("1 label file looks like YOLO's"));
  EXPECT_THAT(folders.files, Contains("robin/a.txt"));
}

TEST(Yolo, TheOnlyNamesFileIsMeantWhereverItLies) {
  const auto set =
      read_set({{"images/classes.txt", "robin\ntit\n"}, {"images/a.jpg", "x"}, {"labels/a.txt", kTit}});
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "tit");
  const auto two = read_set({{"p/classes.txt", "robin\ntit\n"},
                             {"p/a.jpg", "x"},
                             {"p/a.txt", kTit},
                             {"q/classes.txt", "tit\nrobin\n"},
                             {"r/b.jpg", "x"},
                             {"r/b.txt", kTit}});
  EXPECT_EQ(classes_of(two, "p/a.jpg"), "tit");
  EXPECT_EQ(classes_of(two, "r/b.jpg"), "");
  EXPECT_THAT(notes_of(two), HasSubstr("1 label file is not taken along"));
}

TEST(Yolo, OtherFilesAreNotClaimed) {
  const std::map<std::string, std::string> pictures{{"images/a.jpg", "x"}};
  for (const auto& [name, text] :
       std::map<std::string, std::string>{{"model.yaml", "nc: 2\nbackbone: []\n"},
                                          {"ci.yml", "jobs:\n  names: [a]\n  test: x\n"},
                                          {"classes.txt", "robin\n"},
                                          {"iris.names", "1. Title\n"},
                                          {"images/a.txt", "a bird in a tree\n"}}) {
    std::map<std::string, std::string> files = pictures;
    files[name] = text;
    EXPECT_FALSE(TreeOnDisk(files).read().value()) << name;
  }
  EXPECT_FALSE(TreeOnDisk({{"classes.txt", "robin\n"}, {"a.jpg", "x"}, {"a.txt", "a bird in a tree\n"}})
                   .read()
                   .value());
}

TEST(Yolo, BrokenLabelsAreRefusedWithTheirLine) {
  const auto broken = [](const std::string& labels) {
    return why_not({{"data.yaml", "train: images\nnames: [robin, tit]\n"},
                    {"images/a.jpg", "x"},
                    {"labels/a.txt", labels}});
  };
  EXPECT_EQ(broken(kTit + "2 0.5 0.5 0.1 0.1"), "labels/a.txt:2: data.yaml has no name for class 2");
  EXPECT_EQ(broken("-1 0.5 0.5 0.1 0.1"), "labels/a.txt:1: data.yaml has no name for class -1");
  EXPECT_EQ(broken("\n1 0.5 0.5"), "labels/a.txt:2: this line has 3 of the 5 fields of a box");
  EXPECT_EQ(broken("tit 0.5 0.5 0.1 0.1"), "labels/a.txt:1: 'tit' is not a number");
  EXPECT_EQ(broken("1 0.5 0.5 nan 0.1"), "labels/a.txt:1: 'nan' is not a number");
  EXPECT_EQ(broken("0.5 0.5 0.5 0.1 0.1"), "labels/a.txt:1: '0.5' is not the number of a class");
  EXPECT_EQ(broken("1,0.5,0.5,0.1,0.1"), "labels/a.txt:1: '1,0.5,0.5,0.1,0.1' is not a number");
}

TEST(Yolo, BrokenDescriptionsAreRefusedWithTheirLine) {
  const auto broken = [](const std::string& yaml) {
    return why_not({{"data.yaml", yaml}, {"images/a.jpg", "x"}});
  };
  EXPECT_TRUE(broken("train: images\nnames: [robin\nnc: 3\n").starts_with("data.yaml:3: this is not YAML"))
      << broken("train: images\nnames: [robin\nnc: 3\n");
  EXPECT_EQ(broken("nc: 3\nnames: [robin, tit]\n"), "data.yaml:1: nc is 3, but there are 2 names");
  EXPECT_EQ(broken("train: images\nnames: robin\n"), "data.yaml:2: this has no names of classes");
  EXPECT_EQ(broken("train: images\nnames:\n  a: robin\n"), "data.yaml:3: this is not the number of a class");
  EXPECT_EQ(broken("train: images\nnames:\n  0: robin\n  0: tit\n"), "data.yaml:4: class 0 has two names");
  EXPECT_EQ(broken("train: images\nnames: [robin, [tit]]\n"), "data.yaml:2: class 1 has no name");
  EXPECT_EQ(broken("train: {a: b}\nnames: [robin]\n"), "data.yaml:1: train is neither a folder nor a list");
  EXPECT_TRUE(broken("train: images\nnames: " + std::string(10000, '['))
                  .starts_with("data.yaml:2: this is not YAML"));
}

TEST(Yolo, AliasesAreNotMultiplied) {
  std::string bomb = "train: images\na0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int k = 0; k < 9; ++k) bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(
      why_not({{"data.yaml", bomb + "names: *a39\n"}, {"images/a.jpg", "x"}}).find("class 0 has no name") ==
          std::string::npos,
      false);
}

TEST(Yolo, TwoNamesForOneBoxAreRefused) {
  EXPECT_EQ(why_not({{"data.yaml", "train: images\nnames: [robin, tit]\n"},
                     {"old.yaml", "train: images\nnames: [tit, robin]\n"},
                     {"images/a.jpg", "x"},
                     {"labels/a.txt", kTit}}),
            "labels/a.txt: its classes have other names in data.yaml than in old.yaml");
}

TEST(Yolo, ALabelFileOfTwoPicturesLabelsNeither) {
  const Files files{{"data.yaml", "train: images\nnames: [robin, tit]\n"},
                    {"images/a.jpg", "x"},
                    {"images/a.png", "y"},
                    {"images/b.jpg", "z"},
                    {"labels/a.txt", kTit},
                    {"labels/b.txt", kTit}};
  const auto set = read_set(files);
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].picture, "labels/a.txt");
  EXPECT_EQ(set.missing[0].why, "several pictures could be meant: images/a.jpg, images/a.png");
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "");
  EXPECT_EQ(classes_of(set, "images/a.png"), "");
  EXPECT_EQ(classes_of(set, "images/b.jpg"), "tit");
  auto copies = files;
  copies["images/a.png"] = "x";
  EXPECT_TRUE(read_set(copies).missing.empty()) << "the same bytes are one picture";
}

TEST(Yolo, NamesFilesThatContradictDataYamlAreRefused) {
  Files files{{"data.yaml", "train: images\nnames: [robin, tit]\n"},
              {"labels/classes.txt", "tit\nrobin\n"},
              {"images/a.jpg", "x"},
              {"labels/a.txt", kTit}};
  EXPECT_EQ(why_not(files), "labels/classes.txt: class 0 is 'tit' here and 'robin' in data.yaml");
  files["labels/classes.txt"] = "robin\ntit\nwren\n";
  EXPECT_EQ(classes_of(read_set(files), "images/a.jpg"), "tit");
  files["other/classes.txt"] = "wren\n";  // of no label file
  EXPECT_EQ(classes_of(read_set(files), "images/a.jpg"), "tit");
}

TEST(Yolo, ReadsAHundredThousandPictures) {
  LargeSet large("images/");
  large.create("data.yaml") << "train: images\nnames: [robin, tit]\n";
  constexpr int kLabelled = 20'000;  // the others are background: making files takes longer than reading them
  for (int i = 0; i < kLabelled; ++i) large.create(fmt::format("labels/{}.txt", i)) << kTit;
  const auto set = large.read(10);
  EXPECT_EQ(set.items.size(), static_cast<size_t>(LargeSet::kPictures));
  EXPECT_EQ(set.boxes, kLabelled);
}

TEST(Yolo, DataYamlMayHoldNamesAlone) {
  const auto set =
      read_set({{"data.yaml", "names: [robin, tit]\n"}, {"images/a.jpg", "x"}, {"labels/a.txt", kTit}});
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "tit");
}

TEST(Yolo, NamesFilesAboveEachOtherThatContradictAreRefused) {
  const std::map<std::string, std::string> pictures{
      {"images/a.jpg", "x"}, {"labels/a.txt", kTit}, {"labels/classes.txt", "robin\ntit\n"}};
  std::map<std::string, std::string> other = pictures;
  other["classes.txt"] = "tit\nrobin\n";
  const auto refused = TreeOnDisk(other).read();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kUsage);
  EXPECT_THAT(refused.error().what, ::testing::HasSubstr("class 0 is 'robin' here and 'tit' in"));
  std::map<std::string, std::string> same = pictures;
  same["classes.txt"] = "robin\ntit\n";
  EXPECT_EQ(classes_of(TreeOnDisk(same).read().value().value(), "images/a.jpg"), "tit");
}

}  // namespace
}  // namespace dew::exchange
