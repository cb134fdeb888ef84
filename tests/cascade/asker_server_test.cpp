// The asker over the network: a server that fails in every way, and a program that is killed at any moment.
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <map>
#include <random>
#include <thread>

#include "cascade/asker.h"
#include "tests/store/projects.h"
#include "tests/support/fake_openai.h"
#include "tests/teacher/environment.h"

extern char** environ;

namespace dew::testing {
namespace {

using cascade::Asker;
using cascade::AskSettings;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class AskingServer : public InProject {
 protected:
  void serve(const std::string& script) {
    server_.reset();
    server_ = std::make_unique<FakeOpenAi>(nlohmann::json::parse(script));
  }
  [[nodiscard]] std::string spec() const { return server_->base_url() + "#gpt-4o"; }

  /// Each with a picture of its own, so that requests can be told apart.
  void add_events(int count) {
    for (int i = 0; i < count; ++i) {
      Event event;
      event.source = "yard.mp4";
      event.event_class = "person";
      event.first_frame = event.last_frame = ++events_;
      event = log_.begin(event).value();
      event.state = "ended";
      event.pictures = {{"1.png", events_, 1.0, 0.5, "first"}};
      fs::create_directories(log_.folder(event.id));
      EXPECT_TRUE(write_file(log_.folder(event.id) / "1.png",
                             encode_png(noise(16, 16, static_cast<unsigned>(events_)))));
      EXPECT_TRUE(log_.update(event));
    }
  }

  Result<Asker> open() {
    AskSettings settings;
    settings.teachers = {spec()};
    settings.prompt = {"What is it?", {}, "unsure", {}};
    settings.how.timeout = milliseconds(300);
    settings.backoff = {milliseconds(5), milliseconds(40)};
    settings.told = [this](const Event& event, const EventQuestion& question) {
      told_.push_back(std::to_string(event.id) + " " + question.state);
    };
    return Asker::open(project_, std::move(settings));
  }
  static Clock::time_point in(Clock::duration length) { return system_clock().now() + length; }

  [[nodiscard]] std::map<std::string, int64_t> states() const {
    std::map<std::string, int64_t> count;
    for (int64_t id = 1; id <= events_; ++id) {
      const auto questions = log_.questions_about(id).value();
      ++count[questions.size() == 1 ? questions.front().state : "lost"];
    }
    return count;
  }

  /// Runs the program, and ends it with SIGKILL this long after it has made so many requests. True: it was
  /// done before.
  bool run_child(int64_t requests = 0, milliseconds later = {}) const {
    std::string program = ASKER_CHILD;
    std::string project = project_.folder().string();
    std::string teacher = spec();
    char* argv[] = {program.data(), project.data(), teacher.data(), nullptr};
    pid_t child = -1;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv, environ), 0);
    if (requests > 0) {
      const int64_t until = server_->requests() + requests;
      const Clock::time_point latest = in(seconds(5));
      while (server_->requests() < until && system_clock().now() < latest)
        std::this_thread::sleep_for(milliseconds(1));
      std::this_thread::sleep_for(later);
      ::kill(child, SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  const Environment key_{"OPENAI_API_KEY", "sk-test-0123456789abcdef"};
  EventLog log_ = EventLog::open(project_).value();
  std::unique_ptr<FakeOpenAi> server_;
  std::vector<std::string> told_;
  int events_ = 0;
};

TEST_F(AskingServer, HangsRefusesTalksNonsenseDiesAndComesBack) {
  serve(R"({"steps": [{"hang": true}, {"status": 429}, {"status": 500}, {"cut": true}, {"body": "<html>"},
            {"content": ""}, {"content": "a dog", "times": 2}], "then": {"hang": true}})");
  add_events(6);
  Asker asker = open().value();
  EXPECT_EQ(asker.submit_missed(0).value(), 6);
  ASSERT_TRUE(asker.work(in(seconds(2)), watch_));
  EXPECT_EQ(asker.figures()->answered, 2);
  EXPECT_EQ(asker.figures()->waiting, 4);
  EXPECT_THAT(asker.figures()->why, HasSubstr("no answer in time"));
  EXPECT_EQ(asker.figures()->calls_in_hour, server_->requests());
  const int64_t before = server_->requests();
  server_.reset();
  const int64_t calls = asker.figures()->calls_in_hour;
  ASSERT_TRUE(asker.work(in(milliseconds(300)), watch_));
  EXPECT_THAT(asker.figures()->why, HasSubstr("no server answers"));
  EXPECT_EQ(asker.figures()->calls_in_hour, calls) << "what reaches nobody is no call";
  serve(R"({"then": {"content": "a cat"}})");  // at another address, which is not a part of the question
  asker = open().value();
  ASSERT_TRUE(asker.work(in(seconds(20)), watch_));
  EXPECT_EQ(states(), (std::map<std::string, int64_t>{{"answered", 6}}));
  EXPECT_THAT(told_, ::testing::ElementsAre("1 answered", "2 answered", "3 answered", "4 answered",
                                            "5 answered", "6 answered"));
  EXPECT_EQ(asker.figures()->calls_in_hour, before + 4);
  EXPECT_GT(asker.figures()->usd_in_day, 0);
  if (over_postgres()) return;
  const auto database = read_file(this->database());
  ASSERT_TRUE(database);
  EXPECT_EQ(database->find("0123456789abcdef"), std::string::npos) << "no key in the database";
}

TEST_F(AskingServer, EventsAreSubmittedWhileOthersAreAskedAbout) {
  serve(R"({"then": {"content": "a dog"}})");
  add_events(20);
  Asker asker = open().value();
  ASSERT_TRUE(asker.submit(1));
  std::thread watcher([&] {
    for (int64_t id = 2; id <= events_; ++id) {
      EXPECT_TRUE(asker.submit(id));
      EXPECT_TRUE(asker.figures());
    }
  });
  const Clock::time_point until = in(seconds(20));
  while (asker.figures()->answered < events_ && system_clock().now() < until)
    ASSERT_TRUE(asker.work(in(milliseconds(200)), watch_));
  watcher.join();
  EXPECT_EQ(states(), (std::map<std::string, int64_t>{{"answered", events_}}));
  EXPECT_EQ(server_->requests(), events_);
}

TEST_F(AskingServer, KilledAtRandomMomentsItLosesNoEventAndPaysForNoneTwice) {
  serve(R"({"then": {"content": "a dog", "delay_ms": 12}, "count": {"base": 85, "tile": 170}})");
  const char* sweep = std::getenv("DEWDROP_SWEEP");
  const int kills = sweep != nullptr && std::string_view(sweep) == "full" ? 30 : 8;
  std::mt19937 random(19);
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    add_events(4);
    if (!run_child(1 + static_cast<int64_t>(random() % 3), milliseconds(random() % 90))) ++killed;
  }
  ASSERT_TRUE(run_child());
  const auto count = states();
  EXPECT_EQ(count.count("lost") + count.count("waiting") + count.count("asking") + count.count("failed"), 0U);
  const int64_t uncertain = count.contains("uncertain") ? count.at("uncertain") : 0;
  EXPECT_EQ(count.at("answered") + uncertain, events_);
  EXPECT_LE(uncertain, killed) << "at most the one that was being asked";
  std::map<std::string, int> times;
  for (const SeenRequest& one : server_->seen()) ++times[one.body];
  for (const auto& [body, n] : times) EXPECT_EQ(n, 1) << "asked twice";
  const int64_t calls = sql_integer("SELECT count(*) FROM event_calls");
  EXPECT_EQ(calls, events_) << "one an event";
  EXPECT_LE(server_->requests(), calls);
  EXPECT_GE(server_->requests(), count.at("answered"));
  const double billed =
      (2.5 * static_cast<double>(server_->tokens_in()) + 10 * static_cast<double>(server_->tokens_out())) /
      1e6;
  const auto calls_log = EventCalls::open(project_).value();
  const double logged = calls_log.so_far(cascade::milliseconds_of(system_clock().utc()) + 1)->usd_in_day;
  EXPECT_GE(logged, billed * (1 - 1e-9)) << "no cent is missing in the log";
  EXPECT_GT(killed, kills / 2) << "else this shows little";
  EXPECT_GT(uncertain, 0);
  RecordProperty("killed", killed);
  RecordProperty("uncertain", static_cast<int>(uncertain));
  std::cout << killed << " killed, " << events_ << " events, " << count.at("answered") << " answered, "
            << uncertain << " uncertain, " << server_->requests() << " requests\n";
}

}  // namespace
}  // namespace dew::testing
