#include "tests/exchange/boxes.h"

namespace dew::exchange {
namespace {

std::string cvat(const std::string& images, const std::string& labels = "robin tit") {
  std::string list;
  for (const std::string& name : split_list(labels, ' ')) list += "<label><name>" + name + "</name></label>";
  return "<?xml version=\"1.0\" "
         "encoding=\"utf-8\"?>\n<annotations>\n<version>1.1</version>\n<meta><task><labels>" +
         list + "</labels></task></meta>\n" + images + "</annotations>\n";
}

TEST(Cvat, TagsCountBeforeShapes) {
  const auto set = read_set({{"annotations.xml", cvat(R"(<image id="0" name="a.jpg" width="9" height="9">
                  <tag label="tit" source="manual"></tag>
                  <box label="robin" source="manual" xtl="1" ytl="1" xbr="2" ybr="2" z_order="0"/></image>
                <image id="1" name="b.jpg" width="9" height="9">
                  <polygon label="robin" points="1,1;2,2;3,1"/><points label="tit" points="1,1"/></image>
                <image id="2" name="c.jpg" width="9" height="9"/>
                <image id="3" name="gone.jpg" width="9" height="9"/>)")},
                             {"a.jpg", "x"},
                             {"b.jpg", "x"},
                             {"c.jpg", "x"}});
  EXPECT_EQ(set.format, "cvat");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(classes_of(set, "a.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "b.jpg"), "robin+tit");
  EXPECT_EQ(classes_of(set, "c.jpg"), "none");
  EXPECT_FALSE(set.items[0].looked_at) << "beside a tag of something else, the box may be what is asked";
  EXPECT_EQ(set.boxes, 3);
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "annotations.xml, image gone.jpg");
}

TEST(Cvat, TheSubsetDecidesBetweenPicturesOfOneName) {
  const auto set = read_set(
      {{"annotations.xml", cvat(R"(<image id="0" name="0.jpg" subset="train"><tag label="robin"/></image>
                                   <image id="1" name="0.jpg" subset="test"><tag label="tit"/></image>)")},
       {"images/train/0.jpg", "x"},
       {"images/test/0.jpg", "y"}});
  EXPECT_EQ(classes_of(set, "images/train/0.jpg"), "robin");
  EXPECT_EQ(classes_of(set, "images/test/0.jpg"), "tit");
}

TEST(Cvat, WithoutShapesAPictureWithoutATagWasNotLookedAt) {
  const auto set = read_set({{"annotations.xml", cvat(R"(<image id="0" name="a.jpg"><tag label="tit"/></image>
                                                         <image id="1" name="b.jpg"></image>)")},
                             {"a.jpg", "x"},
                             {"b.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "tit");
  EXPECT_EQ(classes_of(set, "b.jpg"), "");
}

TEST(Cvat, SubsetsAreSplits) {
  const auto set = read_set(
      {{"annotations.xml", cvat(R"(<image id="0" name="s/a.jpg" subset="Train"><tag label="tit"/></image>
                                      <image id="1" name="b.jpg" subset="Validation"><tag label="tit"/></image>
                                      <image id="2" name="c.jpg" subset="default"><tag label="tit"/></image>)")},
       {"images/s/a.jpg", "x"},
       {"images/b.jpg", "x"},
       {"images/c.jpg", "x"}});
  EXPECT_EQ(split_of(set, "images/s/a.jpg"), "train");
  EXPECT_EQ(split_of(set, "images/b.jpg"), "validation");
  EXPECT_EQ(split_of(set, "images/c.jpg"), "");
}

TEST(Cvat, LabelsOfAProjectAndOfSkeletons) {
  const auto set = read_set({{"annotations.xml",
                              R"(<!-- from CVAT --><annotations><meta><project><labels>
             <label><name>person</name><type>skeleton</type></label>
             <label><name>nose</name><type>points</type><parent>person</parent></label>
           </labels></project></meta>
           <image id="0" name="a.jpg"><skeleton label="person" source="auto"><points label="nose" points="1,1"/>
           </skeleton></image></annotations>)"},
                             {"a.jpg", "x"}});
  EXPECT_EQ(set.classes, std::vector<std::string>{"person"});
  EXPECT_EQ(classes_of(set, "a.jpg"), "") << "a model's word is no person's";
  EXPECT_EQ(notes_of(set), "1 label has the source \"auto\": it is a model's, and is not taken");
}

TEST(Cvat, VideosAreRefusedWithWhatToDo) {
  const TreeOnDisk disk(
      {{"annotations.xml", cvat("<track id=\"0\" label=\"tit\"><box frame=\"0\"/></track>")}});
  const auto set = disk.read();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().where, "annotations.xml:5");
  EXPECT_NE(set.error().next.find("CVAT for images 1.1"), std::string::npos);
}

TEST(Cvat, BrokenFilesAreRefusedWithTheirLine) {
  const auto broken = [](const std::string& text) { return why_not({{"a.xml", text}}); };
  EXPECT_EQ(broken(cvat("<image id=\"0\" name=\"a.jpg\">\n<box label=\"owl\"/></image>")),
            "a.xml:6: the task has no label 'owl'");
  EXPECT_EQ(broken(cvat("\n<image id=\"0\"/>")), "a.xml:6: this picture has no name");
  EXPECT_EQ(broken(cvat("<image id=\"0\" name=\"a.jpg\"><tag/></image>")), "a.xml:5: this tag has no label");
  EXPECT_TRUE(
      broken(cvat("<image id=\"0\" name=\"a.jpg\">\n<box></image>")).starts_with("a.xml:6: this is not XML"));
}

TEST(Cvat, ReadsAHundredThousandPictures) {
  LargeSet large("images/");
  {
    auto file = large.create("annotations.xml");
    std::string images;
    for (int i = 0; i < LargeSet::kPictures; ++i)
      images += fmt::format(
          "<image id=\"{}\" name=\"{}.jpg\" width=\"9\" height=\"9\"><box label=\"{}\" source=\"manual\" "
          "occluded=\"0\" xtl=\"1.5\" ytl=\"1.5\" xbr=\"2\" ybr=\"2\" z_order=\"0\"></box></image>\n",
          i, i, i % 2 == 0 ? "tit" : "robin");
    file << cvat(images);
  }
  const auto set = large.read(10);
  EXPECT_EQ(set.items.size(), static_cast<size_t>(LargeSet::kPictures));
  EXPECT_EQ(join(set.items.back().classes), "robin");
}

}  // namespace
}  // namespace dew::exchange
