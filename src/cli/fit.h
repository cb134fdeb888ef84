// `dewdrop train --ram ... --flash ...`: the search over nets, with the project's pictures and board.
#pragma once

#include <functional>
#include <vector>

#include "cli/verbs.h"
#include "search/search.h"

namespace dew {

/// Whether there is anything to search for.
bool limited(const search::Limits& limits);

/// Pictures of the training and validation splits, scaled.
using LoadPictures = std::function<Result<search::Pictures>(int input)>;

/// The nets that keep to the limits on the project's board, the best first; told as a table. Checkpoints of
/// what was tried lie below `folder`, so that a broken search goes on.
Result<std::vector<search::NetCandidate>> fit_net(const Project& project,
                                                  const student::TrainSettings& wanted,
                                                  const search::Limits& limits, const LoadPictures& load,
                                                  const fs::path& folder, Console& console);

/// What the trained net in `run_folder` takes on the project's board.
Result<target::Figures> measure_net(const Project& project, const fs::path& run_folder, Watch& watch);

/// One object a candidate, the best first.
Json candidates_json(const std::vector<search::NetCandidate>& candidates);

/// The same as a page with a plot: accuracy against RAM and flash.
Result<void> write_front(const Project& project, const std::vector<search::NetCandidate>& candidates,
                         const search::Limits& limits, const fs::path& file);

}  // namespace dew
