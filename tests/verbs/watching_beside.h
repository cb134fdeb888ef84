// A cascade that runs beside the test, for sources that have no end: a net of discs, and a watch that counts.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/cascade/cascade.h"
#include "verbs/train/train.h"

namespace dew::testing {

/// May be asked from the test while the cascade uses it.
class LiveWatch : public Watch {
 public:
  void advance(int64_t done, std::string_view) override { frames = done; }
  void warn(const std::string& message) override {
    const std::lock_guard lock(mutex_);
    warned_.push_back(message);
  }
  [[nodiscard]] bool interrupted() const override { return stop; }
  [[nodiscard]] std::vector<std::string> warned() const {
    const std::lock_guard lock(mutex_);
    return warned_;
  }
  std::atomic<bool> stop = false;
  std::atomic<int64_t> frames = 0;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> warned_;
};

template <typename Condition>
bool soon(Condition condition) {
  for (int tries = 0; tries < 2000; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// A project with a net that was trained once, for all suites; every test has its own copy.
class WatchingBeside : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (made_) return;
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path() / "p", 80);
    label_samples(made_->path() / "p", says_the_truth);
    Watch watch;
    verbs::TrainArgs args{.project = made_->path() / "p"};
    args.changes.emplace_back([](Settings& settings) { settings.epochs = 20; });
    ASSERT_EQ(error_of(verbs::train(args, watch)), "fine");
  }
  void SetUp() override { fs::copy(made_->path(), folder_.path(), fs::copy_options::recursive); }
  void TearDown() override {
    if (runs_.joinable()) (void)finish();
  }

  [[nodiscard]] verbs::CascadeArgs args(std::vector<std::string> sources) const {
    verbs::CascadeArgs made;
    made.model.project = folder_.path() / "p";
    made.sources = std::move(sources);
    made.lines = folder_.path() / "events.jsonl";
    return made;
  }
  void start(verbs::CascadeArgs args) {
    runs_ = std::thread([this, args = std::move(args)] { outcome_ = verbs::cascade(args, watch_); });
  }
  /// Interrupts it.
  Result<verbs::CascadeOutcome> finish() {
    watch_.stop = true;
    runs_.join();
    return *outcome_;
  }
  /// Those of the lines that are about events.
  [[nodiscard]] std::vector<verbs::Json> lines() const {
    std::vector<verbs::Json> all;
    for (const std::string& line : split_list(read_file(folder_.path() / "events.jsonl").value_or(""), '\n'))
      all.push_back(verbs::Json::parse(line));
    return all;
  }
  [[nodiscard]] int64_t ended() const {
    const auto all = lines();
    return std::count_if(all.begin(), all.end(),
                         [](const verbs::Json& one) { return one["state"] == "ended"; });
  }
  static std::string disc_jpeg(bool disc, int number) {
    return encode_jpeg(disc_picture(disc, 1000 + static_cast<uint64_t>(number)));
  }

  inline static std::unique_ptr<TemporaryFolder> made_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
  LiveWatch watch_;
  std::optional<Result<verbs::CascadeOutcome>> outcome_;
  std::thread runs_;
};

}  // namespace dew::testing
