// The whole way at a small size, from pictures of discs to C files that any C99 compiler builds.
#include <random>
#include <set>

#include "tests/support/command.h"
#include "tests/support/shapes.h"
#include "tests/support/tools.h"

namespace dew::testing {
namespace {

/// One project, trained once, looked at from all sides.
class Way : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    command_ = new Command();
    write_discs(command_->folder() / "pictures", 120);
    ASSERT_EQ(command_
                  ->run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure",
                         "--input", "32", "--epochs", "8", "--teacher", "replay:../pictures/answers.jsonl"})
                  .status,
              0);
    added_ = command_->run({"add", "../pictures", "--json"}, "p");
    labelled_ = command_->run({"label", "--json"}, "p");
    trained_ = command_->run({"train", "--json"}, "p");
  }
  static void TearDownTestSuite() { delete command_; }
  /// So many inputs of the net, of noise: no two alike, and no two bytes that could change places unseen.
  static void write_inputs(const std::string& name, size_t count) {
    std::mt19937 random(3);
    std::string bytes(count * 32 * 32 * 3, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    ASSERT_TRUE(write_file(command_->folder() / name, bytes));
  }
  /// The layers' figures in the JSON object of compile --report, added up.
  static int64_t sum(const nlohmann::json& layers, const char* figure) {
    int64_t total = 0;
    for (const auto& layer : layers)
      if (!layer[figure].is_null()) total += layer[figure].get<int64_t>();
    return total;
  }

  static Command* command_;
  static Ran added_;
  static Ran labelled_;
  static Ran trained_;
};
Command* Way::command_ = nullptr;
Ran Way::added_;
Ran Way::labelled_;
Ran Way::trained_;

TEST_F(Way, AddSaysWhatItAdded) {
  ASSERT_EQ(added_.status, 0) << added_.err;
  EXPECT_EQ(added_.json()["samples_added"], 120);
  EXPECT_EQ(added_.json()["samples_total"], 120);
  EXPECT_EQ(added_.json()["skipped"], 0);
  EXPECT_EQ(added_.json()["left_out"]["other"]["count"], 1) << "answers.jsonl lies there as well";
  const Ran again = command_->run({"add", "../pictures", "--json"}, "p");
  EXPECT_EQ(again.json()["samples_added"], 0);
  EXPECT_EQ(again.json()["samples_total"], 120);
}

TEST_F(Way, LabelSetsTheUnsureAsideAndAsksNothingTwice) {
  ASSERT_EQ(labelled_.status, 0) << labelled_.err;
  EXPECT_EQ(labelled_.json()["asked"], 120);
  EXPECT_EQ(labelled_.json()["labelled"], 108);
  EXPECT_EQ(labelled_.json()["unsure"], 12);
  EXPECT_EQ(labelled_.json()["failed"], 0);
  EXPECT_EQ(labelled_.json()["by_class"]["yes"], 60);
  EXPECT_EQ(labelled_.json()["by_class"]["no"], 48);
  EXPECT_EQ(labelled_.json()["cost_usd"], 0);
  EXPECT_EQ(command_->run({"label", "--json"}, "p").json()["asked"], 0);
}

TEST_F(Way, EachStepNamesTheNext) {
  EXPECT_NE(added_.err.find("next: dewdrop label\n"), std::string::npos) << added_.err;
  EXPECT_NE(labelled_.err.find("next: dewdrop train\n"), std::string::npos) << labelled_.err;
  EXPECT_NE(trained_.err.find("next: dewdrop test\n"), std::string::npos) << trained_.err;
  const Ran named = command_->run({"-C", "p", "label"});
  EXPECT_NE(named.out.find("next: dewdrop -C p train\n"), std::string::npos) << named.out;
  EXPECT_EQ(command_->run({"label"}, "p/runs").out.find("-C"), std::string::npos);
}

TEST_F(Way, TrainThenTestThenRunAgree) {
  ASSERT_EQ(trained_.status, 0) << trained_.err;
  EXPECT_LE(trained_.json()["epochs"], 8);  // fewer where validation no longer gets better
  EXPECT_NE(trained_.err.find(" 8 epochs"), std::string::npos) << trained_.err;
  EXPECT_EQ(trained_.json()["input"], 32);
  const Ran tested = command_->run({"test", "--no-board", "--json"}, "p");
  ASSERT_EQ(tested.status, 0) << tested.err;
  const auto keys = tested.json();
  EXPECT_GT(keys["samples"], 10);
  EXPECT_GE(keys["float"]["accuracy"].get<double>(), 0.8);
  EXPECT_NEAR(keys["int8_host"]["accuracy"].get<double>(), keys["float"]["accuracy"].get<double>(), 0.06);
  EXPECT_TRUE(keys["int8_board"]["accuracy"].is_null());
  EXPECT_TRUE(keys["ram_bytes"].is_null());
  EXPECT_GT(keys["macs"], 100'000);
  const auto report = read_file(keys["report"].get<std::string>());
  ASSERT_TRUE(report);
  EXPECT_NE(report->find("Is there a disc?"), std::string::npos);

  const Ran ran = command_->run({"run", "../pictures/disc-000.png", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["class"], "yes");
  EXPECT_EQ(ran.json()["scores"].size(), 2U);
}

TEST_F(Way, AnEarlierRunsNetCanBeTheTeacher) {
  ASSERT_EQ(command_->shell("cp -r p q").status, 0);
  const Ran ran = command_->run({"label", "--teacher", "student", "--json"}, "q");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto keys = ran.json();
  EXPECT_EQ(keys["teacher"], "student");
  EXPECT_GT(keys["asked"], 10);
  EXPECT_EQ(keys["unsure"], 0) << "a net always chooses";
  EXPECT_EQ(command_->run({"label", "--teacher", "student", "--json"}, "q").json()["asked"], 0);
  expect_error(command_->run({"label", "--teacher", "student:99"}, "q"), 2, "99");
  expect_error(command_->run({"label", "--teacher", "student:x"}, "q"), 2, "student:3");
}

TEST_F(Way, RawTensorsGoInAndComeOut) {
  ASSERT_TRUE(write_file(command_->folder() / "in.bin", std::string(size_t{2} * 32 * 32 * 3, '\x05')));
  const Ran ran = command_->run({"run", "--raw", "../in.bin", "--out", "../out.bin", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto out = read_file(command_->folder() / "out.bin");
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 4U);
  EXPECT_EQ(out->substr(0, 2), out->substr(2, 2)) << "equal inputs, equal outputs";
  expect_error(command_->run({"run", "--raw", "../in.bin"}, "p"), 2, "--out");
  ASSERT_TRUE(write_file(command_->folder() / "odd.bin", "123"));
  expect_error(command_->run({"run", "--raw", "../odd.bin", "--out", "../out.bin"}, "p"), 1, "odd.bin");
}

TEST_F(Way, ASplitRunsAgainstItsLabelsAsTestSays) {
  const auto tested = command_->run({"test", "--no-board", "--json"}, "p").json();
  const Ran ran = command_->run({"run", "--split", "test", "--out", "../split.bin", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto keys = ran.json();
  EXPECT_EQ(keys["labelled"], tested["samples"]);
  EXPECT_EQ(keys["right"], tested["int8_host"]["right"]);
  EXPECT_EQ(keys["accuracy"], tested["int8_host"]["accuracy"]);
  ASSERT_EQ(keys["results"].size(), keys["inputs"]);
  for (const auto& result : keys["results"]) {
    EXPECT_EQ(result["scores"].size(), 2U);
    EXPECT_TRUE(result["label"].is_null() || result["label"] == "yes" || result["label"] == "no");
  }
  EXPECT_EQ(fs::file_size(command_->folder() / "split.bin"), 2 * keys["results"].size());
  expect_error(command_->run({"run", "--split", "tset"}, "p"), 2, "validation");
}

TEST_F(Way, AFolderRunsPictureByPictureAndItsNameIsALabel) {
  const fs::path folder = command_->folder() / "sorted";
  for (const char* name : {"yes/b.png", "yes/a.png", "no/c.png"})
    ASSERT_TRUE(write_file(folder / name, encode_png(disc_picture(name[0] == 'y', 3))));
  ASSERT_TRUE(write_file(folder / "yes/notes.txt", "no picture"));
  const Ran ran = command_->run({"run", "../sorted", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto keys = ran.json();
  ASSERT_EQ(keys["results"].size(), 3U);
  EXPECT_EQ(keys["results"][0]["input"], "../sorted/no/c.png");
  EXPECT_EQ(keys["results"][1]["label"], "yes");
  EXPECT_EQ(keys["labelled"], 3);
  const Ran told = command_->run({"run", "../sorted"}, "p");
  EXPECT_NE(told.out.find("a.png"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find(" of 3 labelled inputs right"), std::string::npos) << told.out;
  ASSERT_TRUE(write_file(folder / "no/broken.png", "no picture"));
  const Ran skipped = command_->run({"run", "../sorted"}, "p");
  EXPECT_EQ(skipped.status, 0) << "one bad picture does not end the work";
  EXPECT_NE(skipped.err.find("broken.png"), std::string::npos) << skipped.err;
  fs::create_directory(command_->folder() / "void");
  expect_error(command_->run({"run", "../void"}, "p"), 1, "holds no picture");
  expect_error(command_->run({"run", "../sorted", "--split", "test"}, "p"), 2, "--split");
  expect_error(command_->run({"run", "../sorted", "--rows"}, "p"), 2, "--on");
}

TEST_F(Way, AnyKernelsCanBeForcedAndGiveTheSameBytes) {
  const fs::path out = command_->folder() / "forced.bin";
  write_inputs("in.bin", 4);
  std::set<std::string> outputs;
  for (const char* isa : {"generic", "arm-dsp", "helium", "lanes"}) {
    const Ran ran = command_->run({"run", "--raw", "../in.bin", "--out", "../forced.bin", "--isa", isa}, "p");
    ASSERT_EQ(ran.status, 0) << ran.err;
    outputs.insert(read_file(out).value());
  }
  EXPECT_EQ(outputs.size(), 1U);
  expect_error(command_->run({"run", "--raw", "../in.bin", "--out", "../none.bin", "--isa", "neon"}, "p"), 2,
               "generic, arm-dsp");
}

TEST_F(Way, RowsOnABoardGiveTheHostsBytes) {
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  write_inputs("in.bin", 2);
  for (const char* rounding : {"dew", "tflite"}) {
    ASSERT_EQ(
        command_->run({"run", "--raw", "../in.bin", "--out", "../host.bin", "--rounding", rounding}, "p")
            .status,
        0);
    const Ran ran = command_->run({"run", "--raw", "../in.bin", "--out", "../rows.bin", "--rounding",
                                   rounding, "--on", "cortex-m4", "--rows", "--json"},
                                  "p");
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_GT(ran.json()["instructions"], 10'000);
    EXPECT_EQ(read_file(command_->folder() / "rows.bin").value(),
              read_file(command_->folder() / "host.bin").value());
  }
}

TEST_F(Way, TheReportTellsWhatEachLayerCosts) {
  const Ran ran = command_->run({"compile", "--no-measure", "--report", "-o", "../rep", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto keys = ran.json();
  const auto& layers = keys["layers"];
  ASSERT_GT(layers.size(), 50U);
  EXPECT_EQ(sum(layers, "macs"), keys["macs"]);
  EXPECT_EQ(sum(layers, "flash_bytes"), keys["weights_bytes"]);
  for (const auto& layer : layers) {
    EXPECT_LE(layer["ram_bytes"], keys["arena_bytes"]);
    EXPECT_TRUE(layer["instructions"].is_null()) << "nothing was measured";
  }
  const auto page = read_file(command_->folder() / "rep" / "report.html");
  ASSERT_TRUE(page);
  for (const char* part : {"id=\"memory\"", "id=\"layers\"", "DepthwiseConv2D"})
    EXPECT_NE(page->find(part), std::string::npos) << part;
  const Ran named = command_->run({"compile", "--no-measure", "--report=../mine.html", "-o", "../rep"}, "p");
  ASSERT_EQ(named.status, 0) << named.err;
  EXPECT_TRUE(fs::exists(command_->folder() / "mine.html"));
  EXPECT_NE(named.out.find("DepthwiseConv2D"), std::string::npos);
}

TEST_F(Way, ABoardsLogStandsBesideTheLayers) {
  const auto in_way = [](const std::string& command) {
    return run_process({"sh", "-c", "cd " + command_->folder().string() + " && " + command},
                       std::chrono::minutes(2), Watch());
  };
  ASSERT_EQ(command_->run({"deploy", "--to", "c", "--for", "cortex-m4", "-o", "../timed"}, "p").status, 0);
  const auto logged = in_way("make -s -C timed CC=cc timing && timed/timing >log.txt");
  ASSERT_TRUE(logged);
  ASSERT_EQ(logged->status, 0) << logged->errors;
  const std::vector<std::string> compile{"compile", "--no-measure", "--for",      "cortex-m4", "-o",
                                         "../rep",  "--measured",   "../log.txt", "--json"};
  const Ran ran = command_->run(compile, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto keys = ran.json();
  EXPECT_EQ(keys["measured"]["unit"], "ms");
  EXPECT_GT(keys["measured"]["total"], 0);
  double total = 0;
  for (const auto& layer : keys["layers"]) total += layer["measured"].get<double>();
  EXPECT_NEAR(total, keys["measured"]["total"].get<double>(), 1e-9);
  EXPECT_NE(read_file(command_->folder() / "rep" / "report.html")->find("Measured, ms"), std::string::npos);
  const Ran other = command_->run(
      {"compile", "--no-measure", "--for", "cortex-m0plus", "-o", "../other", "--measured", "../log.txt"},
      "p");
  EXPECT_EQ(other.status, 2) << "the kernels of another core pack their constants otherwise";
  EXPECT_FALSE(fs::exists(command_->folder() / "other")) << "nothing is written beside a wrong log";
}

TEST_F(Way, TheReportCountsTheInstructionsOfEachLayer) {
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  const Ran ran = command_->run({"compile", "--for", "cortex-m4", "--report", "-o", "../m4", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto keys = ran.json();
  const auto whole = keys["instructions"].get<int64_t>();
  EXPECT_GT(whole, 10'000);
  EXPECT_NEAR(sum(keys["layers"], "instructions"), whole, whole / 50);
  EXPECT_LT(keys["rows_ram_bytes"], keys["ram_bytes"]);
}

TEST_F(Way, DeployedCBuildsAndRunsAnywhere) {
  const Ran ran = command_->run({"deploy", "--to", "c", "-o", "../c", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Ran built =
      command_->shell("cc -std=c99 -Wall -Wextra -Werror -pedantic -O2 *.c -o example && ./example", "c");
  EXPECT_EQ(built.status, 0) << built.err;
  EXPECT_NE(built.out.find("class "), std::string::npos) << built.out;
}

TEST_F(Way, SeveralKindsGetAFolderEach) {
  const Ran ran = command_->run({"deploy", "--to", "tflite,onnx", "-o", "../both", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["files"].size(), 8U);
  for (const char* file :
       {"tflite/p.tflite", "tflite/p.labels.txt", "tflite/p.thresholds.txt", "tflite/p.gate.txt",
        "onnx/p.onnx", "onnx/p.labels.txt", "onnx/p.thresholds.txt", "onnx/p.gate.txt"})
    EXPECT_TRUE(fs::exists(command_->folder() / "both" / file)) << file;
  const Ran again =
      command_->run({"deploy", "--model", "both/tflite/p.tflite", "--to", "onnx", "-o", "again"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_TRUE(fs::exists(command_->folder() / "again" / "p.onnx"));
}

TEST_F(Way, TheDeployedTfliteCompilesOnItsOwn) {
  ASSERT_EQ(command_->run({"deploy", "--to", "tflite", "-o", "../t"}, "p").status, 0);
  const Ran ran =
      command_->run({"compile", "t/p.tflite", "--for", "cortex-m4", "--no-measure", "--dump", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.err.find("DepthwiseConv2D"), std::string::npos)
      << "the dump, on stderr beside --json: " << ran.err;
  for (const auto& file : ran.json()["files"])
    EXPECT_TRUE(fs::exists(command_->folder() / file.get<std::string>()));
}

TEST_F(Way, ThresholdsBesideAModelAreHonoured) {
  ASSERT_EQ(command_->run({"deploy", "--to", "tflite", "-o", "../u"}, "p").status, 0);
  const fs::path file = command_->folder() / "u" / "p.thresholds.txt";
  const auto decision = [&](const std::string& thresholds) {
    EXPECT_TRUE(write_file(file, thresholds));
    const Ran ran = command_->run({"run", "--model", "u/p.tflite", "pictures/disc-000.png", "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.json()["class"], "yes");
    return ran.json()["decision"];
  };
  EXPECT_EQ(decision("0.1\n0.1\n"), "yes");
  EXPECT_TRUE(decision("1\n1\n").is_null());
  const Ran compiled =
      command_->run({"compile", "u/p.tflite", "--for", "cortex-m4", "--no-measure", "-o", "u/c"});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  EXPECT_NE(read_file(command_->folder() / "u/c/dew_p.h").value_or("").find("dew_p_decide("),
            std::string::npos);
  for (const char* bad : {"0.5\n", "0.5\nhigh\n", "0.5\n1.5\n", "0.5\nnan\n"}) {
    ASSERT_TRUE(write_file(file, bad));
    const Ran ran = command_->run({"run", "--model", "u/p.tflite", "pictures/disc-000.png"});
    EXPECT_EQ(ran.status, 2) << bad;
    EXPECT_NE(ran.err.find("p.thresholds.txt"), std::string::npos) << ran.err;
  }
}

TEST_F(Way, AMissingCrossCompilerCostsTheFiguresOnly) {
  const Ran compiled = command_->shell("PATH=/nowhere $DEWDROP compile --for cortex-m4 -o ../m4 --json", "p");
  EXPECT_EQ(compiled.status, 0) << compiled.err;
  EXPECT_TRUE(compiled.json()["ram_bytes"].is_null());
  EXPECT_NE(compiled.err.find("gcc-arm-none-eabi"), std::string::npos) << compiled.err;
  const Ran tested = command_->shell("PATH=/nowhere $DEWDROP test --json", "p");
  EXPECT_EQ(tested.status, 0) << tested.err;
  EXPECT_NE(tested.err.find("gcc-arm-none-eabi"), std::string::npos) << tested.err;
  const Ran insisted = command_->shell("PATH=/nowhere $DEWDROP test --on cortex-m4", "p");
  expect_error(insisted, 1, "gcc-arm-none-eabi");
  const Ran doctor = command_->shell("PATH=/nowhere $DEWDROP doctor", "p");
  EXPECT_EQ(doctor.status, 0);
  EXPECT_NE(doctor.out.find("gcc-arm-none-eabi"), std::string::npos) << doctor.out;
}

}  // namespace
}  // namespace dew::testing
