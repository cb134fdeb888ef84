// dewdrop label against a server that is wrong on purpose: what fails is counted and named, and a second run
// asks only that. The server runs in this process, the command as a program of its own.
#include <cmath>
#include <set>

#include "store/store.h"
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

TEST_F(Label, EveryFailureIsCountedNamedAndAskedAgain) {
  const FakeOpenAi server(
      Json::parse(R"({"steps": [{"label": "yes"}, {"label": "maybe"}, {"body": "{no json"},
      {"status": 500, "body": "oops"}, {"hang": true}, {"label": "no"}, {"hang": true}]})"));
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
  EXPECT_EQ(server.requests(), 11);
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

/// Servers that differ from OpenAI's: what each does not understand is found out by asking.
TEST_F(Label, OtherServersAreUnderstood) {
  struct Case {
    const char* shape;
    int refusals;
    bool confident;
    const char* format;  ///< of the last request
  };
  for (const Case& one :
       {Case{"llama.cpp", 0, true, "json_schema"}, Case{"llama.cpp-old", 1, false, "json_object"},
        Case{"ollama", 0, true, "json_schema"}, Case{"ollama-old", 0, false, "json_schema"},
        Case{"vllm", 0, true, "json_schema"}, Case{"lmstudio", 0, false, "json_schema"}}) {
    Json script = Json::parse(R"({"model": "gpt-4o", "then": {"label": "yes", "p": 0.8}})");
    script["shape"] = one.shape;
    const FakeOpenAi server(script);
    const Ran ran = command_.run({"label", "--json", "--teacher", server.base_url() + "#gpt-4o", "--retries",
                                  "0", "--concurrency", "1", "--instructions", one.shape},
                                 "p");
    ASSERT_EQ(ran.status, 0) << one.shape << ran.err;
    EXPECT_EQ(ran.json()["asked"], 6);
    EXPECT_EQ(server.requests(), 6 + one.refusals) << one.shape;
    EXPECT_EQ(Json::parse(server.seen().back().body)["response_format"]["type"], one.format) << one.shape;
    std::multiset<double> told;
    const auto project = Project::open(command_.folder() / "p");
    ASSERT_TRUE(project->each_answer([&](const Answer& answer) {
      if (answer.prompt_hash == ran.json()["teachers"][0]["prompt_hash"] && answer.confidence)
        told.insert(std::round(*answer.confidence * 1000));
    }));
    EXPECT_EQ(told.size(), one.confident ? 6U : 0U) << one.shape;
    EXPECT_EQ(told.count(800), told.size()) << one.shape;

    const Ran unknown = command_.run({"label", "--teacher", server.base_url() + "#m"}, "p");
    expect_error(unknown, 1, "does not know this URL or model");
  }
}

TEST_F(Label, AServerThatTakesOnePictureSaysSo) {
  const FakeOpenAi server(Json::parse(R"({"shape": "vllm"})"));
  ASSERT_EQ(command_.run({"new", "q", "--ask", "Is there a disc?", "--classes", "yes,no"}).status, 0);
  ASSERT_EQ(command_.run({"add", "../pictures", "--tiles", "2x1"}, "q").status, 0);
  const Ran ran = command_.run({"label", "--teacher", server.base_url() + "#m", "--context", "frame"}, "q");
  expect_error(ran, 1, "more pictures than the server accepts");
  EXPECT_NE(ran.err.find("--context"), std::string::npos) << ran.err;
}

TEST_F(Label, AServerThatIgnoresTheSchemaIsReadAllTheSame) {
  const FakeOpenAi server(
      Json::parse(R"({"shape": "llama.cpp", "steps": [{"content": "Yes, there is a disc."},
      {"content": "```json\n{\"label\": \"No\", \"reason\": \"dark\"}\n```"},
      {"content": "<think>a disc?</think>yes"}], "then": {"content": "It depends."}})"));
  const Ran ran = label(server.base_url());
  EXPECT_EQ(ran.json()["by_class"], Json::parse(R"({"yes": 2, "no": 1})")) << ran.err;
  EXPECT_EQ(ran.json()["failed"], 3);
  EXPECT_NE(ran.err.find(" and 2 more: answered 'It depends.'"), std::string::npos)
      << "one tells for all: " << ran.err;
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
