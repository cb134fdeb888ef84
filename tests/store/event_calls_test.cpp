// The calls about events: what counts for a budget, and what an end of the program leaves behind.
#include "store/event_calls.h"

#include <gmock/gmock.h>

#include "tests/store/projects.h"

namespace dew::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kMinute = 60'000;
constexpr int64_t kNow = 1'795'831'200'000;  ///< 2026-11-28, 02:00 UTC
const EventTeacher kTeacher{"openai", "m", "hash"};

class EventsAsked : public InProject {
 protected:
  /// A question about an event that begins at this frame.
  EventQuestion asked(int64_t frame, const std::string& state = "waiting") {
    Event event;
    event.source = "yard.mp4";
    event.event_class = "yes";
    event.first_frame = frame;
    event.id = log_.begin(event).value().id;
    event.state = "ended";
    EXPECT_TRUE(log_.update(event));
    EventQuestion question;
    question.event = event.id;
    question.teacher = kTeacher.teacher;
    question.model = kTeacher.model;
    question.prompt_hash = kTeacher.prompt_hash;
    question.state = state;
    return log_.keep(question).value();
  }
  [[nodiscard]] std::string state_of(const EventQuestion& question) const {
    return log_.questions_about(question.event)->front().state;
  }

  EventLog log_ = EventLog::open(project_).value();
  EventCalls calls_ = EventCalls::open(project_).value();
};

TEST_F(EventsAsked, CallsCountByTheHourAndByTheDay) {
  const int64_t id = asked(1).id;
  for (const int64_t ago : {3 * 60, 100, 61, 59, 1}) {  // the first was yesterday
    ASSERT_TRUE(calls_.begin(id, kNow - ago * kMinute, 0.5));
    ASSERT_TRUE(calls_.settle(id, 0.25, true));
  }
  ASSERT_TRUE(calls_.begin(id, kNow, 0.5));
  const auto so_far = calls_.so_far(kNow + 1).value();
  EXPECT_EQ(so_far.in_hour, 3);
  EXPECT_EQ(so_far.oldest_in_hour, kNow - 59 * kMinute);
  EXPECT_EQ(so_far.in_day, 5);
  EXPECT_DOUBLE_EQ(so_far.usd_in_day, 4 * 0.25 + 0.5) << "what has no reply counts with the most it can cost";
  ASSERT_TRUE(calls_.settle(id, 0, false));
  EXPECT_EQ(calls_.so_far(kNow + 1)->in_hour, 2) << "it never left";
}

TEST_F(EventsAsked, OfSeveralCallsTheLastOneCarriesTheCost) {
  const int64_t id = asked(1).id;
  ASSERT_TRUE(calls_.begin(id, kNow, 0.5));
  ASSERT_TRUE(calls_.begin(id, kNow, 0.5));
  ASSERT_TRUE(calls_.settle(id, 0.1, true));
  EXPECT_DOUBLE_EQ(calls_.so_far(kNow + 1)->usd_in_day, 0.1);
}

TEST_F(EventsAsked, WhatWasAskedWhenTheProgramEndedIsUncertainOnlyIfItLeft) {
  const EventQuestion before = asked(1, "asking");
  const EventQuestion left = asked(2, "asking");
  const EventQuestion answered = asked(3, "answered");
  ASSERT_TRUE(calls_.begin(left.id, kNow, 0.5));
  EXPECT_THAT(calls_.recover().value(), ::testing::ElementsAre(left.id));
  EXPECT_EQ(state_of(before), "waiting");
  EXPECT_EQ(state_of(left), "uncertain");
  EXPECT_EQ(log_.questions_about(left.event)->front().cost_usd, 0.5);
  EXPECT_EQ(state_of(answered), "answered");
  EXPECT_DOUBLE_EQ(calls_.so_far(kNow + 1)->usd_in_day, 0.5);
  EXPECT_THAT(calls_.recover().value(), ::testing::IsEmpty());
  EXPECT_EQ(calls_.ask_again(kTeacher, "uncertain").value(), 1);
  EXPECT_EQ(state_of(left), "waiting");
}

TEST_F(EventsAsked, FinishingWritesTheAnswerTheCostAndWhoIsNextAtOnce) {
  EventQuestion question = asked(1, "asking");
  ASSERT_TRUE(calls_.begin(question.id, kNow, 0.5));
  question.state = "answered";
  question.answer = "unsure";
  EventQuestion next = question;
  next.id = 0;
  next.model = "large";
  next.state = "waiting";
  next.answer.clear();
  ASSERT_TRUE(calls_.finish(question, 0.125, true, next));
  const auto all = log_.questions_about(question.event).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].answer, "unsure");
  EXPECT_EQ(all[1].model, "large");
  EXPECT_EQ(all[1].state, "waiting");
  EXPECT_DOUBLE_EQ(calls_.so_far(kNow + 1)->usd_in_day, 0.125);
  EXPECT_EQ(calls_.count(kTeacher, "answered").value(), 1);
  EXPECT_EQ(calls_.waiting({"openai", "large", "hash"}, 9)->size(), 1U);
}

TEST_F(EventsAsked, ThoseThatWaitComeInTheOrderOfTheirEvents) {
  const EventQuestion first = asked(1, "failed");
  const EventQuestion second = asked(2);
  EXPECT_EQ(calls_.ask_again(kTeacher, "failed").value(), 1);
  const auto waiting = calls_.waiting(kTeacher, 9).value();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].event, first.event);
  EXPECT_EQ(waiting[1].event, second.event);
  EXPECT_EQ(calls_.waiting(kTeacher, 1)->size(), 1U);
}

TEST_F(EventsAsked, CallsMoveAlongWithAClockThatJumps) {
  const int64_t id = asked(1).id;
  ASSERT_TRUE(calls_.begin(id, kNow, 0.5));
  constexpr int64_t kWeek = int64_t{7} * 24 * 60 * kMinute;
  ASSERT_TRUE(calls_.shift(kNow - kMinute, kWeek));
  EXPECT_EQ(calls_.so_far(kNow + kWeek + 10 * kMinute)->in_hour, 1);
  ASSERT_TRUE(calls_.bring_back(kNow));
  EXPECT_EQ(calls_.so_far(kNow + 59 * kMinute)->in_hour, 1);
  EXPECT_EQ(calls_.so_far(kNow + 61 * kMinute)->in_hour, 0);
}

TEST_F(EventsAsked, ThoseNobodyWasAskedAboutAreFound) {
  EXPECT_EQ(calls_.asked_from().value(), 0);
  const int64_t first = asked(1).event;
  Event alone;
  alone.source = "yard.mp4";
  alone.id = log_.begin(alone).value().id;
  EXPECT_EQ(calls_.asked_from().value(), 0) << "it stands where it was first asked for";
  EXPECT_THAT(calls_.events_without_question(0).value(), IsEmpty()) << "it goes on";
  ASSERT_TRUE(log_.cut_open());
  EXPECT_THAT(calls_.events_without_question(first - 1).value(), ElementsAre(alone.id));
  EXPECT_THAT(calls_.events_without_question(alone.id).value(), IsEmpty());
}

}  // namespace
}  // namespace dew::testing
