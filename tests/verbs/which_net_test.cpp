// Which of a project's nets deploy, compile and run take, and what they say of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/deploy/deploy.h"
#include "verbs/measure/measure.h"
#include "verbs/train/train.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;
using ::testing::Not;

/// A project with two runs; every test has its own copy.
class WhichNet : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path() / "p", 40);
    label_samples(made_->path() / "p", says_the_truth);
    Watch watch;
    for (const uint64_t seed : {1, 2}) {
      TrainArgs args{.project = made_->path() / "p"};
      args.changes = {[seed](Settings& settings) { settings.seed = seed; }};
      ASSERT_EQ(error_of(train(args, watch)), "fine");
    }
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override { fs::copy(made_->path(), folder_.path(), fs::copy_options::recursive); }

  [[nodiscard]] fs::path project() const { return folder_.path() / "p"; }
  [[nodiscard]] ::dew::Run run_number(size_t number) const {
    return Project::open(project())->runs()->at(number - 1);
  }
  void give_results(size_t number, const std::string& json) const {
    ::dew::Run run = run_number(number);
    run.results_json = json;
    auto opened = Project::open(project());
    ASSERT_TRUE(opened);
    ASSERT_TRUE(opened->update_run(run));
  }
  [[nodiscard]] DeployArgs deploy_args() const {
    DeployArgs args;
    args.model.project = project();
    args.to = {"tflite"};
    args.out = folder_.path() / "out";
    return args;
  }

  inline static std::unique_ptr<TemporaryFolder> made_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
  RecordedWatch watch_;
};

TEST_F(WhichNet, TheNewestIsTakenAndABetterOneIsNamed) {
  give_results(1, R"({"int8_validation_accuracy": 0.875})");
  give_results(2, R"({"int8_validation_accuracy": 0.75, "test": {"int8_host": {"accuracy": 0.7}}})");
  const auto deployed = deploy(deploy_args(), watch_);
  ASSERT_EQ(error_of(deployed), "fine");
  EXPECT_TRUE(
      some_hold(watch_.informed,
                "the net of run 2: accuracy 0.700 on the test split, 0.750 on the validation samples; it "
                "is the newest of 2 runs, run 1 had 0.875 on its validation samples (--run 1)"));
  const Json json = to_json(*deployed);
  EXPECT_EQ(json["run"], 2);
  EXPECT_EQ(json["validation_accuracy"], 0.75);
  EXPECT_EQ(json["test_accuracy"], 0.7);
  give_results(1, R"({"int8_validation_accuracy": 0.5})");
  CompileArgs compiled;
  compiled.model.project = project();
  compiled.out = folder_.path() / "c";
  compiled.measure = false;
  ASSERT_EQ(error_of(compile(compiled, watch_)), "fine");
  EXPECT_THAT(watch_.informed.back(), HasSubstr("it is the newest of 2 runs"));
  EXPECT_THAT(watch_.informed.back(), Not(HasSubstr("--run")));
}

TEST_F(WhichNet, AnyCanBeNamed) {
  const std::string folder = run_number(1).folder;
  for (const std::string& name :
       {std::string("1"), fs::path(folder).filename().string(), folder, folder + "/"}) {
    DeployArgs args = deploy_args();
    args.model.run = name;
    const auto deployed = deploy(args, watch_);
    ASSERT_EQ(error_of(deployed), "fine") << name;
    EXPECT_EQ(deployed->net->run, 1) << name;
    EXPECT_TRUE(read_file(folder_.path() / "out/disc.tflite").value_or("") ==
                read_file(project() / folder / "model.tflite").value());
    EXPECT_THAT(watch_.informed.back(), Not(HasSubstr("newest")));
  }
  DeployArgs args = deploy_args();
  args.model.run = "7";
  const auto none = deploy(args, watch_);
  EXPECT_THAT(error_of(none), HasSubstr("there is no finished run 7"));
  EXPECT_EQ(none.error().next, "finished runs are: 2, 1");
  args.model.run = "1";
  args.model.model = "net.tflite";
  EXPECT_THAT(error_of(deploy(args, watch_)), HasSubstr("--run"));
}

TEST_F(WhichNet, ARunsFileIsCalledAsTheProjectIs) {
  CompileArgs args;
  args.model.model = project() / run_number(1).folder / "model.tflite";
  args.out = folder_.path() / "c";
  args.measure = false;
  const auto compiled = compile(args, watch_);
  ASSERT_EQ(error_of(compiled), "fine");
  EXPECT_EQ(compiled->symbol, "disc");
  ASSERT_TRUE(compiled->net);
  EXPECT_EQ(compiled->net->run, 1);
  fs::copy_file(args.model.model, folder_.path() / "mine.tflite");
  args.model.model = folder_.path() / "mine.tflite";
  const auto mine = compile(args, watch_);
  ASSERT_EQ(error_of(mine), "fine");
  EXPECT_EQ(mine->symbol, "mine");
  EXPECT_FALSE(mine->net);
  EXPECT_TRUE(to_json(*mine)["run"].is_null());
}

TEST_F(WhichNet, ADeletedFolderIsToldWithTheRunsThatAreLeft) {
  fs::remove_all(project() / run_number(2).folder);
  const auto deployed = deploy(deploy_args(), watch_);
  ASSERT_FALSE(deployed);
  EXPECT_EQ(deployed.error().what, "the folder of run 2 is gone");
  EXPECT_EQ(deployed.error().next, "put it back, or take another run (--run): 1");
  TestArgs tested;
  tested.project = project();
  tested.no_board = true;
  EXPECT_THAT(error_of(test(tested, watch_)), HasSubstr("the folder of run 2 is gone"));
  fs::remove_all(project() / run_number(1).folder);
  EXPECT_THAT(deploy(deploy_args(), watch_).error().next, HasSubstr("dewdrop train"));
}

TEST_F(WhichNet, PicturesThatTaughtItAreToldWhereTheirShareIs) {
  const fs::path pictures = folder_.path() / "pictures";
  const auto opened = Project::open(project());
  ASSERT_TRUE(opened);
  std::map<int64_t, fs::path> file;
  const auto sources = opened->sources().value();
  for (const Source& source : sources) file[source.id] = source.path;
  int64_t learned = 0;
  int64_t all = 0;
  const auto samples = opened->samples().value();
  for (const Sample& sample : samples) {
    const fs::path to = pictures / says_the_truth(sample.name) / sample.name;
    fs::create_directories(to.parent_path());
    fs::copy_file(file[sample.source], to);
    learned += sample.split == Split::kTest ? 0 : 1;
    ++all;
  }
  ASSERT_LT(learned, all);
  RunArgs args;
  args.model.project = project();
  args.pictures = {pictures};
  const auto ran = run(args, watch_);
  ASSERT_EQ(error_of(ran), "fine");
  EXPECT_EQ(ran->learned, learned);
  EXPECT_TRUE(some_hold(watch_.warned, std::to_string(learned) + " of " + std::to_string(all) +
                                           " labelled pictures taught this net"));
  EXPECT_TRUE(some_hold(watch_.warned, "Of the other " + std::to_string(all - learned)));

  RecordedWatch quiet;
  args.pictures.clear();
  args.split = "test";
  ASSERT_EQ(error_of(run(args, quiet)), "fine");
  EXPECT_TRUE(quiet.warned.empty());
  args.split = "train";
  ASSERT_EQ(error_of(run(args, quiet)), "fine");
  EXPECT_TRUE(some_hold(quiet.warned, "There is no other one"));
}

}  // namespace
}  // namespace dew::verbs
