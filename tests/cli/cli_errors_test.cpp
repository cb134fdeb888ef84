// What a person sees when something is wrong: a clear error, its exit code, nothing half-written.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/command.h"
#include "tests/support/shapes.h"
#include "tests/support/tools.h"

namespace dew::testing {
namespace {

class Errors : public ::testing::Test {
 protected:
  /// An empty one: made once, then copied.
  void new_project() {
    static const Command made;
    if (!fs::exists(made.folder() / "p")) {
      const Ran ran =
          made.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure"});
      ASSERT_EQ(ran.status, 0) << ran.err;
    }
    fs::copy(made.folder() / "p", command_.folder() / "p", fs::copy_options::recursive);
  }
  void add_discs(int count) {
    write_discs(command_.folder() / "pictures", count);
    const Ran ran = command_.run({"add", "../pictures"}, "p");
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  [[nodiscard]] int64_t samples_total() const {
    return command_.run({"add", "../one.png", "--json"}, "p").json().value("samples_total", -1) - 1;
  }
  Command command_;
};

TEST_F(Errors, FoldersThatTheSystemShouldHaveAreGone) {
  write_discs(command_.folder() / "pictures", 2);
  const std::vector<std::string> make{"new", "t", "--ask", "q", "--classes", "yes,no", "--add", "pictures"};
  command_.set("TMPDIR", "/nonexistent");
  expect_error(command_.run(make), 1, "TMPDIR names one");
  EXPECT_FALSE(fs::exists(command_.folder() / "t"));
  command_.set("TMPDIR", command_.folder().string());
  const Ran ran =
      command_.shell("mkdir gone && cd gone && rmdir ../gone && $DEWDROP new q --ask q --classes yes,no", "");
  EXPECT_NE(ran.status, 0);
  EXPECT_EQ(ran.err.find("unexpected failure"), std::string::npos) << ran.err;
}

TEST_F(Errors, LibTorchIsLoadedByWhatNeedsItAlone) {
  const Ran libraries = command_.shell("LD_TRACE_LOADED_OBJECTS=1 $DEWDROP", "");
  EXPECT_NE(libraries.out.find("libsqlite3"), std::string::npos) << libraries.out;
  EXPECT_EQ(libraries.out.find("libtorch"), std::string::npos) << libraries.out;
  EXPECT_EQ(command_.run({"backbone", "list"}).status, 0);
  const Ran without = command_.shell(
      "mkdir empty && : > empty/libtorch_cpu.so.1.13 && : > empty/libtorch.so.1.13 &&"
      " LD_LIBRARY_PATH=empty $DEWDROP backbone list",
      "");
  EXPECT_EQ(without.status, 1);
  EXPECT_NE(without.err.find("LibTorch"), std::string::npos) << without.err;
}

TEST_F(Errors, TheCommandItselfIsWrong) {
  EXPECT_EQ(command_.run({}).status, 2);
  expect_error(command_.run({"lable"}), 2, "did you mean: dewdrop label");
  expect_error(command_.run({"frobnicate"}), 2, "--help lists them");
  expect_error(command_.run({"train", "--wings"}), 2, "--wings");
  expect_error(command_.run({"train", "--epoch", "3"}), 2, "did you mean --epochs?");
  expect_error(command_.run({"train", "--seed", "-1"}), 2, "'-1' is less than 0");
  expect_error(command_.run({"new", "n", "--ask", "q", "--seed", "-1"}), 2, "'-1' is less than 0");
  const Ran negative = command_.run({"train", "--ram", "-5"});
  expect_error(negative, 2, "'-5' is not more than 0");
  EXPECT_LT(negative.err.size(), 120U) << "without the largest number there is: " << negative.err;
  expect_error(command_.run({"new", "p"}), 2, "--ask");
  expect_error(command_.run({"deploy", "--to", "moon"}), 2, "choose c, tflite, onnx or web");
  EXPECT_EQ(command_.run({"--version"}).status, 0);
}

TEST_F(Errors, BlanksAfterCommasAndTheProjectBeforeTheVerbAreFine) {
  const Ran made = command_.run({"new", "blank", "--ask", "q", "--classes", "yes, no", "--json"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(made.json()["classes"], nlohmann::json::parse(R"(["yes", "no"])"));
  expect_error(command_.run({"-C", "blank", "train"}), 1, "dewdrop label");
}

TEST_F(Errors, AReaderThatHasGoneIsNoFailureAndAFullDeviceIsOne) {
  new_project();
  add_discs(40);
  for (const char* verb : {"doctor", "doctor --json", "add --help"}) {
    // The reader has gone before the first byte is written.
    const std::string gone = fmt::format("bash -c '(sleep 0.3; $DEWDROP {}; echo \"=$?\" >&2) | true'", verb);
    const Ran piped = command_.shell(gone, "p");
    EXPECT_TRUE(piped.err.ends_with("=0\n")) << verb << piped.err;
    expect_error(command_.shell(fmt::format("$DEWDROP {} >/dev/full", verb), "p"), 1,
                 "cannot write the result: No space left on device");
  }
  // Progress and warnings that nobody can read stop no work.
  EXPECT_EQ(command_.shell("$DEWDROP add ../pictures >/dev/null 2>/dev/full", "p").status, 0);
}

TEST_F(Errors, EveryVerbHasHelpWithExamples) {
  for (const char* verb : {"new", "add", "label", "review", "backbone", "train", "test", "compile", "run",
                           "deploy", "export", "boards", "doctor", "demo"}) {
    const Ran ran = command_.run({verb, "--help"});
    EXPECT_EQ(ran.status, 0) << verb;
    EXPECT_NE(ran.out.find("Examples:"), std::string::npos) << verb;
    EXPECT_NE(ran.out.find("--json"), std::string::npos) << verb;
  }
}

TEST_F(Errors, AFolderThatIsNotAProject) {
  for (const char* verb : {"label", "train", "test", "compile"}) {
    const Ran ran = command_.run({verb});
    expect_error(ran, 2, "not a Dewdrop project");
    EXPECT_NE(ran.err.find("dewdrop new"), std::string::npos) << ran.err;
    const bool takes_models = std::string(verb) == "compile";
    EXPECT_EQ(ran.err.find("name a model of your own") != std::string::npos, takes_models) << ran.err;
  }
  EXPECT_TRUE(fs::is_empty(command_.folder()));
}

TEST_F(Errors, ASecondProjectInTheSameFolderAndWrongSettings) {
  new_project();
  expect_error(command_.run({"new", "p", "--ask", "?", "--classes", "a,b"}), 2, "p");
  expect_error(command_.run({"new", "q", "--ask", "?", "--classes", "a"}), 2, "class");
  EXPECT_FALSE(fs::exists(command_.folder() / "q"));
}

TEST_F(Errors, FilesThatAreNotPictures) {
  new_project();
  const fs::path folder = command_.folder();
  ASSERT_TRUE(write_file(folder / "one.png", encode_png(disc_picture(true, 1))));
  ASSERT_TRUE(write_file(folder / "empty.jpg", ""));
  ASSERT_TRUE(write_file(folder / "text.jpg", "this is no picture at all, whatever its name says\n"));
  // The header of a PNG of 40,000 x 40,000 pixels: signature, IHDR, no data.
  const std::string header("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x9c\x40\0\0\x9c\x40\x08\x02\0\0\0\0\0\0\0", 33);
  ASSERT_TRUE(write_file(folder / "huge.png", header));

  expect_error(command_.run({"add", "../nothing.jpg"}, "p"), 1, "nothing.jpg");
  expect_error(command_.run({"add", "../empty.jpg"}, "p"), 1, "empty.jpg");
  expect_error(command_.run({"add", "../text.jpg"}, "p"), 1, "text.jpg");
  expect_error(command_.run({"add", "../huge.png"}, "p"), 1, "40,000");
  expect_error(command_.run({"add", "../one.png", "--tiles", "axb"}, "p"), 2, "4x3");
  expect_error(command_.run({"add", "../one.png", "--tiles", "100x100"}, "p"), 2, "at most 64");
  EXPECT_EQ(samples_total(), 0);
}

TEST_F(Errors, OneBadPictureInAFolderIsReportedAndLeftOut) {
  new_project();
  write_discs(command_.folder() / "pictures", 4);
  ASSERT_TRUE(write_file(command_.folder() / "pictures" / "bad.jpg", "no picture"));
  const Ran ran = command_.run({"add", "../pictures", "--json"}, "p");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["samples_added"], 4);
  EXPECT_EQ(ran.json()["skipped"], 1) << "bad.jpg; answers.jsonl beside it was never a picture";
  EXPECT_NE(ran.err.find("bad.jpg"), std::string::npos);
}

TEST_F(Errors, LabelsOfAFolderNamedRelativelyAreFound) {
  new_project();
  write_discs(command_.folder() / "pictures", 4);
  std::string first;
  for (const auto& entry : fs::directory_iterator(command_.folder() / "pictures"))
    if (entry.path().extension() == ".png" || entry.path().extension() == ".jpg")
      first = entry.path().filename().string();
  ASSERT_TRUE(write_file(command_.folder() / "labels.csv", "file,label\n" + first + ",yes\n"));
  const Ran ran = command_.run({"add", "../pictures", "../labels.csv", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labels"]["labelled"], 1) << ran.err;
  EXPECT_EQ(ran.json()["skipped"], 0);
}

TEST_F(Errors, AMissingVideo) {
  new_project();
  expect_error(command_.run({"add", "../none.avi"}, "p"), 1, "none.avi");
}

TEST_F(Errors, ATruncatedVideo) {
  if (!fs::exists(kSampleVideo)) GTEST_SKIP() << kNoSampleVideo;
  new_project();
  const auto whole = read_file(kSampleVideo);
  ASSERT_TRUE(whole);
  ASSERT_TRUE(write_file(command_.folder() / "half.avi", whole->substr(0, whole->size() / 2)));
  ASSERT_TRUE(write_file(command_.folder() / "one.png", encode_png(disc_picture(true, 1))));
  expect_error(command_.run({"add", "../half.avi", "--every", "15"}, "p"), 1, "half.avi");
  EXPECT_EQ(samples_total(), 0);
}

TEST_F(Errors, AnAnswersFileWithAnUnknownClassNamesItsSample) {
  new_project();
  add_discs(4);
  ASSERT_TRUE(write_file(command_.folder() / "bad.jsonl",
                         "{\"sample\": \"disc-000.png\", \"label\": \"yes\"}\n"
                         "{\"sample\": \"disc-001.png\", \"label\": \"maybe\"}\n"));
  const Ran ran = command_.run({"label", "--teacher", "replay:../bad.jsonl"}, "p");
  expect_error(ran, 1, "no answer for disc-001.png: unknown class 'maybe'");
  EXPECT_NE(ran.err.find("bad.jsonl:2"), std::string::npos) << "the line's number: " << ran.err;
  EXPECT_EQ(ran.err.find("run the same command again"), std::string::npos) << "it would say the same";
  EXPECT_NE(ran.err.find("dewdrop review"), std::string::npos) << ran.err;
  expect_error(command_.run({"label", "--teacher", "replay:../none.jsonl"}, "p"), 1, "none.jsonl");
  expect_error(command_.run({"label"}, "p"), 2, "teacher");
  expect_error(command_.run({"label", "--teacher", "oracle:delphi"}, "p"), 2, "oracle");
  expect_error(command_.run({"label", "--teacher", "openai:gpt-4o"}, "p"), 2, "OPENAI_API_KEY");
}

TEST_F(Errors, SamplesWithoutARecordedAnswerAreCountedAndNamed) {
  new_project();
  add_discs(4);
  ASSERT_TRUE(
      write_file(command_.folder() / "some.jsonl", "{\"sample\": \"disc-000.png\", \"label\": \"yes\"}\n"));
  const Ran ran = command_.run({"label", "--teacher", "replay:../some.jsonl", "--json"}, "p");
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.json()["labelled"], 1);
  EXPECT_EQ(ran.json()["failed"], 3);
  EXPECT_EQ(ran.json()["failures"].size(), 3U);
  EXPECT_NE(ran.err.find("disc-001.png"), std::string::npos) << ran.err;
}

TEST_F(Errors, ADatabaseLockedByAnotherProcess) {
  new_project();
  write_discs(command_.folder() / "pictures", 2);
  const Ran ran = command_.shell(
      "mkfifo hold && (sqlite3 p/.dewdrop/project.db >/dev/null <hold &) ; exec 3>hold;"
      "echo 'BEGIN EXCLUSIVE;' >&3; sleep 0.5; $DEWDROP add -C p pictures; status=$?; exec 3>&-; exit "
      "$status");
  expect_error(ran, 1, "locked");
  EXPECT_EQ(command_.run({"add", "../pictures"}, "p").status, 0)
      << "nothing is lost: the same command works after";
}

TEST_F(Errors, AFullDisk) {
  new_project();
  ASSERT_TRUE(write_file(command_.folder() / "one.png", encode_png(disc_picture(true, 1, 512))));
  // No file may grow past 64 KiB: writing the picture fails as on a full disk.
  expect_error(command_.shell("ulimit -f 64; $DEWDROP add -C p one.png"), 1, "File too large");
  EXPECT_EQ(samples_total(), 0);
}

TEST_F(Errors, AFileThatIsNotAModel) {
  ASSERT_TRUE(write_file(command_.folder() / "text.tflite", "no model"));
  expect_error(command_.run({"compile", "text.tflite", "--for", "cortex-m4"}), 2, "text.tflite");
  expect_error(command_.run({"compile", "none.tflite"}), 1, "none.tflite");
  expect_error(command_.run({"compile", "text.tflite", "--for", "pentium"}), 2, "dewdrop deploy --to c");
  expect_error(command_.run({"compile", "text.tflite", "--for", "cortex-m5"}), 2, "did you mean cortex-m");
  expect_error(command_.run({"run"}), 2, "picture");
  EXPECT_FALSE(fs::exists(command_.folder() / "dew_text"));
}

}  // namespace
}  // namespace dew::testing
