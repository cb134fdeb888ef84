// The batch teacher against a fake of OpenAI's Batch API: upload, job, poll, download; broken off at every
// step and gone on with, as days later by another process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "teacher/teacher.h"
#include "tests/teacher/environment.h"

namespace dew {
namespace {

using dew::testing::Environment;
using Json = nlohmann::json;
using ::testing::Each;
using ::testing::HasSubstr;

/// Answers a job's lines the moment it is created; `polls` looks later it says "completed".
class FakeBatches {
 public:
  FakeBatches() {
    server_.Post("/v1/files", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      if (request.get_file_value("purpose").content != "batch") return refuse(response, "purpose");
      const std::string id = "file-" + std::to_string(++ids_);
      files_[id] = request.get_file_value("file").content;
      biggest_ = std::max(biggest_, lines(files_[id]).size());
      response.set_content(Json{{"id", id}, {"object", "file"}}.dump(), "application/json");
    });
    server_.Post("/v1/batches", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const Json asked = Json::parse(request.body);
      if (fail_create_ > 0) {
        --fail_create_;
        response.status = 400;
        return;
      }
      const std::string id = "batch_" + std::to_string(++ids_);
      Json job = {{"id", id}, {"status", "validating"}, {"input_file_id", asked["input_file_id"]}};
      work(job, files_.at(asked["input_file_id"]));
      jobs_[id] = job;
      response.set_content(job.dump(), "application/json");
    });
    server_.Get("/v1/batches", [this](const httplib::Request&, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      Json all = Json::array();
      for (const auto& [id, job] : jobs_) all.push_back(job);
      response.set_content(Json{{"data", all}}.dump(), "application/json");
    });
    server_.Get(R"(/v1/batches/(\w+))", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      Json& job = jobs_.at(request.matches[1]);
      if (++looks_ >= polls_) job["status"] = "completed";
      response.set_content(job.dump(), "application/json");
    });
    server_.Get(R"(/v1/files/([\w-]+)/content)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  const std::lock_guard lock(mutex_);
                  response.set_content(files_.at(request.matches[1]), "application/jsonl");
                });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  FakeBatches(const FakeBatches&) = delete;
  FakeBatches& operator=(const FakeBatches&) = delete;
  ~FakeBatches() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

  std::set<std::string> fail_once_;  ///< custom ids whose first call ends in an error line
  std::set<std::string> lost_once_;  ///< ... that the first job says nothing of (it expired)
  int fail_create_ = 0;
  int polls_ = 2;
  int looks_ = 0;
  size_t biggest_ = 0;
  std::map<std::string, int> asked_;  ///< by custom id
  std::map<std::string, Json> jobs_;

 private:
  static void refuse(httplib::Response& response, const char* why) {
    response.status = 400;
    response.set_content(Json{{"error", {{"message", why}}}}.dump(), "application/json");
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> result;
    for (std::string line; std::getline(in, line);) result.push_back(line);
    return result;
  }
  void work(Json& job, const std::string& input) {
    std::string output;
    std::string errors;
    for (const std::string& line : lines(input)) {
      const Json call = Json::parse(line);
      const std::string id = call["custom_id"];
      ++asked_[id];
      if (lost_once_.erase(id) > 0) continue;
      if (fail_once_.erase(id) > 0) {
        errors += Json{{"custom_id", id},
                       {"response", {{"status_code", 500}, {"body", {{"error", {{"message", "oops"}}}}}}}}
                      .dump() +
                  "\n";
        continue;
      }
      const Json body = {{"choices", {{{"message", {{"content", R"({"label":"yes","reason":"r"})"}}}}}},
                         {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 10}}}};
      output +=
          Json{{"custom_id", id}, {"response", {{"status_code", 200}, {"body", body}}}, {"error", nullptr}}
              .dump() +
          "\n";
    }
    const std::string name = "file-" + std::to_string(++ids_);
    files_[name] = "not json\n{\"custom_id\":\"s-999999\"}\n" + output;
    job["output_file_id"] = name;
    if (errors.empty()) return;
    const std::string failed = "file-" + std::to_string(++ids_);
    files_[failed] = errors;
    job["error_file_id"] = failed;
  }

  httplib::Server server_;
  std::mutex mutex_;
  std::map<std::string, std::string> files_;
  int ids_ = 0;
  int port_ = 0;
  std::thread thread_;
};

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
}  // namespace dew
