// changes: whether others have changed a project since one looked, and a way back that does not overrule
// them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"

namespace dew {

/// A connection of its own to the project's database. One thread at a time. Errors of all calls: as
/// Project's.
class Changes {
 public:
  static Result<Changes> open(const Project& project);
  Changes(Changes&&) noexcept;
  Changes& operator=(Changes&&) noexcept;
  ~Changes();

  /// Differs from an earlier one once samples, splits, answers, labels or runs have changed. Takes no longer
  /// in a large project, except for local labels, which are counted.
  Result<std::string> mark();
  /// Withdraws those of these labels by people that still stand as they were given: what somebody has decided
  /// since stays. Gives their samples. All at once: nobody can decide in between.
  Result<std::vector<int64_t>> withdraw(const std::vector<Label>& given);

 private:
  struct Inside;
  explicit Changes(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
