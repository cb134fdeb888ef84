// dewdrop review as a person uses it: through a pipe, on a terminal, undone, killed, interrupted; and files
// of labels.
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "tests/support/command.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

class Review : public ::testing::Test {
 protected:
  /// 40 pictures, 36 of them labelled; the labels of discs 4 and 7 are wrong. Made once; every test has its
  /// own copy.
  static void SetUpTestSuite() {
    made_ = std::make_unique<Command>();
    write_discs(made_->folder() / "pictures", 40);
    std::string answers = *read_file(made_->folder() / "pictures" / "answers.jsonl");
    swap_label(answers, "disc-004.png", "yes", "no");
    swap_label(answers, "disc-007.png", "no", "yes");
    ASSERT_TRUE(write_file(made_->folder() / "answers.jsonl", answers));
    ASSERT_EQ(
        made_->run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure"})
            .status,
        0);
    ASSERT_EQ(made_->run({"add", "../pictures"}, "p").status, 0);
    ASSERT_EQ(made_->run({"label", "--teacher", "replay:../answers.jsonl"}, "p").status, 0);
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override { fs::copy(made_->folder(), command_.folder(), fs::copy_options::recursive); }
  static void swap_label(std::string& answers, const std::string& sample, const std::string& from,
                         const std::string& to) {
    const std::string before = "\"" + sample + "\", \"label\": \"" + from + "\"";
    const size_t at = answers.find(before);
    ASSERT_NE(at, std::string::npos);
    answers.replace(at, before.size(), "\"" + sample + "\", \"label\": \"" + to + "\"");
  }
  /// With `typed` on stdin, a pipe.
  [[nodiscard]] Ran pipe(const std::string& typed, const std::string& options = "") const {
    return command_.shell(
        "printf '" + typed + "' | $DEWDROP review --backbone random --input 64 --by ada " + options, "p");
  }
  /// "sample name=class/origin" of all labels by people.
  [[nodiscard]] std::string by_people() const {
    return trim(
        command_
            .shell("sqlite3 p/.dewdrop/project.db \"SELECT s.name || '=' || l.class || '/' || l.basis FROM "
                   "standing_labels l JOIN samples s ON s.id = l.sample WHERE l.origin = 'human' ORDER BY "
                   "s.name\"")
            .out);
  }
  [[nodiscard]] std::string sql(const std::string& query) const {
    return trim(command_.shell("sqlite3 p/.dewdrop/project.db \"" + query + "\"").out);
  }
  inline static std::unique_ptr<Command> made_;
  Command command_;
};

TEST_F(Review, TheRankingHasTheWrongLabelsInFront) {
  const Ran ran =
      command_.run({"review", "--backbone", "random", "--input", "64", "--list", "4", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto queue = ran.json()["queue"];
  ASSERT_EQ(queue.size(), 4U);
  EXPECT_EQ(ran.json()["queue_length"], 36);
  int wrong = 0;
  for (const auto& entry : queue)
    if (entry["sample"] == "disc-004.png" || entry["sample"] == "disc-007.png") ++wrong;
  EXPECT_EQ(wrong, 2) << ran.out;
  EXPECT_EQ(queue[0]["reason"], "made by the test");
  // Again, from the cache, also after it was damaged: the same.
  const auto again = [&] {
    return command_.run({"review", "--backbone", "random", "--input", "64", "--list", "4", "--json"}, "p");
  };
  EXPECT_EQ(again().out, ran.out);
  const Ran damaged = command_.shell(
      "for f in p/.dewdrop/features/*; do printf X | dd of=$f bs=1 seek=100 conv=notrunc; done");
  ASSERT_EQ(damaged.status, 0) << damaged.err;
  const Ran anew = again();
  EXPECT_EQ(anew.out, ran.out);
  EXPECT_NE(anew.err.find("damaged"), std::string::npos) << anew.err;
}

TEST_F(Review, ThroughAPipeALineIsADecision) {
  const Ran ran = pipe("k\\nno\\nmaybe\\nu\\ns\\nz\\nz\\n1\\n?\\n", "--limit 5 --json");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["decided"], 3) << ran.err;
  EXPECT_EQ(ran.json()["undone"], 2);
  EXPECT_EQ(ran.json()["unsure"], 0) << "it was taken back";
  EXPECT_EQ(ran.json()["left"], 2);
  EXPECT_NE(ran.err.find("no key and no class 'maybe'"), std::string::npos) << ran.err;
  EXPECT_EQ(sql("SELECT count(*) FROM standing_labels WHERE origin = 'human'"), "3");
  EXPECT_EQ(sql("SELECT count(*) FROM labels WHERE origin = 'human'"), "4") << "what was taken back is kept";
  EXPECT_EQ(sql("SELECT count(*) FROM withdrawals"), "1");
  EXPECT_TRUE(fs::exists(command_.folder() / "p/.dewdrop/review.png"));
  // What was decided is not asked again, and a policy does not overrule it.
  const std::string decided = by_people();
  EXPECT_EQ(pipe("q\\n", "--json").json()["left"], 33);
  EXPECT_EQ(command_.run({"label", "--teacher", "replay:../answers.jsonl"}, "p").status, 0);
  EXPECT_EQ(by_people(), decided);
}

TEST_F(Review, UndoGivesTheTeachersLabelBack) {
  const std::string before = sql("SELECT sample, class FROM standing_labels");
  ASSERT_EQ(pipe("u\\nz\\nq\\n").status, 0);
  EXPECT_EQ(sql("SELECT sample, class FROM standing_labels"), before);
  EXPECT_EQ(by_people(), "");
}

/// dewdrop review on a terminal of its own.
class Terminal {
 public:
  explicit Terminal(const fs::path& project) {
    pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    if (chdir(project.c_str()) != 0) _exit(126);
    execl(DEWDROP_BINARY, "dewdrop", "review", "--backbone", "random", "--input", "64", "--by", "ada",
          nullptr);
    _exit(127);
  }
  ~Terminal() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(terminal_);
  }
  void type(std::string_view keys) const {
    ASSERT_EQ(write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  /// Reads until `text` was shown `times` times since the start; false after 60 seconds.
  bool wait_for(const std::string& text, int times = 1) {
    for (int i = 0; i < 600; ++i) {
      int seen = 0;
      for (size_t at = shown_.find(text); at != std::string::npos; at = shown_.find(text, at + 1)) ++seen;
      if (seen >= times) return true;
      pollfd ready{terminal_, POLLIN, 0};
      if (poll(&ready, 1, 100) <= 0) continue;
      char bytes[4096];
      const ssize_t count = read(terminal_, bytes, sizeof bytes);
      if (count <= 0) return false;
      shown_.append(bytes, static_cast<size_t>(count));
    }
    return false;
  }
  [[nodiscard]] bool shows_keys() const {
    termios state{};
    tcgetattr(terminal_, &state);
    return (state.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON);
  }
  /// The exit status; only what was read so far stays readable.
  int end() {
    wait_for("no such text: reads to the end");
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  int terminal_ = -1;
  pid_t pid_ = -1;
  std::string shown_;
};

TEST_F(Review, OnATerminalAKeyIsADecision) {
  Terminal terminal(command_.folder() / "p");
  ASSERT_TRUE(terminal.wait_for("[1/36]")) << terminal.shown();
  EXPECT_FALSE(terminal.shows_keys());
  terminal.type("2");
  ASSERT_TRUE(terminal.wait_for("[2/36]")) << terminal.shown();
  terminal.type("/yes\r");
  ASSERT_TRUE(terminal.wait_for("[3/36]")) << terminal.shown();
  terminal.type("x");
  ASSERT_TRUE(terminal.wait_for("no key")) << terminal.shown();
  terminal.type("z");
  ASSERT_TRUE(terminal.wait_for("undone")) << terminal.shown();
  terminal.type("q");
  ASSERT_TRUE(terminal.wait_for("left in the queue")) << terminal.shown();
  EXPECT_TRUE(terminal.shows_keys()) << "the terminal is as it was";
  EXPECT_EQ(terminal.end(), 0);
  EXPECT_EQ(sql("SELECT count(*) FROM standing_labels WHERE origin = 'human' AND class = 'no'"), "1");
}

TEST_F(Review, CtrlCLeavesACleanTerminalAndTheDecisions) {
  Terminal terminal(command_.folder() / "p");
  ASSERT_TRUE(terminal.wait_for("[1/36]")) << terminal.shown();
  terminal.type("1");
  ASSERT_TRUE(terminal.wait_for("[2/36]")) << terminal.shown();
  terminal.type("\x03");
  ASSERT_TRUE(terminal.wait_for("interrupted")) << terminal.shown();
  EXPECT_TRUE(terminal.shows_keys());
  EXPECT_EQ(terminal.end(), 1);
  EXPECT_EQ(sql("SELECT count(*) FROM standing_labels WHERE origin = 'human'"), "1");
}

TEST_F(Review, KilledNothingDecidedIsLost) {
  Terminal terminal(command_.folder() / "p");
  ASSERT_TRUE(terminal.wait_for("[1/36]")) << terminal.shown();
  terminal.type("121");
  ASSERT_TRUE(terminal.wait_for("[4/36]")) << terminal.shown();
  kill(terminal.pid(), SIGKILL);
  EXPECT_EQ(terminal.end(), 128 + SIGKILL);
  EXPECT_EQ(sql("SELECT count(*) FROM standing_labels WHERE origin = 'human'"), "3");
}

TEST_F(Review, AFileOfLabelsIsTakenWholeOrNotAtAll) {
  const auto import = [&](const std::string& text) {
    EXPECT_TRUE(write_file(command_.folder() / "labels.csv", text));
    return command_.run({"review", "--import", "../labels.csv", "--by", "eve", "--json"}, "p");
  };
  expect_error(import("disc-004.png,yes\ndisc-07.png,no\n"), 2, "labels.csv:2");
  expect_error(import("disc-004.png,yes\ndisc-007.png,nope\n"), 2, "did you mean 'no'");
  EXPECT_EQ(by_people(), "");
  const Ran ran = import("file,class\npictures/disc-004.png,yes\ndisc-007.png,no\ndisc-000.png,yes\n");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["imported"], 3);
  EXPECT_EQ(ran.json()["changed"], 2);
  EXPECT_EQ(by_people(), "disc-000.png=yes/eve\ndisc-004.png=yes/eve\ndisc-007.png=no/eve");
}

TEST_F(Review, TheScoreHoldsTheRankingAgainstPeople) {
  std::string labels;
  for (int i = 0; i < 40; ++i)
    labels += "disc-0" + std::string(i < 10 ? "0" : "") + std::to_string(i) + ".png," +
              (i % 2 == 0 ? "yes" : "no") + "\n";
  ASSERT_TRUE(write_file(command_.folder() / "labels.csv", labels));
  const Ran ran = command_.run(
      {"review", "--backbone", "random", "--input", "64", "--score", "../labels.csv", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labels"], 36);
  EXPECT_EQ(ran.json()["wrong"], 2);
  EXPECT_EQ(ran.json()["found_at_10_percent"], 1.0) << ran.out;
  EXPECT_EQ(by_people(), "") << "nothing is stored";
}

TEST_F(Review, ErrorsSayWhatToDo) {
  expect_error(command_.run({"review", "--backbone", "nosuch", "--list", "3"}, "p"), 2, "nosuch");
  expect_error(command_.run({"review", "--split", "tests"}, "p"), 2, "--split");
  ASSERT_EQ(command_.run({"new", "q", "--ask", "?", "--classes", "a,b"}).status, 0);
  expect_error(command_.run({"review"}, "q"), 1, "dewdrop label");
}

}  // namespace
}  // namespace dew::testing
