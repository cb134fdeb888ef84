// dewdrop label with votes, several teachers, a policy, and --gold: who is asked what, what is decided, what
// is learnt from people's labels, and that people's labels stand.
#include <algorithm>
#include <map>
#include <set>

#include "store/store.h"
#include "tests/support/command.h"
#include "tests/support/fake_openai.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;

class LabelTrust : public ::testing::Test {
 protected:
  void SetUp() override {
    write_discs(command_.folder() / "pictures", 6);
    ASSERT_EQ(
        command_.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure"})
            .status,
        0);
    ASSERT_EQ(command_.run({"add", "../pictures"}, "p").status, 0);
  }
  [[nodiscard]] Ran label(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"label", "--json", "--concurrency", "1", "--retries", "0"};
    all.insert(all.end(), more.begin(), more.end());
    return command_.run(all, "p");
  }
  /// Adds lines to dewdrop.toml's [label], which is written anew with nothing but them.
  void settings(const std::string& top, const std::string& label) const {
    ASSERT_TRUE(write_file(command_.folder() / "p" / "dewdrop.toml",
                           "name = 'p'\nquestion = 'Is there a disc?'\nclasses = ['yes', 'no']\n"
                           "unsure = 'unsure'\n" +
                               top + "[label]\n" + label));
  }
  /// By the sample's name.
  [[nodiscard]] std::map<std::string, Label> labels() const {
    const auto project = Project::open(command_.folder() / "p");
    std::map<int64_t, std::string> names;
    const auto samples = *project->samples();
    for (const Sample& sample : samples) names[sample.id] = sample.name;
    std::map<std::string, Label> result;
    const auto all = *project->labels();
    for (const Label& label : all) result[names[label.sample]] = label;
    return result;
  }
  static std::vector<Json> bodies(const FakeOpenAi& server) {
    std::vector<Json> result;
    for (const SeenRequest& seen : server.seen()) result.push_back(Json::parse(seen.body));
    return result;
  }
  Command command_;
};

TEST_F(LabelTrust, VotesAreAskedOnceEachAndDecide) {
  const FakeOpenAi server(Json::parse(
      R"({"steps": [{"label": "yes", "times": 9}, {"label": "no", "times": 9}], "then": {"label": "no"}})"));
  const std::vector<std::string> asked = {"--teacher", server.base_url() + "#m", "--votes", "3", "--seed",
                                          "10"};
  const Ran first = label(asked);
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.json()["asked"], 18);
  EXPECT_EQ(first.json()["by_class"], Json::parse(R"({"yes": 3, "no": 3})"));
  EXPECT_NE(first.err.find("temperature 0.7"), std::string::npos) << "said, since nobody chose it";
  EXPECT_EQ(labels().at("disc-000.png").basis, "1,7,13 majority");
  std::map<int64_t, int> seeds;
  for (const Json& body : bodies(server)) {
    EXPECT_EQ(body["temperature"], 0.7);
    ++seeds[body["seed"].get<int64_t>()];
  }
  EXPECT_EQ(seeds, (std::map<int64_t, int>{{10, 6}, {11, 6}, {12, 6}})) << "each vote draws on its own";

  EXPECT_EQ(label(asked).json()["asked"], 0);
  const Ran more = label({"--teacher", server.base_url() + "#m", "--votes", "5", "--seed", "10"});
  EXPECT_EQ(more.json()["asked"], 12) << "two votes more of each, none anew";
  EXPECT_EQ(more.json()["by_class"], Json::parse(R"({"yes": 0, "no": 6})"));
}

TEST_F(LabelTrust, VotesThatTellNothingAreRefused) {
  const FakeOpenAi server(Json::object());
  expect_error(label({"--teacher", server.base_url() + "#m", "--votes", "3", "--temperature", "0"}), 2,
               "temperature 0");
  ASSERT_TRUE(write_file(command_.folder() / "p" / "a.jsonl", ""));
  expect_error(label({"--teacher", "replay:a.jsonl", "--votes", "2"}), 2, "the same each time");
  expect_error(label({"--teacher", server.base_url() + "#m", "--teacher", server.base_url() + "#m"}), 2,
               "the same");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(LabelTrust, SeveralTeachersHaveOneVoiceEach) {
  const FakeOpenAi server(Json::parse(R"({"steps": [{"label": "yes", "times": 6}, {"label": "no", "times": 2},
      {"label": "yes", "times": 4}], "then": {"label": "no"}})"));
  settings("teacher = ['" + server.base_url() + "#a', '" + server.base_url() + "#b']\n", "");
  const Ran two = label({});
  ASSERT_EQ(two.status, 0) << two.err;
  EXPECT_EQ(two.json()["asked"], 12);
  EXPECT_EQ(two.json()["labelled"], 4);
  EXPECT_EQ(two.json()["tied"], 2);
  EXPECT_EQ(two.json()["teachers"][1]["model"], "b");
  EXPECT_EQ(labels().at("disc-001.png").basis, "2,8 majority, tie");
  EXPECT_EQ(labels().at("disc-002.png").basis, "3,9 majority");

  const Ran newest = command_.shell(
      "sed -i 's/^.label.$/[label]\\ntie = \"newest\"/' dewdrop.toml; $DEWDROP label --json", "p");
  EXPECT_EQ(newest.json()["asked"], 0);
  EXPECT_EQ(newest.json()["by_class"], Json::parse(R"({"yes": 4, "no": 2})")) << newest.err;
  const Ran one = label({"--teacher", server.base_url() + "#a"});
  EXPECT_EQ(one.json()["asked"], 0);
  EXPECT_EQ(one.json()["by_class"], Json::parse(R"({"yes": 6, "no": 0})")) << "the newest command's decide";
}

TEST_F(LabelTrust, TheFileKeepsOptionsAndTheCommandLineGoesBefore) {
  const FakeOpenAi server(Json::object());
  settings("teacher = '" + server.base_url() + "#m'\n",
           "detail = 'low'\ntemperature = 0.25\nseed = 4\ninstructions = 'Rings are no discs.'\n");
  ASSERT_EQ(label({"--limit", "1"}).status, 0);
  ASSERT_EQ(label({"--limit", "1", "--detail", "high", "--temperature", "0"}).status, 0);
  const auto seen = bodies(server);
  ASSERT_EQ(seen.size(), 2U);
  const auto detail = [](const Json& body) {
    return body["messages"][1]["content"][1]["image_url"]["detail"];
  };
  EXPECT_EQ(detail(seen[0]), "low");
  EXPECT_EQ(seen[0]["temperature"], 0.25);
  EXPECT_EQ(seen[0]["seed"], 4);
  EXPECT_NE(seen[0]["messages"][0]["content"].get<std::string>().find("Rings are no discs."),
            std::string::npos);
  EXPECT_EQ(detail(seen[1]), "high");
  EXPECT_EQ(seen[1]["temperature"], 0);
  EXPECT_EQ(seen[1]["seed"], 4);
}

TEST_F(LabelTrust, GoldScoresPromptsSideBySideAndLeavesPeopleAlone) {
  const FakeOpenAi server(Json::parse(
      R"({"steps": [{"label": "yes", "times": 2}, {"label": "no", "times": 2}], "then": {"label": "no"}})"));
  const std::vector<std::string> teacher = {"--teacher", server.base_url() + "#m", "--gold"};
  expect_error(label(teacher), 2, "no person has labelled");
  EXPECT_EQ(server.requests(), 0);
  ASSERT_TRUE(write_file(command_.folder() / "gold.csv",
                         "disc-000.png,yes\ndisc-001.png,no\ndisc-002.png,no\ndisc-003.png,no\n"));
  ASSERT_EQ(command_.run({"review", "--import", "../gold.csv"}, "p").status, 0);
  const auto before = labels();

  const Ran first = label(teacher);
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.json()["asked"], 4) << "people's samples, and no others";
  ASSERT_EQ(first.json()["versions"].size(), 1U);
  const Json version = first.json()["versions"][0];
  EXPECT_EQ(version["right"], 3);
  EXPECT_EQ(version["labelled"], 4);
  EXPECT_NEAR(version["interval95"][0], 0.3006, 1e-3);
  EXPECT_EQ(version["classes"][0]["class"], "yes");
  EXPECT_EQ(version["classes"][0]["precision"]["share"], 0.5);
  EXPECT_EQ(version["classes"][1]["recall"]["of"], 3);
  EXPECT_TRUE(version["calibration"].is_null());
  EXPECT_NE(first.err.find("too few"), std::string::npos) << first.err;

  const Ran second = label({"--teacher", server.base_url() + "#m", "--gold", "--detail", "low"});
  ASSERT_EQ(second.json()["versions"].size(), 2U) << second.err;
  EXPECT_EQ(second.json()["asked"], 4);
  EXPECT_EQ(second.json()["versions"][0]["differs"], "detail auto");
  EXPECT_EQ(second.json()["versions"][1]["differs"], "detail low");
  EXPECT_EQ(second.json()["versions"][1]["right"], 3);
  EXPECT_EQ(second.json()["versions"][1]["current"], true);
  EXPECT_EQ(label(teacher).json()["asked"], 0);
  const auto after = labels();
  for (const auto& [name, label] : before) {
    EXPECT_EQ(after.at(name).answer_class, label.answer_class) << name;
    EXPECT_EQ(after.at(name).origin, "human");
  }
}

TEST_F(LabelTrust, ExamplesAndTheirLikesAreNotScored) {
  const FakeOpenAi server(Json::parse(R"({"then": {"label": "yes"}})"));
  std::string gold;
  for (int i = 0; i < 4; ++i) {  // each with a copy of which one byte differs
    const std::string name = "disc-00" + std::to_string(i);
    Image copy = *read_image(command_.folder() / "pictures" / (name + ".png"));
    copy.rgb.back() ^= 1;
    ASSERT_TRUE(write_file(command_.folder() / "copies" / (name + "-copy.png"), encode_png(copy)));
    const char* truth = i % 2 == 0 ? "yes\n" : "no\n";
    gold += name + ".png," + truth + name + "-copy.png," + truth;
  }
  ASSERT_TRUE(write_file(command_.folder() / "gold.csv", gold));
  ASSERT_EQ(command_.run({"add", "../copies"}, "p").status, 0);
  ASSERT_EQ(command_.run({"review", "--import", "../gold.csv"}, "p").status, 0);
  const Ran ran =
      label({"--teacher", server.base_url() + "#m", "--gold", "--examples", "1", "--spread-bits", "0"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  std::set<std::string> shown;
  std::set<std::string> asked;
  for (const Json& body : bodies(server)) {
    const auto& messages = body["messages"];
    shown.insert(messages[1]["content"][1]["image_url"]["url"].get<std::string>());
    asked.insert(messages.back()["content"][1]["image_url"]["url"].get<std::string>());
  }
  EXPECT_EQ(shown.size(), 1U);
  EXPECT_EQ(ran.json()["asked"], 6) << "of eight, not the example and not its copy";
  EXPECT_EQ(asked.count(*shown.begin()), 0U);
  EXPECT_EQ(ran.json()["gold"], 6);
}

/// 60 tiles; the teacher says .9 of each and is right of two in three.
TEST_F(LabelTrust, TheThresholdGoesByWhatGoldSays) {
  ASSERT_EQ(command_.run({"new", "q", "--ask", "Is there a disc?", "--classes", "yes,no"}).status, 0);
  ASSERT_EQ(command_.run({"add", "../pictures", "--tiles", "5x2"}, "q").status, 0);
  std::string answers;
  std::string gold;
  int at = 0;
  {
    const auto project = Project::open(command_.folder() / "q");
    const auto samples = *project->samples();
    for (const Sample& sample : samples) {
      answers += R"({"sample": ")" + sample.name + R"(", "label": "yes", "confidence": 0.9})" + "\n";
      if (at < 45) gold += "\"" + sample.name + (at % 3 == 0 ? "\",no\n" : "\",yes\n");
      ++at;
    }
  }
  ASSERT_EQ(at, 60);
  ASSERT_TRUE(write_file(command_.folder() / "q" / "answers.jsonl", answers));
  ASSERT_TRUE(write_file(command_.folder() / "gold.csv", gold));
  const Ran trusting = command_.shell(
      "sed -i 's/^threshold = .*/threshold = 0.8/' dewdrop.toml;"
      "$DEWDROP label --teacher replay:answers.jsonl --json",
      "q");
  ASSERT_EQ(trusting.status, 0) << trusting.err;
  EXPECT_EQ(trusting.json()["labelled"], 60) << "the teacher says it is sure";
  ASSERT_EQ(command_.run({"review", "--import", "../gold.csv"}, "q").status, 0);
  const Ran scored = command_.run({"label", "--teacher", "replay:answers.jsonl", "--gold", "--json"}, "q");
  ASSERT_EQ(scored.status, 0) << scored.err;
  const Json version = scored.json()["versions"][0];
  EXPECT_EQ(version["calibration"]["samples"], 45);
  EXPECT_NEAR(version["told"]["ece"], 0.9 - 30.0 / 45, 1e-6);
  EXPECT_LT(version["calibrated"]["ece"], 0.1);
  EXPECT_EQ(scored.json()["labelled"], 45) << "people's stand; of the others it is less sure than it says";
  EXPECT_EQ(scored.json()["below_threshold"], 15);
}

}  // namespace
}  // namespace dew::testing
