// The search over nets for `train` within limits, with the project's pictures and board.
#pragma once

#include <functional>
#include <vector>

#include "store/store.h"
#include "verbs/train/train.h"

namespace dew::verbs {

/// Pictures of the training and validation splits, scaled to input x input.
using LoadPictures = std::function<Result<search::Pictures>(int input)>;

/// The nets that keep to the limits on the project's board, the best first. Checkpoints of what was tried lie
/// below `folder`, so that an interrupted search goes on.
Result<std::vector<search::NetCandidate>> search_nets(const Project& project,
                                                      const student::TrainSettings& wanted,
                                                      const search::Limits& limits, const LoadPictures& load,
                                                      const fs::path& folder, Watch& watch);

/// What the trained net in `run_folder` takes on the project's board.
Result<target::Figures> measure_net(const Project& project, const fs::path& run_folder, target::Feed feed,
                                    Watch& watch);

/// One object a candidate, in their order.
Json candidates_json(const std::vector<search::NetCandidate>& candidates);

/// The same as a page with a plot: accuracy against RAM and flash.
Result<void> write_search_page(const Project& project, const NetSearch& search);

}  // namespace dew::verbs
