// From answers to a decision: votes, voices, ties, the threshold, who counts.
#include "label/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace dew::label {
namespace {

using Aside = Decision::Aside;

Settings settings() {
  Settings result;
  result.classes = {"yes", "no", "maybe"};
  result.unsure = "unsure";
  return result;
}

/// Answers about sample 1; `who` is "model" or "model#vote".
class Poll {
 public:
  Poll& say(const std::string& who, const std::string& what, std::optional<double> confidence = {}) {
    Answer answer;
    answer.id = ++id_;
    answer.sample = 1;
    answer.teacher = "openai";
    answer.model = std::string(prompt_of(who));
    answer.prompt_hash = "p" + who.substr(answer.model.size());
    answer.answer_class = what;
    answer.confidence = confidence;
    cast(ballots_, answer, settings());
    return *this;
  }
  [[nodiscard]] Decision decide(const Settings& how, const std::vector<std::string>& elected = {},
                                const Calibrate& calibrate = nothing) {
    std::vector<Voter> electorate;
    for (const std::string& model : elected) electorate.push_back({"openai", model, "p"});
    sort_ballots(ballots_);
    return decide_all(ballots_, electorate, how, calibrate).at(0);
  }
  static std::optional<double> nothing(const Voter&, int, std::optional<double>) { return std::nullopt; }

 private:
  Ballots ballots_;
  int64_t id_ = 0;
};

Settings with(const std::string& policy, const std::string& tie = "unsure", double threshold = 0) {
  Settings how = settings();
  how.policy = policy;
  how.tie = tie;
  how.threshold = threshold;
  return how;
}

TEST(Policy, VotesOfOneTeacherGiveAConfidence) {
  const auto two_of_three = Poll().say("a", "yes").say("a#2", "no").say("a#3", "no").decide(settings());
  EXPECT_EQ(two_of_three.choice, 1);
  EXPECT_DOUBLE_EQ(*two_of_three.confidence, 2.5 / 4);
  EXPECT_EQ(two_of_three.basis, "1,2,3 majority");
  const auto all = Poll().say("a", "no").say("a#2", "no").say("a#3", "no").decide(settings());
  EXPECT_DOUBLE_EQ(*all.confidence, 3.5 / 4);
  const auto one = Poll().say("a", "no").decide(settings());
  EXPECT_EQ(one.choice, 1);
  EXPECT_EQ(one.confidence, std::nullopt) << "one answer that tells no probability tells none";
  EXPECT_EQ(one.basis, "1");
}

TEST(Policy, ProbabilitiesOfTheVotesAreAveraged) {
  const auto decided =
      Poll().say("a", "yes", .9).say("a#2", "no", .6).say("a#3", "yes", .8).decide(settings());
  EXPECT_EQ(decided.choice, 0);
  EXPECT_NEAR(*decided.confidence, (.9 + .2 + .8) / 3, 1e-6) << "a third class shares what `no` leaves";
}

TEST(Policy, OfTheSameVoteTheNewestStands) {
  EXPECT_EQ(Poll().say("a", "yes").say("a", "no").decide(settings()).basis, "2");
}

TEST(Policy, ATieIsSetAsideOrTheNewestDecides) {
  Poll poll;
  poll.say("a", "no").say("a#2", "yes");
  const auto aside = poll.decide(with("majority"));
  EXPECT_EQ(aside.choice, -1);
  EXPECT_EQ(aside.aside, Aside::kTie);
  EXPECT_EQ(aside.basis, "1,2 majority, tie");
  EXPECT_EQ(poll.decide(with("majority", "newest")).choice, 0);
  EXPECT_EQ(Poll().say("a", "yes").say("b", "no").decide(with("majority"), {"a", "b"}).aside, Aside::kTie);
}

TEST(Policy, EachTeacherHasOneVoiceHoweverManyItsVotes) {
  Poll poll;
  poll.say("a", "yes").say("a#2", "yes").say("a#3", "yes").say("b", "no").say("c", "no");
  EXPECT_EQ(poll.decide(with("majority"), {"a", "b", "c"}).choice, 1);
  EXPECT_EQ(poll.decide(with("newest"), {"a", "b", "c"}).choice, 1);
  EXPECT_EQ(poll.decide(with("majority"), {"a"}).choice, 0) << "others were not asked by the newest command";
}

TEST(Policy, WeighsVoicesByTheirConfidence) {
  Poll poll;
  poll.say("a", "yes", .99).say("b", "no", .7).say("c", "no", .7);
  const std::vector<std::string> all = {"a", "b", "c"};
  EXPECT_EQ(poll.decide(with("majority"), all).choice, 1);
  const auto weighted = poll.decide(with("weighted"), all);
  EXPECT_EQ(weighted.choice, 0);
  // Bayes, by hand: each wrong class gets half of what the voter leaves.
  const double yes = .99 * .15 * .15;
  const double no = .005 * .7 * .7;
  const double maybe = .005 * .15 * .15;
  EXPECT_NEAR(*weighted.confidence, yes / (yes + no + maybe), 1e-6);
}

TEST(Policy, UnsureIsAVoiceToo) {
  const auto decided = Poll().say("a", "unsure").say("a#2", "yes").say("a#3", "unsure").decide(settings());
  EXPECT_EQ(decided.aside, Aside::kUnsure);
  EXPECT_EQ(Poll().say("a", "unsure").say("a#2", "yes").say("a#3", "yes").decide(settings()).choice, 0);
}

TEST(Policy, TheThresholdSetsAsideWhatIsLessSureAndOnlyThat) {
  const auto below = Poll().say("a", "yes", .85).decide(with("majority", "unsure", .9));
  EXPECT_EQ(below.aside, Aside::kThreshold);
  EXPECT_EQ(below.basis, "1, 0.850 is below 0.9");
  EXPECT_EQ(Poll().say("a", "yes", .95).decide(with("majority", "unsure", .9)).choice, 0);
  EXPECT_EQ(Poll().say("a", "yes").decide(with("majority", "unsure", .9)).choice, 0) << "nothing tells";
}

TEST(Policy, TheThresholdLooksAtCalibratedConfidence) {
  const Calibrate humble = [](const Voter& voter, int choice, std::optional<double> raw) {
    EXPECT_EQ(voter.model, "a");
    EXPECT_EQ(choice, 0);
    return raw ? std::optional(*raw / 2) : std::optional(.6);
  };
  EXPECT_DOUBLE_EQ(*Poll().say("a", "yes").decide(settings(), {}, humble).confidence, .6);
  EXPECT_NEAR(*Poll().say("a", "yes", .8).decide(settings(), {}, humble).confidence, .4, 1e-6);
  EXPECT_NEAR(*Poll().say("a", "yes", .8).decide(with("newest"), {}, humble).confidence, .4, 1e-6);
}

TEST(Policy, WhereTheElectedSaidNothingTheVoterThatSpokeLastCounts) {
  Poll poll;
  poll.say("old", "yes").say("old#2", "yes").say("newer", "no").say("newer#2", "no");
  const auto decided = poll.decide(settings(), {"another"});
  EXPECT_EQ(decided.choice, 1);
  EXPECT_EQ(decided.basis, "3,4 majority");
}

TEST(Policy, AnAnswerOutsideTheClassesDecidesNothing) {
  const auto decided =
      Poll().say("a", "no").say("a", "perhaps").say("a", "NO").say("a", "").decide(settings());
  EXPECT_EQ(decided.choice, 1);
  EXPECT_EQ(decided.basis, "1");
  Settings forced = settings();
  forced.unsure.clear();
  Ballots ballots;
  Answer answer;
  answer.answer_class = "unsure";
  cast(ballots, answer, forced);
  EXPECT_TRUE(ballots.all.empty());
  EXPECT_TRUE(decide_all(ballots, {}, forced, Poll::nothing).empty());
}

TEST(Policy, PromptsOfVotesAreOne) {
  EXPECT_EQ(vote_hash("abc", 1), "abc");
  EXPECT_EQ(vote_hash("abc", 3), "abc#3");
  EXPECT_EQ(prompt_of(vote_hash("abc", 12)), "abc");
  EXPECT_EQ(prompt_of("abc"), "abc");
}

}  // namespace
}  // namespace dew::label
