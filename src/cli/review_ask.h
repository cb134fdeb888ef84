// The queue, one sample after the other: shows it, takes a decision, records it at once.
#pragma once
#include "cli/bridge.h"

#include <vector>

#include "cli/review_rank.h"

namespace dew {

/// What a review came to.
struct Reviewed {
  int64_t decided = 0;  ///< labels by a person that this command left behind
  int64_t changed = 0;  ///< of them, how many differ from what stood
  int64_t unsure = 0;   ///< of them, how many set the sample aside
  int64_t skipped = 0;
  int64_t undone = 0;
  int64_t left = 0;  ///< in the queue, not asked or skipped
};

/// Asks about each of `queue`, places among the ranking's suspects, until it, or stdin, ends. Every decision
/// is in the database before the next question; after every `args.again` of them what is left is ranked anew,
/// with what they taught. Error: interrupted (the decisions stand); what the project's calls give.
Result<void> ask_person(Project& project, Ranking& ranking, const std::vector<size_t>& queue,
                        const ReviewArgs& args, Console& console, Reviewed& reviewed);

}  // namespace dew
