#include "tests/exchange/boxes.h"

namespace dew::exchange {
namespace {

std::string voc(const std::string& filename, const std::string& objects) {
  std::string text = "<annotation>\n<folder>x</folder>\n";
  if (!filename.empty()) text += "<filename>" + filename + "</filename>\n";
  for (const std::string& name : split_list(objects, ' '))
    text += "<object>\n<name>" + name +
            "</name><difficult>0</difficult><bndbox><xmin>1</xmin></bndbox></object>\n";
  return text + "</annotation>\n";
}

TEST(Voc, APictureShowsTheClassesOfItsObjects) {
  const auto set = read_set({{"Annotations/a.xml", voc("a.jpg", "tit robin tit")},
                             {"Annotations/b.xml", voc("b.jpg", "")},
                             {"Annotations/gone.xml", voc("gone.jpg", "owl")},
                             {"JPEGImages/a.jpg", "x"},
                             {"JPEGImages/b.jpg", "x"}});
  EXPECT_EQ(set.format, "voc");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"owl", "robin", "tit"}));
  EXPECT_EQ(classes_of(set, "JPEGImages/a.jpg"), "robin+tit");
  EXPECT_EQ(classes_of(set, "JPEGImages/b.jpg"), "none");
  EXPECT_EQ(set.boxes, 4);
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].picture, "gone.jpg");
  EXPECT_EQ(set.missing[0].where, "Annotations/gone.xml");
  EXPECT_EQ(set.files.size(), 3U);
}

TEST(Voc, TheItemsPlaceIsTheFilesThatNameClasses) {
  const auto set = read_set({{"1/a.xml", voc("a.jpg", "")},
                             {"2/a.xml", voc("a.jpg", "tit")},
                             {"3/a.xml", voc("a.jpg", "robin")},
                             {"a.jpg", "x"}});
  ASSERT_EQ(set.items.size(), 1U);
  EXPECT_EQ(files_of_places(set.items[0].where), (std::vector<std::string>{"2/a.xml", "3/a.xml"}));
}

TEST(Voc, PartsOfObjectsAreNoClasses) {
  const auto set = read_set({{"a.xml", R"(<?xml version="1.0"?><!DOCTYPE annotation [<!ENTITY x "y">]>
<annotation verified="yes"><filename>a.jpg</filename><object><part><name>head</name></part>
  <name> person </name></object></annotation>)"},
                             {"a.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "person");
}

TEST(Voc, ComesInUtf16Too) {
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<!-- \xE9 -->\n" + voc("a.jpg", "tit");
  for (const bool little : {true, false}) {
    std::string bytes = little ? "\xFF\xFE" : "\xFE\xFF";
    for (const char c : text) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
    EXPECT_EQ(classes_of(read_set({{"a.xml", bytes}, {"a.jpg", "x"}}), "a.jpg"), "tit");
  }
}

TEST(Voc, TheFileNameMayBeIncompleteOrWrong) {
  const auto set = read_set({{"Annotations/a.xml", voc("a", "tit")},
                             {"Annotations/b.xml", voc("C:\\pics\\b.jpg", "tit")},
                             {"Annotations/c.xml", voc("c.png", "tit")},
                             {"Annotations/d.xml", voc("", "tit")},
                             {"Annotations/e.xml", voc("IMG_0001.jpg", "tit")},
                             {"JPEGImages/a.jpg", "x"},
                             {"JPEGImages/b.jpg", "x"},
                             {"JPEGImages/c.jpg", "x"},
                             {"JPEGImages/d.jpg", "x"},
                             {"JPEGImages/e.jpg", "x"}});
  for (const char* name : {"a", "b", "c", "d", "e"})
    EXPECT_EQ(classes_of(set, fmt::format("JPEGImages/{}.jpg", name)), "tit") << name;
}

TEST(Voc, WhereNamesContradictNothingIsGuessed) {
  const auto set = read_set({{"a.xml", voc("b.jpg", "tit")}, {"a.jpg", "x"}, {"b.jpg", "x"}});
  EXPECT_TRUE(set.items.empty());
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].why, "the file's own name means a.jpg, its <filename> b.jpg");
}

TEST(Voc, EachAnnotationsFolderHasItsOwnPictures) {
  const auto set = read_set({{"VOC2007/Annotations/1.xml", voc("1.jpg", "tit")},
                             {"VOC2012/Annotations/1.xml", voc("1.jpg", "robin")},
                             {"VOC2007/JPEGImages/1.jpg", "x"},
                             {"VOC2012/JPEGImages/1.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "VOC2007/JPEGImages/1.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "VOC2012/JPEGImages/1.jpg"), "robin");
}

TEST(Voc, ListsAreSplits) {
  std::map<std::string, std::string> files{{"ImageSets/Main/train.txt", "a\r\nb\r\n"},
                                           {"ImageSets/Main/val.txt", "c\n\n"},
                                           {"ImageSets/Main/trainval.txt", "a\nb\nc\nd\n"},
                                           {"ImageSets/Main/tit_test.txt", "e -1\nf  1\n"},
                                           {"ImageSets/Layout/test.txt", "a\n"}};
  for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
    files["Annotations/" + name + ".xml"] = voc(name + ".jpg", "tit");
    files["JPEGImages/" + name + ".jpg"] = "x";
  }
  const auto set = read_set(files);
  std::string splits;
  for (const char* name : {"a", "b", "c", "d", "e", "f"})
    splits += split_of(set, fmt::format("JPEGImages/{}.jpg", name)) + " ";
  EXPECT_EQ(splits, "train train validation train test test ");
  EXPECT_TRUE(set.files.contains("ImageSets/Main/val.txt"));
}

TEST(Voc, FoldersAreSplitsWithoutLists) {
  const auto set = read_set({{"train/a.xml", voc("a.jpg", "tit")},
                             {"train/a.jpg", "x"},
                             {"valid/a.xml", voc("a.jpg", "robin")},
                             {"valid/a.jpg", "x"}});
  EXPECT_EQ(split_of(set, "train/a.jpg"), "train");
  EXPECT_EQ(classes_of(set, "train/a.jpg"), "tit");
  EXPECT_EQ(split_of(set, "valid/a.jpg"), "validation");
}

TEST(Voc, BrokenFilesAreRefusedWithTheirLine) {
  EXPECT_EQ(why_not({{"a.xml", "<annotation>\n<object>\n<name> </name></object></annotation>"}}),
            "a.xml:2: this object has no name");
  EXPECT_TRUE(why_not({{"a.xml", "<annotation>\n<object>\n<name>"}}).starts_with("a.xml:3: this is not XML"));
}

TEST(Voc, EntitiesOfItsOwnAreNoNamesOfClasses) {
  const std::string type =
      "<!DOCTYPE annotation [\n<!ENTITY bird \"robin\">\n<!ENTITY all \"&bird;&bird;\">]>\n";
  EXPECT_EQ(why_not({{"a.xml", type.substr(0, type.find("<!ENTITY all")) + "]>\n" + voc("a.jpg", "&bird;")},
                     {"a.jpg", "x"}}),
            "a.xml:8: &bird; stands for something that the file declares (<!ENTITY ...>), which is not read");
  EXPECT_EQ(why_not({{"a.xml", type + voc("a.jpg", "owl")}, {"a.jpg", "x"}}).substr(0, 14), "a.xml:3: &bird");
  for (const std::string& harmless : {std::string("<!DOCTYPE annotation SYSTEM \"voc.dtd\">\n"),
                                      type.substr(0, type.find("<!ENTITY all")) + "]>\n"})
    EXPECT_EQ(classes_of(read_set({{"a.xml", harmless + voc("a.jpg", "a&amp;b")}, {"a.jpg", "x"}}), "a.jpg"),
              "a&b")
        << harmless;
}

TEST(Voc, OtherXmlIsNotClaimed) {
  for (const char* other :
       {"<svg><annotation/></svg>", "<!-- <annotation> -->", "<annotations/>", "annotation", ""})
    EXPECT_FALSE(TreeOnDisk({{"a.xml", other}, {"a.jpg", "x"}}).read().value()) << other;
}

TEST(Voc, ReadsManyFiles) {
  LargeSet large("JPEGImages/");
  constexpr int kLabelled = 20'000;  // making files takes longer than reading them
  for (int i = 0; i < kLabelled; ++i)
    large.create(fmt::format("Annotations/{}.xml", i)) << voc(fmt::format("{}.jpg", i), "tit");
  const auto set = large.read(10);
  EXPECT_EQ(set.items.size(), static_cast<size_t>(kLabelled));
  EXPECT_EQ(set.boxes, kLabelled);
}

}  // namespace
}  // namespace dew::exchange
