// Jobs of the Batch API that the project knows of.
#pragma once

#include <string>
#include <vector>

#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct ListedBatch {
  Batch batch;
  int64_t questions = 0;  ///< that it asks
  int64_t answered = 0;   ///< samples of it that have an answer, from the batch or from elsewhere
};

struct BatchesOutcome : Outcome {
  std::vector<ListedBatch> batches;  ///< oldest first
  std::optional<int64_t> forgotten;  ///< Batch::id
};

/// `project`: any folder inside it.
Result<BatchesOutcome> batches(const fs::path& project, Watch& watch);

/// The next run asks about the batch's unanswered samples again, whatever becomes of its job. `name`: the
/// batch's number or its job. The server is not told. Error (usage): there is no such batch, or it is done.
Result<BatchesOutcome> forget_batch(const fs::path& project, const std::string& name, Watch& watch);

Json to_json(const BatchesOutcome& outcome);

}  // namespace dew::verbs
