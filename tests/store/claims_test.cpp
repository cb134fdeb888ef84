// Claims: nobody asks what another is at, and a late answer is not written. Over both databases.
#include "store/claims.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST_F(Claiming, AListOfOnesOwnIsSharedWithWhoeverElseAsks) {
  Claims ada = worker("ada");
  Claims bob = worker("bob");
  const auto samples = *project_.samples();
  const auto of = [&](std::initializer_list<size_t> which, size_t prompt = 0) {
    std::vector<Claim> wanted;
    for (const size_t at : which) wanted.push_back({samples[at].id, prompt});
    return wanted;
  };
  const auto names = [&](const std::vector<Claim>& claims) {
    std::vector<int64_t> ids;
    for (const Claim& claim : claims) ids.push_back(claim.sample - samples[0].id);
    return ids;
  };
  using enum Claims::Unlisted;
  const auto first = *ada.take_these(of({7, 2, 5}), kAdd);
  EXPECT_THAT(names(first.ours), ElementsAre(7, 2, 5)) << "in the order of the list";
  EXPECT_THAT(first.elsewhere, IsEmpty());
  const auto second = *bob.take_these(of({2, 3, 7}), kAdd);
  EXPECT_THAT(names(second.ours), ElementsAre(3));
  EXPECT_THAT(names(second.elsewhere), ElementsAre(2, 7));
  EXPECT_THAT(bob.take_these(of({2}, 1), kAdd)->ours, SizeIs(1)) << "the second vote is another question";

  EXPECT_EQ(*ada.keep({answer(first.ours[0])}, bill_), 0);
  const auto third = *bob.take_these(of({2, 7}), kAdd);
  EXPECT_THAT(third.ours, IsEmpty()) << "an answered one is not asked again";
  EXPECT_THAT(names(third.elsewhere), ElementsAre(2));
  ASSERT_TRUE(ada.strike()) << "it got no answer to the rest";
  EXPECT_THAT(bob.take_these(of({2, 5}), kLeave)->ours, IsEmpty()) << "nor is it asked by another at once";
  EXPECT_THAT(ada.take_these(of({2, 5}), kAdd)->ours, SizeIs(2)) << "but by the next call";
  ASSERT_TRUE(ada.give_back());
  EXPECT_THAT(names(bob.take_these(of({2, 5}), kLeave)->ours), ElementsAre(2, 5)) << "given back is free";
  // A claim whose confirmation was lost is the worker's own.
  EXPECT_THAT(worker("bob").take_these(of({2, 5}), kLeave)->ours, SizeIs(2));
}

TEST_F(Claiming, WhatADeadProcessHeldIsReleasedAndNobodyElses) {
  const std::string living = Claims::new_worker_name();
  EXPECT_NE(living, Claims::new_worker_name());
  const pid_t child = fork();
  if (child == 0) _exit(0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  std::string dead = living;
  const std::string own = ":" + std::to_string(getpid()) + ":";
  dead.replace(dead.find(own), own.size(), ":" + std::to_string(child) + ":");
  std::string of_another_machine = "x" + dead;

  std::vector<Claims> workers;
  for (const std::string& name : {living, dead, of_another_machine, std::string("ada")}) {
    workers.push_back(worker(name));
    ASSERT_TRUE(workers.back().list({}));
    ASSERT_EQ(workers.back().take(3, {})->size(), 3U);
  }
  Claims bob = worker("bob");
  EXPECT_EQ(*bob.release_dead(), 3);
  EXPECT_EQ(*bob.release_dead(), 0);
  EXPECT_EQ(bob.left()->elsewhere, 9);
  EXPECT_EQ(bob.take(100, {})->size(), 20U - 9);
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
