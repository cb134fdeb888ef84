// The asker against a scripted server and a clock of its own: hours of waiting in no time.
#include "cascade/asker.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/cascade/asking.h"

namespace dew::testing {
namespace {

using namespace cascade;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Scripted refused(int code, const std::string& retry_after = {}) {
  Scripted one;
  one.reply.status = code;
  one.reply.body = R"({"error":{"message":"as the script says"}})";
  one.reply.retry_after = retry_after;
  return one;
}

Scripted undelivered(Delivery how) {
  Scripted one;
  one.reply.delivery = how;
  one.reply.trouble = "the library's words";
  one.reply.sent = how != Delivery::kUnreachable;
  return one;
}

TEST_F(Asking, EventsAreAnsweredInTheirOrder) {
  serve([](int, const std::string& about) { return says("about " + about); });
  ASSERT_TRUE(open());
  for (const int64_t id : {event(), event(), event()}) ASSERT_TRUE(asker_->submit(id));
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(answers(), ElementsAre("1 about frame 10", "2 about frame 20", "3 about frame 30"));
  EXPECT_THAT(told_, ElementsAre("1 answered", "2 answered", "3 answered"));
  const AskFigures figures = asker_->figures().value();
  EXPECT_EQ(figures.answered, 3);
  EXPECT_EQ(figures.waiting, 0);
  EXPECT_EQ(figures.calls_in_hour, 3);
  EXPECT_NEAR(figures.usd_in_day, 3 * kUsdACall, 1e-9) << "what the server's count of tokens costs";
  ASSERT_TRUE(asker_->submit(1));
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_EQ(requests(), 3) << "what is answered is not asked again";
}

TEST_F(Asking, TheNextIsAskedWhereTheFirstIsUnsureOrDisagrees) {
  settings_.teachers = {kNear, kLarge};
  settings_.prompt.schema =
      R"({"type":"object","properties":{"class":{"type":"string"},"sure":{"type":"boolean"}},)"
      R"("required":["class","sure"],"additionalProperties":false})";
  const std::map<std::string, std::string> by_frame = {{"frame 10", R"({"class":"person","sure":true})"},
                                                       {"frame 20", R"({"class":"person","sure":false})"},
                                                       {"frame 30", R"({"class":"cat","sure":true})"}};
  serve([&](int, const std::string& about) { return says(by_frame.at(about)); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(models(1), ElementsAre("gpt-4o-mini"));
  EXPECT_THAT(models(2), ElementsAre("gpt-4o-mini", "gpt-4o"));
  EXPECT_THAT(models(3), ElementsAre("gpt-4o-mini", "gpt-4o"));
  const EventWord word = word_on(*log_, *log_->event(2)).value();
  EXPECT_EQ(word.by, "gpt-4o");
  EXPECT_TRUE(word.last && !word.tiny);
}

TEST_F(Asking, WhatTheFirstRefusesTheNextIsAsked) {
  settings_.teachers = {kNear, kLarge};
  serve([](int, const std::string&) { return says("fine"); });
  first_model_ = [](int n, const std::string&) {
    if (n == 0) return says("a dog");
    Scripted refusal;
    refusal.reply.status = 200;
    refusal.reply.body = R"({"choices":[{"message":{"refusal":"I will not."}}]})";
    return refusal;
  };
  ASSERT_TRUE(open());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(models(1), ElementsAre("gpt-4o-mini"));
  EXPECT_THAT(models(2), ElementsAre("gpt-4o-mini", "gpt-4o"));
  EXPECT_EQ(log_->questions_about(2)->at(0).state, "failed");
  EXPECT_THAT(log_->questions_about(2)->at(0).error, HasSubstr("refuses"));
}

TEST_F(Asking, AServerThatIsDownIsWaitedForAndNothingIsLost) {
  clock_.until_up = hours(1);
  for (const auto& down :
       {refused(500), refused(429), undelivered(Delivery::kUnreachable), undelivered(Delivery::kTimeout),
        says(""), page("<html>gateway</html>"), refused(401)}) {
    fresh();
    const Clock::time_point up = clock_.now() + clock_.until_up;
    serve(
        [&, up](int, const std::string& about) { return clock_.now() < up ? down : says("about " + about); });
    ASSERT_TRUE(open());
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(asker_->submit(event()));
    ASSERT_TRUE(work(minutes(40)));
    EXPECT_EQ(asker_->figures()->waiting, 4);
    EXPECT_THAT(asker_->figures()->why, HasSubstr("gpt-4o: "));
    EXPECT_TRUE(word_on(*log_, *log_->event(1))->tiny) << "meanwhile";
    EXPECT_EQ(word_on(*log_, *log_->event(1))->said, "person");
    EXPECT_LT(requests(), 30) << "it is not hammered";
    ASSERT_TRUE(work(minutes(40)));
    EXPECT_THAT(answers(), SizeIs(4)) << down.reply.status << " " << down.reply.body;
    EXPECT_EQ(asker_->figures()->why, "");
    EXPECT_THAT(watch_.informed, Contains("gpt-4o answers again"));
    EXPECT_THAT(watch_.warned.size(), ::testing::Le(3U)) << "said once";
  }
}

TEST_F(Asking, TheOrderIsKeptWhereAServerWasDown) {
  serve([](int n, const std::string& about) { return n < 5 ? refused(503) : says("about " + about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(hours(1)));
  EXPECT_THAT(told_, ElementsAre("1 answered", "2 answered", "3 answered"));
}

TEST_F(Asking, ARetryAfterIsKeptInFull) {
  serve([](int n, const std::string& about) { return n == 0 ? refused(429, "2000") : says(about); });
  ASSERT_TRUE(open());
  ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(seconds(1990)));
  EXPECT_EQ(requests(), 1);
  ASSERT_TRUE(work(seconds(20)));
  EXPECT_EQ(requests(), 2);
}

TEST_F(Asking, OneBadQuestionDoesNotHoldUpTheOthers) {
  serve(
      [](int, const std::string& about) { return about == "frame 10" ? says("") : says("about " + about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(hours(1)));
  EXPECT_THAT(answers(), ElementsAre("2 about frame 20", "3 about frame 30"));
  EXPECT_EQ(log_->questions_about(1)->at(0).state, "failed");
  EXPECT_EQ(requests(), 2 + 2 + 1) << "two tries, the others, and a last chance";
  EXPECT_EQ(asker_->ask_again(false).value(), 1);
  EXPECT_EQ(asker_->figures()->waiting, 1);
}

TEST_F(Asking, RepliesThatAreNoAnswersAreNotPaidForWithoutAnEnd) {
  serve([](int, const std::string&) { return says(""); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(hours(48)));
  EXPECT_EQ(asker_->figures()->failed, 2);
  EXPECT_EQ(asker_->figures()->waiting, 0);
  EXPECT_LE(requests(), 2 * 12);
  EXPECT_EQ(asker_->ask_again(false).value(), 2) << "once the server is mended";
}

TEST_F(Asking, NoBudgetOfCallsIsPassedByOne) {
  settings_.limits.calls_an_hour = 3;
  settings_.limits.calls_a_day = 5;
  serve([](int, const std::string& about) { return says(about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(minutes(59)));
  EXPECT_EQ(requests(), 3);
  EXPECT_THAT(asker_->figures()->why,
              HasSubstr("3 calls were made in the last hour, as many as calls_an_hour"));
  ASSERT_TRUE(work(minutes(3)));
  EXPECT_EQ(requests(), 5) << "and the day's";
  EXPECT_THAT(asker_->figures()->why, HasSubstr("calls_a_day"));
  ASSERT_TRUE(open()) << "a new program";
  ASSERT_TRUE(work(minutes(59)));
  EXPECT_EQ(requests(), 5) << "it knows what was spent";
  ASSERT_TRUE(work(minutes(750)));
  EXPECT_EQ(requests(), 8) << "after midnight, three";
}

TEST_F(Asking, NoBudgetOfMoneyIsPassedByOneCall) {
  settings_.limits.usd_a_day = 0.02;
  serve([](int, const std::string& about) { return says(about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(hours(1)));
  const AskFigures figures = asker_->figures().value();
  EXPECT_GT(figures.answered, 0);
  EXPECT_GT(figures.waiting, 0);
  EXPECT_LE(figures.usd_in_day, 0.02);
  EXPECT_GT(figures.usd_in_day + most_a_call_, 0.02) << "the next could have passed it";
  EXPECT_THAT(figures.why, HasSubstr("usd_a_day = 0.02"));
  settings_.limits.usd_a_day = 1e-6;
  ASSERT_TRUE(open());
  ASSERT_TRUE(work(hours(24)));
  EXPECT_EQ(asker_->figures()->waiting, 0) << "no day would be enough";
  EXPECT_THAT(log_->questions_about(30)->at(0).error, HasSubstr("more than all of a day may"));
}

TEST_F(Asking, AClockThatJumpsBeginsNoBudgetAnew) {
  settings_.limits.calls_an_hour = 2;
  serve([](int, const std::string& about) { return says(about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_EQ(requests(), 2);
  clock_.jump += hours(24 * 400);
  ASSERT_TRUE(work(minutes(30)));
  EXPECT_EQ(requests(), 2);
  clock_.jump -= hours(24 * 800);
  ASSERT_TRUE(work(minutes(28)));
  EXPECT_EQ(requests(), 2);
  ASSERT_TRUE(work(minutes(5)));
  EXPECT_EQ(requests(), 4) << "and the hour ends when an hour has gone";
  clock_.jump -= hours(24 * 3650);  // while no program runs
  ASSERT_TRUE(open());
  ASSERT_TRUE(work(minutes(50)));
  EXPECT_EQ(requests(), 4);
  ASSERT_TRUE(work(minutes(20)));
  EXPECT_EQ(requests(), 6) << "not in ten years";
  EXPECT_THAT(watch_.warned, Contains(HasSubstr("the clock jumped by")));
}

TEST_F(Asking, WhatWasAskedWhenTheProgramEndedIsNotAskedAgain) {
  serve([](int, const std::string& about) { return says(about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(asker_->submit(event()));
  EventQuestion question = log_->questions_about(1)->at(0);
  question.state = "asking";
  ASSERT_TRUE(log_->keep(question));
  ASSERT_TRUE(EventCalls::open(project_)->begin(question.id, milliseconds_of(clock_.utc()), 0.01));
  ASSERT_TRUE(open());
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(answers(), ElementsAre("2 frame 20"));
  EXPECT_THAT(told_, ElementsAre("1 uncertain", "2 answered"));
  EXPECT_THAT(watch_.warned, Contains(HasSubstr("1 question was being asked when the program ended")));
  const AskFigures figures = asker_->figures().value();
  EXPECT_EQ(figures.uncertain, 1);
  EXPECT_NEAR(figures.usd_in_day, 0.01 + kUsdACall, 1e-9);
  EXPECT_EQ(asker_->ask_again(false).value(), 0);
  EXPECT_EQ(asker_->ask_again(true).value(), 1);
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(answers(), ElementsAre("1 frame 10", "2 frame 20"));
}

TEST_F(Asking, WhoWantsOutGetsOutAndARequestOnItsWayIsUncertain) {
  settings_.how.drain = std::chrono::milliseconds(50);
  serve([](int, const std::string& about) {
    Scripted late = says(about);
    late.after = std::chrono::seconds(30);
    return late;
  });
  ASSERT_TRUE(open());
  ASSERT_TRUE(asker_->submit(event()));
  watch_.stop_after = 3;
  EXPECT_FALSE(work(minutes(1)));
  EXPECT_EQ(log_->questions_about(1)->at(0).state, "uncertain");
  EXPECT_GT(asker_->figures()->usd_in_day, 0) << "it may be paid for";
}

TEST_F(Asking, ADatabaseThatCannotBeWrittenIsWaitedForAndAnAnswerIsNotLost) {
  if (over_postgres()) GTEST_SKIP() << "SQLite's file";
  const fs::path database = project_.folder() / ".dewdrop" / "project.db";
  bool full = false;
  serve([&](int n, const std::string& about) {
    if (n == 0) {  // the disk fills while the answer is on its way
      full = true;
      EXPECT_EQ(run_sql(database,
                        "CREATE TRIGGER disk_full BEFORE UPDATE ON event_questions BEGIN SELECT "
                        "RAISE(ABORT, 'database or disk is full'); END"),
                0);
    }
    return says("about " + about);
  });
  ASSERT_TRUE(open());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(minutes(10)));
  EXPECT_TRUE(full);
  EXPECT_EQ(requests(), 1) << "nothing is asked that cannot be kept";
  EXPECT_THAT(watch_.warned, Contains(HasSubstr("disk is full")));
  EXPECT_THAT(asker_->figures()->why, HasSubstr("disk is full"));
  ASSERT_EQ(run_sql(database, "DROP TRIGGER disk_full"), 0);
  ASSERT_TRUE(work(minutes(10)));
  EXPECT_THAT(answers(), ElementsAre("1 about frame 10", "2 about frame 20"));
  EXPECT_EQ(requests(), 2) << "the answer that came was kept in mind";
}

TEST_F(Asking, ACallThatCannotBeWrittenDownDoesNotLeave) {
  if (over_postgres()) GTEST_SKIP() << "SQLite's file";
  const fs::path database = project_.folder() / ".dewdrop" / "project.db";
  serve([&](int, const std::string& about) { return says(about); });
  ASSERT_TRUE(open());
  ASSERT_TRUE(asker_->submit(event()));
  ASSERT_EQ(run_sql(database,
                    "CREATE TRIGGER disk_full BEFORE INSERT ON event_calls BEGIN SELECT RAISE(ABORT, "
                    "'database or disk is full'); END"),
            0);
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_EQ(requests(), 0);
  EXPECT_EQ(asker_->figures()->waiting, 1);
  ASSERT_EQ(run_sql(database, "DROP TRIGGER disk_full"), 0);
  ASSERT_TRUE(work(minutes(10)));
  EXPECT_EQ(asker_->figures()->answered, 1);
}

TEST_F(Asking, APictureThatIsGoneFailsItsOwnEventAlone) {
  serve([](int, const std::string& about) { return says(about); });
  ASSERT_TRUE(open());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(asker_->submit(event()));
  fs::remove(log_->folder(1) / "1.jpg");
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(told_, ElementsAre("1 failed", "2 answered"));
  EXPECT_EQ(asker_->figures()->calls_in_day, 1);
}

TEST_F(Asking, WhatEndedWithAnEarlierProgramIsSubmittedLater) {
  serve([](int, const std::string& about) { return says(about); });
  event();  // before anybody was asked
  ASSERT_TRUE(open());
  ASSERT_TRUE(asker_->submit(event()));
  event();
  EXPECT_EQ(asker_->submit_missed().value(), 1);
  EXPECT_EQ(asker_->submit_missed().value(), 0);
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(answers(), ElementsAre("2 frame 20", "3 frame 30"));
  EXPECT_EQ(asker_->submit_missed(0).value(), 1) << "all there are";
}

TEST_F(Asking, RecordedAnswersNeedNoNetworkAndNoBudget) {
  settings_.limits.calls_a_day = 1;
  const fs::path file = folder_ / "answers.jsonl";
  ASSERT_TRUE(write_file(file, R"({"event": "yard.mp4#frame=10&class=person", "answer": "a dog"})"
                               "\n"
                               R"({"event": "yard.mp4#frame=20&class=person", "answer": "a cat"})"
                               "\n"));
  settings_.teachers = {"replay:" + file.string()};
  ASSERT_TRUE(open());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(minutes(1)));
  EXPECT_THAT(answers(), ElementsAre("1 a dog", "2 a cat"));
  EXPECT_EQ(log_->questions_about(3)->at(0).state, "failed");
}

TEST_F(Asking, NoKeyReachesTheLog) {
  const Environment key("OPENAI_API_KEY", "sk-test-0123456789abcdef");
  serve([](int n, const std::string&) {
    Scripted echo = says("your key is sk-test-0123456789abcdef");
    return n == 0 ? refused_with("Incorrect API key provided: sk-test-0123456789abcdef") : echo;
  });
  ASSERT_TRUE(open());
  ASSERT_TRUE(asker_->submit(event()));
  ASSERT_TRUE(work(seconds(1)));
  const EventQuestion refused_one = log_->questions_about(1)->at(0);
  EXPECT_THAT(refused_one.error + refused_one.raw, Not(HasSubstr("0123456789")));
  EXPECT_THAT(asker_->figures()->why, AllOf(Not(IsEmpty()), Not(HasSubstr("0123456789"))));
  ASSERT_TRUE(work(minutes(10)));
  const EventQuestion answered = log_->questions_about(1)->at(0);
  EXPECT_EQ(answered.answer, "your key is [key]");
  EXPECT_THAT(answered.raw, Not(HasSubstr("0123456789")));
  EXPECT_THAT(watch_.warned, Each(Not(HasSubstr("0123456789"))));
}

TEST_F(Asking, WhatCannotBeAskedIsSaidAtOnce) {
  const auto error = [&] {
    const auto opened = open();
    return opened ? std::string() : opened.error().what;
  };
  settings_.teachers = {};
  EXPECT_THAT(error(), HasSubstr("nobody is named"));
  settings_.teachers = {kLarge, kLarge};
  EXPECT_THAT(error(), HasSubstr("gpt-4o is named twice"));
  settings_.teachers = {"http://127.0.0.1:1/v1#no-price"};
  settings_.limits.usd_a_day = 1;
  EXPECT_THAT(error(), HasSubstr("the price of no-price is unknown"));
  settings_.prompt.classes = {"a", "b"};
  EXPECT_THAT(error(), HasSubstr("has no classes"));
}

}  // namespace
}  // namespace dew::testing
