// Who takes cameras in tests of intakes.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "intake/intake.h"

namespace dew::testing {

class Cameras {
 public:
  explicit Cameras(size_t most = 64) : most_(most) {}
  intake::Host host() {
    return {[this](const std::shared_ptr<PushedFrames>& camera) {
              const std::lock_guard lock(mutex_);
              if (cameras_.size() >= most_) return false;
              cameras_[camera->name()] = camera;
              return true;
            },
            [this](const std::string& text) {
              const std::lock_guard lock(mutex_);
              warned_.push_back(text);
            }};
  }
  std::shared_ptr<PushedFrames> find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return cameras_.contains(name) ? cameras_[name] : nullptr;
  }
  size_t count() {
    const std::lock_guard lock(mutex_);
    return cameras_.size();
  }
  /// Warnings that hold `part`.
  int64_t warned(const std::string& part) {
    const std::lock_guard lock(mutex_);
    int64_t count = 0;
    for (const std::string& one : warned_) count += one.find(part) != std::string::npos ? 1 : 0;
    return count;
  }

 private:
  size_t most_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PushedFrames>> cameras_;
  std::vector<std::string> warned_;
};

/// What waits: its bytes, or "over".
inline std::string next_of(PushedFrames& frames,
                           std::chrono::milliseconds wait = std::chrono::milliseconds(0)) {
  const auto taken = frames.take(wait);
  if (!taken) return "nothing";
  return taken->over ? "over" : taken->frame.bytes;
}

template <typename Condition>
bool soon(Condition condition) {
  for (int tries = 0; tries < 1000; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace dew::testing
