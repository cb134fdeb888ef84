// A project with events, and an asker whose servers are scripts.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cascade/asker.h"
#include "tests/store/projects.h"
#include "tests/support/fake_clock.h"
#include "tests/teacher/environment.h"
#include "tests/teacher/fake_transport.h"

namespace dew::testing {

using cascade::Asker;
using cascade::AskSettings;

constexpr const char* kLarge = "http://127.0.0.1:1/v1#gpt-4o";
constexpr const char* kNear = "http://127.0.0.1:1/v1#gpt-4o-mini";
constexpr int64_t kTokensIn = 1000;
constexpr int64_t kTokensOut = 50;
constexpr double kUsdACall = (1000 * 2.5 + 50 * 10) / 1e6;  ///< of gpt-4o, by prices.toml

/// A chat completion with this content, which the server bills.
inline Scripted says(const std::string& content) {
  Scripted scripted;
  scripted.reply.status = 200;
  scripted.reply.body =
      nlohmann::json{{"choices", {{{"message", {{"content", content}}}, {"finish_reason", "stop"}}}},
                     {"usage", {{"prompt_tokens", kTokensIn}, {"completion_tokens", kTokensOut}}}}
          .dump();
  return scripted;
}

inline Scripted page(const std::string& body) {
  Scripted scripted;
  scripted.reply.status = 200;
  scripted.reply.body = body;
  return scripted;
}

/// 401.
inline Scripted refused_with(const std::string& message) {
  Scripted scripted;
  scripted.reply.status = 401;
  scripted.reply.body = nlohmann::json{{"error", {{"message", message}}}}.dump();
  return scripted;
}

/// A clock whose UTC can jump.
class JumpingClock : public FakeClock {
 public:
  [[nodiscard]] utc_point utc() const override { return FakeClock::utc() + jump; }
  std::chrono::hours jump{0};
  std::chrono::hours until_up{0};
};

class AskWatch : public Watch {
 public:
  void inform(const std::string& message) override { informed.push_back(message); }
  void warn(const std::string& message) override { warned.push_back(message); }
  [[nodiscard]] bool interrupted() const override { return stop_after > 0 && ++looks_ > stop_after; }
  std::vector<std::string> informed;
  std::vector<std::string> warned;
  int stop_after = 0;  ///< looks at it; 0: never

 private:
  mutable int looks_ = 0;
};

class Asking : public InProject {
 protected:
  /// `n` counts the requests to any model from 0; `about` is "frame 10" of the event that is asked about.
  using Script = std::function<Scripted(int n, const std::string& about)>;

  Asking() {
    settings_.teachers = {kLarge};
    settings_.prompt = {"What is it?", {}, "unsure", {}};
    settings_.how.clock = &clock_;
    settings_.how.chance = [] { return 1.0; };
    settings_.how.transport = [this]() -> Result<std::unique_ptr<teacher::Transport>> {
      return std::make_unique<FakeTransport>([this](size_t n, const HttpRequest& request) {
        const auto body = nlohmann::json::parse(request.body);
        const std::string about = body["messages"][1]["content"][1]["text"];
        sent_.push_back(body["model"]);
        // The model's own script counts its own requests.
        if (first_model_ && body["model"] == "gpt-4o-mini")
          return first_model_(static_cast<int>(n), event_asked_about());
        return script_(requests() - 1, event_asked_about());
      });
    };
    settings_.told = [this](const Event& event, const EventQuestion& question) {
      told_.push_back(std::to_string(event.id) + " " + question.state);
    };
    log_ = std::make_unique<EventLog>(EventLog::open(project_).value());
  }

  /// Another project, in which nothing has happened.
  void fresh() {
    asker_.reset();
    log_.reset();
    project_ =
        Project::create(temporary_.path() / ("p" + std::to_string(++projects_)), in_store(person())).value();
    log_ = std::make_unique<EventLog>(EventLog::open(project_).value());
    events_ = 0;
    sent_.clear();
    told_.clear();
    watch_.warned.clear();
    watch_.informed.clear();
  }

  void serve(Script script) { script_ = std::move(script); }

  /// A new program, that knows only what is in the project.
  Result<void> open() {
    asker_.reset();
    DEW_TRY(Asker asker, Asker::open(project_, settings_));
    asker_ = std::make_unique<Asker>(std::move(asker));
    return {};
  }

  /// One that has ended, with two pictures.
  int64_t event() {
    Event event;
    event.source = "yard.mp4";
    event.event_class = "person";
    event.first_frame = event.last_frame = 10 * ++events_;
    event = log_->begin(event).value();
    event.state = "ended";
    event.pictures = {{"1.jpg", event.first_frame, 1.0, 0.5, "first"},
                      {"2.jpg", event.first_frame + 5, 1.5, 0.9, "surest"}};
    fs::create_directories(log_->folder(event.id));
    const Image grey{16, 16, std::vector<uint8_t>(size_t{16} * 16 * 3, 90)};
    for (const EventPicture& picture : event.pictures)
      EXPECT_TRUE(write_file(log_->folder(event.id) / picture.file, encode_jpeg(grey, 90)));
    EXPECT_TRUE(log_->update(event));
    return event.id;
  }

  Result<void> work(Clock::duration length) { return asker_->work(clock_.now() + length, watch_); }

  [[nodiscard]] int requests() const { return static_cast<int>(sent_.size()); }

  /// "1 what was said", of all events that have an answer, in their order.
  [[nodiscard]] std::vector<std::string> answers() const {
    std::vector<std::string> said;
    for (int64_t id = 1; id <= log_->count().value(); ++id) {
      const auto questions = log_->questions_about(id).value();
      for (const EventQuestion& one : questions)
        if (one.state == "answered") said.push_back(std::to_string(id) + " " + one.answer);
    }
    return said;
  }
  /// Who was asked about an event.
  [[nodiscard]] std::vector<std::string> models(int64_t event) const {
    std::vector<std::string> names;
    const auto questions = log_->questions_about(event).value();
    for (const EventQuestion& one : questions) names.push_back(one.model);
    return names;
  }

  /// Of the one row that is being asked.
  [[nodiscard]] std::string event_asked_about() const {
    const auto asking = log_->questions_in("asking").value();
    EXPECT_EQ(asking.size(), 1U) << "one at a time, and in the database before it leaves";
    if (asking.empty()) return {};
    return "frame " + std::to_string(log_->event(asking.front().event)->first_frame);
  }

  JumpingClock clock_;
  AskSettings settings_;
  AskWatch watch_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Asker> asker_;
  Script script_;
  Script first_model_;
  std::vector<std::string> sent_;  ///< models, of all requests
  std::vector<std::string> told_;
  double most_a_call_ = 0.011;  ///< about: 800 tokens of a reply, and the prompt
  int events_ = 0;
  int projects_ = 0;
};

}  // namespace dew::testing
