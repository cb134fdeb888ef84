// Which of a project's nets a verb works on, and how good it is: people shall not deploy another than they
// mean.
#pragma once

#include <optional>
#include <string>

#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// A finished run, and what is known of its int8 net.
struct NetOfRun {
  fs::path project;
  int64_t run = 0;
  std::optional<double> validation_accuracy;
  std::optional<double> test_accuracy;  ///< absent: not tested yet
  std::string measured_against;         ///< how that was measured, in a sentence; may be empty
  bool chosen = false;                  ///< somebody named it; else it is the newest
  int64_t runs = 0;                     ///< finished ones of the project
  /// Another that is better on its validation samples, the best of them; only where nobody chose.
  std::optional<int64_t> better;
  double better_accuracy = 0;
};

/// The newest finished run, or the one that `wanted` names: "3", "0003-2026-11-27", "runs/0003-2026-11-27".
/// Error: none yet, none of that name, its folder is gone.
Result<Run> finished_run(const Project& project, const std::string& wanted = {});

/// What the record of a finished run says; `chosen`: somebody named it.
Result<NetOfRun> net_of_run(const Project& project, const Run& run, bool chosen);

/// One sentence: the run, its accuracies, and whether another one is better.
std::string to_text(const NetOfRun& net);

/// "run", "validation_accuracy", "test_accuracy"; all null where the net is not a project's.
Json net_keys(const std::optional<NetOfRun>& net);

}  // namespace dew::verbs
