// dewdrop label against a server that is wrong on purpose: what fails is counted and named, and a second run
// asks only that. The server runs in this process, the command as a program of its own.
#include "tests/support/command.h"
#include "tests/support/fake_openai.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;

const std::string kKey = "sk-a-key-that-must-never-show-up";

class Label : public ::testing::Test {
 protected:
  void SetUp() override {
    write_discs(command_.folder() / "pictures", 6);
    ASSERT_EQ(command_.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no"}).status, 0);
    ASSERT_EQ(command_.run({"add", "../pictures"}, "p").status, 0);
  }
  /// One question at a time, `retries` after a failed one, half a second for an answer.
  [[nodiscard]] Ran label(const std::string& url, const std::string& retries = "0") const {
    return command_.run({"label", "--json", "--teacher", url + "#gpt-4o", "--retries", retries, "--timeout",
                         "0.5", "--concurrency", "1"},
                        "p");
  }
  Command command_;
};

TEST_F(Label, EveryTroubleIsCountedNamedAndAskedAgain) {
  const FakeOpenAi server(
      Json::parse(R"({"steps": [{"label": "yes"}, {"label": "maybe"}, {"body": "{no json"},
      {"status": 500, "body": "oops"}, {"hang": true}, {"label": "no"}]})"));
  const Ran first = label(server.base_url());
  EXPECT_EQ(first.status, 1) << first.err;
  EXPECT_EQ(first.json()["asked"], 6);
  EXPECT_EQ(first.json()["failed"], 4);
  EXPECT_EQ(first.json()["labelled"], 2);
  ASSERT_EQ(first.json()["failures"].size(), 4U);
  EXPECT_EQ(first.json()["failures"][0]["sample"], "disc-001.png");
  EXPECT_NE(first.json()["failures"][0]["why"].get<std::string>().find("maybe"), std::string::npos);
  for (const char* name : {"disc-001.png", "disc-002.png", "disc-003.png", "disc-004.png"})
    EXPECT_NE(first.err.find(name), std::string::npos) << first.err;
  EXPECT_NE(first.err.find("run the same command again"), std::string::npos);

  const Ran second = label(server.base_url());
  EXPECT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(second.json()["asked"], 4);
  EXPECT_EQ(second.json()["labelled"], 6);
  EXPECT_EQ(server.requests(), 10);
  EXPECT_EQ(label(server.base_url()).json()["asked"], 0);
}

TEST_F(Label, ABusyServerIsWaitedForAsLongAsItAsks) {
  const FakeOpenAi server(
      Json::parse(R"({"steps": [{"status": 429, "headers": {"Retry-After": "1"}, "body": "{}"}]})"));
  const auto began = std::chrono::steady_clock::now();
  const Ran ran = label(server.base_url(), "2");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labelled"], 6);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

TEST_F(Label, AWrongKeyStopsTheRunAndShowsNowhere) {
  const FakeOpenAi server(Json::parse(R"({"key": "sk-the-right-one-is-another"})"));
  command_.set("OPENAI_API_KEY", kKey);
  const Ran ran = label(server.base_url());
  expect_error(ran, 1, "OPENAI_API_KEY");
  EXPECT_EQ(server.requests(), 1) << "no second sample is tried with a key that is wrong";
  EXPECT_EQ((ran.out + ran.err).find(kKey), std::string::npos);
  const Ran found = command_.shell("grep -rl " + kKey + " p");
  EXPECT_EQ(found.out, "") << "the key was written to a file";
}

TEST_F(Label, NobodyAnswers) {
  std::string url;
  {
    const FakeOpenAi server(Json::object());
    url = server.base_url();
  }
  const Ran ran = label(url);
  expect_error(ran, 1, "127.0.0.1");
  EXPECT_NE(ran.err.find("running"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.json()["labelled"], 0);
}

}  // namespace
}  // namespace dew::testing
