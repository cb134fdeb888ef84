// Review without a terminal: the session, the list, the import, the score.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "graph/graph.h"
#include "label/label.h"
#include "student/quantise.h"
#include "tests/support/shapes.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/project/project.h"
#include "verbs/review/review.h"

namespace dew::verbs {
namespace {

using ::dew::testing::disc_picture;
using ::dew::testing::error_of;
using ::dew::testing::RecordedWatch;
using ::dew::testing::some_hold;
using ::testing::HasSubstr;

constexpr int kPictures = 20;
const std::set<std::string> kWrong{"disc-04.png", "disc-07.png"};

std::string disc_name(int number) {
  return "disc-" + std::string(number < 10 ? "0" : "") + std::to_string(number) + ".png";
}

class Review : public ::testing::Test {
 protected:
  /// 20 pictures, even ones with a disc, each labelled by a teacher; those of kWrong wrongly. Made once, its
  /// features too; every test has its own copy.
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    const fs::path pictures = made_->path() / "pictures";
    for (int i = 0; i < kPictures; ++i)
      ASSERT_TRUE(write_file(pictures / disc_name(i),
                             encode_png(disc_picture(i % 2 == 0, static_cast<uint64_t>(i)))));
    Watch watch;
    NewArgs fresh{made_->path() / "p", {}};
    fresh.settings.question = "Is there a disc?";
    fresh.settings.classes = {"yes", "no"};
    fresh.settings.unsure = "unsure";
    ASSERT_TRUE(create_project(fresh, watch));
    AddArgs add_args;
    add_args.project = fresh.folder;
    add_args.files = {pictures};
    ASSERT_TRUE(add(add_args, watch));
    Project project = *Project::open(fresh.folder);
    ASSERT_TRUE(project.add_answers(answers(project)));
    ASSERT_TRUE(label::relabel(project));
    // An int8 classifier looks at the pictures: it has fewer features than a backbone, and takes less time.
    student::TrainSettings tiny;
    tiny.net = "tiny";
    tiny.alpha = 1;
    tiny.input = 32;
    const auto net = student::sketch(tiny, "tiny", {"a", "b"});
    ASSERT_EQ(error_of(net), "fine");
    ASSERT_TRUE(write_file(made_->path() / "net.tflite", *graph::write_tflite(*net)));
    ListSuspectsArgs list;
    list.ranking = {fresh.folder, made_->path() / "net.tflite", 32, std::nullopt};
    ASSERT_EQ(error_of(list_suspects(list, watch)), "fine");
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override { fs::copy(made_->path(), folder_.path(), fs::copy_options::recursive); }

  static std::vector<Answer> answers(const Project& project) {
    std::vector<Answer> all;
    const auto samples = *project.samples();
    for (const Sample& sample : samples) {
      const bool disc = std::stoi(sample.name.substr(5, 2)) % 2 == 0;
      Answer answer;
      answer.sample = sample.id;
      answer.teacher = "replay";
      answer.model = "test";
      answer.prompt_hash = "hash";
      answer.answer_class = disc != (kWrong.count(sample.name) != 0) ? "yes" : "no";
      answer.confidence = 0.75;
      answer.reason = "seen in " + sample.name;
      answer.at = utc_now();
      all.push_back(answer);
    }
    return all;
  }

  [[nodiscard]] fs::path project() const { return folder_.path() / "p"; }
  [[nodiscard]] RankingArgs ranking() const {
    return {project(), folder_.path() / "net.tflite", 32, std::nullopt};
  }
  [[nodiscard]] ReviewArgs args() const {
    ReviewArgs args;
    args.ranking = ranking();
    args.by = "ada";
    args.again = 0;
    return args;
  }
  ReviewSession open(const ReviewArgs& args) {
    auto session = ReviewSession::open(args, watch_);
    EXPECT_EQ(error_of(session), "fine");
    return std::move(*session);
  }
  ReviewSession open() { return open(args()); }
  /// The sample in question; "" at the end.
  std::string asked(ReviewSession& session) {
    const auto suspect = session.current(watch_);
    EXPECT_EQ(error_of(suspect), "fine");
    return suspect && *suspect != nullptr ? (*suspect)->sample.name : "";
  }
  /// "class/by" of the label by a person that stands, read anew from the disk; "" where none does.
  [[nodiscard]] std::string by_person(const std::string& sample) const {
    const Project fresh = *Project::open(project());
    const auto samples = *fresh.samples();
    const auto found = std::find_if(samples.begin(), samples.end(),
                                    [&sample](const Sample& one) { return one.name == sample; });
    EXPECT_NE(found, samples.end()) << sample;
    const auto labels = *fresh.labels();
    for (const Label& label : labels)
      if (label.sample == found->id && label.origin == "human") return label.answer_class + "/" + label.basis;
    return "";
  }
  [[nodiscard]] int64_t labels_by_people() const {
    const auto labels = *Project::open(project())->labels();
    return std::count_if(labels.begin(), labels.end(),
                         [](const Label& label) { return label.origin == "human"; });
  }
  /// Somebody else decides, as another process would.
  void decide_elsewhere(const std::string& sample, const std::string& answer_class) const {
    Project other = *Project::open(project());
    const auto samples = *other.samples();
    const auto found = std::find_if(samples.begin(), samples.end(),
                                    [&sample](const Sample& one) { return one.name == sample; });
    ASSERT_NE(found, samples.end()) << sample;
    ASSERT_TRUE(other.set_labels({{found->id, answer_class, "human", "eve", utc_now()}}));
  }

  inline static std::unique_ptr<TemporaryFolder> made_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
  RecordedWatch watch_;
};

TEST_F(Review, TheListHasTheWrongLabelsInFrontAndSaysWhy) {
  ListSuspectsArgs list;
  list.ranking = {project(), "random", 32, std::nullopt};
  list.count = 3;
  const auto listed = list_suspects(list, watch_);
  ASSERT_EQ(error_of(listed), "fine");
  EXPECT_EQ(listed->queue_length, kPictures);
  ASSERT_EQ(listed->suspects.size(), 3U);
  for (size_t i = 0; i < 2; ++i) {
    const Suspect& suspect = listed->suspects[i];
    EXPECT_EQ(kWrong.count(suspect.sample.name), 1U) << suspect.sample.name;
    EXPECT_EQ(suspect.label, suspect.sample.name == "disc-04.png" ? "no" : "yes");
    EXPECT_NE(suspect.classifier, suspect.label);
    EXPECT_GT(suspect.classifier_probability, 0.5);
    EXPECT_NEAR(suspect.label_probability + suspect.classifier_probability, 1, 1e-5);
    EXPECT_EQ(suspect.confidence, 0.75);
    EXPECT_EQ(suspect.reason, "seen in " + suspect.sample.name);
    EXPECT_GE(suspect.suspicion, listed->suspects[i + 1].suspicion);
  }
  const Json json = to_json(*listed);
  EXPECT_EQ(json["queue_length"], kPictures);
  EXPECT_EQ(json["queue"][0]["sample"], listed->suspects[0].sample.name);
  for (const char* key : {"split", "label", "label_probability", "classifier", "classifier_probability",
                          "suspicion", "confidence", "reason"})
    EXPECT_TRUE(json["queue"][0].contains(key)) << key;
}

TEST_F(Review, ADecisionIsOnTheDiskBeforeTheCallReturns) {
  ReviewSession session = open();
  EXPECT_EQ(session.queue_length(), static_cast<size_t>(kPictures));
  const std::string first = asked(session);
  const bool disc = std::stoi(first.substr(5, 2)) % 2 == 0;
  const auto picture = session.picture();
  ASSERT_EQ(error_of(picture), "fine");
  EXPECT_EQ(picture->rgb, disc_picture(disc, std::stoull(first.substr(5, 2))).rgb);
  ASSERT_EQ(error_of(session.decide(disc ? "yes" : "no")), "fine");
  EXPECT_EQ(by_person(first), disc ? "yes/ada" : "no/ada");
  EXPECT_EQ(session.position(), 1U);
  const auto second = session.current(watch_);
  ASSERT_TRUE(second && *second != nullptr);
  EXPECT_NE((*second)->sample.name, first);
  EXPECT_EQ(to_json(session.outcome()),
            Json::parse(R"({"decided":1,"changed":1,"unsure":0,"skipped":0,"undone":0,"left":19})"));
}

TEST_F(Review, AClassThatIsNotInTheListChangesNothing) {
  ReviewSession session = open();
  const std::string first = asked(session);
  const auto wrong = session.decide("yess");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fault, Fault::kUsage);
  EXPECT_THAT(error_of(wrong), HasSubstr("there is no class 'yess'"));
  EXPECT_THAT(error_of(wrong), HasSubstr("did you mean 'yes'?"));
  EXPECT_THAT(error_of(session.decide("elephant")), HasSubstr("the classes are yes, no"));
  EXPECT_EQ(asked(session), first);
  EXPECT_EQ(session.position(), 0U);
  EXPECT_EQ(labels_by_people(), 0);
}

TEST_F(Review, SkippingLeavesTheLabelAndSettingAsideEmptiesIt) {
  ReviewSession session = open();
  const std::string skipped = asked(session);
  session.skip();
  const std::string unsure = asked(session);
  ASSERT_EQ(error_of(session.set_aside()), "fine");
  const std::string unsure_by_name = asked(session);
  ASSERT_EQ(error_of(session.decide("unsure")), "fine");
  EXPECT_EQ(by_person(skipped), "");
  EXPECT_EQ(by_person(unsure), "/ada");
  EXPECT_EQ(by_person(unsure_by_name), "/ada");
  const ReviewOutcome outcome = session.outcome();
  EXPECT_EQ(outcome.skipped, 1);
  EXPECT_EQ(outcome.unsure, 2);
  EXPECT_EQ(outcome.decided, 2);
  EXPECT_EQ(outcome.changed, 2);
  EXPECT_EQ(outcome.left, kPictures - 2);
  // The next session asks about the skipped one again, and not about the others.
  ReviewSession next = open();
  EXPECT_EQ(next.queue_length(), static_cast<size_t>(kPictures - 2));
  std::set<std::string> left;
  for (std::string name = asked(next); !name.empty(); name = asked(next)) left.insert(name), next.skip();
  EXPECT_EQ(left.count(skipped), 1U);
  EXPECT_EQ(left.count(unsure) + left.count(unsure_by_name), 0U);
}

TEST_F(Review, UndoGoesBackAcrossARanking) {
  ReviewArgs often = args();
  often.again = 2;
  ReviewSession session = open(often);
  const std::string first = asked(session);
  ASSERT_TRUE(session.decide("yes"));
  const std::string second = asked(session);
  EXPECT_TRUE(watch_.informed.empty());
  ASSERT_TRUE(session.decide("no"));
  const std::string third = asked(session);
  EXPECT_EQ(watch_.informed, std::vector<std::string>{"ranking anew, with your last 2 decisions"});
  EXPECT_EQ(session.queue_length(), static_cast<size_t>(kPictures));
  EXPECT_NE(third, first);
  EXPECT_NE(third, second);

  EXPECT_EQ(session.undo(), Undo::kTakenBack);
  EXPECT_EQ(asked(session), second);
  EXPECT_EQ(by_person(second), "");
  EXPECT_EQ(by_person(first), "yes/ada");
  EXPECT_EQ(session.undo(), Undo::kTakenBack);
  const auto again = session.current(watch_);
  ASSERT_TRUE(again && *again != nullptr);
  EXPECT_EQ((*again)->sample.name, first);
  EXPECT_EQ((*again)->label, first == "disc-04.png" ? "no" : "yes") << "the teacher's label stands again";
  EXPECT_EQ(session.undo(), Undo::kNothing);
  EXPECT_EQ(labels_by_people(), 0);
  EXPECT_EQ(session.outcome().undone, 2);
  EXPECT_EQ(session.outcome().decided, 0);
  EXPECT_EQ(session.outcome().left, kPictures);
}

TEST_F(Review, ASkipIsTakenBackToo) {
  ReviewSession session = open();
  const std::string first = asked(session);
  session.skip();
  EXPECT_EQ(session.undo(), Undo::kTakenBack);
  EXPECT_EQ(asked(session), first);
  EXPECT_EQ(session.outcome().skipped, 0);
}

TEST_F(Review, WhatOthersDecideMeanwhileIsNotAskedAfterARankingNorTakenBack) {
  ReviewSession session = open();
  const std::string mine = asked(session);
  ASSERT_TRUE(session.decide("yes"));
  const std::string theirs = asked(session);
  decide_elsewhere(theirs, "no");
  ASSERT_EQ(error_of(session.rank_again(watch_)), "fine");
  EXPECT_NE(asked(session), theirs);
  EXPECT_EQ(session.queue_length(), static_cast<size_t>(kPictures - 1));
  // Somebody decides about the sample of the last step: taking the step back leaves their label.
  decide_elsewhere(mine, "no");
  EXPECT_EQ(session.undo(), Undo::kOverruled);
  EXPECT_EQ(by_person(mine), "no/eve");
  EXPECT_EQ(asked(session), mine);
}

TEST_F(Review, WhatAFaceHasFetchedAheadStaysNextAcrossARanking) {
  ReviewSession session = open();
  const std::string first = asked(session);
  const auto ahead = session.ahead(5);
  ASSERT_EQ(ahead.size(), 5U);
  EXPECT_EQ(session.suspicions().size(), static_cast<size_t>(kPictures));
  ASSERT_TRUE(Project::open(project())->set_labels({{ahead[0], "no", "human", "eve", utc_now()}}));
  ASSERT_EQ(error_of(session.rank_again(watch_, 6)), "fine");
  EXPECT_EQ(asked(session), first);
  EXPECT_EQ(session.ahead(5), ahead);
  ASSERT_EQ(error_of(session.rank_again(watch_)), "fine");
  const auto sorted = session.ahead(kPictures);
  EXPECT_EQ(std::count(sorted.begin(), sorted.end(), ahead[0]), 0) << "it has been decided";
}

TEST_F(Review, AnInterruptedRankingKeepsTheDecisionsAndCanBeTriedAgain) {
  ReviewArgs often = args();
  often.again = 1;
  ReviewSession session = open(often);
  const std::string first = asked(session);
  ASSERT_TRUE(session.decide("yes"));
  watch_.questions = 0;
  EXPECT_THAT(error_of(session.current(watch_)), HasSubstr("interrupted"));
  EXPECT_EQ(by_person(first), "yes/ada");
  EXPECT_EQ(session.position(), 1U);
  EXPECT_EQ(session.queue_length(), static_cast<size_t>(kPictures));
  watch_.questions = 1 << 20;
  EXPECT_NE(asked(session), "");
  watch_.questions = 0;
  EXPECT_THAT(error_of(ReviewSession::open(args(), watch_)), HasSubstr("interrupted"));
}

TEST_F(Review, TheQueueEnds) {
  ReviewArgs two = args();
  two.limit = 2;
  ReviewSession session = open(two);
  EXPECT_EQ(session.queue_length(), 2U);
  asked(session);
  ASSERT_TRUE(session.decide("yes"));
  asked(session);
  session.skip();
  EXPECT_EQ(asked(session), "");
  session.skip();
  EXPECT_EQ(session.position(), 2U);
  EXPECT_THAT(error_of(session.decide("yes")), HasSubstr("the queue has ended"));
  EXPECT_THAT(error_of(session.picture()), HasSubstr("the queue has ended"));
  EXPECT_EQ(session.outcome().left, 1);
  EXPECT_EQ(labels_by_people(), 1);
}

TEST_F(Review, OneSplitOnly) {
  ReviewArgs of_test = args();
  of_test.ranking.split = Split::kTest;
  ReviewSession session = open(of_test);
  const auto samples = *Project::open(project())->samples();
  const auto expected = std::count_if(samples.begin(), samples.end(),
                                      [](const Sample& one) { return one.split == Split::kTest; });
  ASSERT_GT(expected, 0);
  EXPECT_EQ(session.queue_length(), static_cast<size_t>(expected));
  for (auto now = session.current(watch_); *now != nullptr; now = session.current(watch_)) {
    EXPECT_EQ((*now)->sample.split, Split::kTest);
    session.skip();
  }
}

TEST_F(Review, APictureThatIsGoneIsAnErrorOfThatPictureOnly) {
  ReviewSession session = open();
  const std::string first = asked(session);
  const auto sources = *Project::open(project())->sources();
  for (const Source& source : sources)
    if (source.name == first) fs::remove(source.path);
  EXPECT_NE(error_of(session.picture()), "fine");
  session.skip();
  asked(session);
  EXPECT_EQ(error_of(session.picture()), "fine");
  // Without its features it takes no part, and that is told.
  fs::remove_all(project() / ".dewdrop" / "features");
  ReviewSession next = open();
  EXPECT_EQ(next.queue_length(), static_cast<size_t>(kPictures - 1));
  EXPECT_TRUE(some_hold(watch_.warned, first));
  EXPECT_TRUE(some_hold(watch_.begun, "looking at pictures"));
}

TEST_F(Review, ADamagedCacheIsToldAndMadeAnew) {
  const auto before = list_suspects({ranking(), 20, std::nullopt}, watch_);
  for (const auto& entry : fs::directory_iterator(project() / ".dewdrop" / "features")) {
    std::string bytes = *read_file(entry.path());
    bytes[100] = static_cast<char>(bytes[100] ^ 0x55);
    ASSERT_TRUE(write_file(entry.path(), bytes));
  }
  const auto after = list_suspects({ranking(), 20, std::nullopt}, watch_);
  ASSERT_EQ(error_of(after), "fine");
  EXPECT_TRUE(some_hold(watch_.warned, "damaged"));
  EXPECT_EQ(to_json(*after), to_json(*before));
}

TEST_F(Review, AFileOfLabelsIsTakenWholeOrNotAtAll) {
  const fs::path file = folder_.path() / "labels.csv";
  const auto import = [&](const std::string& text) {
    EXPECT_TRUE(write_file(file, text));
    return import_labels({project(), file, "eve"}, watch_);
  };
  EXPECT_THAT(error_of(import("disc-04.png,yes\ndisc-7.png,no\n")), HasSubstr("labels.csv:2"));
  EXPECT_THAT(error_of(import("disc-04.png,yes\ndisc-07.png,nope\n")), HasSubstr("did you mean 'no'"));
  EXPECT_EQ(labels_by_people(), 0);
  const auto taken = import("file,class\ndisc-04.png,yes\ndisc-07.png,unsure\ndisc-00.png,yes\n");
  ASSERT_EQ(error_of(taken), "fine");
  EXPECT_EQ(to_json(*taken),
            Json::parse(R"({"imported":3,"changed":2,"unsure":1,"unknown":0,"first_unknown":[],
                              "by_class":{"no":0,"yes":2}})"));
  EXPECT_EQ(by_person("disc-04.png"), "yes/eve");
  EXPECT_EQ(by_person("disc-07.png"), "/eve");
  ASSERT_EQ(error_of(import("file,frame,class,site\ndisc-00.png,3,yes,north\n")), "fine");
  EXPECT_TRUE(some_hold(watch_.informed, "1 line numbers a frame of a picture"));
  EXPECT_TRUE(some_hold(watch_.informed, "1 column is not taken along: site"));
  // Taken at their word from then on: they are not in the queue.
  EXPECT_EQ(open().queue_length(), static_cast<size_t>(kPictures - 3));
}

TEST_F(Review, TheScoreHoldsTheRankingAgainstPeople) {
  std::string truth;
  for (int i = 0; i < kPictures; ++i) truth += disc_name(i) + (i % 2 == 0 ? ",yes\n" : ",no\n");
  const fs::path file = folder_.path() / "labels.csv";
  ASSERT_TRUE(write_file(file, truth));
  const auto score = score_ranking({ranking(), file, 2}, watch_);
  ASSERT_EQ(error_of(score), "fine");
  EXPECT_EQ(score->labels, kPictures);
  EXPECT_EQ(score->wrong, 2);
  EXPECT_EQ(score->again, 2);
  EXPECT_GE(score->classifier_accuracy, 0.9);
  EXPECT_EQ(score->found_at_10_percent, 1);
  ASSERT_EQ(score->curve.size(), 7U);
  const ReviewedShare& five = score->curve[2];
  EXPECT_EQ(five.share, 0.05);
  EXPECT_EQ(five.reviewed, 1);
  EXPECT_EQ(five.found, 1);
  EXPECT_EQ(five.of_wrong, 0.5);
  const Json json = to_json(*score);
  EXPECT_EQ(json["curve"][3], Json::parse(R"({"share":0.1,"reviewed":2,"found":2,"of_wrong":1.0})"));
  for (const char* key : {"labels", "wrong", "again", "found_at_10_percent", "classifier_accuracy"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(labels_by_people(), 0) << "nothing is stored";

  ASSERT_TRUE(write_file(file, "disc-00.png,yes\n"));
  EXPECT_THAT(error_of(score_ranking({ranking(), file, 2}, watch_)), HasSubstr("nothing to measure"));
}

TEST_F(Review, ErrorsSayWhatToDo) {
  ReviewArgs wrong = args();
  wrong.ranking.backbone = "nosuch";
  EXPECT_THAT(error_of(ReviewSession::open(wrong, watch_)), HasSubstr("nosuch"));
  wrong = args();
  wrong.ranking.backbone = "random";
  wrong.ranking.input = 1 << 20;
  EXPECT_THAT(error_of(ReviewSession::open(wrong, watch_)), HasSubstr("32"));
  wrong = args();
  wrong.ranking.project = folder_.path() / "elsewhere";
  EXPECT_NE(error_of(ReviewSession::open(wrong, watch_)), "fine");
  NewArgs fresh{folder_.path() / "q", {}};
  fresh.settings.question = "?";
  fresh.settings.classes = {"a", "b"};
  ASSERT_TRUE(create_project(fresh, watch_));
  wrong.ranking.project = fresh.folder;
  EXPECT_THAT(error_of(ReviewSession::open(wrong, watch_)), HasSubstr("run: dewdrop label"));
}

}  // namespace
}  // namespace dew::verbs
