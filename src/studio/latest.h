// latest: what a job made last, for all who read it meanwhile.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace dew::studio {

template <typename T>
class Latest {
 public:
  /// Null: none was made yet.
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return made_;
  }
  void set(T made) {
    auto fresh = std::make_shared<const T>(std::move(made));
    const std::lock_guard lock(mutex_);
    made_ = std::move(fresh);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> made_;
};

}  // namespace dew::studio
