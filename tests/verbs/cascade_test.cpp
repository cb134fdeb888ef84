// The cascade from a video to the log, with a net that was trained for it.
#include "verbs/cascade/cascade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <opencv2/videoio.hpp>

#include "tests/support/fake_openai.h"
#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "tests/verbs/watching_beside.h"
#include "verbs/cascade/learning.h"
#include "verbs/cascade/truth.h"
#include "verbs/common/only_one.h"
#include "verbs/train/train.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Ten frames a second; a disc is there from the first to the last frame of each span.
struct Span {
  int first;
  int last;
};

void write_disc_video(const fs::path& path, int frames, const std::vector<Span>& spans) {
  constexpr int kSide = 64;
  cv::VideoWriter writer(path.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10,
                         cv::Size(kSide, kSide));
  ASSERT_TRUE(writer.isOpened());
  for (int k = 0; k < frames; ++k) {
    const bool disc =
        std::any_of(spans.begin(), spans.end(), [k](Span one) { return k >= one.first && k <= one.last; });
    const Image picture = disc_picture(disc, 1000 + static_cast<uint64_t>(k));
    writer.write(cv::Mat(kSide, kSide, CV_8UC3, const_cast<uint8_t*>(picture.rgb.data())));
  }
}

/// A project with a net, trained once; every test has its own copy.
class Cascade : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path() / "p", 80);
    label_samples(made_->path() / "p", says_the_truth);
    Watch watch;
    TrainArgs args{.project = made_->path() / "p"};
    args.changes.emplace_back([](Settings& settings) { settings.epochs = 20; });
    ASSERT_EQ(error_of(train(args, watch)), "fine");
    write_disc_video(made_->path() / "discs.avi", 120, {{20, 40}, {80, 95}});
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override { fs::copy(made_->path(), folder_.path(), fs::copy_options::recursive); }

  [[nodiscard]] CascadeArgs args() const {
    CascadeArgs made;
    made.model.project = folder_.path() / "p";
    made.sources = {(folder_.path() / "discs.avi").string()};
    return made;
  }
  [[nodiscard]] std::vector<Event> logged() const {
    const auto project = Project::open(folder_.path() / "p");
    return EventLog::open(*project)->events_after(0, 1000).value();
  }

  inline static std::unique_ptr<TemporaryFolder> made_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
  RecordedWatch watch_;
};

TEST_F(Cascade, FindsLogsAndTellsTheEventsOfAVideo) {
  CascadeArgs asked = args();
  asked.lines = folder_.path() / "events.jsonl";
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_FALSE(outcome->stopped);
  EXPECT_EQ(outcome->events, 2);
  EXPECT_EQ(outcome->known, 0);
  EXPECT_EQ(outcome->by_class.at("yes"), 2);
  ASSERT_THAT(outcome->sources, SizeIs(1));
  EXPECT_EQ(outcome->sources[0].frames, 120);
  const auto events = logged();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_NEAR(static_cast<double>(events[0].first_frame), 22, 2);  // the third of five frames
  EXPECT_NEAR(static_cast<double>(events[0].last_frame), 43, 3);
  EXPECT_NEAR(static_cast<double>(events[1].first_frame), 82, 2);
  for (const Event& event : events) {
    EXPECT_EQ(event.state, "ended");
    EXPECT_FALSE(event.pictures.empty());
    EXPECT_NEAR(event.start, static_cast<double>(event.first_frame) / 10, 0.05);
    for (const EventPicture& picture : event.pictures)
      EXPECT_TRUE(
          read_image(folder_.path() / "p" / ".dewdrop" / "events" / std::to_string(event.id) / picture.file));
  }
  const auto lines = split_list(read_file(asked.lines).value(), '\n');
  ASSERT_THAT(lines, SizeIs(4));  // each begins and ends
  EXPECT_EQ(Json::parse(lines[0])["state"], "open");
  EXPECT_EQ(Json::parse(lines[1])["state"], "ended");
  EXPECT_EQ(Json::parse(lines[1])["event"], events[0].id);
}

TEST_F(Cascade, WatchingARecordingAgainAddsNothing) {
  ASSERT_EQ(error_of(cascade(args(), watch_)), "fine");
  const auto again = cascade(args(), watch_);
  ASSERT_EQ(error_of(again), "fine");
  EXPECT_EQ(again->events, 2);
  EXPECT_EQ(again->known, 2);
  EXPECT_THAT(logged(), SizeIs(2));
}

TEST_F(Cascade, LongEventsOfAKnownRecordingGoOn) {
  write_disc_video(folder_.path() / "long.avi", 260, {{10, 250}});
  CascadeArgs asked = args();
  asked.sources = {(folder_.path() / "long.avi").string()};
  for (int round = 0; round < 2; ++round) {
    const auto outcome = cascade(asked, watch_);
    ASSERT_EQ(error_of(outcome), "fine");
    EXPECT_EQ(outcome->events, 1);
  }
  ASSERT_THAT(logged(), SizeIs(1));
  EXPECT_EQ(logged()[0].state, "ended");
}

TEST_F(Cascade, PartsOfAPictureAreWatchedBesideEachOther) {
  const std::string video = args().sources[0];
  CascadeArgs asked = args();
  asked.sources = {video + "#xywh=0,0,64,64", video + "#xywh=0,0,32,32"};
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  ASSERT_THAT(outcome->sources, SizeIs(1)) << "one video is read once";
  EXPECT_EQ(outcome->sources[0].frames, 120);
  const auto events = logged();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const Event& one) {
                            return one.region == Rect{0, 0, 64, 64};
                          }),
            2);
}

TEST_F(Cascade, MotionSparesTheNetWhereNothingMoves) {
  const fs::path still = folder_.path() / "still.avi";
  {
    cv::VideoWriter writer(still.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, cv::Size(64, 64));
    const Image empty = disc_picture(false, 1);
    for (int k = 0; k < 50; ++k)
      writer.write(cv::Mat(64, 64, CV_8UC3, const_cast<uint8_t*>(empty.rgb.data())));
  }
  CascadeArgs asked = args();
  asked.sources = {still.string()};
  asked.changes.emplace_back([](Settings& settings) { settings.motion = "on"; });
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, 0);
  EXPECT_EQ(outcome->sources[0].skipped, 49);
}

TEST_F(Cascade, FramesThatTheNetIsUnsureAboutBecomeSamples) {
  CascadeArgs asked = args();
  asked.changes.emplace_back([](Settings& settings) {
    settings.on = {{1.0}};
    settings.off = {{0.0}};
    settings.softness = 10;
  });
  const auto samples = [&] { return Project::open(folder_.path() / "p")->samples().value(); };
  const size_t before = samples().size();
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->unsure, 1) << "one in half a minute";
  EXPECT_EQ(outcome->next, "label");
  const auto after = samples();
  ASSERT_EQ(after.size(), before + 1);
  const auto added = std::find_if(after.begin(), after.end(),
                                  [](const Sample& one) { return one.name.starts_with("unsure-"); });
  ASSERT_NE(added, after.end());
  int read = 0;
  const auto project = Project::open(folder_.path() / "p");
  ASSERT_TRUE(project->pictures(
      {*added},
      [&](size_t, const Image& picture) -> Result<void> {
        EXPECT_EQ(picture.width, 64);
        ++read;
        return {};
      },
      watch_));
  EXPECT_EQ(read, 1);
  const auto again = cascade(asked, watch_);
  ASSERT_EQ(error_of(again), "fine");
  EXPECT_EQ(again->unsure, 0);
  EXPECT_EQ(samples().size(), before + 1) << "the same frame of the same recording";
  asked.changes.emplace_back([](Settings& settings) { settings.learn = 0; });
  EXPECT_EQ(cascade(asked, watch_)->unsure, 0);
}

TEST_F(Cascade, OneBrokenSourceDoesNotEndTheOthers) {
  CascadeArgs asked = args();
  ASSERT_TRUE(write_file(folder_.path() / "broken.avi", "no video"));
  asked.sources.push_back((folder_.path() / "broken.avi").string());
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, 2);
  EXPECT_TRUE(outcome->sources[1].broke_off);
  EXPECT_TRUE(some_hold(watch_.warned, "broken.avi"));
  asked.sources = {asked.sources[1]};
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("broken.avi"));
}

TEST_F(Cascade, AnAddressMayStandInTheEnvironment) {
  CascadeArgs asked = args();
  ::setenv("DEWDROP_TEST_YARD", asked.sources[0].c_str(), 1);
  asked.sources = {"env:DEWDROP_TEST_YARD", "env:DEWDROP_TEST_YARD#xywh=0,0,32,32"};
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  ASSERT_THAT(outcome->sources, SizeIs(1)) << "one video is read once";
  EXPECT_EQ(outcome->sources[0].frames, 120);
  ::unsetenv("DEWDROP_TEST_YARD");
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("no variable of this name"));
}

TEST_F(Cascade, WhatIsWrongWithTheCommandIsTold) {
  CascadeArgs asked = args();
  asked.sources = {};
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("nothing to watch"));
  asked = args();
  asked.sources.push_back(asked.sources[0]);
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("named twice"));
  asked = args();
  asked.sources[0] += "#xywh=60,0,64,64";
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("outside the frame"));
  asked = args();
  asked.changes.emplace_back([](Settings& settings) { settings.when.all = {"cat"}; });
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("'cat' is not a class"));
  asked = args();
  asked.changes.emplace_back([](Settings& settings) { settings.tiles = "3"; });
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("no grid of tiles"));
}

TEST_F(Cascade, OneProgramWatchesAtATime) {
  {
    const auto held = hold_alone(folder_.path() / "p" / ".dewdrop" / "cascade.lock");
    ASSERT_TRUE(held && *held);
    EXPECT_THAT(error_of(cascade(args(), watch_)), HasSubstr("another dewdrop cascade"));
  }
  EXPECT_EQ(error_of(cascade(args(), watch_)), "fine");
}

TEST_F(Cascade, StoppedHalfWayTheLogStands) {
  watch_.questions = 3;
  const auto outcome = cascade(args(), watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  if (!outcome->stopped) GTEST_SKIP() << "it had ended before it was asked to";
  for (const Event& event : logged()) EXPECT_EQ(event.state, "ended");
}

// ---- the table of true events

class TruthTable : public ::testing::Test {
 protected:
  Result<Truth> read(const std::string& text, const std::vector<std::string>& events = {"yes"}) {
    EXPECT_TRUE(write_file(folder_.path() / "t.csv", text));
    return read_truth(folder_.path() / "t.csv", events);
  }
  TemporaryFolder folder_ = *TemporaryFolder::create();
};

TEST_F(TruthTable, SpansAreReadInTheFormsThatPeopleHave) {
  for (const char* text :
       {"start_s,end_s,person\n0,6,0\n6.0,19.9,1\n19.9,22,0\n", "start;end;class\n6;19.9;yes\n0;6;no\n",
        "Begin\tEnd\tLabel\n6\t19.9\tyes\n", "start,end,yes\n6,10,1\n10,19.9,true\n"}) {
    const auto truth = read(text);
    ASSERT_TRUE(truth) << text << error_of(truth);
    ASSERT_THAT(truth->events.at("yes"), SizeIs(1)) << text;
    EXPECT_EQ(truth->events.at("yes")[0].start, 6);
    EXPECT_EQ(truth->events.at("yes")[0].end, 19.9);
  }
  const auto two = read("start,end,cat,dog\n1,2,1,0\n3,4,1,1\n", {"cat", "dog"});
  ASSERT_TRUE(two) << error_of(two);
  EXPECT_THAT(two->events.at("cat"), SizeIs(2));
  EXPECT_THAT(two->events.at("dog"), SizeIs(1));
}

TEST_F(TruthTable, ClassesAreFoundInAnyCaseAndOthersAreCounted) {
  const auto truth = read("start,end,class\n1,2,YES\n3,4,no\n5,6,yess\n7,8,yess\n");
  ASSERT_TRUE(truth) << error_of(truth);
  EXPECT_THAT(truth->events.at("yes"), SizeIs(1));
  EXPECT_EQ(truth->others, (std::map<std::string, int64_t>{{"no", 1}, {"yess", 2}}));
}

TEST_F(TruthTable, WhatIsWrongIsToldWithItsLine) {
  EXPECT_THAT(error_of(read("a,b\n1,2\n")), HasSubstr("start_s and end_s"));
  EXPECT_THAT(error_of(read("start,end\n1,2\n")), HasSubstr("names no class"));
  EXPECT_THAT(error_of(read("start,end,class\n1,2,yes\n3,x,yes\n")), HasSubstr("t.csv:3"));
  EXPECT_THAT(error_of(read("start,end,class\n2,1,yes\n")), HasSubstr("not a span"));
  EXPECT_THAT(error_of(read("start,end,class\n-1,1,yes\n")), HasSubstr("not a span"));
  EXPECT_THAT(error_of(read("start,end,yes\n1,2,maybe\n")), HasSubstr("neither 0 nor 1"));
  EXPECT_THAT(error_of(read("")), HasSubstr("empty"));
}

// ---- tuning

TEST_F(Cascade, TuningFindsARuleAndWritesIt) {
  std::string truth = "start_s,end_s,class\n";
  std::vector<Span> spans;
  for (int i = 0; i < 8; ++i) {
    spans.push_back({20 + 40 * i, 35 + 40 * i});
    truth += std::to_string(2 + 4 * i) + "," + std::to_string(3.6 + 4 * i) + ",yes\n";
  }
  write_disc_video(folder_.path() / "many.avi", 340, spans);
  TuneArgs asked;
  asked.model.project = folder_.path() / "p";
  asked.recordings = {(folder_.path() / "many.avi").string()};
  EXPECT_THAT(error_of(tune_cascade(asked, watch_)), HasSubstr("many.truth.csv"));
  ASSERT_TRUE(write_file(folder_.path() / "many.truth.csv", "start_s,end_s,class\n2,3,yess\n4,5,no\n"));
  EXPECT_THAT(error_of(tune_cascade(asked, watch_)), HasSubstr("there is no event of 'yes'"));
  EXPECT_TRUE(some_hold(watch_.warned,
                        "1 span of 'yess', which the net does not know, counts as nothing; did "
                        "you mean 'yes'?"));
  EXPECT_FALSE(some_hold(watch_.warned, "'no'"));
  EXPECT_THAT(watch_.begun, ::testing::IsEmpty()) << "told before hours are scored";
  ASSERT_TRUE(write_file(folder_.path() / "many.truth.csv", truth));
  asked.write = true;
  asked.usd_a_call = 0.01;
  const auto tuned = tune_cascade(asked, watch_);
  ASSERT_EQ(error_of(tuned), "fine");
  ASSERT_THAT(tuned->classes, SizeIs(1));
  const TunedClass& one = tuned->classes[0];
  EXPECT_EQ(one.chosen.truth, 8);
  EXPECT_EQ(one.chosen.found, 8);
  EXPECT_EQ(one.chosen.false_ones, 0);
  EXPECT_EQ(one.apart.truth, 8) << "each half is judged once";
  EXPECT_LE(one.recall_low, one.apart.recall());
  EXPECT_GT(one.usd_a_day, 0);
  const Settings written = Project::open(folder_.path() / "p")->settings();
  EXPECT_EQ(written.when.all, std::vector<std::string>{"yes"});
  EXPECT_NEAR(written.on.all.at(0), one.rule.on, 0.006);
  EXPECT_EQ(written.n, one.rule.n);
  // What was written is what `cascade` then does.
  CascadeArgs again = args();
  again.sources = asked.recordings;
  const auto outcome = cascade(again, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, one.chosen.told);
}

// ---- the large model

class CascadeAsks : public Cascade {
 protected:
  [[nodiscard]] CascadeArgs asking(const FakeOpenAi& server) const {
    CascadeArgs made = args();
    made.teachers = {server.base_url() + "#gpt-4o"};
    made.patience = std::chrono::milliseconds(300);
    made.changes.emplace_back([](Settings& settings) { settings.ask = "What shape is it?"; });
    return made;
  }
};

TEST(SurestPicture, HasTheHighestScoreWhateverItShows) {
  Event event;
  EXPECT_EQ(surest_of(event), nullptr);
  event.pictures = {{"1.jpg", 1, 0.1, 0.5, "first"}, {"2-crop.jpg", 2, 0.2, 0.9, "surest, cropped"}};
  EXPECT_EQ(surest_of(event)->file, "2-crop.jpg");
}

TEST_F(CascadeAsks, EachEventOnceWithItsPicturesInOrder) {
  const FakeOpenAi server(Json::parse(R"({"then": {"content": "A light disc."}})"));
  CascadeArgs asked = asking(server);
  asked.lines = folder_.path() / "events.jsonl";
  for (int round = 0; round < 2; ++round) {  // the second time nothing is asked
    const auto outcome = cascade(asked, watch_);
    ASSERT_EQ(error_of(outcome), "fine");
    ASSERT_TRUE(outcome->asked);
    EXPECT_EQ(outcome->asked->answered, 2);
    EXPECT_EQ(outcome->asked->waiting, 0);
    EXPECT_EQ(server.requests(), 2);
  }
  const auto body = Json::parse(server.seen()[0].body);
  const std::string text = body.dump();
  EXPECT_THAT(text, HasSubstr("What shape is it?"));
  EXPECT_GE(logged()[0].pictures.size(), 2U);
  EXPECT_THAT(read_file(asked.lines).value(), HasSubstr("A light disc."));
  const auto page = cascade_report({folder_.path() / "p", {}, 200}, watch_);
  EXPECT_THAT(read_file(page->report).value(), HasSubstr("A light disc."));
}

TEST_F(CascadeAsks, NoBudgetIsPassedAndWhatIsLeftWaits) {
  const FakeOpenAi server(Json::parse(R"({"then": {"content": "A light disc."}})"));
  CascadeArgs asked = asking(server);
  asked.changes.emplace_back([](Settings& settings) { settings.calls_a_day = 1; });
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(server.requests(), 1);
  EXPECT_EQ(outcome->asked->answered, 1);
  EXPECT_EQ(outcome->asked->waiting, 1);
  EXPECT_NE(outcome->asked->why, "");
  // With another budget the one that is left is asked, and no other.
  asked.changes.emplace_back([](Settings& settings) { settings.calls_a_day = 100; });
  EXPECT_EQ(cascade(asked, watch_)->asked->answered, 2);
  EXPECT_EQ(server.requests(), 2);
}

TEST_F(CascadeAsks, AServerThatIsDownLosesNoEvent) {
  CascadeArgs asked;
  {
    const FakeOpenAi gone(Json::parse("{}"));
    asked = asking(gone);
  }
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, 2);
  EXPECT_EQ(outcome->asked->waiting, 2);
  EXPECT_THAT(logged(), SizeIs(2));
}

TEST_F(CascadeAsks, WhatWatchesWithoutAnEndLearnsWhenItIsStopped) {
  const FakeOpenAi server(Json::parse(R"({"then": {"content": "yes"}})"));
  CascadeArgs asked = asking(server);
  const std::string question = Project::open(folder_.path() / "p")->settings().question;
  asked.changes.emplace_back([&](Settings& settings) { settings.ask = question; });
  fs::create_directory(folder_.path() / "uploads");
  asked.sources.push_back((folder_.path() / "uploads").string());
  asked.lines = folder_.path() / "events.jsonl";
  LiveWatch watch;
  std::optional<Result<CascadeOutcome>> outcome;
  std::thread runs([&] { outcome = cascade(asked, watch); });
  EXPECT_TRUE(soon([&] {
    const std::string lines = read_file(asked.lines).value_or("");
    return std::count(lines.begin(), lines.end(), '\n') >= 6;  // two events begin, end and are answered
  }));
  watch.stop = true;
  runs.join();
  ASSERT_EQ(error_of(*outcome), "fine");
  EXPECT_TRUE((*outcome)->stopped);
  EXPECT_EQ((*outcome)->learned, 2);
}

TEST_F(CascadeAsks, WhatFailedIsAskedAgainWhereThatIsWanted) {
  const FakeOpenAi server(Json::parse(R"({"then": {"content": "A light disc."}})"));
  CascadeArgs asked = asking(server);
  ASSERT_EQ(error_of(cascade(asked, watch_)), "fine");
  {
    const auto project = Project::open(folder_.path() / "p");
    EventLog log = EventLog::open(*project).value();
    EventQuestion failed = log.questions_in("answered")->at(0);
    failed.state = "failed";
    ASSERT_TRUE(log.keep(failed));
  }
  EXPECT_EQ(cascade(asked, watch_)->asked->failed, 1) << "not by itself";
  EXPECT_EQ(server.requests(), 2);
  asked.sources.clear();
  asked.ask_again = true;
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->asked->failed, 0);
  EXPECT_EQ(outcome->asked->answered, 2);
  EXPECT_EQ(server.requests(), 3);
  EXPECT_TRUE(some_hold(watch_.warned, "1 question will be asked again"));
  asked.changes = {};
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("no question to ask again"));
}

TEST_F(CascadeAsks, WhatNamesAClassTeachesTheProjectOnce) {
  const FakeOpenAi server(Json::parse(
      R"({"steps": [{"content": "{\"class\": \"no\", \"what\": \"a plate\"}"}],
          "then": {"content": "{\"class\": \"yes\", \"what\": \"a disc\"}"}})"));
  ASSERT_TRUE(write_file(folder_.path() / "p" / "answer.json",
                         R"({"type": "object", "required": ["class", "what"],
                             "properties": {"class": {"enum": ["yes", "no"]}, "what": {"type": "string"}}})"));
  CascadeArgs asked = asking(server);
  asked.changes.emplace_back([](Settings& settings) { settings.schema = "answer.json"; });
  const auto before = Project::open(folder_.path() / "p")->count_samples().value();
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->learned, 2);
  EXPECT_EQ(outcome->disagreed, 1);
  EXPECT_EQ(outcome->next, "review");
  const auto project = Project::open(folder_.path() / "p");
  EXPECT_EQ(project->count_samples().value(), before + 2);
  const auto answers = project->answers().value();
  EXPECT_EQ(answers.back().answer_class, "yes");
  EXPECT_THAT(answers.back().reason, HasSubstr("a disc"));
  EXPECT_EQ(answers[answers.size() - 2].answer_class, "no");
  EXPECT_EQ(cascade(asked, watch_)->learned, 0);
  EXPECT_EQ(project->answers()->size(), answers.size());
}

TEST(ClassIn, IsTheClassThatAnAnswerNames) {
  Settings settings;
  settings.classes = {"Yes", "no"};
  settings.unsure = "unsure";
  settings.question = "Is there a disc?";
  settings.ask = "is there a disc? ";
  EXPECT_EQ(class_in("yes.", settings), "Yes");
  EXPECT_EQ(class_in("Unsure", settings), "unsure");
  EXPECT_EQ(class_in("yes, there is", settings), "");
  settings.ask = "Is it broken?";
  EXPECT_EQ(class_in("no", settings), "") << "it answers another question";
  settings.schema = "s.json";
  EXPECT_EQ(class_in(R"({"class": "NO"})", settings), "no");
  EXPECT_EQ(class_in(R"({"class": 3})", settings), "");
  EXPECT_EQ(class_in(R"({"what": "yes"})", settings), "");
  EXPECT_EQ(class_in("no", settings), "");
}

TEST_F(CascadeAsks, AQuestionNeedsSomebodyToAsk) {
  CascadeArgs asked = args();
  asked.changes.emplace_back([](Settings& settings) { settings.ask = "What is it?"; });
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("nobody to ask"));
}

TEST_F(CascadeAsks, ASchemaThatIsNoneIsSaidWithItsPlace) {
  ASSERT_TRUE(
      write_file(folder_.path() / "p" / "answer.json", "{\"type\": \"object\",\n \"properties\" {}}"));
  CascadeArgs asked = args();
  asked.teachers = {"http://127.0.0.1:1/v1#m"};
  asked.changes.emplace_back([](Settings& settings) {
    settings.ask = "What is it?";
    settings.schema = "answer.json";
  });
  const auto outcome = cascade(asked, watch_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().fault, Fault::kUsage);
  EXPECT_THAT(outcome.error().where, HasSubstr("answer.json:2:"));
}

// ---- the page

TEST_F(Cascade, ThePageComesFromTheLogAlone) {
  CascadeReportArgs asked;
  asked.project = folder_.path() / "p";
  const auto none = cascade_report(asked, watch_);
  ASSERT_EQ(error_of(none), "fine");
  EXPECT_THAT(read_file(none->report).value(), HasSubstr("No event is in the log"));
  ASSERT_EQ(error_of(cascade(args(), watch_)), "fine");
  fs::remove(folder_.path() / "discs.avi");
  const auto page = cascade_report(asked, watch_);
  ASSERT_EQ(error_of(page), "fine");
  EXPECT_EQ(page->shown, 2);
  const std::string text = read_file(page->report).value();
  EXPECT_THAT(text, HasSubstr("data:image/jpeg;base64"));
  EXPECT_THAT(text, HasSubstr("discs.avi"));
  asked.most = 1;
  EXPECT_EQ(cascade_report(asked, watch_)->shown, 1);
}

}  // namespace
}  // namespace dew::verbs
