// dewdrop label --worker: one of several that share the asking.
#pragma once
#include "cli/bridge.h"

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "cli/console.h"
#include "store/claims.h"
#include "store/store.h"
#include "teacher/teacher.h"

namespace dew {

/// A worker's turn with one teacher.
struct Shift {
  int votes = 1;
  std::vector<int64_t> left_out;       ///< samples that are shown as examples
  Context context = Context::kNone;    ///< shown beside a tile
  std::optional<int64_t> limit;        ///< questions of this worker at most
  std::optional<SharedBudget> budget;  ///< of all workers
  size_t at_once = 8;                  ///< samples claimed together
  std::chrono::milliseconds lease{60'000};
};

/// What the verb notes of each reply: sums and failures.
using Note = std::function<void(const Reply&)>;

/// Claims, asks and keeps until nothing is left that anybody could be asked about: while other workers are at
/// the last samples it waits, for one of them may fall silent. `bill` is kept with the answers, after `note`.
/// Gives the number of answers that came after their lease was over and somebody else had taken the sample:
/// these are not kept. However it ends, what it still holds is given back.
Result<int64_t> work_shift(Project& project, Teacher& teacher, const Shift& shift, const Bill& bill,
                           const Note& note, Console& console);

/// The budget of all workers, one question costing what it does in the `forecast` of so many, and a quarter
/// more.
SharedBudget shared_budget(double usd, const Cost& forecast, size_t questions,
                           std::vector<std::string> prompt_hashes);

/// Error (usage): workers are asking this teacher now, so that somebody who does not share with them would
/// ask the same again.
Result<void> check_no_workers(const Project& project, const Teacher& teacher, int votes);

}  // namespace dew
