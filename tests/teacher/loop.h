// The asking loop against a scripted transport and its clock: minutes of waiting in no time.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "teacher/openai.h"
#include "tests/teacher/fake_transport.h"

namespace dew::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kKey = "sk-test-0123456789abcdef";

/// A reply with status 200 and this body.
inline Scripted body(const std::string& text) {
  Scripted scripted;
  scripted.reply.status = 200;
  scripted.reply.body = text;
  return scripted;
}

inline Scripted says(const std::string& content, milliseconds after = milliseconds(10)) {
  Scripted scripted = body(nlohmann::json{{"choices", {{{"message", {{"content", content}}}}}}}.dump());
  scripted.after = after;
  return scripted;
}

inline Scripted good() {
  return says(R"({"label":"yes","reason":"Ja."})");
}

/// A good answer that the server bills.
inline Scripted billed(int64_t tokens_in, int64_t tokens_out, milliseconds after = milliseconds(10)) {
  nlohmann::json reply = nlohmann::json::parse(good().reply.body);
  reply["usage"] = {{"prompt_tokens", tokens_in}, {"completion_tokens", tokens_out}};
  Scripted scripted = body(reply.dump());
  scripted.after = after;
  return scripted;
}

inline Scripted status(int code, const std::string& text = "{}", const std::string& retry_after = {}) {
  Scripted scripted;
  scripted.reply.status = code;
  scripted.reply.body = text;
  scripted.reply.retry_after = retry_after;
  return scripted;
}

inline Scripted trouble(teacher::Delivery delivery, milliseconds after = milliseconds(10)) {
  Scripted scripted;
  scripted.reply.delivery = delivery;
  scripted.reply.trouble = "the library's words";
  scripted.after = after;
  return scripted;
}

/// Hears what it is told; wants the work to stop from `stop` on, by the transport's clock.
class LoopWatch : public Watch {
 public:
  void advance(int64_t, std::string_view note) override { notes.emplace_back(note); }
  void warn(const std::string& message) override { warned.push_back(message); }
  [[nodiscard]] bool interrupted() const override {
    return transport != nullptr && *transport != nullptr && (*transport)->now() >= stop;
  }
  FakeTransport* const* transport = nullptr;
  Clock::time_point stop = Clock::time_point::max();
  std::vector<std::string> notes;
  std::vector<std::string> warned;
};

class LoopTest : public ::testing::Test {
 protected:
  /// Asks `count` samples named s1, s2...
  Result<void> ask(int count, const FakeTransport::Script& script) {
    auto transport = std::make_unique<FakeTransport>(script);
    transport_ = transport.get();
    teacher::Server server;
    server.url = "http://127.0.0.1:1/v1/chat/completions";
    server.key = kKey;
    const teacher::ChatQuestion question{"Is it?", {"yes", "no", "unsure"}, "unsure", "gpt-4o", "auto", 90};
    teacher_ = make_openai_teacher(server, question, options_, std::move(transport), price_);
    const auto next = [this, count]() -> std::optional<teacher::Question> {
      if (taken_ == count) return std::nullopt;
      ++taken_;
      return teacher::Question{taken_, "s" + std::to_string(taken_), picture_};
    };
    const auto give = [this](std::vector<teacher::Reply> replies) -> Result<void> {
      for (teacher::Reply& reply : replies) {
        teacher::add_tokens(tokens_in_, reply.spent.tokens_in);
        teacher::add_tokens(tokens_out_, reply.spent.tokens_out);
        usd_ += reply.spent.usd.value_or(0);
        estimated_in_ += reply.estimated.tokens_in;
        estimated_usd_ += reply.estimated.usd.value_or(0);
        if (!reply.unfinished) replies_.push_back(std::move(reply));
      }
      return give_();
    };
    return teacher_->ask(next, give, watch_ != nullptr ? *watch_ : plain_watch_);
  }

  [[nodiscard]] std::vector<std::string> failures() const {
    std::vector<std::string> result;
    for (const teacher::Reply& reply : replies_)
      if (!reply.answer) result.push_back(reply.name + ": " + reply.answer.error().what);
    return result;
  }
  /// Since the clock was started.
  [[nodiscard]] Clock::duration passed() const {
    return transport_->now() - Clock::time_point(std::chrono::hours(1));
  }

  teacher::TeacherOptions options_ = [] {
    teacher::TeacherOptions options;
    options.concurrency = 1;
    options.retries = 2;
    return options;
  }();
  std::optional<teacher::Price> price_;
  std::function<Result<Image>()> picture_ = [] { return Image{2, 2, std::vector<uint8_t>(12, 90)}; };
  std::function<Result<void>()> give_ = [] { return Result<void>{}; };
  Watch plain_watch_;
  Watch* watch_ = nullptr;
  FakeTransport* transport_ = nullptr;
  std::unique_ptr<teacher::Teacher> teacher_;
  std::vector<teacher::Reply> replies_;  ///< answers and failures
  int64_t tokens_in_ = 0;                ///< by all replies, the unfinished ones included
  int64_t tokens_out_ = 0;
  double usd_ = 0;
  int64_t estimated_in_ = 0;  ///< of tokens_in_, by our estimate
  double estimated_usd_ = 0;
  int taken_ = 0;
};

}  // namespace dew::testing
