// The demo without a terminal: its steps in order, where it ends early, and the whole of it with a tiny net.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/media/samples.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/demo/demo.h"

namespace dew::verbs {
namespace {

using ::dew::testing::error_of;
using ::dew::testing::RecordedWatch;
using ::dew::testing::write_video;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Demo : public ::testing::Test {
 protected:
  /// A video of three frames that are taken, 36 tiles of 32 pixels.
  void SetUp() override { write_video(args_.video, 40, "MJPG", 128, 96); }

  Result<DemoOutcome> run() {
    steps_.clear();
    return demo(
        args_, [this](const DemoStep& step) { steps_.push_back(step); }, watch_);
  }
  /// "$ new", "new", "$ add" ...: commands, and what came of them.
  [[nodiscard]] std::vector<std::string> shown() const {
    constexpr const char* kNames[] = {"$ ", "new", "add", "label", "train", "test"};
    std::vector<std::string> texts;
    for (const DemoStep& step : steps_) {
      const auto* command = std::get_if<DemoCommand>(&step);
      texts.push_back(kNames[step.index()] + (command != nullptr ? command->verb : ""));
    }
    return texts;
  }
  [[nodiscard]] std::string arguments(const std::string& verb) const {
    for (const DemoStep& step : steps_)
      if (const auto* command = std::get_if<DemoCommand>(&step); command != nullptr && command->verb == verb)
        return command->arguments;
    return "no such command";
  }
  template <typename StepOutcome>
  const StepOutcome& outcome() const {
    for (const DemoStep& step : steps_)
      if (const auto* found = std::get_if<StepOutcome>(&step)) return *found;
    ADD_FAILURE() << "no such outcome";
    static const StepOutcome none{};
    return none;
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  DemoArgs args_{.folder = folder_.path() / "demo",
                 .video = folder_.path() / "v.avi",
                 .teacher = {},
                 .board = {},
                 .seed = 7};
  std::vector<DemoStep> steps_;
  RecordedWatch watch_;
};

TEST_F(Demo, WithoutTheVideoNothingIsMade) {
  args_.video = folder_.path() / "gone.avi";
  EXPECT_THAT(error_of(run()), HasSubstr("gone.avi | apt install opencv-doc"));
  EXPECT_THAT(shown(), ElementsAre());
  EXPECT_FALSE(fs::exists(args_.folder));
}

TEST_F(Demo, InterruptedItLeavesTheProjectForTheNextRun) {
  watch_.questions = 0;
  EXPECT_THAT(error_of(run()), HasSubstr("interrupted"));
  EXPECT_THAT(shown(), ElementsAre("$ new", "new", "$ add"));
  const Settings settings = Project::open(args_.folder)->settings();
  EXPECT_EQ(settings.question, "Is there a person in this picture?");
  EXPECT_EQ(settings.classes, (std::vector<std::string>{"yes", "no"}));
  EXPECT_EQ(settings.unsure, "unsure");
  EXPECT_EQ(settings.seed, 7U);
  EXPECT_TRUE(fs::exists(args_.folder / "person-answers.jsonl"));
}

TEST_F(Demo, AStepThatEndsHalfWayIsShownAndEndsTheDemo) {
  // The recorded answers are about another video.
  const auto ended = run();
  EXPECT_NE(error_of(ended), "fine");
  EXPECT_THAT(shown(), ElementsAre("$ new", "new", "$ add", "add", "$ label", "label"));
  EXPECT_EQ(outcome<AddOutcome>().samples_added, 36);
  ASSERT_TRUE(outcome<LabelOutcome>().stopped);
  EXPECT_EQ(outcome<LabelOutcome>().stopped->what, ended.error().what);
  EXPECT_EQ(outcome<LabelOutcome>().failures.size(), 36U);
}

TEST_F(Demo, GoesTheWholeWay) {
  // A project that an earlier run left: of a net that trains in a second.
  NewArgs fresh{args_.folder, {}};
  Settings& settings = fresh.settings;
  settings.name = "person";
  settings.question = "Is it bright?";
  settings.classes = {"yes", "no"};
  settings.net = "tiny";
  settings.alpha = 1;
  settings.input = 32;
  settings.epochs = 1;
  ASSERT_EQ(error_of(create_project(fresh, watch_)), "fine");
  AddArgs added;
  added.project = args_.folder;
  added.files = {args_.video};
  added.cut.every = 15;
  added.cut.columns = 4;
  added.cut.rows = 3;
  ASSERT_EQ(error_of(add(added, watch_)), "fine");
  const auto project = Project::open(args_.folder);
  const auto samples = project->samples();
  std::string answers;
  for (size_t i = 0; i < samples->size(); ++i)
    answers += Json{{"sample", (*samples)[i].name}, {"label", i % 2 == 0 ? "yes" : "no"}}.dump() + "\n";
  ASSERT_TRUE(write_file(folder_.path() / "answers.jsonl", answers));
  args_.teacher = "replay:" + (folder_.path() / "answers.jsonl").string();
  // Without cross compiler and emulator the board is left out.
  const char* path = std::getenv("PATH");
  const std::string before = path == nullptr ? "" : path;
  setenv("PATH", folder_.path().c_str(), 1);
  const auto done = run();
  const std::vector<std::string> first = shown();
  const auto again = run();
  setenv("PATH", before.c_str(), 1);

  ASSERT_EQ(error_of(done), "fine");
  EXPECT_THAT(first,
              ElementsAre("$ new", "$ add", "add", "$ label", "label", "$ train", "train", "$ test", "test"));
  EXPECT_EQ(arguments("add"), args_.video.string() + " --every 15 --tiles 4x3");
  EXPECT_EQ(arguments("label"), "--teacher " + args_.teacher);
  EXPECT_EQ(arguments("train"), "--seed 7");
  EXPECT_EQ(arguments("test"), "");
  EXPECT_EQ(done->test.run, 1);
  EXPECT_EQ(done->test.samples, 12);
  EXPECT_TRUE(fs::exists(done->test.report));
  EXPECT_GT(done->test.figures.weights_bytes, 0);
  EXPECT_GT(done->seconds, 0);
  const Json json = to_json(*done);
  EXPECT_EQ(json["samples"], 12);
  EXPECT_EQ(json["seconds"], done->seconds);

  ASSERT_EQ(error_of(again), "fine");
  EXPECT_EQ(outcome<AddOutcome>().already_there, 36);
  EXPECT_TRUE(outcome<TrainOutcome>().already_done);
  EXPECT_EQ(outcome<TrainOutcome>().settings.seed, 7U);
  EXPECT_EQ(again->test.run, 1);
}

}  // namespace
}  // namespace dew::verbs
