// Ctrl-C and kill -9 in the middle, then the same command again: it resumes, and ends with the same net.
#include "tests/support/command.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

const std::string kNew =
    "$DEWDROP new p --ask 'Is there a disc?' --classes yes,no --unsure unsure --input 32 --epochs 6 "
    "--teacher replay:../pictures/answers.jsonl && cd p && $DEWDROP add ../pictures && $DEWDROP label";

fs::path only_run(const fs::path& project) {
  fs::path found;
  int count = 0;
  for (const auto& entry : fs::directory_iterator(project / "runs")) found = entry.path(), ++count;
  EXPECT_EQ(count, 1) << "an interrupted run goes on; no second one is begun";
  return found;
}

std::string model_of(const fs::path& project) {
  return read_file(only_run(project) / "model.tflite").value_or("no model");
}

/// Trains in a fresh project, sends `signal` once a checkpoint stands, says how the command ended.
Ran broken_training(const Command& command, const std::string& signal) {
  write_discs(command.folder() / "pictures", 60);
  return command.shell(kNew +
                       " && ($DEWDROP train & child=$!;"
                       "until find runs -name 'checkpoint*' 2>/dev/null | grep -q .; do sleep 0.02; done;"
                       "kill -" +
                       signal + " $child; wait $child)");
}

/// The int8 model of an unbroken run is what every broken one must end with, to the byte.
class Interrupt : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Command command;
    write_discs(command.folder() / "pictures", 60);
    const Ran ran = command.shell(kNew + " && $DEWDROP train");
    ASSERT_EQ(ran.status, 0) << ran.err;
    expected_ = model_of(command.folder() / "p");
  }
  static std::string expected_;
};
std::string Interrupt::expected_;

TEST_F(Interrupt, CtrlCInTheTrainingGoesOnToTheSameNet) {
  const Command command;
  const Ran broken = broken_training(command, "INT");
  EXPECT_EQ(broken.status, 1) << broken.err;
  EXPECT_NE(broken.err.find("run the same command again"), std::string::npos) << broken.err;
  const Ran again = command.run({"train"}, "p");
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_NE((again.out + again.err).find("going on"), std::string::npos) << again.out << again.err;
  EXPECT_EQ(model_of(command.folder() / "p"), expected_);
}

TEST_F(Interrupt, KillInTheTrainingGoesOnToTheSameNet) {
  const Command command;
  const Ran broken = broken_training(command, "KILL");
  EXPECT_EQ(broken.status, 128 + 9);
  const Ran again = command.run({"train"}, "p");
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(model_of(command.folder() / "p"), expected_);
}

TEST_F(Interrupt, KillAtAnyMomentOfAddAndLabelLosesNothing) {
  const Command command;
  write_discs(command.folder() / "pictures", 60);
  ASSERT_EQ(command
                .run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure",
                      "--teacher", "replay:../pictures/answers.jsonl"})
                .status,
            0);
  for (const char* delay : {"0.02", "0.05", "0.08", "0.12", "0.2"})
    command.shell(std::string("timeout -s KILL ") + delay + " $DEWDROP add ../pictures", "p");
  EXPECT_EQ(command.run({"add", "../pictures", "--json"}, "p").json()["samples_total"], 60);
  for (const char* delay : {"0.02", "0.05", "0.08", "0.12", "0.2"})
    command.shell(std::string("timeout -s KILL ") + delay + " $DEWDROP label", "p");
  const Ran labelled = command.run({"label", "--json"}, "p");
  EXPECT_EQ(labelled.status, 0) << labelled.err;
  EXPECT_EQ(labelled.json()["labelled"], 54);
  EXPECT_EQ(labelled.json()["unsure"], 6);
  const Ran count =
      command.shell("sqlite3 p/.dewdrop/project.db 'select count(*), count(distinct sample) from answers'");
  EXPECT_EQ(trim(count.out), "60|60") << "each sample was answered once: " << count.err;
}

}  // namespace
}  // namespace dew::testing
