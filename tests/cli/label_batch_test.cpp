// dewdrop label --teacher batch:MODEL, end to end: half the price, votes, killed while the job runs and
// resumed by another process.
#include "tests/support/command.h"
#include "tests/support/fake_batches.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

class LabelBatch : public ::testing::Test {
 protected:
  void SetUp() override {
    write_discs(command_.folder() / "pictures", 6);
    ASSERT_EQ(command_.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no"}).status, 0);
    ASSERT_EQ(command_.run({"add", "../pictures"}, "p").status, 0);
    command_.set("OPENAI_API_KEY", "sk-test-0123456789abcdef");
  }
  [[nodiscard]] std::string line(const std::string& more = "") const {
    return "label --json --teacher batch:gpt-4o --base-url " + server_.url() + " --poll 0.05 " + more;
  }
  [[nodiscard]] Ran label(const std::string& more = "") const {
    return command_.shell("$DEWDROP " + line(more), "p");
  }
  FakeBatches server_;
  Command command_;
};

TEST_F(LabelBatch, HalfThePriceAndNeverAskedTwice) {
  const Ran ran = label();
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["asked"], 6);
  EXPECT_EQ(ran.json()["by_class"]["yes"], 6);
  EXPECT_NEAR(ran.json()["cost_usd"], 6 * (100 * 2.5 + 10 * 10) / 1e6 / 2, 1e-9);
  EXPECT_EQ(label().json()["asked"], 0);
  EXPECT_EQ(server_.jobs_.size(), 1U);
  const Ran bill = command_.run({"label", "--bill", "--json"}, "p");
  EXPECT_EQ(bill.json()["runs"][0]["teacher"], "batch");
  const Ran votes = label("--votes 2");
  ASSERT_EQ(votes.status, 0) << votes.err;
  EXPECT_EQ(votes.json()["asked"], 12) << "at a temperature, that is another question";
  EXPECT_EQ(server_.asked_.size(), 12U) << "s-1 ... s-6 again, and s-1-2 ... s-6-2";
}

TEST_F(LabelBatch, KilledWhileTheJobRunsItIsFetchedLater) {
  server_.polls_ = 1'000'000;
  const Ran killed = command_.shell("timeout -s KILL 3 $DEWDROP " + line(), "p");
  EXPECT_NE(killed.status, 0);
  ASSERT_EQ(server_.jobs_.size(), 1U) << killed.err;
  server_.polls_ = 1;
  const Ran ran = label();
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labelled"], 6);
  EXPECT_EQ(server_.jobs_.size(), 1U) << "the job that ran is the one whose answers came";
  for (const auto& [id, times] : server_.asked_) EXPECT_EQ(times, 1) << id;
}

TEST_F(LabelBatch, WhatTheJobFailedOnGoesUpAgain) {
  server_.fail_once_ = {"s-2"};
  server_.lost_once_ = {"s-4"};
  const Ran ran = label("--batch-requests 3");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labelled"], 6);
  EXPECT_EQ(server_.asked_.at("s-2"), 2);
  EXPECT_EQ(server_.asked_.at("s-4"), 2);
  EXPECT_EQ(server_.biggest_, 3U);
}

TEST_F(LabelBatch, JobsAreListedAndForgotten) {
  server_.polls_ = 1'000'000;
  const Ran killed = command_.shell("timeout -s KILL 3 $DEWDROP " + line(), "p");
  ASSERT_EQ(server_.jobs_.size(), 1U) << killed.err;
  const std::string job = server_.jobs_.begin()->first;
  const Ran listed = command_.run({"label", "--batches", "--json"}, "p");
  ASSERT_EQ(listed.status, 0) << listed.err;
  ASSERT_EQ(listed.json()["batches"].size(), 1U);
  EXPECT_EQ(listed.json()["batches"][0]["job"], job);
  EXPECT_EQ(listed.json()["batches"][0]["state"], "created");
  EXPECT_EQ(listed.json()["batches"][0]["questions"], 6);
  EXPECT_EQ(listed.json()["batches"][0]["answered"], 0);
  server_.jobs_.clear();
  const Ran forgotten = command_.run({"label", "--forget", job, "--json"}, "p");
  ASSERT_EQ(forgotten.status, 0) << forgotten.err;
  EXPECT_EQ(forgotten.json()["forgotten"], 1);
  EXPECT_EQ(forgotten.json()["batches"][0]["state"], "forgotten");
  EXPECT_EQ(command_.run({"label", "--forget", "1"}, "p").status, 2) << "nothing is expected of it";
  EXPECT_EQ(command_.run({"label", "--forget", "9"}, "p").status, 2);
  server_.polls_ = 1;
  const Ran ran = label();
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labelled"], 6);
  EXPECT_EQ(command_.run({"label", "--batches", "--json"}, "p").json()["batches"][1]["answered"], 6);
}

TEST_F(LabelBatch, AGatewaysHeaderComesFromTheEnvironmentAndIsStoredNowhere) {
  command_.set("GATEWAY_KEY", "gw-0123456789");
  auto toml = read_file(command_.folder() / "p" / "dewdrop.toml", 1 << 16);
  ASSERT_TRUE(toml);
  const size_t at = toml->find("headers = \"\"");
  ASSERT_NE(at, std::string::npos);
  toml->replace(at, 12, "headers = [\"X-Api-Key: $GATEWAY_KEY\"]");
  ASSERT_TRUE(write_file(command_.folder() / "p" / "dewdrop.toml", *toml));
  const Ran ran = label();
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(server_.secret_, "gw-0123456789");
  EXPECT_EQ(command_.shell("grep -r gw-0123456789 .", "p").status, 1);
}

}  // namespace
}  // namespace dew::testing
