// label --share and --enough: a part is asked about, the rest is labelled locally, and nothing of that is an
// answer.
#include <fmt/format.h>

#include <algorithm>

#include "tests/verbs/disc_project.h"
#include "tests/verbs/label_project.h"

namespace dew::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using verbs::label;

constexpr int kPictures = 240;

class LabelShare : public LabelTest {
 protected:
  void SetUp() override {
    make(kPictures);
    std::string answers;
    for (int i = 0; i < kPictures; ++i)
      answers +=
          fmt::format(R"({{"sample": "disc-{:03}.png", "label": "{}"}})", i, i % 2 == 0 ? "yes" : "no") +
          "\n";
    ASSERT_TRUE(write_file(folder_.path() / "all.jsonl", answers));
  }
  verbs::LabelArgs args() { return args_for({"replay:" + (folder_.path() / "all.jsonl").string()}); }

  verbs::LabelArgs args_with_share(double share) {
    verbs::LabelArgs given = args();
    given.share = share;
    return given;
  }

  struct Tally {
    int answered = 0;
    int local = 0;
    int wrong = 0;  ///< of the local ones
    int none = 0;
  };
  Tally tally(Split split) const {
    const auto standing = labels();
    Tally result;
    const auto samples = Project::open(project())->samples().value();
    for (const Sample& sample : samples) {
      if (sample.split != split) continue;
      const auto at = standing.find(sample.name);
      if (at == standing.end()) {
        ++result.none;
      } else if (at->second.ends_with(" local")) {
        ++result.local;
        result.wrong += at->second != says_the_truth(sample.name) + " local" ? 1 : 0;
      } else {
        ++result.answered;
      }
    }
    return result;
  }
};

TEST_F(LabelShare, AThirdIsAskedAboutAndTheRestLabelledLocally) {
  const verbs::LabelArgs given = args_with_share(0.4);
  LabelWatch watch;
  const auto outcome = label(given, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_FALSE(outcome->stopped);
  const Tally train = tally(Split::kTrain);
  const int all = train.answered + train.local + train.none;
  EXPECT_EQ(train.answered, (4 * all + 9) / 10);
  EXPECT_GT(train.local, all / 2);
  EXPECT_LE(train.wrong, train.local / 20);
  ASSERT_TRUE(outcome->local);
  EXPECT_EQ(outcome->local->asked, train.answered);
  EXPECT_EQ(outcome->local->labelled, train.local);
  EXPECT_EQ(outcome->local->left, train.none);
  EXPECT_EQ(outcome->local->backbone, "bundled");
  EXPECT_TRUE(outcome->local->believed);
  EXPECT_GE(outcome->local->agreement.of, 20);
  EXPECT_THAT(watch.informed, Contains(HasSubstr("says there what the teacher says")));
  for (const Split split : {Split::kValidation, Split::kTest}) {
    const Tally other = tally(split);
    EXPECT_EQ(other.local, 0) << "what measures is not guessed";
    EXPECT_NEAR(other.answered, 0.4 * (other.answered + other.none), 2);
  }
  EXPECT_EQ(outcome->total.asked, std::ssize(answers()));
  EXPECT_EQ(outcome->bills.size(), 1U) << "one bill for all rounds";
  EXPECT_EQ(outcome->bills[0].asked, outcome->total.asked);
  EXPECT_EQ(outcome->plan.teachers[0].questions, outcome->total.asked) << "what was announced";
  EXPECT_NEAR(static_cast<double>(outcome->total.asked), 0.4 * kPictures, 2);
}

TEST_F(LabelShare, AHigherShareAnnouncesAndAsksTheRestOfIt) {
  label_by_hand({{"disc-000.png", "yes"}, {"disc-007.png", "no"}, {"disc-100.png", "yes"}});
  int64_t before = 0;
  for (const double share : {0.3, 0.37}) {
    const verbs::LabelArgs given = args_with_share(share);
    Watch watch;
    const auto outcome = label(given, watch);
    ASSERT_EQ(error_of(outcome), "no error");
    EXPECT_GT(outcome->total.asked, 0);
    EXPECT_EQ(outcome->plan.teachers[0].questions, outcome->total.asked) << share;
    before += outcome->total.asked;
  }
  EXPECT_EQ(before, std::ssize(answers()));
}

TEST_F(LabelShare, TooFewChecksLabelNothingAndSaySo) {
  const verbs::LabelArgs given = args_with_share(0.15);
  LabelWatch watch;
  const auto outcome = label(given, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_FALSE(outcome->local->believed);
  EXPECT_EQ(outcome->local->labelled, 0);
  EXPECT_EQ(tally(Split::kTrain).local, 0);
  EXPECT_THAT(watch.warned, Contains(AllOf(HasSubstr("nothing is labelled locally"),
                                           HasSubstr("22 or more checks"), HasSubstr("A larger --share"))));
}

TEST_F(LabelShare, TheSameAgainAsksNothingAndGivesTheSame) {
  const verbs::LabelArgs given = args_with_share(0.4);
  Watch watch;
  ASSERT_EQ(error_of(label(given, watch)), "no error");
  const auto before = labels();
  const auto again = label(given, watch);
  ASSERT_EQ(error_of(again), "no error");
  EXPECT_EQ(again->total.asked, 0);
  EXPECT_EQ(labels(), before);
}

TEST_F(LabelShare, InterruptedItGoesOn) {
  const verbs::LabelArgs given = args_with_share(0.4);
  LabelWatch stopped(kPictures / 5);  // in the first answers: all pictures were looked at before
  Watch watch;
  ASSERT_TRUE(label(given, stopped));
  const auto some = std::ssize(answers());
  ASSERT_EQ(error_of(label(given, watch)), "no error");
  EXPECT_GE(std::ssize(answers()), some);
  const Tally train = tally(Split::kTrain);
  EXPECT_EQ(train.answered, (4 * (train.answered + train.local + train.none) + 9) / 10);
}

TEST_F(LabelShare, AskingLaterTakesTheirPlace) {
  const verbs::LabelArgs given = args_with_share(0.4);
  Watch watch;
  ASSERT_EQ(error_of(label(given, watch)), "no error");
  ASSERT_EQ(error_of(label(args(), watch)), "no error");
  EXPECT_EQ(std::ssize(answers()), kPictures);
  EXPECT_EQ(tally(Split::kTrain).local, 0);
}

TEST_F(LabelShare, ItAsksUntilThatIsEnough) {
  verbs::LabelArgs given = args();
  given.enough = 0.9;
  Watch watch;
  const auto outcome = label(given, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  const Tally train = tally(Split::kTrain);
  const int all = train.answered + train.local + train.none;
  EXPECT_LT(train.answered, 3 * all / 4) << "discs are not that hard";
  EXPECT_GE(outcome->local->agreement.value(), 0.9);
  EXPECT_LE(train.wrong, train.local / 10);
}

TEST_F(LabelShare, OptionsThatDoNotGoTogetherAreRefused) {
  verbs::LabelArgs given = args_with_share(0.4);
  given.limit = 3;
  Watch watch;
  EXPECT_THAT(error_of(label(given, watch)), HasSubstr("--share and --enough choose the samples themselves"));
  EXPECT_TRUE(answers().empty());
}

}  // namespace
}  // namespace dew::testing
