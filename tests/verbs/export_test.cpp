// Exporting a project without a terminal: which labels go out and who gave them, and what ends it.
#include "verbs/export/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "label/label.h"
#include "tests/media/samples.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/project/project.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Four pictures and a video of six frames in two tiles each. Two models answered about all pictures; ada
/// decided about two.
///                a.png   b/c.png   d.png   e.png
///   openai:one    cat      cat      dog     unsure
///   openai:two    cat      dog      dog     -
///   ada            -       dog      unsure  -
class Exporting : public ::testing::Test {
 protected:
  void SetUp() override {
    NewArgs fresh{project(), {}};
    fresh.settings.question = "A cat?";
    fresh.settings.classes = {"cat", "dog"};
    fresh.settings.unsure = "unsure";
    ASSERT_EQ(error_of(create_project(fresh, watch_)), "fine");
    unsigned seed = 0;
    for (const char* name : {"a.png", "b/c.png", "d.png", "e.png"})
      ASSERT_TRUE(write_file(folder() / "pictures" / name, encode_png(noise(200, 100, ++seed))));
    ASSERT_EQ(error_of(add(folder() / "pictures", {})), "fine");
    write_video(folder() / "v.avi", 6);
    ASSERT_EQ(error_of(add(folder() / "v.avi", Cut{1, 2, 1, false})), "fine");
    answer("one", {{"a.png", "cat"}, {"b/c.png", "cat"}, {"d.png", "dog"}, {"e.png", "unsure"}});
    answer("two", {{"a.png", "cat"}, {"b/c.png", "dog"}, {"d.png", "dog"}});
    Project opened = *Project::open(project());
    ASSERT_TRUE(
        label::set_electorate(opened, {{"openai", "one", "hash-one"}, {"openai", "two", "hash-two"}}));
    ASSERT_TRUE(label::relabel(opened));
    ASSERT_TRUE(opened.set_labels(
        {{id("b/c.png"), "dog", "human", "ada", ""}, {id("d.png"), "", "human", "ada", ""}}));
  }
  Result<AddOutcome> add(const fs::path& file, const Cut& cut) {
    AddArgs args;
    args.project = project();
    args.files = {file};
    args.cut = cut;
    return verbs::add(args, watch_);
  }
  int64_t id(const std::string& name) const {
    const auto samples = Project::open(project())->samples().value();
    for (const Sample& sample : samples)
      if (sample.name == name) return sample.id;
    ADD_FAILURE() << name;
    return 0;
  }
  void answer(const std::string& model, const std::map<std::string, std::string>& said) const {
    std::vector<Answer> answers;
    for (const auto& [name, answer_class] : said) {
      Answer& one = answers.emplace_back();
      one.sample = id(name);
      one.teacher = "openai";
      one.model = model;
      one.prompt_hash = "hash-" + model;
      one.answer_class = answer_class;
      one.reason = model + " says " + answer_class;
      one.at = "2026-01-01T00:00:00Z";
    }
    Project opened = *Project::open(project());
    ASSERT_TRUE(opened.add_answers(answers));
  }
  [[nodiscard]] fs::path folder() const { return temporary_.path(); }
  [[nodiscard]] fs::path project() const { return folder() / "project"; }
  [[nodiscard]] fs::path out() const { return folder() / "out"; }
  Result<ExportOutcome> go(const std::string& to, const std::string& labels = "",
                           const std::string& split = "") {
    return export_samples({project(), out(), to, labels, split}, watch_);
  }
  /// The table's lines that hold `part`, without their split.
  [[nodiscard]] std::string line(const std::string& part) const {
    const auto lines = split_list(read_file(out() / "labels.csv").value_or(""), '\n');
    for (const std::string& line : lines)
      if (line.find(part) != std::string::npos) return line;
    return "no line";
  }
  [[nodiscard]] std::vector<std::string> left_in_folder() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder())) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryFolder temporary_ = *TemporaryFolder::create();
  RecordedWatch watch_;
};

TEST_F(Exporting, TheTargetIsLookedAtFirst) {
  ASSERT_TRUE(write_file(out(), "x"));
  fs::remove(project() / ".dewdrop/project.db");
  EXPECT_THAT(error_of(go("csv")), HasSubstr("a file in the way"));
  EXPECT_THAT(error_of(go("cvs")), HasSubstr("did you mean csv?"));
}

TEST_F(Exporting, LabelsGoOutWithWhoGaveThem) {
  const auto exported = go("csv");
  ASSERT_EQ(error_of(exported), "fine");
  EXPECT_EQ(exported->written.pictures, 16);
  EXPECT_EQ(exported->written.labelled, 2);
  EXPECT_EQ(exported->written.people, 1);
  EXPECT_TRUE(some_hold(watch_.begun, "writing pictures and labels"));
  EXPECT_THAT(line("images/a.png"), HasSubstr(",a.png,cat,policy,\"openai:one, openai:two\","));
  EXPECT_THAT(line("images/a.png"), HasSubstr(",0.8333,two says cat"));
  EXPECT_THAT(line("images/b/c.png"), HasSubstr(",b/c.png,dog,human,ada,"));
  EXPECT_THAT(line("images/d.png"), HasSubstr(",d.png,,human,ada,"));
  EXPECT_THAT(line("images/e.png"), HasSubstr(",e.png,,policy,openai:one,"));
  EXPECT_THAT(line("v.avi-frame3-32,0,32x48.png"), HasSubstr("\"v.avi#frame=3&xywh=32,0,32,48\",,,,"));
  const auto tile = read_image(out() / "images/v.avi-frame3-32,0,32x48.png");
  ASSERT_TRUE(tile);
  const Project opened = *Project::open(project());
  const auto samples = opened.samples().value();
  for (const Sample& sample : samples)
    if (sample.name == "v.avi#frame=3&xywh=32,0,32,48") {
      EXPECT_EQ(opened.picture(sample).value(), *tile);
    }
  const Json json = to_json(*exported);
  EXPECT_EQ(json["format"], "csv");
  EXPECT_EQ(json["by_class"]["dog"], 1);
}

TEST_F(Exporting, OtherLabelsAndOneSplit) {
  ASSERT_EQ(error_of(go("csv", "openai:one")), "fine");
  EXPECT_THAT(line("images/b/c.png"), HasSubstr(",b/c.png,cat,policy,openai:one,"));
  EXPECT_THAT(line("images/d.png"), HasSubstr(",d.png,dog,policy,openai:one,"));
  fs::remove_all(out());
  ASSERT_EQ(error_of(go("csv", "people")), "fine");
  EXPECT_THAT(line("images/a.png"), HasSubstr(",a.png,,,,"));
  fs::remove_all(out());
  const auto test = go("csv", "", "test");
  ASSERT_EQ(error_of(test), "fine");
  EXPECT_GT(test->written.pictures, 0);
  EXPECT_LT(test->written.pictures, 16);
  EXPECT_EQ(line(",train,"), "no line");
  EXPECT_THAT(read_file(out() / "README.md").value(), HasSubstr("The test split only."));
}

TEST_F(Exporting, TheCardTellsTheProjectsFacts) {
  ASSERT_EQ(error_of(go("csv")), "fine");
  const std::string card = read_file(out() / "README.md").value();
  EXPECT_THAT(card, HasSubstr("Question: A cat?"));
  EXPECT_THAT(
      card, HasSubstr("16 pictures from 4 picture files and 1 video: a.png, b/c.png, d.png, e.png, v.avi."));
  EXPECT_THAT(card, HasSubstr("2 labels (`--labels current`): 1 by people, 1 by models."));
  EXPECT_THAT(card, HasSubstr("- ada: 2 decisions"));
  EXPECT_THAT(card,
              HasSubstr("- openai one, prompt hash-one: 4 answers, at an unknown cost; agrees with people "
                        "about 0 of 1"));
  EXPECT_THAT(card,
              HasSubstr("- openai two, prompt hash-two: 3 answers, at an unknown cost; agrees with people "
                        "about 1 of 1"));
  EXPECT_THAT(card, HasSubstr("The project has spent $0.00 on models so far."));
}

TEST_F(Exporting, JsonlComesInAgainWithAllAnswers) {
  ASSERT_EQ(error_of(go("jsonl")), "fine");
  const auto tree = exchange::Tree::below(out()).value();
  const auto set = exchange::read(tree, "auto", watch_).value().value();
  ASSERT_EQ(set.items.size(), 16U);
  size_t answers = 0;
  for (const exchange::Item& item : set.items) answers += item.answers.size();
  EXPECT_EQ(answers, 7U);
  EXPECT_EQ(set.items[1].picture, "images/b/c.png");
  EXPECT_THAT(set.items[1].classes, ElementsAre("dog"));
  EXPECT_EQ(set.items[1].by, "ada");
}

/// A label and whose it is, of each sample.
std::map<std::string, std::string> labels_of(const Project& project) {
  std::map<int64_t, std::string> names;
  const auto samples = project.samples().value();
  for (const Sample& sample : samples) names[sample.id] = sample.name;
  std::map<std::string, std::string> labels;
  const auto all = project.labels().value();
  for (const Label& label : all)
    labels[names[label.sample]] = label.answer_class + " " + label.origin + " " + label.basis;
  return labels;
}

TEST_F(Exporting, InItsOwnProjectAnExportChangesNoLabel) {
  const auto before = labels_of(*Project::open(project()));
  EXPECT_EQ(before.at("b/c.png"), "dog human ada");
  for (const exchange::FormatInfo& format : exchange::formats_out()) {
    ASSERT_EQ(error_of(go(format.key)), "fine");
    for (const bool told : {true, false}) {
      if (!told && !fs::remove(out() / "labelled-by.jsonl")) continue;
      const auto added = add(out(), {});
      ASSERT_EQ(error_of(added), "fine") << format.key;
      EXPECT_GE(added->labels.own, 1) << format.key;
      EXPECT_EQ(added->labels.labelled, 0) << format.key;
      const Project opened = *Project::open(project());
      EXPECT_EQ(labels_of(opened), before) << format.key;
      EXPECT_EQ(opened.answers()->size(), 7U) << format.key;
    }
    fs::remove_all(out());
  }
}

TEST_F(Exporting, InItsOwnProjectAnExportAddsNoPicture) {
  // A model and a person said something of tiles; a picture's format is written anew.
  const std::string first = "v.avi#frame=1&xywh=0,0,32,48";
  const std::string second = "v.avi#frame=2&xywh=32,0,32,48";
  answer("one", {{first, "cat"}});
  Project opened = *Project::open(project());
  ASSERT_TRUE(label::relabel(opened));
  ASSERT_TRUE(opened.set_labels({{id(second), "dog", "human", "ada", ""}}));
  const Image image = noise(64, 32, 77);
  std::string ppm = "P6 64 32 255\n";
  ppm.append(image.rgb.begin(), image.rgb.end());
  ASSERT_TRUE(write_file(folder() / "more/p.ppm", ppm));
  ASSERT_EQ(error_of(add(folder() / "more", {})), "fine");
  ASSERT_TRUE(opened.set_labels({{id("p.ppm"), "cat", "human", "ada", ""}}));
  const auto before = labels_of(*Project::open(project()));
  EXPECT_EQ(before.at(first).substr(0, 10), "cat policy");
  const auto samples = Project::open(project())->count_samples().value();
  for (const exchange::FormatInfo& format : exchange::formats_out()) {
    ASSERT_EQ(error_of(go(format.key)), "fine");
    const auto added = add(out(), {});
    ASSERT_EQ(error_of(added), "fine") << format.key;
    EXPECT_EQ(added->samples_added, 0) << format.key;
    EXPECT_EQ(added->samples_total, samples) << format.key;
    EXPECT_GE(added->labels.own, 3) << format.key;
    EXPECT_EQ(labels_of(*Project::open(project())), before) << format.key;
    fs::remove_all(out());
  }
  // A correction made in an export is the sample's; another picture of such a name is another picture.
  ASSERT_EQ(error_of(go("folders")), "fine");
  for (const auto& entry : fs::recursive_directory_iterator(out()))
    if (entry.path().filename() == "v.avi-frame1-0,0,32x48.png") {
      const fs::path to = entry.path().parent_path().parent_path() / "dog" / entry.path().filename();
      fs::create_directories(to.parent_path());
      fs::rename(entry.path(), to);
      break;
    }
  ASSERT_TRUE(write_file(out() / "train/dog/v.avi-frame3-0,0,32x48.png", encode_png(noise(32, 48, 5))));
  const auto added = add(out(), {});
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 1);
  const auto after = labels_of(*Project::open(project()));
  EXPECT_EQ(after.at(first).substr(0, 9), "dog human");
  EXPECT_EQ(after.at(second), before.at(second));
}

TEST_F(Exporting, InANewProjectALabelIsWhoseItWas) {
  for (const exchange::FormatInfo& format : exchange::formats_out()) {
    ASSERT_EQ(error_of(go(format.key)), "fine");
    NewArgs fresh{folder() / "new", {}};
    fresh.settings.question = "A cat?";
    fresh.settings.classes = {"cat", "dog"};
    fresh.settings.unsure = "unsure";
    fresh.data = {out()};
    ASSERT_EQ(error_of(create_project(fresh, watch_)), "fine") << format.key;
    std::map<std::string, std::string> found;
    for (const auto& [name, label] : labels_of(*Project::open(folder() / "new")))
      found[fs::path(name).stem().string().back() == 'c' ? "c" : fs::path(name).stem().string()] =
          label.substr(0, label.find(' ', label.find(' ') + 1));
    EXPECT_EQ(found["a"], "cat policy") << format.key;
    EXPECT_EQ(found["c"], "dog human") << format.key;
    fs::remove_all(folder() / "new");
    fs::remove_all(out());
  }
}

TEST_F(Exporting, ANewProjectHasAllClassesOfTheExport) {
  for (const std::string format :
       {"folders", "csv", "coco", "yolo", "edge-impulse", "hf", "label-studio", "jsonl"}) {
    fs::remove_all(out());
    ASSERT_EQ(error_of(go(format, "people")), "fine");  // of dogs alone
    NewArgs fresh{folder() / ("from-" + format), {}};
    fresh.settings.question = "A cat?";
    fresh.data = {out()};
    const auto made = create_project(fresh, watch_);
    ASSERT_EQ(error_of(made), "fine") << format;
    EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog")) << format;
  }
}

TEST_F(Exporting, WhoeverGaveALabelKeepsHisNameThroughManyRoundTrips) {
  ASSERT_EQ(error_of(go("yolo")), "fine");
  fs::path from = out();
  for (const char* name : {"one", "two"}) {
    NewArgs fresh{folder() / name, {}};
    fresh.settings.question = "A cat?";
    fresh.settings.classes = {"cat", "dog"};
    fresh.data = {from};
    ASSERT_EQ(error_of(create_project(fresh, watch_)), "fine");
    from = folder() / (std::string(name) + "-out");
    ASSERT_EQ(error_of(export_samples({folder() / name, from, "yolo", "", ""}, watch_)), "fine");
  }
  std::vector<std::string> labels;
  for (const auto& [name, label] : labels_of(*Project::open(folder() / "two"))) labels.push_back(label);
  EXPECT_THAT(labels, ::testing::Contains(::testing::AllOf(HasSubstr("dog human import: one-out"),
                                                           ::testing::EndsWith(" (ada)"),
                                                           ::testing::Not(HasSubstr("import: out")))));
}

TEST_F(Exporting, AFileThatIsGoneIsAnErrorUnlessItMayBeLeftOut) {
  const Project opened = *Project::open(project());
  const auto sources = opened.sources().value();
  for (const Source& source : sources)
    if (source.name == "a.png") fs::remove(source.path);
  const auto before = left_in_folder();
  EXPECT_THAT(error_of(go("folders")),
              ::testing::AllOf(HasSubstr("1 file cannot be read"),
                               HasSubstr("the project's copy of a.png is gone"), HasSubstr("dewdrop add")));
  EXPECT_EQ(left_in_folder(), before);
  const auto exported = export_samples({project(), out(), "folders", "", "", true}, watch_);
  ASSERT_EQ(error_of(exported), "fine");
  EXPECT_THAT(exported->written.unreadable, ElementsAre("a.png"));
  EXPECT_TRUE(some_hold(watch_.warned, "the project's copy of a.png is gone"));
  EXPECT_EQ(exported->written.pictures, 1);
  EXPECT_EQ(exported->written.unlabelled_left_out, 14);
}

TEST_F(Exporting, WrongArgumentsLeaveNothing) {
  const auto before = left_in_folder();
  EXPECT_THAT(error_of(go("cvs")), HasSubstr("did you mean csv?"));
  EXPECT_THAT(error_of(go("csv", "gpt")), HasSubstr("there are no labels called 'gpt'"));
  EXPECT_THAT(error_of(go("csv", "", "all")), HasSubstr("there is no split 'all'"));
  EXPECT_THAT(error_of(export_samples({folder(), out(), "csv", "", ""}, watch_)),
              HasSubstr("not a Dewdrop project"));
  EXPECT_EQ(left_in_folder(), before);
}

TEST_F(Exporting, AFullDiskLeavesNothing) {
  const auto before = left_in_folder();
  rlimit normal{};
  ::getrlimit(RLIMIT_FSIZE, &normal);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{45'000, normal.rlim_max};  // the database's own files stay below it
  ::setrlimit(RLIMIT_FSIZE, &tight);
  const auto exported = go("csv");
  ::setrlimit(RLIMIT_FSIZE, &normal);
  ASSERT_FALSE(exported);
  EXPECT_EQ(exported.error().fault, Fault::kWork);
  EXPECT_THAT(error_of(exported), HasSubstr("File too large"));
  EXPECT_TRUE(watch_.warned.empty()) << "no picture is to blame";
  EXPECT_EQ(left_in_folder(), before);
}

TEST_F(Exporting, AnInterruptLeavesNothing) {
  const auto before = left_in_folder();
  for (const int64_t patience : {0, 3, 9, 20}) {
    watch_.questions = patience;
    EXPECT_THAT(error_of(go("jsonl")), HasSubstr("interrupted")) << patience;
    EXPECT_EQ(left_in_folder(), before) << patience;
  }
}

}  // namespace
}  // namespace dew::verbs
