// The log of events: found again, never twice, in their order; what asking about them cost.
#include "store/events.h"

#include "tests/store/projects.h"

namespace dew::testing {
namespace {

class Events : public InProject {};

Event walk(int64_t frame) {
  Event event;
  event.source = "yard.mp4";
  event.event_class = "yes";
  event.first_frame = event.last_frame = frame;
  event.start = event.end = static_cast<double>(frame) / 10;
  event.score = 0.75;
  return event;
}

TEST_F(Events, ComeBackAsTheyWerePut) {
  EventLog log = EventLog::open(project_).value();
  Event event = log.begin(walk(30)).value();
  event.region = std::nullopt;
  event.last_frame = 60;
  event.end = 6;
  event.state = "ended";
  event.pictures = {{"1.jpg", 30, 3, 0.5, "first"}, {"2.jpg", 45, 4.5, 0.9, "surest"}};
  ASSERT_TRUE(log.update(event));
  const Event found = log.event(event.id).value();
  EXPECT_EQ(found.source, "yard.mp4");
  EXPECT_FALSE(found.region);
  EXPECT_EQ(found.last_frame, 60);
  EXPECT_EQ(found.state, "ended");
  ASSERT_EQ(found.pictures.size(), 2U);
  EXPECT_EQ(found.pictures[1].file, "2.jpg");
  EXPECT_EQ(found.pictures[1].frame, 45);
  EXPECT_EQ(found.pictures[1].why, "surest");
  EXPECT_FALSE(log.event(event.id + 1));
}

TEST_F(Events, ARecordingThatIsWatchedAgainFindsThem) {
  EventLog log = EventLog::open(project_).value();
  const int64_t first = log.begin(walk(30)).value().id;
  EXPECT_EQ(log.begin(walk(30)).value().id, first);
  EXPECT_NE(log.begin(walk(31)).value().id, first);
  Event part = walk(30);
  part.region = Rect{0, 0, 192, 192};
  const Event in_part = log.begin(part).value();
  EXPECT_NE(in_part.id, first);
  EXPECT_EQ(log.event(in_part.id)->region, part.region);
  Event live = walk(30);
  live.at = "2026-11-28T03:00:00Z";
  EXPECT_NE(log.begin(live).value().id, first);
  EXPECT_EQ(log.count().value(), 4);
}

TEST_F(Events, OfAProgramThatEndedAreCut) {
  EventLog log = EventLog::open(project_).value();
  Event over = log.begin(walk(1)).value();
  over.state = "ended";
  ASSERT_TRUE(log.update(over));
  (void)log.begin(walk(2)).value();
  EventLog again = EventLog::open(project_).value();
  EXPECT_EQ(again.cut_open().value(), 1);
  EXPECT_EQ(again.cut_open().value(), 0);
  const auto all = again.events_after(0, 10).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].state, "ended");
  EXPECT_EQ(all[1].state, "cut");
}

TEST_F(Events, TheNewestComeFirstWhereTheyAreAskedForBackwards) {
  EventLog log = EventLog::open(project_).value();
  std::vector<int64_t> ids;
  for (const int64_t frame : {1, 2, 3}) ids.push_back(log.begin(walk(frame)).value().id);
  const auto newest = log.events_before(0, 2).value();
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].id, ids[2]);
  EXPECT_EQ(newest[1].id, ids[1]);
  const auto older = log.events_before(ids[1], 10).value();
  ASSERT_EQ(older.size(), 1U);
  EXPECT_EQ(older[0].id, ids[0]);
}

TEST_F(Events, AreAskedAboutOnce) {
  EventLog log = EventLog::open(project_).value();
  const int64_t event = log.begin(walk(1)).value().id;
  EventQuestion question;
  question.event = event;
  question.teacher = "openai";
  question.model = "gpt-6-luna";
  question.prompt_hash = "h";
  EventQuestion kept = log.keep(question).value();
  kept.state = "answered";
  kept.answer = "A parcel.";
  kept.tries = 1;
  kept.cost_usd = 0.25;
  kept = log.keep(kept).value();
  const EventQuestion twice = log.keep(question).value();
  EXPECT_EQ(twice.id, kept.id);
  EXPECT_EQ(twice.state, "answered");
  EXPECT_EQ(twice.answer, "A parcel.");
  EXPECT_EQ(log.questions_about(event)->size(), 1U);
  EXPECT_EQ(log.questions_in("answered")->size(), 1U);
  EXPECT_TRUE(log.questions_in("waiting")->empty());
}

TEST_F(Events, CostIsCountedFromATimeOn) {
  EventLog log = EventLog::open(project_).value();
  EventQuestion question;
  question.event = log.begin(walk(1)).value().id;
  for (const char* model : {"small", "large", "none"}) {
    question.model = model;
    question.tries = std::string(model) == "none" ? 0 : 1;
    question.cost_usd = question.tries * 0.5;
    ASSERT_TRUE(log.keep(question));
  }
  const auto spent = log.spent_since("2000-01-01T00:00:00Z").value();
  EXPECT_EQ(spent.calls, 2);
  EXPECT_DOUBLE_EQ(spent.usd, 1.0);
  EXPECT_EQ(log.spent_since("2999-01-01T00:00:00Z")->calls, 0);
}

}  // namespace
}  // namespace dew::testing
