// Labels, pictures and backbones that no net can learn from: a clear error, or a clear warning and a net
// that works.
#include <algorithm>
#include <memory>

#include "tests/support/command.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

const std::vector<std::string> kQuick{"--net", "tiny", "--input", "32", "--epochs", "1"};

/// A project of 12 discs without labels, made once; every test has its own copy.
class BadLessons : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<Command>();
    write_discs(made_->folder() / "pictures", 12);
    ASSERT_EQ(
        made_->run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure"})
            .status,
        0);
    ASSERT_EQ(made_->run({"add", "../pictures"}, "p").status, 0);
  }
  static void TearDownTestSuite() { made_.reset(); }

  void SetUp() override {
    fs::copy(made_->folder() / "p", command_.folder() / "p", fs::copy_options::recursive);
  }

  static std::string disc(int number) {
    char name[32];
    std::snprintf(name, sizeof name, "disc-%03d.png", number);
    return name;
  }
  /// Of the first discs, in their order; an empty one gets none. The first is kept for validation.
  void label(const std::vector<std::string>& classes) {
    std::string lines;
    for (size_t i = 0; i < classes.size(); ++i)
      if (!classes[i].empty())
        lines += R"({"sample": ")" + disc(static_cast<int>(i)) + R"(", "label": ")" + classes[i] + "\"}\n";
    ASSERT_TRUE(write_file(command_.folder() / "answers.jsonl", lines));
    const Ran ran = command_.run({"label", "--teacher", "replay:../answers.jsonl"}, "p");
    ASSERT_EQ(ran.status, classes.size() == 12 ? 0 : 1) << ran.err;
  }
  void label_all() { label({"yes", "no", "yes", "no", "yes", "no", "yes", "no", "yes", "no", "yes", "no"}); }
  [[nodiscard]] Ran train(const std::vector<std::string>& options = kQuick) const {
    std::vector<std::string> arguments{"train"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return command_.run(arguments, "p");
  }
  [[nodiscard]] static bool says(const Ran& ran, const std::string& text) {
    return (ran.out + ran.err).find(text) != std::string::npos;
  }
  void expect_a_net_that_works() const {
    const Ran ran = command_.run({"run", "--on", "host", made_->folder() / "pictures" / disc(0)}, "p");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_TRUE(says(ran, "yes") || says(ran, "no")) << ran.out;
  }
  [[nodiscard]] bool no_run_is_there() const { return !fs::exists(command_.folder() / "p" / "runs"); }

  inline static std::unique_ptr<Command> made_;
  Command command_;
};

TEST_F(BadLessons, OneClassOnly) {
  label(std::vector<std::string>(12, "yes"));
  const Ran ran = train();
  expect_error(ran, 1, "no training picture shows: no");
  EXPECT_TRUE(says(ran, "add and label pictures of it")) << ran.err;
  EXPECT_TRUE(no_run_is_there());
}

TEST_F(BadLessons, AllUnsure) {
  label(std::vector<std::string>(12, "unsure"));
  const Ran ran = train();
  expect_error(ran, 1, "all 12 labels are 'unsure'");
  EXPECT_TRUE(says(ran, "dewdrop review")) << ran.err;
  EXPECT_TRUE(no_run_is_there());
}

TEST_F(BadLessons, AClassWhoseLabelsAreAllKeptForTesting) {
  const Ran kept = command_.shell(
      "sqlite3 p/.dewdrop/project.db 'SELECT name FROM samples WHERE split = 2 ORDER BY name'");
  std::vector<std::string> classes;
  for (int i = 0; i < 12; ++i) classes.emplace_back(says(kept, disc(i)) ? "no" : "yes");
  ASSERT_NE(std::count(classes.begin(), classes.end(), "no"), 0)
      << "twelve samples, none of them in the test split";
  label(classes);
  const Ran ran = train();
  expect_error(ran, 1, "no training picture shows: no");
  EXPECT_TRUE(says(ran, "kept for validation and testing")) << ran.err;
}

TEST_F(BadLessons, ThreePicturesAreReportedAsFew) {
  label({"", "no", "yes", "no"});
  const Ran ran = train();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(says(ran, "few pictures to learn from")) << ran.err;
  expect_a_net_that_works();
}

TEST_F(BadLessons, OnePictureOfEachClassFromTheBackbone) {
  label({"", "no", "yes"});
  const Ran ran = train({"--input", "32", "--epochs", "1"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(says(ran, "few pictures to learn from: yes 1, no 1")) << ran.err;
  EXPECT_TRUE(says(ran, "nothing tells how good the net is")) << ran.err;
  expect_a_net_that_works();
}

TEST_F(BadLessons, UnreadablePicturesAmongGoodOnesAreReportedAndLeftOut) {
  label_all();
  // The database knows the copies by their content's hash.
  const Ran found = command_.shell(
      "sqlite3 p/.dewdrop/project.db \"SELECT path FROM sources WHERE name IN ('disc-000.png', "
      "'disc-001.png') "
      "ORDER BY name\"");
  const auto paths = split_list(trim(found.out), '\n');
  ASSERT_EQ(paths.size(), 2U) << found.out;
  fs::remove(command_.folder() / "p" / ".dewdrop" / paths[0]);
  ASSERT_TRUE(write_file(command_.folder() / "p" / ".dewdrop" / paths[1], "no picture any more"));
  const Ran ran = train();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(says(ran, "disc-000.png is gone")) << ran.err;
  EXPECT_TRUE(says(ran, "disc-001.png has changed")) << ran.err;
  EXPECT_TRUE(says(ran, "cannot be read and take no part")) << ran.err;
  expect_a_net_that_works();
  const Ran review =
      command_.run({"review", "--backbone", "random", "--input", "32", "--list", "20", "--json"}, "p");
  EXPECT_EQ(review.status, 0) << review.err;
  EXPECT_EQ(review.json()["queue_length"], 10) << review.err;

  for (const auto& entry : fs::directory_iterator(command_.folder() / "p" / ".dewdrop" / "media"))
    fs::remove_all(entry.path());
  expect_error(train({"--net", "tiny", "--input", "32", "--epochs", "2"}), 1, "add the file again");
}

TEST_F(BadLessons, FilesThatAreNotBackbones) {
  label_all();
  const auto whole = read_file(fs::path(DEWDROP_SOURCE_DIR) / "src/student/backbones/bundled.dewb");
  ASSERT_TRUE(whole);
  const auto write_signed = [&](std::string bytes) {
    bytes.resize(bytes.size() - 32);
    const std::string hex = sha256(bytes);
    for (size_t i = 0; i < hex.size(); i += 2)
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    EXPECT_TRUE(write_file(command_.folder() / "b.dewb", bytes));
  };
  const auto with = [&] { return train({"--input", "32", "--epochs", "1", "--backbone", "../b.dewb"}); };

  std::string corrupt = *whole;
  corrupt[300'000] ^= 1;
  ASSERT_TRUE(write_file(command_.folder() / "b.dewb", corrupt));
  expect_error(with(), 1, "the backbone is corrupt");

  std::string foreign = *whole;
  const std::string name = "mobilenet_v2";
  foreign.replace(foreign.find(name), name.size(), "efficientnet");
  write_signed(foreign);
  expect_error(with(), 1, "b.dewb");

  std::string none = *whole;
  none[300'001] = 0x7e;  // of a half float: not a number
  none[300'003] = 0x7e;
  write_signed(none);
  expect_error(with(), 1, "not a number");

  ASSERT_TRUE(write_file(command_.folder() / "b.dewb", "a text"));
  expect_error(with(), 1, "there is no backbone in this file");
  EXPECT_TRUE(no_run_is_there());
}

}  // namespace
}  // namespace dew::testing
