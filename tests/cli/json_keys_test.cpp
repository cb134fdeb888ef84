// The JSON objects of every verb, in every mode, keep the keys and types recorded in json_keys.json.
#include <memory>
#include <opencv2/videoio.hpp>

#include "tests/support/fake_openai.h"
#include "tests/support/json_keys.h"
#include "tests/support/shapes.h"
#include "tests/support/tools.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;

std::string disc(int number) {
  char name[32];
  std::snprintf(name, sizeof name, "disc-%03d.png", number);
  return name;
}

/// One small project of 40 discs, labelled and trained; a test that changes it takes a copy.
class JsonKeys : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    command_ = std::make_unique<Command>();
    write_discs(command_->folder() / "pictures", 40);
    write_answers();
    made_ = run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure",
                 "--input", "32", "--epochs", "1", "--teacher", "replay:../answers.jsonl"},
                ".");
    added_ = run({"add", "../pictures"});
    labelled_ = run({"label"});
    trained_ = run({"train"});
    ASSERT_EQ(trained_.status, 0) << made_.err << added_.err << labelled_.err << trained_.err;
  }
  static void TearDownTestSuite() { command_.reset(); }

  /// The teacher is .9 sure and wrong about discs 4 and 7; people are right about all.
  static void write_answers() {
    std::string answers;
    std::string people;
    for (int i = 0; i < 40; ++i) {
      const bool yes = i % 2 == 0;
      const bool wrong = i == 4 || i == 7;
      answers += Json{{"sample", disc(i)},
                      {"label", i % 10 == 9    ? "unsure"
                                : yes != wrong ? "yes"
                                               : "no"},
                      {"reason", "made by the test"},
                      {"confidence", 0.9}}
                     .dump() +
                 "\n";
      people += disc(i) + (yes ? ",yes\n" : ",no\n");
    }
    ASSERT_TRUE(write_file(command_->folder() / "answers.jsonl", answers));
    ASSERT_TRUE(write_file(command_->folder() / "people.csv", people));
  }
  static Ran run(std::vector<std::string> arguments, const std::string& inside = "p") {
    arguments.emplace_back("--json");
    return command_->run(arguments, inside);
  }
  /// Runs it, and holds it to what was recorded.
  static void check(const std::string& mode, const std::vector<std::string>& arguments,
                    const std::string& inside = "p") {
    const Ran ran = run(arguments, inside);
    EXPECT_EQ(ran.status, 0) << mode << ": " << ran.err;
    expect_keys(mode, ran);
  }
  /// Of the one training.
  static fs::path run_folder(const std::string& project) {
    return command_->folder() / project / trained_.json()["folder"].get<std::string>();
  }
  /// A copy of the project, of the name of the test that asks for it.
  static std::string copy() {
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::copy(command_->folder() / "p", command_->folder() / name, fs::copy_options::recursive);
    return name;
  }

  inline static std::unique_ptr<Command> command_;
  inline static Ran made_;
  inline static Ran added_;
  inline static Ran labelled_;
  inline static Ran trained_;
};

TEST(KeyTypes, WhatIsGoneOrOfAnotherTypeIsNamed) {
  const KeyTypes recorded{{"a", "number"}, {"a.b", "number"}, {"c", "object or null"}, {"c.d", "string"},
                          {"e", "array"},  {"e[]", "object"}, {"e[].f", "number"},     {"g", "null"}};
  EXPECT_EQ(lost_keys({{"a", "number"}, {"e", "array"}}, Json::parse(R"({"a": 1, "e": [], "new": {}})")), "");
  EXPECT_EQ(lost_keys(recorded, Json::parse(R"({"a": "1", "c": null, "e": [{}], "g": 7})")),
            "a was number, is string\na.b is gone\ne[].f is gone\n");
  EXPECT_EQ(lost_keys({{"a", "number"}}, Json::parse(R"({"a": null})")), "a was number, is null\n");
  EXPECT_EQ(lost_keys({{"c", "object or null"}, {"c.d", "string"}}, Json::parse(R"({"c": {}})")),
            "c.d is gone\n");
}

TEST_F(JsonKeys, NewAddLabelTrain) {
  expect_keys("new", made_);
  expect_keys("add", added_);
  expect_keys("label", labelled_);
  expect_keys("train", trained_);
}

TEST_F(JsonKeys, AddALabelledFolder) {
  for (int i = 0; i < 8; ++i) {
    const fs::path to = command_->folder() / "labelled" / (i % 2 == 0 ? "yes" : "no");
    fs::create_directories(to);
    fs::copy_file(command_->folder() / "pictures" / disc(i), to / disc(i));
  }
  check("add, a labelled folder", {"add", "../labelled"}, copy());
}

TEST_F(JsonKeys, LabelByAServer) {
  const std::string q = copy();
  const FakeOpenAi server(Json::parse(
      R"({"count": {"base": 85, "tile": 170}, "then": {"label": "yes", "reason": "It is round.", "p": 0.8}})"));
  const std::string teacher = server.base_url() + "#gpt-4o-2024-08-06";
  check("label --dry-run", {"label", "--teacher", teacher, "--sample", "3", "--dry-run"}, q);
  check("label, two teachers with two votes",
        {"label", "--teacher", teacher, "--teacher", server.base_url() + "#gpt-4o-mini", "--votes", "2",
         "--limit", "2"},
        q);
  check("label --bill", {"label", "--bill"}, q);
  check("label --batches", {"label", "--batches"}, q);
  check("label by a student", {"label", "--teacher", "student", "--limit", "2"}, q);
}

TEST_F(JsonKeys, LabelWithFailures) {
  const FakeOpenAi server(Json::parse(R"({"steps": [{"label": "maybe"}]})"));
  const Ran ran =
      run({"label", "--teacher", server.base_url() + "#m", "--retries", "0", "--limit", "2"}, copy());
  EXPECT_EQ(ran.status, 1) << ran.err;
  expect_keys("label, a failure", ran);
}

TEST_F(JsonKeys, LabelAgainstGold) {
  const std::string q = copy();
  check("review --import", {"review", "--import", "../people.csv", "--by", "ada"}, q);
  check("label --gold", {"label", "--gold"}, q);
}

TEST_F(JsonKeys, Review) {
  const std::string q = copy();
  const std::vector<std::string> features{"--backbone", "random", "--input", "32"};
  const auto review = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "review");
    arguments.insert(arguments.end(), features.begin(), features.end());
    return arguments;
  };
  check("review --list", review({"--list", "4"}), q);
  check("review --score", review({"--score", "../people.csv"}), q);
  const Ran typed = command_->shell(
      "printf 'k\\nno\\nz\\nq\\n' | $DEWDROP review --backbone random --input 32 --by ada --json", q);
  EXPECT_EQ(typed.status, 0) << typed.err;
  expect_keys("review", typed);
}

TEST_F(JsonKeys, Backbones) {
  command_->set("XDG_DATA_HOME", (command_->folder() / "data").string());
  const std::string bundled = std::string(DEWDROP_SOURCE_DIR) + "/src/student/backbones/bundled.dewb";
  check("backbone import", {"backbone", "import", bundled, "--name", "mine"});
  check("backbone list", {"backbone", "list"});
}

TEST_F(JsonKeys, TestAndRunOnTheHost) {
  const std::string q = copy();
  check("test --no-board", {"test", "--no-board"}, q);
  ASSERT_TRUE(write_file(run_folder(q) / "model.thresholds.txt", "0.1\n0.1\n"));
  check("test --no-board, with thresholds", {"test", "--no-board"}, q);
  check("run, a picture", {"run", "../pictures/disc-000.png"});
  check("run --split", {"run", "--split", "test"});
  ASSERT_TRUE(write_file(command_->folder() / "in.bin", std::string(size_t{32} * 32 * 3, '\x05')));
  check("run --raw", {"run", "--raw", "../in.bin", "--out", "../out.bin"});
}

TEST_F(JsonKeys, CompileAndDeployWithoutMeasuring) {
  check("compile --no-measure", {"compile", "--no-measure", "-o", "../c0"});
  check("compile --no-measure --report", {"compile", "--no-measure", "--report", "-o", "../c1"});
  check("compile --no-measure --for a board",
        {"compile", "--no-measure", "--for", "nicla-vision", "-o", "../c2"});
  check("deploy --to c", {"deploy", "--to", "c", "-o", "../d0"});
  check("deploy --to tflite,onnx", {"deploy", "--to", "tflite,onnx", "-o", "../d1"});
}

TEST_F(JsonKeys, Export) {
  check("export", {"export", "../e0", "--to", "csv"});
}

TEST_F(JsonKeys, Cascade) {
  const std::string q = copy();
  {
    cv::VideoWriter writer((command_->folder() / "discs.avi").string(),
                           cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 25, cv::Size(64, 64));
    for (int i = 0; i < 100; ++i) {
      Image picture = disc_picture(i >= 40 && i < 70, static_cast<uint64_t>(i));
      writer.write(cv::Mat(picture.height, picture.width, CV_8UC3, picture.rgb.data()));
    }
  }
  ASSERT_TRUE(write_file(command_->folder() / "discs.truth.csv", "start,end,class\n1.6,2.8,yes\n"));
  check("cascade tune", {"cascade", "tune", "../discs.avi"}, q);
  check("cascade", {"cascade", "../discs.avi", "--on", "0.01", "--off", "0.01"}, q);
  check("cascade report", {"cascade", "report"}, q);
}

TEST_F(JsonKeys, Compare) {
  const std::string q = copy();
  EXPECT_EQ(run({"review", "--import", "../people.csv", "--by", "ada"}, q).status, 0);
  check("compare",
        {"compare", "--seeds", "2", "--folds", "2", "--drift-pictures", "10", "--usd-a-label", "0.05"}, q);
}

TEST_F(JsonKeys, Boards) {
  check("boards", {"boards", "nicla-vision"});
}

TEST_F(JsonKeys, Doctor) {
  const Ran ran = command_->shell("PATH=/nowhere $DEWDROP doctor --json");
  EXPECT_EQ(ran.status, 0) << ran.err;
  expect_keys("doctor", ran);
}

TEST_F(JsonKeys, AnError) {
  const Ran usage = run({"test", "--run", "99"});
  EXPECT_NE(usage.status, 0);
  expect_keys("an error", usage);
  expect_keys("an error on the command line", run({"train", "--wings"}));
}

TEST_F(JsonKeys, SlowCompileTestAndRunOnABoard) {
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  check("compile", {"compile", "--for", "cortex-m4", "-o", "../b0"});
  check("compile --report", {"compile", "--for", "cortex-m4", "--report", "-o", "../b1"});
  check("test", {"test"}, copy());
  check("run --on", {"run", "--on", "cortex-m4", "../pictures/disc-000.png"});
}

TEST_F(JsonKeys, SlowTrainWithinLimits) {
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  check("train --ram", {"train", "--ram", "16K", "--flash", "48K"}, copy());
}

TEST_F(JsonKeys, SlowBackboneTrain) {
  write_discs(command_->folder() / "many", 70);
  const fs::path model = run_folder("p") / "model.tflite";
  check("backbone train", {"backbone", "train", "../many", "--teacher", model.string(), "--work", "../work",
                           "-o", "../mine.dewb", "--stages", "32x1", "--views", "1", "--alpha", "0.35"});
}

}  // namespace
}  // namespace dew::testing
