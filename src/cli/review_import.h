// Labels by people from a file: taken into the project, or held against the ranking.
#pragma once

#include <string>
#include <vector>

#include "cli/review_rank.h"
#include "cli/verbs.h"

namespace dew {

/// Who decides, for the labels' provenance: --by, or the user's name.
std::string reviewer(const ReviewArgs& args);

/// All labels of args.import_file or none. Tells and gives how many, and how many differ from what stood.
Result<Json> import_labels(Project& project, const ReviewArgs& args, Console& console);

/// How many of the labels that the file contradicts stand at the front of the queue. Labels by people, and
/// those of which the file says nothing, do not count. Nothing is stored. Error: the file contradicts none.
Result<Json> score_ranking(const Project& project, const std::vector<Suspect>& queue, const fs::path& file,
                           Console& console);

}  // namespace dew
