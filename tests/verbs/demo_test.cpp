// The demo without a terminal: its steps, and what stops them. The demo as a whole: tests/cli/demo_test.cpp.
#include "verbs/demo/demo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/shapes.h"
#include "tests/verbs/recorded_watch.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SeenSteps : public DemoSteps {
 public:
  void begin(const std::string& verb, const std::string& arguments) override {
    seen.push_back(verb + " " + arguments);
  }
  void end(const AddOutcome& added) override {
    seen.push_back("added " + std::to_string(added.samples_added));
  }
  void end(const LabelOutcome& labelled) override {
    seen.push_back("labelled " + std::to_string(labelled.counts->labelled));
  }

  std::vector<std::string> seen;
};

TEST(Demo, WithoutItsVideoItSaysHowToGetIt) {
  const auto folder = TemporaryFolder::create();
  SeenSteps steps;
  RecordedWatch watch;
  const auto demonstrated = demo({folder->path() / "p", folder->path() / "none.avi", "", ""}, steps, watch);
  EXPECT_THAT(error_of(demonstrated), HasSubstr("apt install opencv-doc"));
  EXPECT_THAT(steps.seen, IsEmpty());
  EXPECT_FALSE(fs::exists(folder->path() / "p"));
}

TEST(Demo, AStepThatStopsEndsItAndTheNextCallGoesOn) {
  const auto folder = TemporaryFolder::create();
  const fs::path other = folder->path() / "other.png";  // nobody recorded answers for it
  ASSERT_TRUE(write_file(other, encode_png(disc_picture(true, 1))));
  const DemoArgs args{folder->path() / "p", other, "", ""};
  SeenSteps steps;
  RecordedWatch watch;
  EXPECT_NE(error_of(demo(args, steps, watch)), "fine");
  const std::string project = (folder->path() / "p").string();
  EXPECT_THAT(
      steps.seen,
      ElementsAre(HasSubstr("new " + project + " --ask"), "add " + other.string() + " --every 15 --tiles 4x3",
                  "added 12", "label --teacher replay:" + project + "/person-answers.jsonl", "labelled 0"));
  SeenSteps again;
  EXPECT_NE(error_of(demo(args, again, watch)), "fine");
  EXPECT_THAT(again.seen, ::testing::Contains("added 0")) << "the project of the first call";
}

TEST(Demo, JsonIsThatOfTestAndTheTime) {
  DemoOutcome outcome;
  outcome.tested.run = 4;
  outcome.seconds = 12.5;
  const Json json = to_json(outcome);
  EXPECT_EQ(json["run"], 4);
  EXPECT_EQ(json["seconds"], 12.5);
  EXPECT_TRUE(json.contains("report"));
}

}  // namespace
}  // namespace dew::verbs
