#include "tests/exchange/boxes.h"

namespace dew::exchange {
namespace {

std::string info(const std::string& samples) {
  return R"({"version": 1, "files": [)" + samples + "]}";
}

const std::string kBoxes =
    R"({"version": 1, "type": "bounding-box-labels", "boundingBoxes": {
        "a.jpg": [{"label": "tit", "x": 1, "y": 2, "width": 3, "height": 4},
                  {"label": "robin", "x": 1, "y": 2, "width": 3, "height": 4}],
        "b.jpg": []}})";

TEST(EdgeImpulse, LabelsAndCategories) {
  const auto set = read_set({{"info.labels", info(R"(
        {"path": "training/a.jpg", "name": "a", "category": "training", "label": {"type": "label", "label": "tit"},
         "metadata": {"site": "pond"}},
        {"path": "testing/b.jpg", "category": "testing", "label": {"type": "label", "label": "robin"}},
        {"path": "c.jpg", "category": "split", "label": {"type": "unlabeled"}, "boundingBoxes": []},
        {"path": "gone.jpg", "category": "training", "label": {"type": "label", "label": "tit"}},
        {"path": "s.wav", "category": "training", "label": {"type": "label", "label": "song"}})")},
                             {"training/a.jpg", "x"},
                             {"testing/b.jpg", "x"},
                             {"c.jpg", "x"}});
  EXPECT_EQ(set.format, "edge-impulse");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"robin", "tit"}));
  EXPECT_EQ(classes_of(set, "training/a.jpg"), "tit");
  EXPECT_EQ(split_of(set, "training/a.jpg"), "train");
  EXPECT_EQ(classes_of(set, "testing/b.jpg"), "robin");
  EXPECT_EQ(split_of(set, "testing/b.jpg"), "test");
  EXPECT_EQ(classes_of(set, "c.jpg"), "");
  EXPECT_EQ(split_of(set, "c.jpg"), "");
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "info.labels, files[3]");
  EXPECT_EQ(notes_of(set), "1 sample's metadata is not taken along; 1 sample is no picture (sound, sensors)");
}

TEST(EdgeImpulse, WhereTheEntryTellsNoSplitItsFolderDoes) {
  const auto set = read_set({{"info.labels", info(R"(
        {"path": "testing/a.jpg", "label": {"type": "label", "label": "tit"}},
        {"path": "testing/b.jpg", "category": "split", "label": {"type": "label", "label": "robin"}})")},
                             {"testing/a.jpg", "x"},
                             {"testing/b.jpg", "y"}});
  EXPECT_EQ(split_of(set, "testing/a.jpg"), "test");
  EXPECT_EQ(split_of(set, "testing/b.jpg"), "test");
}

TEST(EdgeImpulse, TheVersionMayBeMissing) {
  const auto set = read_set(
      {{"info.labels",
        R"({"files": [{"path": "a.jpg", "category": "training", "label": {"type": "label", "label": "tit"}}]})"},
       {"a.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "tit");
}

TEST(EdgeImpulse, TheItemsPlaceIsTheFileThatTellsTheClass) {
  const auto set = read_set({{"bounding_boxes.labels", kBoxes},
                             {"info.labels", info(R"(
        {"path": "a.jpg", "category": "training", "label": {"type": "label", "label": "tit"}},
        {"path": "b.jpg", "category": "training", "label": {"type": "unlabeled"}},
        {"path": "c.jpg", "category": "training", "label": {"type": "unlabeled"},
         "boundingBoxes": [{"label": "tit", "x": 1, "y": 2, "width": 3, "height": 4}]})")},
                             {"a.jpg", "x"},
                             {"b.jpg", "x"},
                             {"c.jpg", "x"}});
  std::map<std::string, std::vector<std::string>> files;
  for (const Item& item : set.items) files[item.picture] = files_of_places(item.where);
  EXPECT_EQ(files["a.jpg"], std::vector<std::string>{"info.labels"});
  EXPECT_EQ(files["c.jpg"], std::vector<std::string>{"info.labels"});
}

TEST(EdgeImpulse, TheItemsPlaceIsEachFileWithBoxesOfIt) {
  const auto boxes = [](const std::string& list) {
    return R"({"version": 1, "type": "bounding-box-labels", "boundingBoxes": {"a.jpg": [)" + list + "]}}";
  };
  const std::string tit = R"({"label": "tit", "x": 1, "y": 2, "width": 3, "height": 4})";
  const auto files_of = [&](const std::string& first, const std::string& second, const std::string& third) {
    const auto set = read_set({{"1.labels", boxes(first)},
                               {"2.labels", boxes(second)},
                               {"3.labels", boxes(third)},
                               {"a.jpg", "x"}});
    return set.items.size() == 1 ? join(files_of_places(set.items[0].where)) : "not one item";
  };
  EXPECT_EQ(files_of(tit, "", ""), "1.labels");
  EXPECT_EQ(files_of("", tit, ""), "2.labels");
  EXPECT_EQ(files_of(tit, "", tit), "1.labels, 3.labels");
}

TEST(EdgeImpulse, BoxesBesideThePictures) {
  const auto set = read_set({{"training/bounding_boxes.labels", kBoxes},
                             {"training/a.jpg", "x"},
                             {"training/b.jpg", "x"},
                             {"training/robin.3f2a.jpg", "x"},
                             {"testing/a.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "training/a.jpg"), "robin+tit");
  EXPECT_EQ(classes_of(set, "training/b.jpg"), "none");
  EXPECT_EQ(classes_of(set, "training/robin.3f2a.jpg"), "?");
  EXPECT_EQ(classes_of(set, "testing/a.jpg"), "?");
  EXPECT_EQ(split_of(set, "training/a.jpg"), "train");
  EXPECT_EQ(set.boxes, 2);
}

TEST(EdgeImpulse, APicturesOwnLabelCountsBeforeItsBoxes) {
  const auto set =
      read_set({{"info.labels",
                 info(R"({"path": "a.jpg", "category": "training", "label": {"type": "label", "label": "owl"},
                                "boundingBoxes": [{"label": "tit", "x": 0, "y": 0, "width": 1, "height": 1}]},
                               {"path": "b.jpg", "category": "training", "label": {"type": "unlabeled"},
                                "boundingBoxes": [{"label": "tit", "x": 0, "y": 0, "width": 1, "height": 1}]})")},
                {"a.jpg", "x"},
                {"b.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "owl");
  EXPECT_EQ(classes_of(set, "b.jpg"), "tit");
  EXPECT_EQ(
      notes_of(set),
      "1 picture has boxes, but none of its label, which counts (info.labels, key files[0].label: 'owl', "
      "and a box of 'tit')");
}

TEST(EdgeImpulse, DisabledSamplesHaveNoLabel) {
  const auto set = read_set(
      {{"info.labels",
        info(
            R"({"path": "a.jpg", "category": "training", "enabled": false, "label": {"type": "label", "label": "owl"}},
                {"path": "b.jpg", "category": "testing", "isDisabled": true, "label": {"type": "label", "label": "owl"}},
                {"path": "c.jpg", "category": "testing", "enabled": true, "isDisabled": false,
                 "label": {"type": "label", "label": "owl"}})")},
       {"bounding_boxes.labels", kBoxes},
       {"a.jpg", "x"},
       {"b.jpg", "x"},
       {"c.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "");
  EXPECT_EQ(classes_of(set, "b.jpg"), "");
  EXPECT_EQ(classes_of(set, "c.jpg"), "owl");
  EXPECT_EQ(notes_of(set), "2 disabled samples: taken without labels");
}

TEST(EdgeImpulse, OtherKindsOfLabelsAreCounted) {
  const auto set = read_set(
      {{"info.labels",
        info(
            R"({"path": "a.jpg", "label": {"type": "multi-label", "labels": [{"label": "x", "startIndex": 0}]}},
                {"path": "b.jpg", "label": {"type": "keyvalue-labels", "labels": {"k": "v"}}})")},
       {"structured_labels.labels",
        R"({"version": 1, "type": "structured-labels", "structuredLabels": {"t.cbor": []}})"},
       {"a.jpg", "x"},
       {"b.jpg", "x"}});
  EXPECT_EQ(classes_of(set, "a.jpg"), "");
  EXPECT_EQ(
      notes_of(set),
      "2 samples have labels of a kind that is not taken along; 1 time series with structured labels is not "
      "taken along");
}

TEST(EdgeImpulse, TheSameTwiceIsOneAndAContradictionIsRefused) {
  const std::string tit =
      R"({"path": "a.jpg", "category": "training", "label": {"type": "label", "label": "tit"}})";
  const std::string owl =
      R"({"path": "training/a.jpg", "category": "training", "label": {"type": "label", "label": "owl"}})";
  const auto set =
      read_set({{"training/info.labels", info(tit)}, {"info.labels", info(tit)}, {"training/a.jpg", "x"}});
  EXPECT_EQ(set.items.size(), 1U);
  EXPECT_EQ(
      why_not({{"training/info.labels", info(tit)}, {"info.labels", info(owl)}, {"training/a.jpg", "x"}}),
      "training/info.labels, key files[0].label: this picture is 'tit' here and 'owl' elsewhere");
}

TEST(EdgeImpulse, BrokenFilesAreRefusedWithTheirKey) {
  const auto broken = [](const std::string& text) {
    return why_not({{"info.labels", text}, {"a.jpg", "x"}});
  };
  EXPECT_EQ(broken(R"({"version": 2, "files": []})"),
            "info.labels, key version: this is version 2 of the format; only 1 is known");
  EXPECT_EQ(broken(info("{}")), "info.labels, key files[0].path: this sample has no path");
  EXPECT_EQ(broken(info(R"({"path": "a.jpg", "label": {"type": "label"}})")),
            "info.labels, key files[0].label.label: this sample has no label");
  EXPECT_EQ(broken(info(R"({"path": "a.jpg", "label": {"type": "odd"}})")),
            "info.labels, key files[0].label.type: this type of label is not known");
  EXPECT_EQ(broken(info(R"({"path": "a.jpg", "label": "tit"})")),
            "info.labels, key files[0].label: this is not an object");
  EXPECT_EQ(broken(info(R"({"path": "a.jpg", "boundingBoxes": [{"x": 1}]})")),
            "info.labels, key files[0].boundingBoxes[0].label: this box has no label");
  EXPECT_EQ(broken(R"({"version": 1, "type": "bounding-box-labels", "boundingBoxes": {"a.jpg": 3}})"),
            "info.labels, key boundingBoxes[a.jpg]: this is not a list of boxes");
  EXPECT_TRUE(broken("{\"version\": 1,\n\"files\": [}").starts_with("info.labels:2: this is not JSON"));
}

TEST(EdgeImpulse, ReadsAHundredThousandPictures) {
  LargeSet large("training/");
  {
    auto file = large.create("info.labels");
    file << R"({"version": 1, "files": [)";
    for (int i = 0; i < LargeSet::kPictures; ++i)
      file << fmt::format(R"({}{{"path": "training/{}.jpg", "category": "training", "metadata": {{"k": "v"}},
                             "label": {{"type": "label", "label": "{}"}}, "boundingBoxes": []}})",
                          i == 0 ? "" : ",", i, i % 2 == 0 ? "tit" : "robin");
    file << "]}";
  }
  const auto set = large.read(10);
  EXPECT_EQ(set.items.size(), static_cast<size_t>(LargeSet::kPictures));
  EXPECT_EQ(join(set.items.back().classes), "robin");
}

}  // namespace
}  // namespace dew::exchange
