// How good a review would be, by labels that people made before.
#pragma once
#include "cli/bridge.h"

#include "cli/review_rank.h"
#include "cli/verbs.h"

namespace dew {

/// Plays a review whose reviewer answers as the file args.score does, and tells how many of the labels that
/// the file contradicts come up how early. As in a real review, the labels are ranked anew after every
/// `args.again` decisions (0: never) with the classifier taught by them; that goes on for the first fifth.
/// Labels by people, and those of which the file says nothing, take no part. Nothing is stored. Error: the
/// file contradicts none.
Result<Json> score_review(const Project& project, Ranking& ranking, const ReviewArgs& args, Console& console);

}  // namespace dew
