// made_once: what a job makes of all samples once, for all who read it meanwhile and after a restart.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/base.h"

namespace dew::studio {

/// `Made` keeps itself beside the project when it is made; Made::kept() reads it from there.
template <typename Made>
class MadeOnce {
 public:
  explicit MadeOnce(fs::path project) : project_(std::move(project)) {}

  /// The newest; null: none was ever made. The first call reads what is kept.
  [[nodiscard]] std::shared_ptr<const Made> get() {
    const std::lock_guard lock(mutex_);
    if (!read_) {
      if (auto kept = Made::kept(project_)) made_ = std::make_shared<const Made>(*std::move(kept));
      read_ = true;
    }
    return made_;
  }
  void set(Made made) {
    auto fresh = std::make_shared<const Made>(std::move(made));
    const std::lock_guard lock(mutex_);
    made_ = std::move(fresh);
    read_ = true;
  }

 private:
  const fs::path project_;
  std::mutex mutex_;  ///< guards what is below
  std::shared_ptr<const Made> made_;
  bool read_ = false;
};

}  // namespace dew::studio
