// The batch teacher against a fake of OpenAI's Batch API: upload, job, poll, download; broken off at every
// step and gone on with, as days later by another process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "teacher/teacher.h"
#include "tests/support/fake_batches.h"
#include "tests/teacher/environment.h"

namespace dew::teacher {
namespace {

using dew::testing::Environment;
using dew::testing::FakeBatches;
using ::testing::Each;
using ::testing::HasSubstr;

class BatchTest : public ::testing::Test {
 protected:
  /// Asks for samples 1...count that have no answer yet, by a teacher made anew, as another process would.
  Result<void> ask(int count, Watch& watch) {
    options_.batches = BatchBook{[this]() -> Result<std::vector<Batch>> { return book_; },
                                 [this](Batch batch) -> Result<Batch> {
                                   if (batch.id == 0) {
                                     batch.id = static_cast<int64_t>(book_.size()) + 1;
                                     book_.push_back(batch);
                                   } else {
                                     book_[static_cast<size_t>(batch.id - 1)] = batch;
                                   }
                                   if (die_after_keep_ > 0 && --die_after_keep_ == 0)
                                     return work_error("killed");
                                   return batch;
                                 }};
    options_.base_url = server_.url();
    DEW_TRY(const auto teacher, make_teacher("batch:gpt-4o", {"Is it?", {"yes", "no"}, ""}, options_));
    int taken = 0;
    return teacher->ask(
        [&]() -> std::optional<Question> {
          while (taken < count && answers_.count(taken + 1) != 0) ++taken;
          if (taken == count) return std::nullopt;
          ++taken;
          return Question{taken, "s" + std::to_string(taken), [] {
                            return Image{8, 8, std::vector<uint8_t>(192, 9)};
                          }};
        },
        [&](const std::vector<Reply>& replies) -> Result<void> {
          for (const Reply& reply : replies) {
            if (reply.answer)
              EXPECT_TRUE(answers_.emplace(reply.sample, *reply.answer).second);
            else
              failed_.push_back(reply.answer.error().what);
          }
          return {};
        },
        watch);
  }
  Result<void> ask(int count) {
    Watch watch;
    return ask(count, watch);
  }
  [[nodiscard]] std::vector<int> times() const {
    std::vector<int> result;
    for (const auto& [id, count] : server_.asked_) result.push_back(count);
    return result;
  }

  Environment key_{"OPENAI_API_KEY", "sk-test-0123456789abcdef"};
  FakeBatches server_;
  TeacherOptions options_ = [] {
    TeacherOptions options;
    options.retries = 1;
    options.first_pause = std::chrono::milliseconds(1);
    options.poll = std::chrono::milliseconds(1);
    return options;
  }();
  std::vector<Batch> book_;
  std::map<int64_t, Answer> answers_;
  std::vector<std::string> failed_;
  int die_after_keep_ = 0;
};

TEST_F(BatchTest, ManyQuestionsInFilesWithinTheLimitsAtHalfThePrice) {
  options_.batch_requests = 4;
  ASSERT_TRUE(ask(10));
  EXPECT_EQ(answers_.size(), 10U);
  EXPECT_EQ(server_.jobs_.size(), 3U);
  EXPECT_EQ(server_.biggest_, 4U);
  EXPECT_THAT(times(), Each(1));
  EXPECT_EQ(answers_.at(1).teacher, "openai") << "what a batch has answered is not asked directly again";
  EXPECT_DOUBLE_EQ(answers_.at(1).cost_usd, (100 * 2.5 + 10 * 10) / 1e6 / 2);
  options_.batch_bytes = 1;
  answers_.clear();
  ASSERT_TRUE(ask(2)) << "a file has one question at least";
}

TEST_F(BatchTest, WhatTheModelDoesNotTakeIsFoundOutBeforeTheFileIsWritten) {
  options_.retries = 0;
  server_.direct_ = true;
  server_.refused_ = "reasoning_effort";
  ASSERT_TRUE(ask(5));
  EXPECT_EQ(answers_.size(), 5U) << "without a second round";
  EXPECT_EQ(server_.direct_requests_, 2) << "one refusal, one answer";
  EXPECT_EQ(server_.asked_.size(), 4U);
  EXPECT_DOUBLE_EQ(answers_.at(1).cost_usd, (100 * 2.5 + 10 * 10) / 1e6) << "at the full price";
  EXPECT_DOUBLE_EQ(answers_.at(2).cost_usd, (100 * 2.5 + 10 * 10) / 1e6 / 2);
}

TEST_F(BatchTest, VotesOfOneSampleGoUpTogether) {
  server_.lost_once_ = {"s-7-2"};
  options_.batches = BatchBook{[]() -> Result<std::vector<Batch>> { return std::vector<Batch>(); },
                               [](Batch batch) -> Result<Batch> { return batch; }};
  options_.base_url = server_.url();
  const auto teacher = make_teacher("batch:gpt-4o", {"Is it?", {"yes", "no"}, ""}, options_);
  ASSERT_TRUE(teacher);
  int vote = 0;
  std::multiset<std::string> hashes;
  Watch watch;
  ASSERT_TRUE((*teacher)->ask(
      [&]() -> std::optional<Question> {
        if (vote == 3) return std::nullopt;
        return Question{7, "s7", [] { return Image{8, 8, std::vector<uint8_t>(192, 9)}; }, {}, ++vote};
      },
      [&](const std::vector<Reply>& replies) -> Result<void> {
        for (const Reply& reply : replies) hashes.insert(reply.answer->prompt_hash);
        return {};
      },
      watch));
  const std::string hash = (*teacher)->prompt_hash();
  EXPECT_EQ(hashes, (std::multiset<std::string>{hash, hash + "#2", hash + "#3"}));
  EXPECT_EQ(server_.asked_, (std::map<std::string, int>{{"s-7", 1}, {"s-7-2", 2}, {"s-7-3", 1}}));
}

TEST_F(BatchTest, WhatFailedOrWasLostIsAskedAgainAndNothingElse) {
  server_.fail_once_ = {"s-2"};
  server_.lost_once_ = {"s-5"};
  ASSERT_TRUE(ask(6));
  EXPECT_EQ(answers_.size(), 6U);
  EXPECT_THAT(failed_, ::testing::IsEmpty());
  EXPECT_EQ(server_.asked_.at("s-2"), 2);
  EXPECT_EQ(server_.asked_.at("s-5"), 2);
  EXPECT_EQ(server_.asked_.at("s-1"), 1);
}

TEST_F(BatchTest, BrokenOffAtAnyStepItGoesOnDaysLaterAndPaysOnce) {
  // Killed right after each time the book was written: uploaded, created, done.
  for (int step = 1; step <= 3; ++step) {
    answers_.clear();
    book_.clear();
    server_.asked_.clear();
    server_.jobs_.clear();
    die_after_keep_ = step;
    EXPECT_FALSE(ask(5)) << step;
    ASSERT_TRUE(ask(5)) << step;
    EXPECT_EQ(answers_.size(), 5U) << step;
    EXPECT_THAT(times(), Each(1)) << step;
  }
}

TEST_F(BatchTest, AnInterruptLeavesTheJobAndTheNextRunFetchesIt) {
  class Impatient : public Watch {
   public:
    void advance(int64_t, std::string_view) override { seen = true; }
    [[nodiscard]] bool interrupted() const override { return seen; }
    bool seen = false;
  };
  Impatient watch;
  server_.polls_ = 1000;
  const auto broken = ask(3, watch);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().what, HasSubstr("goes on at the server"));
  server_.polls_ = 1;
  ASSERT_TRUE(ask(3));
  EXPECT_EQ(answers_.size(), 3U);
  EXPECT_THAT(times(), Each(1));
}

TEST_F(BatchTest, AJobThatWasStartedButNotNotedIsFound) {
  ASSERT_TRUE(ask(3));
  // As if the process had ended between the server's reply and the book.
  answers_.clear();
  book_.back().job.clear();
  book_.back().state = "uploaded";
  ASSERT_TRUE(ask(3));
  EXPECT_EQ(answers_.size(), 3U);
  EXPECT_THAT(times(), Each(1)) << "not started again";
}

TEST_F(BatchTest, AJobWhoseCreationGetsNoReplyIsNotCreatedTwice) {
  server_.add_strangers(3);
  server_.lose_creations_ = 1000;
  ASSERT_TRUE(ask(5));
  EXPECT_EQ(answers_.size(), 5U);
  EXPECT_EQ(server_.ran(), 1U);
  EXPECT_THAT(times(), Each(1));
}

TEST_F(BatchTest, KilledAgainAndAgainAfterALostReplyThereIsOneJob) {
  options_.retries = 0;
  server_.lose_creations_ = 3;
  server_.fail_lists_ = 3;
  for (int run = 0; run < 3; ++run) EXPECT_FALSE(ask(5)) << "neither created nor found, for all it knows";
  server_.add_strangers(250);  // two pages and a half of newer jobs
  ASSERT_TRUE(ask(5));
  EXPECT_EQ(answers_.size(), 5U);
  EXPECT_EQ(server_.ran(), 1U);
  EXPECT_THAT(times(), Each(1));
}

TEST_F(BatchTest, AServerThatKnowsIdempotencyKeysSeesOneForEachLot) {
  options_.batch_requests = 3;
  server_.keeps_keys_ = true;
  server_.lose_creations_ = 1;
  ASSERT_TRUE(ask(6));
  EXPECT_EQ(server_.ran(), 2U);
  EXPECT_EQ(std::set<std::string>(server_.keys_.begin(), server_.keys_.end()).size(), 2U);
  EXPECT_THAT(server_.keys_, Each(HasSubstr("dewdrop-")));
}

TEST_F(BatchTest, LotsWaitForThoseThatRunWhereTheQueueIsFull) {
  options_.batch_requests = 50;
  server_.most_enqueued_ = 100;
  ASSERT_TRUE(ask(400));
  EXPECT_EQ(answers_.size(), 400U);
  EXPECT_THAT(failed_, ::testing::IsEmpty());
  EXPECT_THAT(times(), Each(1));
  EXPECT_EQ(server_.ran(), 8U);
  EXPECT_EQ(server_.uploads_, 8) << "what was refused is not uploaded again";
  EXPECT_LE(server_.failed(), 2U);
}

TEST_F(BatchTest, ALotThatIsLargerThanTheQueueIsCutSmaller) {
  server_.most_enqueued_ = 30;
  ASSERT_TRUE(ask(200));
  EXPECT_EQ(answers_.size(), 200U);
  EXPECT_THAT(failed_, ::testing::IsEmpty());
  EXPECT_THAT(times(), Each(1));
  EXPECT_LE(server_.failed(), 4U) << "200, 100, 50, and then 25 at a time";
}

TEST_F(BatchTest, WhatStaysFullIsToldAndLeftForLater) {
  server_.most_enqueued_ = 100;
  server_.add_job_of_another(100);
  const auto asked = ask(4);
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("Enqueued token limit reached"));
  EXPECT_THAT(times(), ::testing::IsEmpty());
  server_.most_enqueued_ = 0;
  ASSERT_TRUE(ask(4));
  EXPECT_EQ(answers_.size(), 4U);
}

TEST_F(BatchTest, AJobThatIsGoneIsToldAndItsQuestionsAreAskedByTheRunAfterTheNext) {
  die_after_keep_ = 2;
  EXPECT_FALSE(ask(3));
  const auto job = server_.jobs_.begin()->second;
  server_.jobs_.clear();
  ASSERT_TRUE(ask(4));
  EXPECT_EQ(answers_.size(), 1U) << "the fourth was in no batch";
  ASSERT_EQ(failed_.size(), 3U);
  EXPECT_THAT(failed_, Each(HasSubstr("no longer at the server")));
  EXPECT_EQ(book_.front().state, "lost");
  // The right key sees it again.
  server_.jobs_[job["id"]] = job;
  ASSERT_TRUE(ask(4));
  EXPECT_EQ(answers_.size(), 4U);
  EXPECT_THAT(times(), Each(1));
  EXPECT_EQ(book_.front().state, "done");
}

TEST_F(BatchTest, AJobThatStaysGoneIsAskedAgain) {
  die_after_keep_ = 2;
  EXPECT_FALSE(ask(3));
  server_.jobs_.clear();
  ASSERT_TRUE(ask(3));
  EXPECT_EQ(answers_.size(), 0U);
  ASSERT_TRUE(ask(3));
  EXPECT_EQ(answers_.size(), 3U);
  EXPECT_EQ(book_.front().state, "forgotten");
}

TEST_F(BatchTest, AnOutputFileThatIsGoneIsTold) {
  die_after_keep_ = 2;
  EXPECT_FALSE(ask(3));
  server_.files_.clear();
  ASSERT_TRUE(ask(3));
  EXPECT_THAT(failed_, Each(HasSubstr("the answers of batch batch_2 are no longer at the server")));
  ASSERT_TRUE(ask(3));
  EXPECT_EQ(answers_.size(), 3U);
}

TEST_F(BatchTest, AnInputFileThatIsGoneBeforeItsJobIsUploadedAgain) {
  die_after_keep_ = 1;
  EXPECT_FALSE(ask(3));
  server_.files_.clear();
  ASSERT_TRUE(ask(3));
  EXPECT_EQ(answers_.size(), 3U);
  EXPECT_EQ(book_.front().state, "refused");
  EXPECT_THAT(times(), Each(1));
}

TEST_F(BatchTest, AnswersThatThisRunDoesNotAskForStayForTheOneThatDoes) {
  die_after_keep_ = 2;
  EXPECT_FALSE(ask(6));
  ASSERT_TRUE(ask(2)) << "as with --limit 2";
  EXPECT_EQ(answers_.size(), 2U);
  ASSERT_TRUE(ask(6));
  EXPECT_EQ(answers_.size(), 6U);
  EXPECT_THAT(times(), Each(1));
}

TEST_F(BatchTest, TheBudgetBoundsWhatGoesUp) {
  options_.budget_usd = 0.01;
  const auto asked = ask(1000);
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("budget"));
  EXPECT_GT(answers_.size(), 0U);
  double spent = 0;
  for (const auto& [sample, answer] : answers_) spent += answer.cost_usd;
  EXPECT_LE(spent, 0.01);
}

TEST_F(BatchTest, ARefusalIsTold) {
  server_.fail_create_ = 1;
  const auto asked = ask(2);
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("the batch cannot be started"));
}

}  // namespace
}  // namespace dew::teacher
