// Deploying without a terminal: every format's files, where they go, and what stops them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/graph/builder.h"
#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/deploy/deploy.h"
#include "verbs/train/train.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A trained project, made once; every test has a folder of its own.
class Deploy : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path(), 30);
    label_samples(made_->path(), says_the_truth);
    Watch watch;
    const auto trained = train({.project = made_->path()}, watch);
    ASSERT_EQ(error_of(trained), "fine");
    model_ = made_->path() / trained->folder / "model.tflite";
  }
  static void TearDownTestSuite() { made_.reset(); }

  [[nodiscard]] DeployArgs args(std::vector<std::string> to) const {
    DeployArgs args;
    args.model.project = made_->path();
    args.to = std::move(to);
    args.out = out();
    return args;
  }
  [[nodiscard]] fs::path out() const { return folder_.path() / "out"; }

  inline static std::unique_ptr<TemporaryFolder> made_;
  inline static fs::path model_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
  Watch watch_;
};

TEST_F(Deploy, CBuildsWithAnyCompilerAndRuns) {
  const auto deployed = deploy(args({"c"}), watch_);
  ASSERT_EQ(error_of(deployed), "fine");
  EXPECT_FALSE(deployed->stopped);
  EXPECT_THAT(
      deployed->files,
      ElementsAre(out() / "CMakeLists.txt", out() / "Makefile", out() / "README.md", out() / "dew_disc.c",
                  out() / "dew_disc.h", out() / "dew_disc_camera.c", out() / "dew_disc_camera.h",
                  out() / "dew_disc_timing.c", out() / "dew_disc_timing.h", out() / "dew_disc_trigger.h",
                  out() / "dew_trigger.h", out() / "example.c", out() / "examples" / "trigger.c"));
  EXPECT_EQ(deployed->figures.target, "c");
  EXPECT_EQ(deployed->figures.kernels, "arm-dsp") << "the kernels of the project's board";
  const Json json = to_json(*deployed);
  EXPECT_EQ(json["files"].size(), 13U);
  EXPECT_EQ(json["macs"], deployed->figures.macs);
  const auto ran = run_process({"sh", "-c",
                                "cd " + out().string() +
                                    " && cc -std=c99 -Wall -Wextra -Werror -pedantic *.c -o example && "
                                    "./example"},
                               std::chrono::minutes(2), watch_);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->status, 0) << ran->errors;
  EXPECT_THAT(ran->output, HasSubstr("class "));
}

TEST_F(Deploy, AKeywordNetComesWithItsFrontEnd) {
  const fs::path fixtures = DEWDROP_SOURCE_DIR "/tests/verbs/fixtures";
  DeployArgs asked = args({"c"});
  asked.model.project.clear();
  asked.model.model = fixtures / "dewdrop.tflite";
  asked.model.core = "cortex-m4";
  const auto deployed = deploy(asked, watch_);
  ASSERT_EQ(error_of(deployed), "fine");
  EXPECT_THAT(deployed->files, Contains(out() / "dew_sound.h"));
  const auto ran =
      run_process({"sh", "-c",
                   "cd " + out().string() +
                       " && cc -std=c99 -Wall -Wextra -Werror -pedantic -Wconversion -I. dew_dewdrop.c "
                       "examples/sound.c -o sound && head -c 64000 /dev/zero | ./sound"},
                  std::chrono::minutes(1), watch_);
  ASSERT_TRUE(ran && ran->status == 0) << (ran ? ran->errors : ran.error().what);
  EXPECT_THAT(ran->output, HasSubstr("990 ms: class 0\n1030 ms: class 0\n"));
}

TEST_F(Deploy, AStreamingKeywordNetIsAskedWhenItsRowsAreNew) {
  DeployArgs asked = args({"c"});
  asked.model.project.clear();
  asked.model.model = made_->path() / "wake.tflite";
  ASSERT_TRUE(write_file(asked.model.model, graph::write_tflite(graph::keyword_net(3)).value()));
  ASSERT_EQ(error_of(deploy(asked, watch_)), "fine");
  const auto ran =
      run_process({"sh", "-c",
                   "cd " + out().string() +
                       " && cc -std=c99 -Wall -Wextra -Werror -pedantic -Wconversion -I. dew_wake.c "
                       "examples/sound.c -o sound && head -c 6400 /dev/zero | ./sound"},
                  std::chrono::minutes(1), watch_);
  ASSERT_TRUE(ran && ran->status == 0) << (ran ? ran->errors : ran.error().what);
  EXPECT_THAT(ran->output, ::testing::MatchesRegex("70 ms: 0.[0-9]+\n130 ms: 0.[0-9]+\n190 ms: 0.[0-9]+\n"));
}

TEST_F(Deploy, TheReadmeSaysAgainstWhomTheAccuracyWasMeasured) {
  ASSERT_EQ(error_of(deploy(args({"c"}), watch_)), "fine");
  EXPECT_THAT(read_file(out() / "README.md").value_or(""),
              HasSubstr("| accuracy | not measured on the test split (run 1; dewdrop test does it) |"));
  auto project = Project::open(made_->path());
  ASSERT_TRUE(project);
  ::dew::Run run = project->runs()->at(0);
  const std::string before = run.results_json;
  run.results_json =
      R"({"test": {"int8_host": {"accuracy": 0.8}, "against": {"text": "measured against people"}}})";
  ASSERT_TRUE(project->update_run(run));
  ASSERT_EQ(error_of(deploy(args({"c"}), watch_)), "fine");
  EXPECT_THAT(read_file(out() / "README.md").value_or(""),
              HasSubstr("| accuracy | 0.800 (run 1); measured against people |"));
  run.results_json = before;
  ASSERT_TRUE(project->update_run(run));
}

TEST_F(Deploy, SeveralFormatsGetAFolderEach) {
  const auto deployed = deploy(args({"tflite", "onnx"}), watch_);
  ASSERT_EQ(error_of(deployed), "fine");
  EXPECT_THAT(deployed->files,
              ElementsAre(out() / "onnx/disc.gate.txt", out() / "onnx/disc.labels.txt",
                          out() / "onnx/disc.onnx", out() / "onnx/disc.thresholds.txt",
                          out() / "tflite/disc.gate.txt", out() / "tflite/disc.labels.txt",
                          out() / "tflite/disc.tflite", out() / "tflite/disc.thresholds.txt"));
  EXPECT_EQ(deployed->figures.target, "tflite, onnx");
  EXPECT_TRUE(read_file(out() / "tflite/disc.tflite").value_or("") == read_file(model_).value());
  EXPECT_EQ(read_file(out() / "onnx/disc.labels.txt").value_or(""), "yes\nno\n");
}

TEST_F(Deploy, WithoutAFolderEachFormatGetsOneByItsName) {
  DeployArgs wanted = args({"tflite"});
  wanted.out.clear();
  wanted.out_parent = folder_.path() / "here";
  const auto deployed = deploy(wanted, watch_);
  ASSERT_EQ(error_of(deployed), "fine");
  EXPECT_THAT(deployed->files, Contains(folder_.path() / "here/disc-tflite/disc.tflite"));
  for (const fs::path& file : deployed->files) EXPECT_TRUE(fs::exists(file)) << file;
}

TEST_F(Deploy, AModelOfOnesOwnForATargetThatIsNamed) {
  DeployArgs wanted = args({"c"});
  wanted.model = {};
  wanted.model.model = model_;
  EXPECT_EQ(deploy(wanted, watch_)->figures.kernels, "generic") << "for any core";
  wanted.target = "cortex-m55";
  EXPECT_EQ(deploy(wanted, watch_)->figures.kernels, "helium");
  wanted.target = "z80";
  EXPECT_THAT(error_of(deploy(wanted, watch_)), HasSubstr("z80"));
}

TEST_F(Deploy, UnknownFormatsNameTheKnownOnes) {
  EXPECT_THAT(error_of(deploy(args({"tflite", "arduino"}), watch_)),
              HasSubstr("cannot deploy to 'arduino' |  | choose c, tflite, onnx or web"));
  EXPECT_THAT(error_of(deploy(args({}), watch_)), HasSubstr("choose c, tflite, onnx or web"));
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Deploy, WhatWasWrittenIsToldWhereWritingStops) {
  ASSERT_TRUE(write_file(out() / "tflite", "a file where a folder should be"));
  const auto half = deploy(args({"onnx", "tflite"}), watch_);
  ASSERT_EQ(error_of(half), "fine");
  EXPECT_THAT(half->files, ElementsAre(out() / "onnx/disc.gate.txt", out() / "onnx/disc.labels.txt",
                                       out() / "onnx/disc.onnx", out() / "onnx/disc.thresholds.txt"));
  ASSERT_TRUE(half->stopped);
  EXPECT_THAT(half->stopped->where, HasSubstr("tflite"));
  DeployArgs nowhere = args({"tflite"});
  nowhere.out = out() / "tflite";
  EXPECT_FALSE(deploy(nowhere, watch_)) << "nothing was done: an error";
}

}  // namespace
}  // namespace dew::verbs
