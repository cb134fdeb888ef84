// label in process: who is asked what, what is kept, what stops it and how it goes on.
#include "verbs/label/label.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <latch>
#include <thread>

#include "store/claims.h"
#include "student/student.h"
#include "tests/media/samples.h"
#include "tests/verbs/label_project.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using verbs::label;
using verbs::LabelArgs;
using verbs::plan_label;

class VerbLabel : public LabelTest {};

TEST_F(VerbLabel, AProjectWithoutSamplesIsToldToAddSome) {
  Watch quiet;
  verbs::NewArgs fresh{project(), {}};
  fresh.settings.question = "Is there a disc?";
  fresh.settings.classes = {"yes", "no"};
  ASSERT_EQ(error_of(verbs::create_project(fresh, quiet)), "no error");
  const FakeOpenAi server(Json::object());
  LabelWatch watch;
  ASSERT_EQ(error_of(label(args_for({server.base_url() + "#a"}), watch)), "no error");
  EXPECT_THAT(watch.warned, Contains(HasSubstr("dewdrop add FOLDER")));
}

TEST_F(VerbLabel, TwoTeachersAreAskedAndThePolicyDecides) {
  make(6);
  const FakeOpenAi server(Json::parse(R"({"steps": [{"label": "yes", "times": 6}, {"label": "no", "times": 2},
      {"label": "yes", "times": 4}]})"));
  LabelWatch watch;
  watch.on_inform = [&] { EXPECT_EQ(server.requests(), 0) << "the plan is told before anything is asked"; };
  const auto outcome = label(args_for({server.base_url() + "#a", server.base_url() + "#b"}), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_FALSE(outcome->stopped);
  EXPECT_THAT(watch.informed, Contains(HasSubstr("a: 6 questions, about ")));
  EXPECT_THAT(watch.informed, Contains(HasSubstr("no price is known for b")));
  EXPECT_EQ(watch.begun, (std::vector<std::string>{"labelling", "labelling"}));
  EXPECT_EQ(watch.totals, (std::vector<int64_t>{6, 6}));

  ASSERT_EQ(outcome->plan.teachers.size(), 2U);
  const verbs::TeacherPlan& second = outcome->plan.teachers[1];
  EXPECT_EQ(second.teacher, "openai");
  EXPECT_EQ(second.model, "b");
  EXPECT_EQ(second.prompt_hash.size(), 64U);
  EXPECT_THAT(second.prompt, HasSubstr("Is there a disc?"));
  EXPECT_EQ(second.votes, 1);
  EXPECT_EQ(second.questions, 6);
  EXPECT_EQ(second.forecast.usd, std::nullopt);
  EXPECT_EQ(outcome->plan.forecast.usd, std::nullopt);
  EXPECT_GT(second.forecast.tokens_in, 0);
  EXPECT_EQ(outcome->plan.forecast.tokens_in,
            outcome->plan.teachers[0].forecast.tokens_in + second.forecast.tokens_in);

  ASSERT_EQ(outcome->bills.size(), 2U);
  EXPECT_EQ(outcome->bills[1].asked, 6);
  EXPECT_EQ(outcome->bills[1].model, "b");
  EXPECT_GT(outcome->bills[1].id, outcome->bills[0].id);
  EXPECT_EQ(outcome->total.asked, 12);
  EXPECT_EQ(outcome->total.failed, 0);
  EXPECT_EQ(outcome->total.tokens_in, 12 * 97) << "as the server says";
  EXPECT_EQ(outcome->total.tokens_out, 12 * 21);
  EXPECT_EQ(outcome->total.cost_usd, std::nullopt);
  ASSERT_TRUE(outcome->counts);
  EXPECT_EQ(outcome->counts->labelled, 4);
  EXPECT_EQ(outcome->counts->unsure, 2);
  EXPECT_EQ(outcome->counts->tied, 2);
  EXPECT_EQ(outcome->counts->unlabelled, 0);
  EXPECT_EQ(outcome->counts->by_class.at("yes"), 4);
  EXPECT_EQ(outcome->settings.classes, (std::vector<std::string>{"yes", "no"}));
  EXPECT_FALSE(outcome->gold);
  const auto json = to_json(*outcome);
  EXPECT_EQ(json["teacher"], "openai, openai");
  EXPECT_EQ(json["teachers"][1]["asked"], 6);
  EXPECT_TRUE(json["cost_usd"].is_null());
  EXPECT_EQ(json["tied"], 2);
}

TEST_F(VerbLabel, TheProjectsTeachersServeWhereNoneIsNamed) {
  Settings settings;
  settings.teacher.all = {"replay:answers.jsonl"};  // beside dewdrop.toml, wherever the caller stands
  make(10, settings);
  fs::copy(folder_.path() / "pictures" / "answers.jsonl", project() / "answers.jsonl");
  LabelWatch watch;
  const auto outcome = label(args_for({}), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_EQ(outcome->counts->labelled, 9);
  EXPECT_EQ(outcome->counts->unsure, 1);
  EXPECT_EQ(outcome->total.cost_usd, 0);
  EXPECT_THAT(watch.informed, IsEmpty()) << "recorded answers cost nothing";
  EXPECT_EQ(label(args_for({}), watch)->total.asked, 0);
}

TEST_F(VerbLabel, EachVoteIsAskedOnce) {
  make(4);
  const FakeOpenAi server(
      Json::parse(R"({"steps": [{"label": "yes", "times": 6}], "then": {"label": "no"}})"));
  LabelArgs args = args_for({server.base_url() + "#m"});
  args.changes = {votes(3)};
  LabelWatch watch;
  const auto first = label(args, watch);
  ASSERT_EQ(error_of(first), "no error");
  EXPECT_THAT(watch.informed, Contains(HasSubstr("3 votes each at temperature 0.7")));
  EXPECT_EQ(first->plan.teachers[0].votes, 3);
  EXPECT_EQ(first->plan.teachers[0].questions, 12);
  EXPECT_EQ(first->counts->by_class.at("yes"), 2) << "of two votes for yes and one for no";
  EXPECT_EQ(label(args, watch)->total.asked, 0);
  args.changes = {votes(5)};
  EXPECT_EQ(label(args, watch)->total.asked, 8) << "two votes more for each";
  EXPECT_EQ(server.requests(), 20);
}

TEST_F(VerbLabel, WhatMakesNoSenseIsRefusedBeforeAnythingIsAsked) {
  make(2);
  const FakeOpenAi server(Json::object());
  const std::string good = server.base_url() + "#m";
  const std::string replay = "replay:" + (folder_.path() / "pictures" / "answers.jsonl").string();
  struct Case {
    std::string word;
    LabelArgs args;
  };
  std::vector<Case> cases;
  const auto refuse = [&](const std::string& word, const std::vector<std::string>& teachers) -> LabelArgs& {
    cases.push_back({word, args_for(teachers)});
    return cases.back().args;
  };
  refuse("no teacher is named", {});
  refuse("gpt-4o", {"gpt-4o"});
  refuse("the same", {good, good});
  refuse("names no run", {"student:x"});
  refuse("temperature 0", {good}).changes = {votes(3), [](Settings& s) { s.temperature = 0; }};
  refuse("the same each time", {replay}).changes = {votes(2)};
  refuse("no person has labelled", {good}).changes = {[](Settings& s) { s.examples = 2; }};
  refuse("no person has labelled", {good}).gold = true;
  refuse("the price of m is unknown", {good}).options.budget_usd = 1;
  LabelArgs& drawn = refuse("--sample draws", {good});
  drawn.worker = true;
  drawn.sample = 1;
  for (const Case& one : cases) {
    LabelWatch watch;
    const auto outcome = label(one.args, watch);
    ASSERT_FALSE(outcome) << one.word;
    EXPECT_EQ(outcome.error().fault, Fault::kUsage) << one.word;
    EXPECT_THAT(text_of(outcome.error()), HasSubstr(one.word));
  }
  EXPECT_EQ(server.requests(), 0);
  LabelWatch watch;
  LabelArgs elsewhere = args_for({good});
  elsewhere.project = folder_.path();
  EXPECT_THAT(error_of(label(elsewhere, watch)), HasSubstr("project"));
  EXPECT_EQ(Project::open(project())->bills()->size(), 0U);
}

TEST_F(VerbLabel, QuestionsWithoutAnAnswerAreNamedAndAskedAgain) {
  make(4);
  const FakeOpenAi server(Json::parse(R"({"steps": [{"label": "yes"}, {"label": "maybe"}]})"));
  const LabelArgs args = args_for({server.base_url() + "#m"});
  LabelWatch watch;
  const auto first = label(args, watch);
  ASSERT_EQ(error_of(first), "no error");
  ASSERT_TRUE(first->stopped);
  EXPECT_EQ(first->stopped->what, "1 of 4 questions got no answer");
  EXPECT_EQ(first->stopped->fault, Fault::kWork);
  EXPECT_EQ(first->total.failed, 1);
  EXPECT_EQ(first->bills[0].failed, 1);
  ASSERT_EQ(first->failures.size(), 1U);
  EXPECT_EQ(first->failures[0].sample, "disc-001.png");
  EXPECT_THAT(first->failures[0].error.what, HasSubstr("maybe"));
  EXPECT_EQ(first->counts->unlabelled, 1);
  EXPECT_THAT(watch.notes, Contains(HasSubstr("3 answers, 1 failed")));
  EXPECT_EQ(to_json(*first)["failures"][0]["sample"], "disc-001.png");
  const auto second = label(args, watch);
  EXPECT_FALSE(second->stopped);
  EXPECT_EQ(second->total.asked, 1);
  EXPECT_EQ(second->counts->labelled, 4);
}

TEST_F(VerbLabel, AServerThatIsDown) {
  make(3);
  std::string url;
  {
    const FakeOpenAi gone(Json::object());
    url = gone.base_url();
  }
  LabelWatch watch;
  const auto outcome = label(args_for({url + "#m"}), watch);
  ASSERT_EQ(error_of(outcome), "no error") << "it is an outcome: the labels were decided anew";
  ASSERT_TRUE(outcome->stopped);
  EXPECT_THAT(text_of(*outcome->stopped), HasSubstr("127.0.0.1"));
  EXPECT_THAT(outcome->stopped->next, HasSubstr("running"));
  EXPECT_EQ(outcome->counts->unlabelled, 3);
}

TEST_F(VerbLabel, CancelledHalfWayItGoesOnAndAsksNothingTwice) {
  make(8);
  const FakeOpenAi server(Json::object());
  const LabelArgs args = args_for({server.base_url() + "#m"});
  LabelWatch impatient(3);
  const auto first = label(args, impatient);
  ASSERT_EQ(error_of(first), "no error");
  ASSERT_TRUE(first->stopped);
  EXPECT_EQ(first->stopped->what, "interrupted");
  EXPECT_EQ(first->total.asked, 3);
  EXPECT_EQ(first->bills[0].asked, 3);
  EXPECT_EQ(first->counts->labelled, 3) << "what was answered counts";
  EXPECT_EQ(first->counts->unlabelled, 5);
  LabelWatch patient;
  const auto second = label(args, patient);
  EXPECT_FALSE(second->stopped);
  EXPECT_EQ(second->total.asked, 5);
  EXPECT_EQ(second->counts->labelled, 8);
  EXPECT_EQ(server.requests(), 8);
  const auto each = answers();
  EXPECT_THAT(each, SizeIs(8));
  EXPECT_THAT(each, Each(Pair(::testing::_, 1)));
}

TEST_F(VerbLabel, NearIdenticalFramesTakeTheLabelOfOne) {
  make(1);
  write_video(folder_.path() / "grey.avi", 20);
  add(folder_.path() / "grey.avi");
  const FakeOpenAi server(Json::object());
  LabelArgs args = args_for({server.base_url() + "#m"});
  LabelWatch impatient(1);
  const auto cut_short = label(args, impatient);
  EXPECT_EQ(error_of(cut_short), text_of(interrupted_error().value())) << "while frames are compared";
  EXPECT_EQ(server.requests(), 0);

  LabelWatch watch;
  const auto outcome = label(args, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_EQ(outcome->plan.spread, 19) << "all frames are of an even grey";
  EXPECT_EQ(outcome->total.asked, 2);
  EXPECT_EQ(outcome->counts->labelled, 21);
  EXPECT_THAT(watch.informed, Contains(HasSubstr("19 samples look like another one")));
  args.changes = {[](Settings& settings) { settings.spread = "off"; }};
  EXPECT_EQ(label(args, watch)->total.asked, 19);
}

TEST_F(VerbLabel, ATileIsShownWithItsFrame) {
  make(1);
  Cut cut;
  cut.columns = 2;
  add(folder_.path() / "pictures", cut);
  const FakeOpenAi server(Json::object());
  LabelArgs args = args_for({server.base_url() + "#m"});
  args.changes = {[](Settings& settings) { settings.context = "frame"; }};
  args.limit = 3;
  LabelWatch watch;
  ASSERT_EQ(error_of(label(args, watch)), "no error");
  std::multiset<int> pictures;
  for (const SeenRequest& seen : server.seen()) {
    int count = 0;
    for (size_t at = seen.body.find("\"image_url\":{"); at != std::string::npos;
         at = seen.body.find("\"image_url\":{", at + 1))
      ++count;
    pictures.insert(count);
  }
  EXPECT_EQ(pictures, (std::multiset<int>{1, 2, 2})) << "the whole picture alone, each tile with its frame";
}

class VerbLabelWorkers : public LabelTest {
 protected:
  void SetUp() override {
    make(1);
    Cut cut;
    cut.columns = 8;
    cut.rows = 5;
    add(folder_.path() / "pictures", cut);  // 40 tiles beside the whole picture
  }
  [[nodiscard]] LabelArgs worker_for(const FakeOpenAi& server) const {
    LabelArgs args = args_for({server.base_url() + "#m"});
    args.worker = true;
    args.options.concurrency = 2;
    return args;
  }
};

/// Waits at its first answer until all workers have one, so that none is done before the others begin.
class MeetingWatch : public Watch {
 public:
  explicit MeetingWatch(std::latch& all) : all_(all) {}
  void advance(int64_t, std::string_view) override {
    if (met_) return;
    met_ = true;
    all_.count_down();
    for (int i = 0; i < 2000 && !all_.try_wait(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

 private:
  std::latch& all_;
  bool met_ = false;
};

TEST_F(VerbLabelWorkers, TwoThreadsShareTheAsking) {
  const FakeOpenAi server(Json::object());
  const LabelArgs args = worker_for(server);
  std::array<Result<verbs::LabelOutcome>, 2> outcomes;
  std::latch both(2);
  std::vector<std::thread> threads;
  for (auto& outcome : outcomes)
    threads.emplace_back([&outcome, &args, &both] {
      MeetingWatch watch(both);
      outcome = label(args, watch);
    });
  for (std::thread& thread : threads) thread.join();
  int64_t asked = 0;
  for (const auto& outcome : outcomes) {
    ASSERT_EQ(error_of(outcome), "no error");
    EXPECT_FALSE(outcome->stopped) << text_of(*outcome->stopped);
    EXPECT_GT(outcome->total.asked, 0);
    EXPECT_EQ(outcome->late, 0);
    EXPECT_EQ(outcome->counts->labelled, 41);
    asked += outcome->total.asked;
  }
  EXPECT_EQ(asked, 41);
  EXPECT_EQ(server.requests(), 41);
  EXPECT_THAT(answers(), SizeIs(41));
}

TEST_F(VerbLabelWorkers, ACancelledOneGivesBackWhatItHolds) {
  const FakeOpenAi server(Json::object());
  LabelArgs args = worker_for(server);
  args.lease = std::chrono::hours(1);
  LabelWatch impatient(3);
  const auto cancelled = label(args, impatient);
  ASSERT_TRUE(cancelled && cancelled->stopped);
  EXPECT_EQ(cancelled->stopped->what, "interrupted");
  args.limit = 4;
  LabelWatch watch;
  EXPECT_EQ(label(args, watch)->total.asked, 4);
  const auto rest = label(args_for(args.teachers), watch);
  ASSERT_EQ(error_of(rest), "no error") << "nobody has to wait for the lease";
  EXPECT_EQ(rest->counts->labelled, 41);
}

TEST_F(VerbLabelWorkers, TwoPlainCallsAskAndPayEachQuestionOnce) {
  const FakeOpenAi server(counting_script());
  LabelArgs args = args_for({server.base_url() + kPricedModel});
  args.changes = {votes(2)};
  std::array<Result<verbs::LabelOutcome>, 2> outcomes;
  std::latch both(2);
  std::vector<std::thread> threads;
  for (auto& outcome : outcomes)
    threads.emplace_back([&outcome, &args, &both] {
      MeetingWatch watch(both);
      outcome = label(args, watch);
    });
  for (std::thread& thread : threads) thread.join();
  int64_t asked = 0;
  double cost = 0;
  for (const auto& outcome : outcomes) {
    ASSERT_EQ(error_of(outcome), "no error");
    EXPECT_FALSE(outcome->stopped) << text_of(*outcome->stopped);
    EXPECT_GT(outcome->total.asked, 0);
    EXPECT_EQ(outcome->late, 0);
    asked += outcome->total.asked;
    cost += outcome->total.cost_usd.value();
  }
  EXPECT_EQ(asked, 82);
  EXPECT_EQ(server.requests(), 82);
  EXPECT_NEAR(cost, billed(server), 1e-9);
  EXPECT_THAT(answers(), Each(Pair(::testing::_, 2)));
}

/// Claims for the first prompt of `args`, as another process would.
Result<Claims> claims_of_another(const LabelArgs& args, const std::string& name, std::chrono::hours lease) {
  LabelWatch watch;
  DEW_TRY(const auto plan, plan_label(args, watch));
  return Claims::open(args.project, {"openai", "m", {plan.plan.teachers[0].prompt_hash}}, name, lease);
}

TEST_F(VerbLabelWorkers, WhatAnotherHoldsIsWaitedForAndNotAskedTwice) {
  const FakeOpenAi server(Json::object());
  const LabelArgs args = args_for({server.base_url() + "#m"});
  auto claims = claims_of_another(args, "another", std::chrono::hours(1));
  ASSERT_TRUE(claims && claims->list({}));
  ASSERT_THAT(*claims->take(5, std::nullopt), SizeIs(5));
  std::thread another([&] {
    while (server.requests() < 36) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(server.requests(), 36) << "what another holds is not asked";
    EXPECT_TRUE(claims->give_back());
  });
  LabelWatch watch;
  const auto outcome = label(args, watch);
  another.join();
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_THAT(watch.notes, Contains(HasSubstr("waiting for 5 questions that another label asks")));
  EXPECT_EQ(outcome->total.asked, 41);
  EXPECT_EQ(outcome->counts->labelled, 41);
  EXPECT_EQ(server.requests(), 41);
}

TEST_F(VerbLabelWorkers, WhatAKilledProcessHeldIsFreeAtOnce) {
  const FakeOpenAi server(Json::object());
  const LabelArgs args = args_for({server.base_url() + "#m"});
  // A worker's name as a process of this machine would have it that has ended.
  const pid_t ended = fork();
  if (ended == 0) _exit(0);
  ASSERT_EQ(waitpid(ended, nullptr, 0), ended);
  std::string name = Claims::new_worker_name();
  const std::string own = ":" + std::to_string(getpid()) + ":";
  name.replace(name.find(own), own.size(), ":" + std::to_string(ended) + ":");
  {
    auto claims = claims_of_another(args, name, std::chrono::hours(1));
    ASSERT_TRUE(claims && claims->list({}));
    ASSERT_THAT(*claims->take(5, std::nullopt), SizeIs(5));
  }
  LabelWatch watch;
  const auto outcome = label(args, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_THAT(watch.warned, Contains(HasSubstr("was killed while it held 5 questions")));
  EXPECT_EQ(outcome->total.asked, 41);
}

/// A net of 32 pixels and one epoch as the run 1 of the project.
class VerbLabelByNet : public LabelTest {
 protected:
  void SetUp() override {
    make(12);
    Project opened = *Project::open(project());
    run_ = *opened.begin_run(Json{{"input", 32}, {"classes", {"yes", "no"}}}.dump());
    std::vector<student::Example> examples;
    for (int i = 0; i < 12; ++i)
      examples.push_back({disc_picture(i % 2 == 0, static_cast<uint64_t>(i), 32).rgb, i % 2});
    student::TrainSettings settings;
    settings.net = "tiny";
    settings.input = 32;
    settings.epochs = 1;
    Watch watch;
    ASSERT_EQ(error_of(student::train(examples, {}, settings, project() / run_.folder, watch)), "no error");
    finish("done", run_.settings_json);
  }
  void finish(const std::string& state, const std::string& settings) {
    Project opened = *Project::open(project());
    run_.state = state;
    run_.settings_json = settings;
    ASSERT_TRUE(opened.update_run(run_));
  }
  ::dew::Run run_;
};

TEST_F(VerbLabelByNet, AnEarlierRunAnswersWithItsProbability) {
  LabelWatch watch;
  const auto outcome = label(args_for({"student"}), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_FALSE(outcome->stopped);
  EXPECT_EQ(outcome->plan.teachers[0].teacher, "student");
  EXPECT_EQ(outcome->plan.teachers[0].model, run_.folder);
  EXPECT_EQ(outcome->counts->labelled, 12);
  EXPECT_EQ(outcome->total.cost_usd, 0);
  const auto given = *Project::open(project())->answers();
  ASSERT_THAT(given, SizeIs(12));
  for (const Answer& answer : given) EXPECT_GE(answer.confidence.value_or(0), 0.5);
  EXPECT_EQ(label(args_for({"student:1"}), watch)->total.asked, 0) << "the same net by its number";
}

TEST_F(VerbLabelByNet, ARunThatCannotAnswerSaysWhy) {
  LabelWatch watch;
  EXPECT_THAT(error_of(label(args_for({"student:99"}), watch)), HasSubstr("no finished run 99"));
  finish("done", Json{{"input", 32}, {"classes", {"cat", "dog"}}}.dump());
  EXPECT_THAT(error_of(label(args_for({"student"}), watch)), HasSubstr("other classes"));
  for (const char* damaged :
       {"{", "[]", R"({"input": "32"})", R"({"input": 0})", R"({"input": 4294967328})"}) {
    finish("done", damaged);
    EXPECT_THAT(error_of(label(args_for({"student"}), watch)),
                HasSubstr("settings of the run are damaged | " + run_.folder))
        << damaged;
  }
  finish("training", run_.settings_json);
  EXPECT_THAT(error_of(label(args_for({"student"}), watch)), HasSubstr("no trained net yet"));
}

}  // namespace
}  // namespace dew::testing
