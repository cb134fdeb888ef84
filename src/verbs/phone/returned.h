// Pictures that a phone sends back become samples of the project.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "store/store.h"

namespace dew::verbs {

/// May be called from several threads.
class ReturnedPictures {
 public:
  static constexpr int64_t kMost = 2'000;              ///< a run
  static constexpr size_t kLargest = size_t{4} << 20;  ///< bytes of a JPEG

  explicit ReturnedPictures(Project project) : project_(std::move(project)) {}

  /// Why not; nothing: it is a sample now, or was there before. Errors (usage): no JPEG, damaged, too many;
  /// (work): the disk or the project.
  Result<void> take(const std::string& jpeg);
  /// After the last one: samples get their splits.
  Result<void> finish(Watch& watch);
  [[nodiscard]] int64_t taken() const;

 private:
  mutable std::mutex mutex_;
  Project project_;
  int64_t taken_ = 0;
};

}  // namespace dew::verbs
