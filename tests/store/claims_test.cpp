// Claims: nobody asks what another is at, and a late answer is not written. Over both databases.
#include "store/claims.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

class Claiming : public InProject {
 protected:
  void SetUp() override {
    ASSERT_TRUE(add(video_file("v.avi", 10)));
    bill_.teacher = "openai";
    bill_.model = "m";
    bill_.prompt_hash = "abc";
    bill_.cost_usd = 0;
    bill_ = *project_.begin_bill(bill_);
  }
  Claims worker(const std::string& name, milliseconds lease = milliseconds(60'000)) {
    return *Claims::open(folder_, {"openai", "m", {"abc", "abc#2"}}, name, lease);
  }
  static Answer answer(const Claim& claim) {
    Answer made;
    made.sample = claim.sample;
    made.teacher = "openai";
    made.model = "m";
    made.prompt_hash = claim.prompt == 0 ? "abc" : "abc#2";
    made.answer_class = "yes";
    return made;
  }
  Bill bill_;
};

TEST_F(Claiming, EachQuestionIsTakenOnceInOrderAndEndsWithItsAnswer) {
  Claims ada = worker("ada");
  Claims bob = worker("bob");
  const int64_t example = project_.samples()->at(9).id;
  ASSERT_TRUE(ada.list({example}));
  ASSERT_TRUE(bob.list({example})) << "twice is once";
  const auto first = *ada.take(4, {});
  const auto second = *bob.take(9, {});
  ASSERT_EQ(first.size(), 4U);
  ASSERT_EQ(second.size(), 9U);
  for (const Claim& claim : first) EXPECT_EQ(claim.prompt, 0U);
  EXPECT_EQ(second[4].prompt, 0U);
  EXPECT_EQ(second[5].prompt, 1U) << "the second vote follows the first";
  for (size_t i = 0; i < 9; ++i) EXPECT_NE(second[i].sample, example);
  EXPECT_EQ(ada.left()->elsewhere, 9);
  EXPECT_EQ(ada.left()->open, 9) << "its own four, and five nobody has";
  EXPECT_EQ(*ada.keep({answer(first[0]), answer(first[1])}, bill_), 0);
  EXPECT_EQ(project_.answers()->size(), 2U);
  EXPECT_EQ(*ada.keep({answer(first[0])}, bill_), 1) << "a second answer is not written";
  EXPECT_EQ(project_.answers()->size(), 2U);
  ASSERT_TRUE(bob.give_back());
  EXPECT_EQ(ada.left()->elsewhere, 0);
  EXPECT_EQ(bob.take(100, {})->size(), 14U) << "all but what ada holds";
  ASSERT_TRUE(ada.strike());
  EXPECT_EQ(ada.left()->open, 0) << "what got no answer is off the list";
  ASSERT_TRUE(bob.give_back());
  ASSERT_TRUE(bob.list({example}));
  EXPECT_EQ(bob.take(100, {})->size(), 16U) << "and on it again with the next worker";
}

TEST_F(Claiming, WhatALateWorkerHadIsAnotherOnes) {
  Claims late = worker("late", milliseconds(400));
  Claims other = worker("other");
  ASSERT_TRUE(late.list({}));
  const auto had = *late.take(3, {});
  EXPECT_EQ(other.take(100, {})->size(), 17U);
  std::this_thread::sleep_for(milliseconds(600));
  ASSERT_TRUE(late.renew()) << "late, but nobody has taken them yet";
  EXPECT_EQ(other.take(100, {})->size(), 0U);
  std::this_thread::sleep_for(milliseconds(600));
  const auto taken = *other.take(2, {});
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(*late.keep({answer(had[0]), answer(had[1]), answer(had[2])}, bill_), 2);
  EXPECT_EQ(project_.answers()->size(), 1U) << "the one that nobody took is written";
  ASSERT_TRUE(late.renew());
  EXPECT_EQ(*other.keep({answer(taken[0]), answer(taken[1])}, bill_), 0) << "and the others by who has them";
  EXPECT_EQ(project_.answers()->size(), 3U);
}

TEST_F(Claiming, ABudgetCountsWhatIsSpentAndWhatIsHeld) {
  Claims ada = worker("ada");
  Claims bob = worker("bob");
  ASSERT_TRUE(ada.list({}));
  const SharedBudget budget{1.0, 0.1, {"abc"}};
  const auto first = *ada.take(6, budget);
  EXPECT_EQ(first.size(), 6U);
  EXPECT_EQ(bob.take(6, budget)->size(), 4U);
  bill_.cost_usd = 0.9;  // more than was thought
  EXPECT_EQ(*ada.keep({answer(first[0])}, bill_), 0);
  EXPECT_EQ(ada.take(6, budget)->size(), 0U);
  EXPECT_NEAR(*ada.spent(budget), 0.9, 1e-12);
}

TEST_F(Claiming, AClassOutsideTheListCannotBecomeDataHereEither) {
  Claims ada = worker("ada");
  ASSERT_TRUE(ada.list({}));
  Answer wrong = answer(ada.take(1, {})->at(0));
  wrong.answer_class = "maybe";
  EXPECT_THAT(told(ada.keep({wrong}, bill_)), HasSubstr("'maybe'"));
}

}  // namespace
}  // namespace dew
