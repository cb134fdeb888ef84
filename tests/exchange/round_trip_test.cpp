// What is exported comes in again the same: every sample's picture, class, split and answers, as far as the
// format holds them. A format with a reader is a line in the table.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "tests/exchange/outgoing.h"

namespace dew::exchange {
namespace {

struct Case {
  const char* format;
  bool unlabelled = false;   ///< pictures without a label come in, without one
  bool people_only = false;  ///< labels that a policy made do not come in
  bool unsure = false;       ///< that a person set a picture aside comes in
  bool validation = true;    ///< the validation split comes in as such
};
const Case kCases[] = {
    {.format = "coco", .people_only = true},
    {.format = "csv", .unlabelled = true, .people_only = true},
    {.format = "edge-impulse", .unlabelled = true, .people_only = true, .validation = false},
    {.format = "folders", .people_only = true},
    {.format = "hf", .unlabelled = true, .people_only = true},
    {.format = "label-studio", .unlabelled = true, .people_only = true, .unsure = true},
    {.format = "yolo", .people_only = true},
    {.format = "jsonl", .unlabelled = true, .people_only = true, .unsure = true},
};

void PrintTo(const Case& one, std::ostream* stream) {
  *stream << one.format;
}

/// "tit train", by the sample.
using Said = std::map<std::string, std::string>;

Said expected(const OutgoingSet& set, const Case& one) {
  Said said;
  for (const Outgoing& item : set.items) {
    std::string label = one.people_only && item.origin == "policy" ? "" : item.label;
    if (one.unsure && item.origin == "human" && label.empty()) label = set.settings.unsure;
    if (item.label.empty() && !one.unlabelled) continue;
    Split split = item.sample.split;
    if (split == Split::kValidation && !one.validation) split = Split::kTrain;
    said[item.sample.name] = label + " " + std::string(split_name(split));
  }
  return said;
}

/// The sample that a picture shows: each has a colour of its own.
std::string sample_of(const Going& going, const fs::path& picture) {
  const auto image = read_image(picture);
  for (const Outgoing& item : going.set.items) {
    Image own = coloured(static_cast<int>(item.sample.id));
    if (item.sample.region) own = crop(own, *item.sample.region);
    if (item.sample.id == 1) own = decode_image(encode_jpeg(own), "1").value();
    if (image && *image == own) return item.sample.name;
  }
  return "no sample: " + picture.string();
}

Said read_again(const Going& going, const DataSet& set) {
  Said said;
  for (const Item& item : set.items)
    said[sample_of(going, going.out() / item.picture)] =
        join(item.classes, "+") + " " + std::string(item.split ? split_name(*item.split) : "none");
  return said;
}

class RoundTrip : public ::testing::TestWithParam<Case> {};

TEST_P(RoundTrip, ComesInTheSame) {
  const Birds going;
  ASSERT_TRUE(going.write(GetParam().format));
  Watch watch;
  const auto set = read(Tree::below(going.out()).value(), "auto", watch);
  ASSERT_TRUE(set) << set.error().what << " " << set.error().where;
  ASSERT_TRUE(*set);
  EXPECT_EQ((*set)->format, GetParam().format);
  EXPECT_TRUE((*set)->missing.empty());
  EXPECT_EQ(read_again(going, **set), expected(going.set, GetParam()));
  for (const std::string& file : going.files())
    EXPECT_TRUE(media_kind(file) || (*set)->files.contains(file)) << file << " is strange to it";
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip, ::testing::ValuesIn(kCases), [](const auto& tested) {
  std::string name = tested.param.format;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(RoundTrips, EveryFormatWithAReaderIsInTheTable) {
  for (const FormatInfo& out : formats_out()) {
    const auto in = formats_in();
    const bool has_reader =
        std::any_of(in.begin(), in.end(), [&](const FormatInfo& one) { return one.key == out.key; });
    const bool tested = std::any_of(std::begin(kCases), std::end(kCases),
                                    [&](const Case& one) { return out.key == one.format; });
    EXPECT_EQ(has_reader, tested) << out.key;
  }
}

/// The class that machines said, and who did.
std::string answered(const Going& going, const DataSet& set, const std::string& sample) {
  for (const Item& item : set.items)
    if (sample_of(going, going.out() / item.picture) == sample && item.answers.size() == 1)
      return item.answers[0].answer_class + " by " + item.answers[0].model;
  return "nothing";
}

TEST(RoundTrips, FormatsThatCannotSayWhoLabelledHaveItBesideThem) {
  for (const char* format : {"folders", "coco", "yolo", "edge-impulse"}) {
    Birds going;
    going.set.items[2].origin = "local";
    going.set.items[2].by.clear();
    ASSERT_TRUE(going.write(format));
    Watch watch;
    auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
    for (const Item& item : set.items)
      if (!item.classes.empty()) {
        EXPECT_EQ(item.by, "ada") << format << " " << item.picture;
      }
    const Outgoing& by_policy = going.set.items[1];
    EXPECT_EQ(by_policy.origin, "policy");
    EXPECT_EQ(answered(going, set, by_policy.sample.name), "robin by openai:gpt-4o") << format;
    EXPECT_EQ(answered(going, set, going.set.items[2].sample.name), "tit by local") << format;
    EXPECT_TRUE(set.unsaid.empty());
    // Without that file nobody knows, and that is said.
    fs::remove(going.out() / "labelled-by.jsonl");
    if (std::string_view(format) == "edge-impulse") continue;  // has it with its samples
    set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
    EXPECT_THAT(set.notes, ::testing::Contains(::testing::HasSubstr("the labels count as people's")))
        << format;
    EXPECT_THAT(set.unsaid, ::testing::ElementsAre(""));
  }
}

TEST(RoundTrips, ALabelThatWasChangedInAnExportIsOfWhoeverChangedIt) {
  const Birds going;
  ASSERT_TRUE(going.write("folders"));
  const auto files = going.files();
  for (const std::string& file : files)
    if (file.starts_with("val/robin/")) {
      fs::create_directories(going.out() / "val/tit");
      fs::rename(going.out() / file, going.out() / "val/tit" / fs::path(file).filename());
    }
  Watch watch;
  const auto set = read(Tree::below(going.out()).value(), "folders", watch).value().value();
  for (const Item& item : set.items)
    if (item.picture.starts_with("val/")) {
      EXPECT_THAT(item.classes, ::testing::ElementsAre("tit"));
      EXPECT_TRUE(item.answers.empty());
    }
}

TEST(RoundTrips, EdgeImpulsesMetadataSayWhoLabelled) {
  const Birds going;
  ASSERT_TRUE(going.write("edge-impulse"));
  fs::remove(going.out() / "labelled-by.jsonl");
  fs::remove(going.out() / "README.md");
  std::string text = going.text("info.labels");
  const std::string tile = R"("label":{"type":"label","label":"tit"},"metadata":{"sample":"vtest)";
  const size_t at = text.find(tile);
  ASSERT_NE(at, std::string::npos);
  text.replace(text.find("tit", at), 3, "robin");
  ASSERT_TRUE(write_file(going.out() / "info.labels", text));
  Watch watch;
  const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
  EXPECT_TRUE(set.unsaid.empty());
  const auto said = [&](size_t number) {
    const std::string& sample = going.set.items[number].sample.name;
    for (const Item& item : set.items)
      if (sample_of(going, going.out() / item.picture) == sample)
        return join(item.classes, "+") + " by " + item.by + ", " + answered(going, set, sample);
    return std::string("?");
  };
  EXPECT_EQ(said(0), "tit by ada, nothing");
  EXPECT_EQ(said(1), " by , robin by openai:gpt-4o");
  EXPECT_EQ(said(2), "robin by , nothing") << "a correction is of whoever made it";
}

TEST(RoundTrips, AllClassesOfTheProjectComeInInTheirOrder) {
  for (const Case& one : kCases) {
    Birds going;
    going.set.settings.classes = {"wren | *", "tit", "robin", "a\\b"};
    ASSERT_TRUE(going.write(one.format));
    Watch watch;
    const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
    EXPECT_EQ(set.project_classes, going.set.settings.classes) << one.format;
    EXPECT_THAT(std::vector(set.classes.begin(), set.classes.begin() + 4),
                ::testing::ElementsAreArray(going.set.settings.classes))
        << one.format;
  }
}

/// Who labelled a picture of an export to Label Studio, after its text was changed.
std::string by_in_label_studio(const std::string& was, const std::string& is) {
  const Birds going;
  EXPECT_TRUE(going.write("label-studio"));
  std::string text = going.text("tasks.json");
  const size_t at = text.find(was);
  EXPECT_NE(at, std::string::npos) << was;
  text.replace(at, was.size(), is);
  EXPECT_TRUE(write_file(going.out() / "tasks.json", text));
  Watch watch;
  const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
  for (const Item& item : set.items)
    if (sample_of(going, going.out() / item.picture) == going.set.items[0].sample.name)
      return join(item.classes, "+") + " by " + item.by;
  return "nothing";
}

TEST(RoundTrips, LabelStudioKeepsWhoLabelled) {
  const std::string begins = R"("annotations":[{)";
  EXPECT_EQ(by_in_label_studio(begins, begins), "tit by ada");
  // Label Studio calls whoever imported the tasks their annotator.
  EXPECT_EQ(by_in_label_studio(begins, begins + R"("completed_by":1,)"), "tit by ada");
  const std::string said = R"({"choices":["tit"]})";
  EXPECT_EQ(by_in_label_studio(said, R"({"choices":["robin"]})"), "robin by ");
  EXPECT_EQ(
      by_in_label_studio(
          begins + R"("result":[{"from_name":"choice","to_name":"image","type":"choices","value":)" + said,
          begins + R"("completed_by":7,"result":[{"type":"choices","value":{"choices":["robin"]})"),
      "robin by 7");
  // Exports of earlier versions do not repeat the label.
  EXPECT_EQ(by_in_label_studio(R"(,"label_was":"tit")", ""), "tit by ada");
}

TEST(RoundTrips, ARenamedPictureKeepsWhoLabelledIt) {
  for (const std::string format : {"folders", "coco", "yolo"}) {
    const Birds going;
    ASSERT_TRUE(going.write(format));
    std::string list = going.text("labelled-by.jsonl");
    const size_t at = list.find("B-IMG_0001");  // as if the picture had been renamed, and what names it, too
    ASSERT_NE(at, std::string::npos);
    list.replace(at, 1, "X");
    list += R"({"file":"gone.jpg","label":"tit","origin":"policy","by":"m","sha256":"00"})"
            "\n";
    ASSERT_TRUE(write_file(going.out() / "labelled-by.jsonl", list));
    Watch watch;
    const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
    EXPECT_THAT(set.notes,
                ::testing::Contains(::testing::HasSubstr("1 line is in labelled-by.jsonl about pictures")))
        << format;
    int64_t by_models = 0;
    for (const Item& item : set.items)
      if (item.classes.empty() && !item.answers.empty()) ++by_models;
    EXPECT_EQ(by_models, 2) << format;
  }
}

TEST(RoundTrips, ACorrectionBesideWhoGaveTheLabelIsAPersons) {
  struct Corrected {
    const char* format;
    const char* file;
    const char* line;  ///< begins where the label stands
    const char* label;
    size_t item = 1;
  };
  for (const Corrected& one :
       {Corrected{"csv", "labels.csv", "robin,policy", "tit,policy"},
        Corrected{"csv", "labels.csv", "tit,human,ada", "robin,human,ada", 0},
        Corrected{"hf", "validation/metadata.jsonl", R"("label":"robin")", R"("label":"tit")"},
        Corrected{"hf", "validation/metadata.jsonl", R"("label":"robin")", R"("label":0)"},
        Corrected{"hf", "train/metadata.jsonl", R"("label":"tit")", R"("label":"robin")", 0},
        Corrected{"jsonl", "samples.jsonl", R"("class":"robin","origin")", R"("class":"tit","origin")"},
        Corrected{"jsonl", "samples.jsonl", R"("class":"tit","origin")", R"("class":"robin","origin")", 0}}) {
    const Birds going;
    ASSERT_TRUE(going.write(one.format));
    std::string text = going.text(one.file);
    const size_t at = text.find(one.line);
    ASSERT_NE(at, std::string::npos) << one.format;
    text.replace(at, std::string_view(one.line).size(), one.label);
    ASSERT_TRUE(write_file(going.out() / one.file, text));
    Watch watch;
    const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
    EXPECT_THAT(set.notes,
                ::testing::Contains("1 label was changed after Dewdrop exported it and counts as a "
                                    "person's"))
        << one.format;
    for (const Item& item : set.items) {
      if (sample_of(going, going.out() / item.picture) != going.set.items[one.item].sample.name) continue;
      EXPECT_THAT(item.classes, ::testing::ElementsAre(one.item == 0 ? "robin" : "tit"))
          << one.format << one.line;
      EXPECT_EQ(item.by, "") << one.format << one.line;
    }
  }
}

TEST(RoundTrips, ClassesThatNoFolderCanBeCalledComeInByTheirNames) {
  Going going;
  going.set.settings.name = "pets";
  going.set.settings.classes = {"cat & dog", "cat ? dog"};
  for (int i = 0; i < 2; ++i) {
    Outgoing& item = going.add(fmt::format("{}.png", i), encode_png(coloured(i + 1)), Split::kTrain);
    item.label = going.set.settings.classes[static_cast<size_t>(i)];
    item.origin = "human";
    item.by = "ada";
  }
  ASSERT_TRUE(going.write("folders"));
  Watch watch;
  const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
  EXPECT_THAT(set.classes, ::testing::UnorderedElementsAre("cat & dog", "cat ? dog"));
  for (const Item& item : set.items)
    EXPECT_THAT(item.classes,
                ::testing::ElementsAre(item.picture.ends_with("/0.png") ? "cat & dog" : "cat ? dog"));
}

TEST(RoundTrips, BrokenLinesOfWhoLabelledAreRefused) {
  const Birds going;
  ASSERT_TRUE(going.write("coco"));
  const std::string text = going.text("labelled-by.jsonl");
  for (const auto& [bad, where] : std::map<std::string, std::string>{
           {text + "[1]\n", "labelled-by.jsonl:"},
           {R"({"dewdrop":"labelled-by","version":7})", "labelled-by.jsonl:1"}}) {
    ASSERT_TRUE(write_file(going.out() / "labelled-by.jsonl", bad));
    Watch watch;
    const auto set = read(Tree::below(going.out()).value(), "auto", watch);
    ASSERT_FALSE(set);
    EXPECT_THAT(set.error().where, ::testing::HasSubstr(where));
  }
}

TEST(RoundTrips, JsonlKeepsAnswersAndWhoDecided) {
  const Birds going;
  ASSERT_TRUE(going.write("jsonl"));
  Watch watch;
  const auto set = read(Tree::below(going.out()).value(), "auto", watch).value().value();
  ASSERT_EQ(set.items.size(), 5U);
  EXPECT_EQ(set.classes, going.set.settings.classes);
  EXPECT_EQ(set.items[0].by, "ada");
  EXPECT_THAT(set.notes, ::testing::ElementsAre(::testing::HasSubstr("2 labels that a policy made")));
  const Item answered = set.items[1];
  ASSERT_EQ(answered.answers.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    const Answer& in = answered.answers[i];
    const Answer& out = going.origins.said[i];
    EXPECT_EQ(in.sample, 0);
    EXPECT_EQ(in.teacher, out.teacher);
    EXPECT_EQ(in.model, out.model);
    EXPECT_EQ(in.prompt_hash, out.prompt_hash);
    EXPECT_EQ(in.raw, out.raw);
    EXPECT_EQ(in.answer_class, out.answer_class);
    EXPECT_EQ(in.confidence, out.confidence);
    EXPECT_EQ(in.reason, out.reason);
    EXPECT_EQ(in.tokens_in, out.tokens_in);
    EXPECT_EQ(in.tokens_out, out.tokens_out);
    EXPECT_EQ(in.cost_usd, out.cost_usd);
    EXPECT_EQ(in.at, out.at);
  }
}

}  // namespace
}  // namespace dew::exchange
