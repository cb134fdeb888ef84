// One of several workers that share the asking.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "store/claims.h"
#include "store/store.h"
#include "teacher/teacher.h"

namespace dew::verbs {

/// How a worker asks one teacher.
struct WorkerOptions {
  int votes = 1;
  std::vector<int64_t> left_out;                       ///< samples that are shown as examples
  teacher::Context context = teacher::Context::kNone;  ///< shown beside a tile
  std::optional<int64_t> limit;                        ///< questions of this worker at most
  std::optional<SharedBudget> budget;                  ///< of all workers
  size_t at_once = 8;                                  ///< samples claimed together
  std::chrono::milliseconds lease{60'000};
};

/// Called with each reply, for the caller's sums.
using CountReply = std::function<void(const teacher::Reply&)>;

/// Claims, asks and keeps until nothing is left that anybody could be asked about: while other workers have
/// the last samples it waits, for one of them may fall silent. `bill` is kept with the answers, after
/// `count`. Gives the number of answers that came after their lease was over and somebody else had taken the
/// sample: these are not kept. However it ends, what it still holds is given back.
Result<int64_t> run_worker(Project& project, teacher::Teacher& teacher, const WorkerOptions& options,
                           const Bill& bill, const CountReply& count, Watch& watch);

/// The budget of all workers. One question is taken to cost its share of the `forecast`, and a quarter more.
SharedBudget shared_budget(double usd, const teacher::Cost& forecast, size_t questions,
                           std::vector<std::string> prompt_hashes);

/// Error (usage): workers are asking this teacher now, so that a call that does not share with them would
/// ask the same again.
Result<void> check_no_workers(const Project& project, const teacher::Teacher& teacher, int votes);

}  // namespace dew::verbs
