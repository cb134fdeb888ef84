// dewdrop label --worker: several processes share the questions over PostgreSQL, and some of them are killed,
// stopped or cut off.
#include <algorithm>
#include <set>
#include <thread>

#include "store/store.h"
#include "tests/support/fake_openai.h"
#include "tests/support/fake_s3.h"
#include "tests/support/labelling.h"
#include "tests/support/postgres.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

const std::vector<std::string> kWorker{"--worker", "--lease", "5"};

struct Answers {
  size_t all = 0;
  size_t samples = 0;
};

Answers answers_in(const fs::path& folder) {
  std::multiset<int64_t> samples;
  const auto project = Project::open(folder);
  EXPECT_TRUE(project->each_answer([&](const Answer& answer) { samples.insert(answer.sample); }));
  return {samples.size(), std::set<int64_t>(samples.begin(), samples.end()).size()};
}

void wait_for(const FakeOpenAi& server, int64_t requests) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (server.requests() < requests) {
    ASSERT_LT(std::chrono::steady_clock::now(), patience) << server.requests() << " requests came";
    std::this_thread::sleep_for(milliseconds(5));
  }
}

TEST(LabelWorkers, OneKilledOneAsleepAndACutCableLeaveOneAnswerASample) {
  PostgresServer* postgres = PostgresServer::shared();
  if (postgres == nullptr) GTEST_SKIP() << "PostgreSQL is not installed: scripts/install test";
  constexpr int64_t kSamples = 20'000;
  constexpr int64_t kConcurrency = 16;
  const Command command;
  add_tiles(command, 50, 40, 10,
            {"--store", postgres->fresh_url(), "--media", (command.folder() / "shared").string()});
  // The others are machines of their own: nothing but dewdrop.toml.
  for (const char* name : {"q", "r", "s"}) {
    fs::create_directory(command.folder() / name);
    fs::copy(command.folder() / "p" / "dewdrop.toml", command.folder() / name / "dewdrop.toml");
  }
  const FakeOpenAi server(Json::parse(R"({"then": {"label": "no", "delay_ms": 20}, "forget": true})"));
  const std::string teacher = server.base_url() + "#m";
  const auto start = [&](const std::string& project) {
    return Labelling(command, teacher, std::to_string(kConcurrency), {}, kWorker, project, project + ".log");
  };
  if (HasFatalFailure()) return;
  Labelling killed = start("p");
  Labelling asleep = start("q");
  Labelling third = start("r");
  Labelling fourth = start("s");
  wait_for(server, 3000);
  killed.kill();
  EXPECT_EQ(killed.wait(), -SIGKILL);
  wait_for(server, 9000);
  postgres->cut_off_all();
  wait_for(server, 18'500);
  // Its lease is 5 s; the others wait for it, take what it has, and end.
  asleep.send(SIGSTOP);
  for (Labelling* one : {&third, &fourth}) EXPECT_EQ(one->wait(), 0) << one->log();
  asleep.send(SIGCONT);
  EXPECT_EQ(asleep.wait(), 0) << asleep.log();

  const Answers there = answers_in(command.folder() / "r");
  EXPECT_EQ(there.all, kSamples);
  EXPECT_EQ(there.samples, kSamples) << "one answer each";
  const int64_t repeated = server.requests() - kSamples;
  const int64_t late = asleep.json()["late"];
  std::printf("20,000 samples, %lld requests: %lld repeated, %lld answers came late; %.1f s\n",
              static_cast<long long>(server.requests()), static_cast<long long>(repeated),
              static_cast<long long>(late), server.seconds());
  EXPECT_GT(late, 0) << "the one asleep lost no lease: nothing was shown";
  // The killed one had as many in flight; the other as many in flight, as many ready, as many claimed.
  EXPECT_LE(repeated, 4 * kConcurrency);
  EXPECT_EQ(postgres->integer("SELECT count(*) FROM claims"), 0);
  const Ran bill = command.run({"label", "--bill", "--json"}, "r");
  EXPECT_EQ(bill.json()["runs"].size(), 4U) << bill.out;
}

class SmallWorkers : public ::testing::Test {
 protected:
  /// Over PostgreSQL, or over the file in .dewdrop.
  void make(bool postgres, int rows = 10) {
    if (!postgres) return add_tiles(command_, 20, rows, 1);
    if (PostgresServer::shared() == nullptr)
      GTEST_SKIP() << "PostgreSQL is not installed: scripts/install test";
    add_tiles(command_, 20, rows, 1, {"--store", PostgresServer::shared()->fresh_url()});
  }
  /// Two plain `label` at once, without a word of each other.
  void expect_two_plain_calls_to_share() {
    const FakeOpenAi server(Json::parse(
        R"({"count": {"base": 85, "tile": 170}, "then": {"label": "yes", "delay_ms": 30}, "forget": true})"));
    const std::string teacher = server.base_url() + "#gpt-4o-2024-08-06";
    Labelling one(command_, teacher, "8", {}, {}, "p", "one.log");
    Labelling two(command_, teacher, "8", {}, {}, "p", "two.log");
    EXPECT_EQ(one.wait(), 0) << one.log();
    EXPECT_EQ(two.wait(), 0) << two.log();
    EXPECT_EQ(server.requests(), 400);
    expect_one_answer_each(400);
    const Json bill = command_.run({"label", "--bill", "--json"}, "p").json();
    int64_t tokens = 0;
    for (const Json& run : bill["runs"]) tokens += run["tokens_in"].get<int64_t>();
    EXPECT_EQ(tokens, server.tokens_in()) << bill.dump();
    for (const Labelling* each : {&one, &two}) EXPECT_GT(each->json()["asked"], 0) << each->log();
  }
  void expect_one_answer_each(size_t samples) const {
    const Answers there = answers_in(command_.folder() / "p");
    EXPECT_EQ(there.all, samples);
    EXPECT_EQ(there.samples, samples);
  }
  Command command_;
};

TEST_F(SmallWorkers, CtrlCGivesBackWhatIsHeld) {
  make(true);
  if (IsSkipped()) return;
  const FakeOpenAi server(Json::parse(R"({"then": {"label": "no", "delay_ms": 100}, "forget": true})"));
  const std::string teacher = server.base_url() + "#m";
  Labelling stopped(command_, teacher, "4", {}, {"--worker", "--lease", "600"});
  wait_for(server, 12);
  expect_error(command_.run({"label", "--teacher", teacher, "--worker", "--sample", "3"}, "p"), 2,
               "--sample");
  stopped.send(SIGINT);
  EXPECT_EQ(stopped.wait(), 1) << stopped.log();
  EXPECT_EQ(PostgresServer::shared()->integer("SELECT count(*) FROM claims WHERE worker <> ''"), 0);
  const Ran some = command_.run({"label", "--teacher", teacher, "--worker", "--limit", "7", "--json"}, "p");
  EXPECT_EQ(some.json()["asked"], 7) << some.err;
  // Nobody has to wait for a lease of ten minutes.
  const Ran rest = command_.run({"label", "--teacher", teacher, "--worker", "--json"}, "p");
  EXPECT_EQ(rest.status, 0) << rest.err;
  EXPECT_EQ(rest.json()["labelled"], 200);
  expect_one_answer_each(200);
}

TEST_F(SmallWorkers, ABudgetIsForAllOfThem) {
  make(true);
  if (IsSkipped()) return;
  const FakeOpenAi server(Json::parse(
      R"({"count": {"base": 85, "tile": 170}, "then": {"label": "yes", "delay_ms": 30,
          "reason": "A bright disc lies near the middle of a dark and even ground."}})"));
  const std::string teacher = server.base_url() + "#gpt-4o-2024-08-06";
  const std::vector<std::string> options{"--worker", "--detail", "low", "--budget", "0.05"};
  Labelling one(command_, teacher, "4", {}, options, "p", "one.log");
  Labelling two(command_, teacher, "4", {}, options, "p", "two.log");
  for (Labelling* each : {&one, &two}) {
    EXPECT_EQ(each->wait(), 1);
    EXPECT_NE(each->log().find("by all workers together"), std::string::npos) << each->log();
  }
  const double billed =
      (2.5 * static_cast<double>(server.tokens_in()) + 10 * static_cast<double>(server.tokens_out())) / 1e6;
  EXPECT_LE(billed, 0.05);
  EXPECT_GE(billed, 0.045) << "and is used";
  expect_one_answer_each(static_cast<size_t>(server.requests()));
}

TEST_F(SmallWorkers, AMachineOfItsOwnGetsThePicturesFromTheBucket) {
  if (PostgresServer::shared() == nullptr)
    GTEST_SKIP() << "PostgreSQL is not installed: scripts/install test";
  const FakeS3 bucket;
  command_.set("AWS_ACCESS_KEY_ID", bucket.keys().access);
  command_.set("AWS_SECRET_ACCESS_KEY", bucket.keys().secret);
  add_tiles(command_, 4, 2, 3,
            {"--store", PostgresServer::shared()->fresh_url(), "--media", "s3://pictures/p",
             "--media-endpoint", bucket.endpoint()});
  EXPECT_EQ(bucket.objects().size(), 3U);
  // The other machine: nothing but dewdrop.toml.
  const fs::path other = command_.folder() / "q";
  fs::create_directory(other);
  fs::copy(command_.folder() / "p" / "dewdrop.toml", other / "dewdrop.toml");
  const FakeOpenAi server(Json::parse(R"({"then": {"label": "no"}, "forget": true})"));
  const std::vector<std::string> label{"label", "--teacher", server.base_url() + "#m", "--worker", "--json"};

  command_.set("AWS_SECRET_ACCESS_KEY", "another/s3cret");
  const Ran wrong = command_.run(label, "q");
  expect_error(wrong, 1, "rejects the signature");
  const size_t step = wrong.err.find("check AWS_SECRET_ACCESS_KEY");
  ASSERT_NE(step, std::string::npos) << wrong.err;
  EXPECT_EQ(wrong.err.find("check AWS_SECRET_ACCESS_KEY", step + 1), std::string::npos) << "said once";
  EXPECT_EQ(wrong.err.find("another/s3cret"), std::string::npos) << wrong.err;
  command_.set("AWS_SECRET_ACCESS_KEY", bucket.keys().secret);
  const Ran ran = command_.run(label, "q");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.json()["labelled"], 24) << ran.out;
  const auto log = bucket.log();
  EXPECT_EQ(
      std::count_if(log.begin(), log.end(),
                    [](const std::string& line) { return line.starts_with("GET") && line.ends_with("200"); }),
      3)
      << "each picture is fetched once";
  for (const auto& entry : fs::recursive_directory_iterator(command_.folder()))
    if (entry.is_regular_file()) {
      const std::string bytes = *read_file(entry.path());
      EXPECT_EQ(bytes.find(bucket.keys().secret), std::string::npos) << entry.path();
    }
  EXPECT_EQ((ran.out + ran.err).find(bucket.keys().secret), std::string::npos);
  expect_one_answer_each(24);
}

TEST_F(SmallWorkers, ProcessesOfOneMachineShareTheFileToo) {
  make(false);
  const FakeOpenAi server(Json::parse(R"({"then": {"label": "no", "delay_ms": 30}, "forget": true})"));
  const std::string teacher = server.base_url() + "#m";
  Labelling one(command_, teacher, "4", {}, kWorker, "p", "one.log");
  Labelling two(command_, teacher, "4", {}, kWorker, "p", "two.log");
  EXPECT_EQ(one.wait(), 0) << one.log();
  EXPECT_EQ(two.wait(), 0) << two.log();
  EXPECT_EQ(server.requests(), 200);
  EXPECT_GT(one.json()["asked"], 0);
  EXPECT_GT(two.json()["asked"], 0);
  expect_one_answer_each(200);
}

TEST_F(SmallWorkers, TwoPlainCallsShareTheFile) {
  make(false, 20);
  expect_two_plain_calls_to_share();
}

TEST_F(SmallWorkers, TwoPlainCallsShareOverPostgres) {
  make(true, 20);
  if (IsSkipped()) return;
  expect_two_plain_calls_to_share();
}

}  // namespace
}  // namespace dew::testing
