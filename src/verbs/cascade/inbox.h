// Messages from the threads that watch to the one that logs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace dew::verbs {

/// A queue with an end: who puts waits while it is full, so that memory does not grow where the log is slow.
template <typename Message>
class Inbox {
 public:
  /// False: it is closed, and the message is dropped.
  bool put(Message message) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return closed_ || messages_.size() < kMost; });
    if (closed_) return false;
    messages_.push_back(std::move(message));
    any_.notify_one();
    return true;
  }
  /// For the few messages of those who must not wait: it takes no notice of the room.
  void put_at_once(Message message) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    messages_.push_back(std::move(message));
    any_.notify_one();
  }
  /// The next one; nothing if none comes for so long.
  std::optional<Message> take(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (!any_.wait_for(lock, wait, [this] { return !messages_.empty(); })) return std::nullopt;
    Message message = std::move(messages_.front());
    messages_.pop_front();
    room_.notify_one();
    return message;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
  }

 private:
  static constexpr size_t kMost = 64;
  std::mutex mutex_;
  std::condition_variable any_;
  std::condition_variable room_;
  std::deque<Message> messages_;
  bool closed_ = false;
};

}  // namespace dew::verbs
