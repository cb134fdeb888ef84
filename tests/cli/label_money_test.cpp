// dewdrop label and money: forecast, bill, budget, dry run, and calls that are saved; and that neither the
// key nor the server's raw bytes appear anywhere. The server counts tokens by OpenAI's public rules, on its
// own.
#include <cmath>
#include <thread>

#include "label/label.h"
#include "store/store.h"
#include "tests/support/command.h"
#include "tests/support/fake_openai.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;

const std::string kKey = "sk-a-key-that-must-never-show-up";

Json counting_server() {
  return Json::parse(R"({"count": {"base": 85, "tile": 170}, "then":
      {"label": "yes", "reason": "A bright disc lies near the middle of a dark and even ground."}})");
}

class LabelMoney : public ::testing::Test {
 protected:
  /// 40 pictures of 640 x 480, and 8 of 1,600 x 1,200.
  void SetUp() override {
    for (int i = 0; i < 48; ++i) {
      const Image small = disc_picture(i % 2 == 0, static_cast<uint64_t>(i));
      const Image image = i < 40 ? resize(small, 640, 480) : resize(small, 1600, 1200);
      ASSERT_TRUE(write_file(command_.folder() / "pictures" / ("d" + std::to_string(100 + i) + ".jpg"),
                             encode_jpeg(image, 60)));
    }
    ASSERT_EQ(command_
                  .run({"new", "p", "--ask", "Is there a disc in this picture?", "--classes", "yes,no",
                        "--unsure", "unsure"})
                  .status,
              0);
    ASSERT_EQ(command_.run({"add", "../pictures"}, "p").status, 0);
  }
  [[nodiscard]] Ran label(const FakeOpenAi& server, const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"label", "--json", "--teacher", server.base_url() + "#gpt-4o-2024-08-06"};
    all.insert(all.end(), more.begin(), more.end());
    return command_.run(all, "p");
  }
  static double billed(const FakeOpenAi& server) {
    return (2.5 * static_cast<double>(server.tokens_in()) + 10 * static_cast<double>(server.tokens_out())) /
           1e6;
  }
  Command command_;
};

TEST_F(LabelMoney, TheForecastIsWithinATenthOfTheBill) {
  for (const char* detail : {"low", "high"}) {
    const FakeOpenAi server(counting_server());
    const Ran ran = label(server, {"--detail", detail});
    ASSERT_EQ(ran.status, 0) << ran.err;
    const double forecast = ran.json()["forecast_usd"];
    const double cost = ran.json()["cost_usd"];
    EXPECT_EQ(ran.json()["asked"], 48);
    EXPECT_NEAR(cost, billed(server), 1e-9) << "the bill is the server's";
    EXPECT_NEAR(forecast / cost, 1, 0.1) << detail;
    std::printf("detail %s: forecast $%.5f, bill $%.5f (%+.1f %%)\n", detail, forecast, cost,
                100 * (forecast / cost - 1));
  }
  const Ran bill = command_.run({"label", "--bill", "--json"}, "p");
  ASSERT_EQ(bill.json()["runs"].size(), 2U);
  EXPECT_EQ(bill.json()["teachers"][0]["runs"], 2);
  EXPECT_GT(bill.json()["runs"][1]["cost_usd"], bill.json()["runs"][0]["cost_usd"]);
}

TEST_F(LabelMoney, TheBudgetHolds) {
  const FakeOpenAi server(counting_server());
  const Ran first = label(server, {"--detail", "low", "--budget", "0.02", "--concurrency", "4"});
  expect_error(first, 1, "budget");
  EXPECT_LE(billed(server), 0.02);
  EXPECT_GE(billed(server), 0.02 - 0.005) << "and is used: what is left would not cover the longest reply";
  const int64_t answered = first.json()["labelled"];
  EXPECT_EQ(answered, server.requests()) << "what was answered is kept";
  const Ran second = label(server, {"--detail", "low", "--budget", "5"});
  EXPECT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(second.json()["asked"], 48 - answered);
  const Ran unpriced =
      command_.run({"label", "--teacher", server.base_url() + "#llava", "--budget", "1"}, "p");
  expect_error(unpriced, 2, "the price of llava is unknown");
}

TEST_F(LabelMoney, ABadAnswerIsBilledToo) {
  Json script = counting_server();
  script["steps"] = Json::parse(R"([{"label": "maybe", "times": 2}])");
  const FakeOpenAi server(script);
  const Ran ran = label(server, {"--limit", "3", "--retries", "1", "--concurrency", "1"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.json()["failed"], 1);
  EXPECT_EQ(server.requests(), 4);
  EXPECT_NEAR(ran.json()["cost_usd"], billed(server), 1e-9);
}

TEST_F(LabelMoney, OnesOwnPricesGoBefore) {
  const FakeOpenAi server(counting_server());
  ASSERT_TRUE(write_file(
      command_.folder() / "p" / "prices.toml",
      "true_on = \"2026-11-22\"\n[model.\"gpt-4o\"]\ninput = 1000000\noutput = 0\ntiles = [85, 170]\n"));
  const Ran ran = label(server, {"--limit", "2"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NEAR(ran.json()["cost_usd"], static_cast<double>(server.tokens_in()), 1e-6);
  EXPECT_NE(ran.err.find("the prices of 2026-11-22"), std::string::npos) << ran.err;
}

TEST_F(LabelMoney, ADryRunSendsNothingAndShowsItAll) {
  const FakeOpenAi server(counting_server());
  const Ran ran = label(server, {"--dry-run", "--sample", "20", "--instructions", "Rings are no discs."});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(server.requests(), 0);
  EXPECT_EQ(ran.json()["samples"].size(), 20U);
  EXPECT_GT(ran.json()["forecast_usd"], 0);
  EXPECT_NE(ran.json()["prompt"].get<std::string>().find("Rings are no discs."), std::string::npos);
  EXPECT_EQ(label(server, {"--dry-run", "--sample", "20"}).json()["samples"], ran.json()["samples"])
      << "the same ones each time";
}

TEST_F(LabelMoney, AChangedPromptAsksAnewAndTheSameNever) {
  const FakeOpenAi server(counting_server());
  const std::vector<std::vector<std::string>> ways = {{},
                                                      {"--detail", "low"},
                                                      {"--temperature", "0.5"},
                                                      {"--seed", "3"},
                                                      {"--instructions", "Rings are no discs."},
                                                      {"--context", "frame"},
                                                      {"--jpeg-size", "128"},
                                                      {"--jpeg-quality", "50"}};
  int64_t expected = 0;
  for (const auto& way : ways) {
    std::vector<std::string> all = {"--limit", "2"};
    all.insert(all.end(), way.begin(), way.end());
    ASSERT_EQ(label(server, all).json()["asked"], 2) << (way.empty() ? "plain" : way[0]);
    expected += 2;
    EXPECT_EQ(server.requests(), expected);
  }
  std::vector<std::string> again = {"--detail", "low"};
  EXPECT_EQ(label(server, again).json()["asked"], 46) << "two have their answer";
}

TEST_F(LabelMoney, ExamplesComeFromPeopleAndFromTrainingOnly) {
  const FakeOpenAi server(counting_server());
  expect_error(label(server, {"--examples", "2"}), 2, "no person has labelled");
  {
    auto project = Project::open(command_.folder() / "p");
    std::vector<Label> labels;
    const auto samples = *project->samples();
    for (const Sample& sample : samples) {
      Label one;
      one.sample = sample.id;
      one.answer_class = sample.split == Split::kTrain ? "yes" : "no";
      one.origin = "human";
      one.basis = "me";
      labels.push_back(one);
    }
    ASSERT_TRUE(project->set_labels(labels));
  }
  const Ran ran = label(server, {"--examples", "2", "--limit", "1"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Json messages = Json::parse(server.seen()[0].body)["messages"];
  ASSERT_EQ(messages.size(), 6U);
  for (const size_t at : {2U, 4U})
    EXPECT_EQ(Json::parse(messages[at]["content"].get<std::string>())["label"], "yes")
        << "no test sample is shown";
}

TEST_F(LabelMoney, TheKeyShowsNowhere) {
  // The server repeats what it was sent, with control characters and HTML, once in 10 MB.
  const std::string evil = "\x1b[31m<script>alert(1)</script> Bearer " + kKey;
  Json script = {{"steps", Json::array({{{"label", "yes"}, {"reason", evil}},
                                        {{"status", 400}, {"body", evil}},
                                        {{"label", evil}},
                                        {{"body", std::string(10 << 20, 'x')}}})},
                 {"then", {{"label", "no"}, {"delay_ms", 20}}}};
  const FakeOpenAi server(script);
  command_.set("OPENAI_API_KEY", kKey);
  const std::string watch_ps =
      "for i in $(seq 1 40); do ps axww -o args >> ps.txt; sleep 0.05; done & "
      "$DEWDROP label --json -C p --retries 0 --concurrency 1 --teacher " +
      server.base_url() + "#gpt-4o > out.txt 2> err.txt; wait";
  (void)command_.shell(watch_ps);
  const std::string out = *read_file(command_.folder() / "out.txt");
  const std::string err = *read_file(command_.folder() / "err.txt");
  ASSERT_EQ(Json::parse(out, nullptr, false)["failed"], 3) << out << err;
  EXPECT_NE(read_file(command_.folder() / "ps.txt")->find("label --json"), std::string::npos)
      << "ps saw it run";
  EXPECT_EQ(command_.shell("grep -rlF " + kKey + " .").out, "") << "in a file, the database, a log or ps";
  EXPECT_EQ(err.find('\x1b'), std::string::npos);
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_LT(out.size() + err.size(), 20'000U) << "10 MB are not repeated";
  EXPECT_EQ(server.seen()[0].authorization, "Bearer " + kKey);
}

TEST(LabelSpread, OneOfManyFramesIsAskedAndTheLabelIsRight) {
  const fs::path video = DEWDROP_SOURCE_DIR "/../shared/video/one-by-one-person-detection.mp4";
  const fs::path presence = DEWDROP_SOURCE_DIR "/../shared/video/one-by-one-person-detection.presence.csv";
  if (!fs::exists(video)) GTEST_SKIP() << video << " is missing";
  const Command command;
  ASSERT_EQ(command.run({"new", "p", "--ask", "Is there a person?", "--classes", "yes,no"}).status, 0);
  ASSERT_EQ(command.run({"add", video.string(), "--every", "5"}, "p").status, 0);
  auto project = Project::open(command.folder() / "p");
  std::map<int64_t, std::string> truth;
  std::string answers;
  const std::string table = *read_file(presence);
  const auto samples = *project->samples();
  for (const Sample& sample : samples) {
    const double seconds = static_cast<double>(*sample.frame) / 10;
    for (size_t at = table.find('\n'); at + 1 < table.size(); at = table.find('\n', at + 1)) {
      double from = 0;
      double to = 0;
      int person = 0;
      if (std::sscanf(table.c_str() + at + 1, "%lf,%lf,%d", &from, &to, &person) == 3 && seconds >= from &&
          seconds < to)
        truth[sample.id] = person == 1 ? "yes" : "no";
    }
    answers += Json{{"sample", sample.name}, {"label", truth.at(sample.id)}}.dump() + "\n";
  }
  ASSERT_EQ(truth.size(), 279U);
  ASSERT_TRUE(write_file(command.folder() / "p" / "presence.jsonl", answers));
  const Ran ran =
      command.run({"label", "--json", "--teacher", "replay:presence.jsonl", "--spread", "on"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const int64_t asked = ran.json()["asked"];
  const int64_t spread = ran.json()["spread"];
  EXPECT_EQ(asked + spread, 279);
  EXPECT_EQ(ran.json()["labelled"], 279);
  int64_t right = 0;
  const auto labels = project->labels();
  for (const Label& label : *labels)
    if (label.basis.starts_with("spread:") && label.answer_class == truth[label.sample]) ++right;
  const double saved = static_cast<double>(spread) / 279;
  const double correct = static_cast<double>(right) / static_cast<double>(spread);
  std::printf("279 frames: %ld asked, %.1f %% of the calls saved, %.2f %% of %ld spread labels right\n",
              static_cast<long>(asked), 100 * saved, 100 * correct, static_cast<long>(spread));
  EXPECT_GE(saved, 0.60);
  EXPECT_GE(correct, 0.98);
  const Ran all =
      command.run({"label", "--json", "--teacher", "replay:presence.jsonl", "--spread", "off"}, "p");
  EXPECT_EQ(all.json()["asked"], spread) << "--spread off asks the rest";
}

}  // namespace
}  // namespace dew::testing
