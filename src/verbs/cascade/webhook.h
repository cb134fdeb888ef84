// Lines about events, sent to an address of the user's as they come: each once it was taken, in their order.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/backoff.h"
#include "base/base.h"
#include "verbs/cascade/cascade.h"

namespace dew::verbs {

/// A thread of its own posts line after line, so that nobody waits for a server. What cannot be delivered is
/// tried again with growing pauses. A secret in the environment, DEWDROP_WEBHOOK_SECRET, signs each body:
/// "X-Dewdrop-Signature: sha256=" and its HMAC.
class Webhook {
 public:
  static constexpr size_t kMostWaiting = 1000;

  /// `warn` is called from the thread, once a fault. Error (usage): not an http or https address.
  static Result<std::unique_ptr<Webhook>> open(const std::string& url,
                                               std::function<void(const std::string&)> warn,
                                               Backoff backoff = {});
  ~Webhook();
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  void send(std::string line);
  /// Until all is delivered, for so long at most.
  void drain(std::chrono::milliseconds most);
  [[nodiscard]] WebhookFigures figures() const;

 private:
  Webhook(std::string url, std::function<void(const std::string&)> warn, Backoff backoff);
  void run();
  void pause(std::chrono::milliseconds length);

  std::string url_;
  std::string secret_;
  std::function<void(const std::string&)> warn_;
  Backoff backoff_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  WebhookFigures figures_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace dew::verbs
