// The asking of one teacher by one process that may share the questions with others.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/claims.h"
#include "store/store.h"
#include "teacher/teacher.h"
#include "verbs/label/questions.h"

namespace dew::verbs {

/// How one process asks one teacher.
struct WorkerOptions {
  int votes = 1;
  const QuestionList* list = nullptr;  ///< the questions; null: all that are open in the project
  std::vector<int64_t> left_out;       ///< samples that are shown as examples; without a list
  teacher::Context context = teacher::Context::kNone;  ///< shown beside a tile
  std::optional<int64_t> limit;                        ///< questions of this process at most
  std::optional<SharedBudget> budget;                  ///< of all workers; without a list
  size_t at_once = 8;                                  ///< questions claimed together
  std::chrono::milliseconds lease{60'000};
};

/// Called with each reply, for the caller's sums; gives the note that stands behind the progress bar.
using CountReply = std::function<void(const teacher::Reply&)>;
using ProgressNote = std::function<std::string()>;

/// Claims, asks and keeps until none of its questions is left. While other processes hold the last ones it
/// waits: one of them may fall silent. `bill` is kept with the answers, after `count`. Gives the number of
/// answers that came after their lease was over and somebody else had taken the sample: these are not kept.
/// However it ends, what it still holds is given back. Error: as Teacher::ask(), and the database's.
Result<int64_t> run_worker(Project& project, teacher::Teacher& teacher, const WorkerOptions& options,
                           const Bill& bill, const CountReply& count, const ProgressNote& note, Watch& watch);

/// The budget of all workers. One question is taken to cost its share of the `forecast`, and a quarter more.
SharedBudget shared_budget(double usd, const teacher::Cost& forecast, size_t questions,
                           std::vector<std::string> prompt_hashes);

}  // namespace dew::verbs
