// A transport without a network, on a clock that only moves when somebody waits.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "teacher/transport.h"

namespace dew::testing {

using teacher::Delivery;
using teacher::HttpReply;
using teacher::HttpRequest;
using teacher::Milliseconds;

/// What a request will get, and how long that takes.
struct Scripted {
  HttpReply reply;
  Milliseconds after{10};
};

class FakeTransport : public teacher::Transport {
 public:
  struct Started {
    Clock::time_point at;
    HttpRequest request;
  };
  /// `n` counts the requests from 0.
  using Script = std::function<Scripted(size_t n, const HttpRequest& request)>;

  explicit FakeTransport(Script script) : script_(std::move(script)) {}

  [[nodiscard]] Clock::time_point now() const override { return now_; }

  Result<void> start(uint64_t ticket, HttpRequest request) override {
    Scripted scripted = script_(started_.size(), request);
    scripted.reply.ticket = ticket;
    in_flight_.emplace(now_ + scripted.after, std::move(scripted.reply));
    most_in_flight_ = std::max(most_in_flight_, in_flight_.size());
    started_.push_back({now_, std::move(request)});
    return {};
  }

  Result<std::vector<HttpReply>> wait(Clock::time_point until) override {
    if (in_flight_.empty() || in_flight_.begin()->first > until) {
      now_ = std::max(now_, until);
      return std::vector<HttpReply>{};
    }
    now_ = std::max(now_, in_flight_.begin()->first);
    std::vector<HttpReply> ended{in_flight_.begin()->second};
    in_flight_.erase(in_flight_.begin());
    return ended;
  }

  void drop_all() override { in_flight_.clear(); }

  [[nodiscard]] const std::vector<Started>& started() const { return started_; }
  [[nodiscard]] size_t in_flight() const { return in_flight_.size(); }
  [[nodiscard]] size_t most_in_flight() const { return most_in_flight_; }
  /// From the first request to the n-th.
  [[nodiscard]] Milliseconds waited(size_t n) const {
    return std::chrono::duration_cast<Milliseconds>(started_.at(n).at - started_.at(0).at);
  }

 private:
  Script script_;
  Clock::time_point now_{std::chrono::hours(1)};
  std::multimap<Clock::time_point, HttpReply> in_flight_;
  std::vector<Started> started_;
  size_t most_in_flight_ = 0;
};

}  // namespace dew::testing
