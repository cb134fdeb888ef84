// test, run and compile without a terminal: typed figures, files, and what cannot be done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <numeric>

#include "tests/graph/builder.h"
#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/measure/measure.h"
#include "verbs/train/train.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr size_t kTensorBytes = size_t{32} * 32 * 3;

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

/// No program is found as long as it lives.
class NoPrograms {
 public:
  NoPrograms() : path_(std::getenv("PATH")) { setenv("PATH", "/nowhere", 1); }
  ~NoPrograms() { setenv("PATH", path_.c_str(), 1); }
  NoPrograms(const NoPrograms&) = delete;
  NoPrograms& operator=(const NoPrograms&) = delete;

 private:
  std::string path_;
};

bool board_tools_are_there() {
  for (const target::Tool& tool : target::tools(Watch()))
    if (!tool.path && (tool.program == "arm-none-eabi-gcc" || tool.program == "qemu-system-arm"))
      return false;
  return true;
}

/// A project of 60 discs, trained once; every test has its own copy.
class Measure : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path() / "p", 60);
    label_samples(made_->path() / "p", [](const std::string& sample) {
      return sample[7] == '9' ? std::string("unsure") : says_the_truth(sample);
    });
    Watch watch;
    const auto trained = train({.project = made_->path() / "p"}, watch);
    ASSERT_EQ(error_of(trained), "fine");
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override { fs::copy(made_->path(), folder_.path(), fs::copy_options::recursive); }

  [[nodiscard]] fs::path project() const { return folder_.path() / "p"; }
  [[nodiscard]] ::dew::Run trained() const { return Project::open(project())->runs()->at(0); }
  [[nodiscard]] fs::path run_folder() const { return project() / trained().folder; }
  [[nodiscard]] fs::path model_file() const { return run_folder() / "model.tflite"; }

  [[nodiscard]] TestArgs test_args() const {
    TestArgs args;
    args.project = project();
    args.no_board = true;
    return args;
  }
  [[nodiscard]] RunArgs run_args() const {
    RunArgs args;
    args.model.project = project();
    return args;
  }
  [[nodiscard]] CompileArgs compile_args() const {
    CompileArgs args;
    args.model.project = project();
    args.out = folder_.path() / "c";
    args.measure = false;
    return args;
  }
  [[nodiscard]] fs::path picture(const std::string& name, bool disc, uint64_t seed = 3) const {
    const fs::path file = folder_.path() / "pictures" / name;
    EXPECT_TRUE(write_file(file, encode_png(disc_picture(disc, seed))));
    return file;
  }
  /// `count` tensors, each of other bytes.
  [[nodiscard]] fs::path tensors(size_t count) const {
    std::string bytes(count * kTensorBytes, '\0');
    for (size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<char>((i * 7919 + i / kTensorBytes * 31) % 251);
    EXPECT_TRUE(write_file(folder_.path() / "in.bin", bytes));
    return folder_.path() / "in.bin";
  }
  void change_run(const std::function<void(::dew::Run&)>& change) const {
    auto opened = Project::open(project());
    ASSERT_TRUE(opened);
    ::dew::Run run = opened->runs()->at(0);
    change(run);
    ASSERT_TRUE(opened->update_run(run));
  }

  inline static std::unique_ptr<TemporaryFolder> made_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
  Watch watch_;
};

using MeasureTest = Measure;
using MeasureRun = Measure;
using MeasureCompile = Measure;

TEST_F(MeasureTest, GivesTypedFiguresWithoutABoard) {
  const auto tested = test(test_args(), watch_);
  ASSERT_EQ(error_of(tested), "fine");
  EXPECT_EQ(tested->run, 1);
  EXPECT_EQ(tested->folder, trained().folder);
  const int64_t labelled = labelled_in(project(), Split::kTest);
  ASSERT_GT(labelled, 5);
  for (const Share& share : {tested->float_accuracy, tested->host_accuracy}) {
    EXPECT_EQ(share.of, labelled);
    EXPECT_LE(share.low, share.value());
    EXPECT_GE(share.high, share.value());
    EXPECT_LT(share.low, share.high);
  }
  EXPECT_NEAR(tested->host_accuracy.value(), tested->float_accuracy.value(), 0.25);
  EXPECT_FALSE(tested->board_accuracy);
  EXPECT_FALSE(tested->bit_equal);
  EXPECT_EQ(tested->board, "");
  ASSERT_TRUE(tested->decided) << "no class passes without a threshold";
  EXPECT_EQ(tested->decided->samples, labelled);
  EXPECT_GT(tested->samples, labelled) << "those set aside are compared as well";
  EXPECT_GT(tested->figures.macs, 10'000);
  EXPECT_GT(tested->figures.arena_bytes, 0);
  EXPECT_FALSE(tested->figures.measured);
  EXPECT_EQ(tested->figures.target, "qemu:mps2-an386");
  const std::string page = read_file(tested->report).value_or("");
  EXPECT_THAT(page, HasSubstr("Is there a disc?"));
  EXPECT_THAT(page, HasSubstr("accuracy, int8 on the host"));
  EXPECT_THAT(page, HasSubstr("NOT promised")) << "a few pictures promise nothing";
  EXPECT_THAT(page, HasSubstr(": chosen"));
  for (const std::string& kept :
       {read_file(run_folder() / "metrics.json").value_or("{}"), trained().results_json}) {
    const Json results = Json::parse(kept);
    EXPECT_EQ(results["test"]["int8_host"]["right"], tested->host_accuracy.hits);
    EXPECT_EQ(results["curve"].size(), 2U) << "what training found out stays";
  }
}

TEST_F(MeasureTest, SaysAgainstWhomItMeasures) {
  const auto by_teacher = test(test_args(), watch_);
  ASSERT_EQ(error_of(by_teacher), "fine");
  const int64_t labelled = labelled_in(project(), Split::kTest);
  EXPECT_EQ(by_teacher->against.samples, labelled);
  EXPECT_EQ(by_teacher->against.teacher, labelled);
  EXPECT_EQ(by_teacher->against.unsure, by_teacher->samples - labelled);
  const std::string text = to_text(by_teacher->against);
  EXPECT_EQ(text, "accuracy is measured against the answers of replay:test, on " + std::to_string(labelled) +
                      " of " + std::to_string(by_teacher->samples) + " samples of the test split; " +
                      std::to_string(by_teacher->against.unsure) +
                      " left out: " + std::to_string(by_teacher->against.unsure) + " set aside as unsure");
  EXPECT_EQ(to_json(*by_teacher)["against"]["text"], text);
  EXPECT_THAT(read_file(by_teacher->report).value_or(""), HasSubstr(text));

  auto opened = Project::open(project());
  ASSERT_TRUE(opened);
  std::vector<Label> labels;
  const auto samples = opened->samples().value();
  for (const Sample& sample : samples)
    labels.push_back({sample.id, says_the_truth(sample.name), "human", "ada", "2026-01-01T00:00:00Z"});
  ASSERT_TRUE(opened->set_labels(labels));
  const auto by_people = test(test_args(), watch_);
  ASSERT_EQ(error_of(by_people), "fine");
  EXPECT_THAT(to_text(by_people->against), HasSubstr("against people's labels, on"));
  EXPECT_THAT(to_text(by_people->against), HasSubstr("none is left out"));
  const std::string page = read_file(by_people->report).value_or("");
  EXPECT_THAT(page, HasSubstr("is measured against people&#39;s labels, on"));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("eacher and student"))) << "people labelled these";
  const auto net = net_of_run(*opened, trained(), true);
  ASSERT_TRUE(net);
  EXPECT_EQ(net->measured_against, to_text(by_people->against));
}

TEST_F(MeasureTest, TheReportOfManyClassesStaysShort) {
  Json promise{{"text", "promised"}, {"promised", true}, {"pictures", 4000}};
  for (int c = 0; c < 200; ++c)
    promise["classes"].push_back({{"class", "c" + std::to_string(c)},
                                  {"score", c < 3 ? 0.75 : 0.5},
                                  {"said", 20},
                                  {"right", 19},
                                  {"reached", c != 7}});
  for (int i = 0; i < 40; ++i)
    promise["curve"].push_back({{"score", 0.89 - 0.01 * i}, {"said", 100 * i}, {"right", 99 * i}});
  change_run([&promise](::dew::Run& run) { run.results_json = Json{{"promise", promise}}.dump(); });
  const auto tested = test(test_args(), watch_);
  ASSERT_EQ(error_of(tested), "fine");
  const std::string page = read_file(tested->report).value_or("");
  const auto times = [&page](const std::string& text) {
    int found = 0;
    for (size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(times("threshold, &quot;c"), 4) << "those that differ from the rest";
  EXPECT_EQ(times("threshold, all others"), 1);
  EXPECT_LE(times("said from "), 15);
  EXPECT_EQ(times(": chosen"), 1);
}

TEST_F(MeasureTest, AgainstSeveralItCountsEach) {
  EXPECT_EQ(
      to_text(MeasuredAgainst{30, 20, 9, 1, "openai:m", 2, 1, 3}),
      "accuracy is measured against people's labels (20) and the answers of openai:m (9) and the local "
      "classifier's labels (1), on 30 of 36 samples of the test split; 6 left out: 2 set aside as unsure, 1 "
      "without a label, 3 unreadable");
}

TEST_F(MeasureTest, JsonHasTheKeysThatScriptsRelyOn) {
  TestOutcome outcome;
  outcome.run = 3;
  outcome.float_accuracy = share_of(9, 10);
  outcome.host_accuracy = share_of(8, 10);
  outcome.samples = 12;
  outcome.report = "/p/report.html";
  Json json = to_json(outcome);
  EXPECT_THAT(keys_of(json),
              ElementsAre("run", "folder", "float", "int8_host", "int8_board", "decided", "bit_equal",
                          "samples", "labels", "against", "bit_compared", "board", "macs", "weights_bytes",
                          "arena_bytes", "ram_bytes", "rows_ram_bytes", "stack_bytes", "flash_bytes",
                          "instructions", "schedule", "rounding", "target", "device", "kernels", "report"));
  EXPECT_EQ(json["float"]["accuracy"], 0.9);
  EXPECT_EQ(json["float"]["right"], 9);
  EXPECT_EQ(json["float"]["interval95"].size(), 2U);
  EXPECT_EQ(json["samples"], 10) << "the labelled ones";
  for (const char* key : {"decided", "bit_equal", "bit_compared", "board", "ram_bytes", "instructions"})
    EXPECT_TRUE(json[key].is_null()) << key;
  EXPECT_TRUE(json["int8_board"]["accuracy"].is_null());

  outcome.board_accuracy = share_of(8, 10);
  outcome.board = "qemu:mps2-an386";
  outcome.bit_equal = true;
  outcome.decided = DecidedFigures{10, 4, 3, {0.5, 0.75}};
  outcome.figures.measured = target::Figures{.flash_bytes = 5, .stack_bytes = 6, .ram_bytes = 7};
  json = to_json(outcome);
  EXPECT_EQ(json["int8_board"]["accuracy"], 0.8);
  EXPECT_EQ(json["bit_equal"], true);
  EXPECT_EQ(json["bit_compared"], 12) << "labelled or not";
  EXPECT_EQ(json["board"], "qemu:mps2-an386");
  EXPECT_EQ(json["ram_bytes"], 7);
  EXPECT_EQ(json["decided"]["said"], 4);
  EXPECT_EQ(json["decided"]["coverage"], 0.4);
  EXPECT_EQ(json["decided"]["accuracy"], 0.75);
  EXPECT_EQ(json["decided"]["thresholds"][1], 0.75);
  outcome.decided = DecidedFigures{10, 0, 0, {1, 1}};
  EXPECT_TRUE(to_json(outcome)["decided"]["accuracy"].is_null());
}

TEST_F(MeasureTest, ThresholdsDecideWhatCounts) {
  const fs::path file = run_folder() / "model.thresholds.txt";
  ASSERT_TRUE(write_file(file, "0\n0\n"));
  const auto all = test(test_args(), watch_);
  ASSERT_EQ(error_of(all), "fine");
  ASSERT_TRUE(all->decided);
  EXPECT_EQ(all->decided->samples, all->host_accuracy.of);
  EXPECT_EQ(all->decided->decided, all->decided->samples);
  EXPECT_EQ(all->decided->right, all->host_accuracy.hits);
  ASSERT_TRUE(write_file(file, "1\n1\n"));
  const auto none = test(test_args(), watch_);
  ASSERT_EQ(error_of(none), "fine");
  EXPECT_EQ(none->decided->decided, 0);
  EXPECT_THAT(none->decided->thresholds, ElementsAre(1, 1));
}

TEST_F(MeasureTest, ItsInputsRunAnywhereAndSayTheSame) {
  TestArgs args = test_args();
  args.inputs_out = folder_.path() / "inputs.bin";
  const auto tested = test(args, watch_);
  ASSERT_EQ(error_of(tested), "fine");
  EXPECT_EQ(fs::file_size(args.inputs_out), static_cast<size_t>(tested->samples) * kTensorBytes);
  RunArgs raw = run_args();
  raw.raw = args.inputs_out;
  raw.out = folder_.path() / "out.bin";
  RunArgs split = run_args();
  split.split = "test";
  const auto by_raw = run(raw, watch_);
  const auto by_split = run(split, watch_);
  ASSERT_EQ(error_of(by_raw), "fine");
  ASSERT_EQ(error_of(by_split), "fine");
  EXPECT_EQ(by_split->labelled, tested->host_accuracy.of);
  EXPECT_EQ(by_split->right, tested->host_accuracy.hits);
  ASSERT_EQ(by_raw->results.size(), by_split->results.size());
  for (size_t i = 0; i < by_raw->results.size(); ++i)
    EXPECT_EQ(by_raw->results[i].scores, by_split->results[i].scores) << by_split->results[i].input;
}

TEST_F(MeasureTest, ABoardWithoutToolsIsLeftOutUnlessItIsNamed) {
  const NoPrograms none;
  RecordedWatch watch;
  TestArgs args = test_args();
  args.no_board = false;
  const auto tested = test(args, watch);
  ASSERT_EQ(error_of(tested), "fine");
  EXPECT_TRUE(some_hold(watch.warned, "qemu:mps2-an386 is left out, its tools are missing: apt install"));
  EXPECT_FALSE(tested->bit_equal);
  args.board = "cortex-m4";
  EXPECT_THAT(error_of(test(args, watch)), HasSubstr("gcc-arm-none-eabi"));
  args.board = "cortex-z80";
  EXPECT_THAT(error_of(test(args, watch)), HasSubstr("cortex-z80"));
}

TEST_F(MeasureTest, ABoardAgreesToTheBit) {
  if (!board_tools_are_there()) GTEST_SKIP() << "NOT TESTED: no cross compiler or no emulator";
  TestArgs args = test_args();
  args.no_board = false;
  const auto tested = test(args, watch_);
  ASSERT_EQ(error_of(tested), "fine");
  EXPECT_EQ(tested->board, "qemu:mps2-an386");
  EXPECT_EQ(tested->bit_equal, true);
  ASSERT_TRUE(tested->board_accuracy);
  EXPECT_EQ(tested->board_accuracy->hits, tested->host_accuracy.hits);
  ASSERT_TRUE(tested->figures.measured);
  EXPECT_GT(tested->figures.measured->ram_bytes, tested->figures.arena_bytes);
  EXPECT_GT(tested->figures.measured->instructions, 10'000);
}

TEST_F(MeasureTest, ADamagedRunIsAnErrorThatNamesIt) {
  change_run([](::dew::Run& run) { run.results_json = "{"; });
  EXPECT_THAT(error_of(test(test_args(), watch_)), HasSubstr("the results of run 1"));
  change_run([](::dew::Run& run) { run.results_json = R"({"curve": [{"epoch": "one"}]})"; });
  EXPECT_THAT(error_of(test(test_args(), watch_)), HasSubstr("the results of run 1"));
  change_run([](::dew::Run& run) { run.results_json = "{}", run.settings_json = "no JSON"; });
  EXPECT_THAT(error_of(test(test_args(), watch_)), HasSubstr("the settings of run 1"));
  change_run([](::dew::Run& run) { run.settings_json = "{}"; });
  EXPECT_EQ(error_of(test(test_args(), watch_)), "fine") << "a run without a curve is whole";

  ASSERT_TRUE(write_file(run_folder() / "weights.pt", "nothing"));
  EXPECT_THAT(error_of(test(test_args(), watch_)), HasSubstr("weights.pt"));
  ASSERT_TRUE(write_file(model_file(), "nothing"));
  EXPECT_THAT(error_of(test(test_args(), watch_)), HasSubstr("model.tflite"));
}

TEST_F(MeasureTest, RunsThatAreNotThereAndCancelling) {
  TestArgs args = test_args();
  args.run = "9";
  EXPECT_THAT(error_of(test(args, watch_)), HasSubstr("there is no finished run 9"));
  RecordedWatch impatient;
  impatient.questions = 1;
  EXPECT_THAT(error_of(test(test_args(), impatient)), HasSubstr("interrupted"));
  change_run([](::dew::Run& run) { run.state = "training"; });
  EXPECT_THAT(error_of(test(test_args(), watch_)), HasSubstr("there is no trained net yet"));
}

TEST_F(MeasureRun, APictureGivesItsClassAndScores) {
  RunArgs args = run_args();
  args.pictures = {picture("one.png", true)};
  const auto ran = run(args, watch_);
  ASSERT_EQ(error_of(ran), "fine");
  ASSERT_THAT(ran->results, SizeIs(1));
  const RunResult& result = ran->results[0];
  EXPECT_EQ(result.input, args.pictures[0].string());
  EXPECT_THAT(result.top, ::testing::AnyOf("yes", "no"));
  ASSERT_THAT(result.scores, SizeIs(2));
  EXPECT_EQ(result.score, result.scores[result.top == "yes" ? 0 : 1]);
  EXPECT_NEAR(result.scores[0] + result.scores[1], 1, 0.02);
  EXPECT_TRUE(result.decided);
  EXPECT_FALSE(result.label);
  EXPECT_EQ(ran->on, "host");
  EXPECT_EQ(ran->instructions, 0) << "the host does not count";
  EXPECT_THAT(
      keys_of(to_json(*ran)),
      ElementsAre("class", "scores", "decision", "instructions", "on", "inputs", "skipped", "labelled",
                  "right", "accuracy", "learned", "results", "run", "validation_accuracy", "test_accuracy"));
  EXPECT_TRUE(to_json(*ran)["instructions"].is_null());
  EXPECT_TRUE(to_json(*ran)["accuracy"].is_null()) << "no label is known";

  ASSERT_TRUE(write_file(run_folder() / "model.thresholds.txt", "1\n1\n"));
  const auto unsure = run(args, watch_);
  ASSERT_EQ(error_of(unsure), "fine");
  EXPECT_FALSE(unsure->results[0].decided);
  EXPECT_TRUE(to_json(*unsure)["decision"].is_null());
}

TEST_F(MeasureRun, AFoldersNameIsALabel) {
  const fs::path yes = picture("yes/b.png", true);
  const fs::path other_yes = picture("yes/a.png", true);
  const fs::path no = picture("no/c.png", false);
  ASSERT_TRUE(write_file(folder_.path() / "pictures/yes/notes.txt", "no picture"));
  RunArgs args = run_args();
  args.pictures = {folder_.path() / "pictures"};
  const auto ran = run(args, watch_);
  ASSERT_EQ(error_of(ran), "fine");
  ASSERT_THAT(ran->results, SizeIs(3));
  EXPECT_EQ(ran->results[0].input, no.string());
  EXPECT_EQ(ran->results[1].input, other_yes.string());
  EXPECT_EQ(ran->results[0].label, "no");
  EXPECT_EQ(ran->results[2].label, "yes");
  EXPECT_EQ(ran->labelled, 3);
  const auto agreeing = std::count_if(ran->results.begin(), ran->results.end(),
                                      [](const RunResult& one) { return one.label == one.top; });
  EXPECT_EQ(ran->right, agreeing);
  EXPECT_EQ(to_json(*ran)["accuracy"], static_cast<double>(agreeing) / 3);

  // A name without a folder is looked at from where relative paths start.
  const fs::path here = fs::current_path();
  fs::current_path(yes.parent_path());
  args.pictures = {"b.png"};
  EXPECT_FALSE(run(args, watch_)->results[0].label);
  args.start = yes.parent_path();
  EXPECT_EQ(run(args, watch_)->results[0].label, "yes");
  fs::current_path(here);
}

TEST_F(MeasureRun, ManyTensorsGiveWhatEachGivesAlone) {
  constexpr size_t kMany = 150;
  RunArgs args = run_args();
  args.raw = tensors(kMany);
  args.out = folder_.path() / "out.bin";
  const auto ran = run(args, watch_);
  ASSERT_EQ(error_of(ran), "fine");
  ASSERT_THAT(ran->results, SizeIs(kMany));
  EXPECT_EQ(ran->results[149].input, "tensor 149");
  const std::string out = read_file(args.out).value_or("");
  ASSERT_EQ(out.size(), 2 * kMany);
  const std::string all = read_file(args.raw).value();
  for (const size_t i : {0, 1, 64, 149}) {
    ASSERT_TRUE(write_file(args.raw, all.substr(i * kTensorBytes, kTensorBytes)));
    const auto alone = run(args, watch_);
    ASSERT_EQ(error_of(alone), "fine");
    EXPECT_EQ(read_file(args.out).value_or(""), out.substr(2 * i, 2)) << i;
    EXPECT_EQ(alone->results[0].scores, ran->results[i].scores) << i;
  }
}

TEST_F(MeasureRun, AnyModelRunsWithoutAProject) {
  const fs::path file = folder_.path() / "net.tflite";
  fs::copy_file(model_file(), file);
  RunArgs args;
  args.model.model = file;
  args.pictures = {picture("one.png", true)};
  const auto numbered = run(args, watch_);
  ASSERT_EQ(error_of(numbered), "fine");
  EXPECT_THAT(numbered->results[0].top, ::testing::AnyOf("0", "1")) << "nobody named the classes";
  args.model.classes = {"round", "empty"};
  EXPECT_THAT(run(args, watch_)->results[0].top, ::testing::AnyOf("round", "empty"));
  args.model.classes = {"one"};
  EXPECT_THAT(error_of(run(args, watch_)), HasSubstr("1 class is named, the model has 2 outputs"));
}

TEST_F(MeasureRun, RowsOnABoardGiveTheHostsBytes) {
  if (!board_tools_are_there()) GTEST_SKIP() << "NOT TESTED: no cross compiler or no emulator";
  RunArgs args = run_args();
  args.raw = tensors(3);
  args.out = folder_.path() / "host.bin";
  ASSERT_EQ(error_of(run(args, watch_)), "fine");
  args.on = "cortex-m4";
  args.rows = true;
  args.out = folder_.path() / "board.bin";
  const auto ran = run(args, watch_);
  ASSERT_EQ(error_of(ran), "fine");
  EXPECT_GT(ran->instructions, 10'000);
  EXPECT_EQ(ran->on, "cortex-m4");
  EXPECT_EQ(read_file(args.out).value_or("none"), read_file(folder_.path() / "host.bin").value_or(""));
}

TEST_F(MeasureRun, WhatCannotBeRun) {
  const fs::path whole = picture("no/one.png", false);
  const auto error = [&](const std::function<void(RunArgs&)>& change) {
    RunArgs args = run_args();
    change(args);
    return error_of(run(args, watch_));
  };
  EXPECT_THAT(error([](RunArgs&) {}), HasSubstr("give pictures or folders"));
  EXPECT_THAT(error([&](RunArgs& a) { a.pictures = {whole}, a.split = "test"; }), HasSubstr("--split"));
  EXPECT_THAT(error([&](RunArgs& a) { a.raw = whole; }), HasSubstr("--raw needs --out"));
  EXPECT_THAT(error([&](RunArgs& a) { a.pictures = {whole}, a.rows = true; }), HasSubstr("--on"));
  EXPECT_THAT(error([](RunArgs& a) { a.split = "tset"; }), HasSubstr("choose train, validation or test"));
  EXPECT_THAT(error([&](RunArgs& a) { a.pictures = {whole}, a.on = "pdp-11"; }), HasSubstr("pdp-11"));
  EXPECT_THAT(error([&](RunArgs& a) { a.pictures = {folder_.path() / "none.png"}; }), HasSubstr("none.png"));
  EXPECT_THAT(error([&](RunArgs& a) { a.raw = whole, a.out = folder_.path() / "out.bin"; }),
              HasSubstr("no whole number of input tensors of 3072 bytes"));
  fs::create_directory(folder_.path() / "void");
  EXPECT_THAT(error([&](RunArgs& a) { a.pictures = {folder_.path() / "void"}; }),
              HasSubstr("holds no picture"));
  ASSERT_TRUE(write_file(folder_.path() / "pictures/no/broken.png", "no picture"));
  EXPECT_THAT(error([&](RunArgs& a) { a.pictures = {folder_.path() / "pictures/no/broken.png"}; }),
              HasSubstr("broken.png"));
  RecordedWatch impatient;
  impatient.questions = 0;
  RunArgs args = run_args();
  args.pictures = {whole};
  EXPECT_THAT(error_of(run(args, impatient)), HasSubstr("interrupted"));
}

TEST_F(MeasureCompile, WritesCAndTellsThePlansFigures) {
  const auto compiled = compile(compile_args(), watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  EXPECT_EQ(compiled->symbol, "disc");
  EXPECT_EQ(compiled->folder, folder_.path() / "c");
  EXPECT_THAT(compiled->files, ElementsAre(compiled->folder / "dew_disc.c", compiled->folder / "dew_disc.h"));
  for (const fs::path& file : compiled->files) EXPECT_TRUE(fs::exists(file)) << file;
  EXPECT_GT(compiled->figures.macs, 10'000);
  EXPECT_GT(compiled->figures.weights_bytes, 0);
  EXPECT_EQ(compiled->figures.target, "cortex-m4") << "the project's board's core";
  EXPECT_EQ(compiled->figures.kernels, "arm-dsp");
  EXPECT_EQ(compiled->figures.schedule, "rows");
  EXPECT_FALSE(compiled->figures.measured);
  EXPECT_FALSE(compiled->not_measured) << "nobody asked for it";
  ASSERT_TRUE(compiled->layers_arena);
  EXPECT_GT(*compiled->layers_arena, compiled->figures.arena_bytes);
  EXPECT_THAT(compiled->timeline, Not(IsEmpty()));
  EXPECT_THAT(compiled->graph, IsEmpty());
  EXPECT_THAT(compiled->layers, IsEmpty());
  EXPECT_TRUE(compiled->page.empty());
  EXPECT_THAT(
      keys_of(to_json(*compiled)),
      ElementsAre("macs", "weights_bytes", "arena_bytes", "ram_bytes", "rows_ram_bytes", "stack_bytes",
                  "flash_bytes", "instructions", "schedule", "rounding", "target", "device", "kernels", "run",
                  "validation_accuracy", "test_accuracy", "input", "output", "memory_bytes", "files"));
  EXPECT_EQ(to_json(*compiled)["files"].size(), 2U);
  EXPECT_EQ(to_json(*compiled)["memory_bytes"], 0);
  EXPECT_THAT(figure_table(*compiled), Not(HasSubstr("memory")));
}

TEST_F(MeasureCompile, TellsWhatAStreamingNetRemembers) {
  CompileArgs args = compile_args();
  args.model.project.clear();
  args.model.model = args.out.parent_path() / "wake.tflite";
  ASSERT_TRUE(write_file(args.model.model, graph::write_tflite(graph::keyword_net(3)).value()));
  args.target = "cortex-m4";
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  EXPECT_EQ(to_json(*compiled)["memory_bytes"], 2 * 40 + 4 * 8 + 8 * 12 + 5 * 12);
  EXPECT_THAT(figure_table(*compiled), HasSubstr("of which memory"));
}

TEST_F(MeasureCompile, LayersAddUpAndHaveAPage) {
  CompileArgs args = compile_args();
  args.layers = true;
  args.dump = true;
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  ASSERT_THAT(compiled->layers, Not(IsEmpty()));
  int64_t macs = 0;
  int64_t flash = 0;
  for (const report::LayerCost& layer : compiled->layers) {
    macs += layer.macs;
    flash += layer.flash_bytes;
    EXPECT_EQ(layer.instructions, 0);
  }
  EXPECT_EQ(macs, compiled->figures.macs);
  EXPECT_EQ(flash, compiled->figures.weights_bytes);
  EXPECT_EQ(compiled->page, args.out / "report.html");
  EXPECT_THAT(read_file(compiled->page).value_or(""), HasSubstr("id=\"layers\""));
  EXPECT_EQ(compiled->files.back(), compiled->page);
  EXPECT_THAT(compiled->graph, HasSubstr("Conv2D"));
  const Json json = to_json(*compiled);
  EXPECT_TRUE(json["rows_ram_bytes"].is_null());
  EXPECT_TRUE(json["layers"][1]["instructions"].is_null());
  EXPECT_EQ(json["report"], compiled->page.string());
  EXPECT_THAT(keys_of(json["layers"][0]),
              ElementsAre("step", "name", "rows", "rows_held", "ram_bytes", "scratch_bytes", "flash_bytes",
                          "macs", "instructions", "measured"));
  args.page = folder_.path() / "mine.html";
  EXPECT_EQ(compile(args, watch_)->page, args.page);
  EXPECT_TRUE(fs::exists(args.page));
}

TEST_F(MeasureCompile, AnyTfliteForAnyTargetBelowAFolder) {
  CompileArgs args;
  args.model.model = folder_.path() / "My net.tflite";
  fs::copy_file(model_file(), args.model.model);
  args.out_parent = folder_.path() / "builds";
  args.target = "cortex-m55";
  args.measure = false;
  args.model.schedule = "layers";
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  EXPECT_EQ(compiled->folder, folder_.path() / "builds" / "dew_my_net");
  EXPECT_TRUE(fs::exists(compiled->folder / "dew_my_net.c"));
  EXPECT_EQ(compiled->figures.kernels, "helium");
  EXPECT_EQ(compiled->figures.schedule, "layers");
  EXPECT_FALSE(compiled->layers_arena) << "this is layer by layer";
}

TEST_F(MeasureCompile, ABoardByItsNameGetsTheKernelsOfItsCore) {
  CompileArgs args = compile_args();
  args.target = "Nicla Vision";
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  EXPECT_EQ(compiled->figures.target, "nicla-vision");
  EXPECT_EQ(compiled->figures.kernels, "arm-dsp");
  const Json device = to_json(*compiled)["device"];
  EXPECT_EQ(device["core"], "cortex-m7");
  EXPECT_EQ(device["camera"], "GC2145");
  EXPECT_TRUE(device["fits"]["image"].is_null()) << "nothing was measured";
  EXPECT_TRUE(device["estimated_milliseconds"].is_null());
  EXPECT_THAT(figure_table(*compiled), HasSubstr("for nicla-vision (cortex-m7)"));
  args.target = "ra8d1";
  EXPECT_EQ(compile(args, watch_)->figures.kernels, "helium");
  args.target = "esp32s3";
  EXPECT_EQ(compile(args, watch_)->figures.kernels, "generic");
  args.target = "nikla-vision";
  EXPECT_THAT(error_of(compile(args, watch_)), HasSubstr("did you mean nicla-vision?"));
}

TEST(DeviceText, SaysWhetherItFitsBothWaysAndAboutHowLongItTakes) {
  ModelFigures figures;
  figures.where = target::find_target("stm32f103").value();  // 20 KiB of RAM, 64 KiB of flash, 72 MHz
  EXPECT_THAT(device_text(figures), IsEmpty()) << "nothing was measured";
  figures.measured = target::Figures{50'000, 30'000, 600, 30'600, 7'200'000};
  figures.rows_ram_bytes = 12'000;
  EXPECT_EQ(fits(figures).flash, true);
  EXPECT_EQ(fits(figures).image, false);
  EXPECT_EQ(fits(figures).rows, true);
  const std::string text = device_text(figures);
  EXPECT_THAT(text,
              HasSubstr("30,600 B with a whole image (does NOT fit), 12,000 B with rows pushed (fits)"));
  EXPECT_THAT(text, HasSubstr("65,536 B; the net takes 50,000 B (fits)"));
  EXPECT_THAT(text, HasSubstr("about 110 to 210 ms an inference at 72 MHz. Estimated, not measured"));
  const Json device = to_json(figures)["device"];
  EXPECT_EQ(device["fits"]["rows"], true);
  EXPECT_DOUBLE_EQ(device["estimated_milliseconds"][0], 110);
  EXPECT_DOUBLE_EQ(device["estimated_milliseconds"][1], 210);

  figures.where = target::find_target("esp32-cam").value();
  figures.measured->ram_bytes = 400'000;
  figures.rows_ram_bytes.reset();
  EXPECT_THAT(device_text(figures), HasSubstr("400,000 B with a whole image (only with its external RAM"));
  EXPECT_THAT(device_text(figures), HasSubstr("instructions of rv32imac times"));
  EXPECT_TRUE(to_json(figures)["device"]["fits"]["rows"].is_null());

  figures.where = target::find_target("cortex-m4").value();
  EXPECT_THAT(device_text(figures), IsEmpty()) << "a core has no memory";
  EXPECT_TRUE(to_json(figures)["device"].is_null());
}

TEST_F(MeasureCompile, MissingToolsCostTheFiguresOnly) {
  const NoPrograms none;
  CompileArgs args = compile_args();
  args.measure = true;
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  ASSERT_TRUE(compiled->not_measured);
  EXPECT_THAT(compiled->not_measured->next, HasSubstr("gcc-arm-none-eabi"));
  EXPECT_FALSE(compiled->figures.measured);
  EXPECT_TRUE(fs::exists(args.out / "dew_disc.c"));
}

TEST_F(MeasureCompile, ABoardMeasuresItLayerByLayer) {
  if (!board_tools_are_there()) GTEST_SKIP() << "NOT TESTED: no cross compiler or no emulator";
  CompileArgs args = compile_args();
  args.measure = true;
  args.layers = true;
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  ASSERT_TRUE(compiled->figures.measured);
  const target::Figures& figures = *compiled->figures.measured;
  ASSERT_TRUE(compiled->figures.rows_ram_bytes);
  EXPECT_LT(*compiled->figures.rows_ram_bytes, figures.ram_bytes);
  int64_t instructions = 0;
  for (const report::LayerCost& layer : compiled->layers) instructions += layer.instructions;
  EXPECT_NEAR(static_cast<double>(instructions), static_cast<double>(figures.instructions),
              static_cast<double>(figures.instructions) / 50);
  EXPECT_EQ(to_json(*compiled)["flash_bytes"], figures.flash_bytes);
}

TEST_F(MeasureCompile, WhatCannotBeCompiled) {
  CompileArgs args = compile_args();
  args.target = "z80";
  EXPECT_THAT(error_of(compile(args, watch_)), HasSubstr("dewdrop deploy --to c"));
  args = compile_args();
  args.model.schedule = "columns";
  EXPECT_THAT(error_of(compile(args, watch_)), HasSubstr("choose rows or layers"));
  args = compile_args();
  ASSERT_TRUE(write_file(folder_.path() / "file", ""));
  args.out = folder_.path() / "file";
  EXPECT_THAT(error_of(compile(args, watch_)), HasSubstr("file"));
  args = compile_args();
  args.model.project = folder_.path();
  EXPECT_THAT(error_of(compile(args, watch_)), HasSubstr("name a model of your own"));
}

}  // namespace
}  // namespace dew::verbs
