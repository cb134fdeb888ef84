// Labels by people from a file, taken into the project.
#pragma once
#include "cli/bridge.h"

#include <string>
#include <vector>

#include "cli/review_rank.h"
#include "cli/verbs.h"

namespace dew {

/// Who decides, for the labels' provenance: --by, or the user's name.
std::string reviewer(const ReviewArgs& args);

/// All labels of args.import_file or none. Tells and gives how many, and how many differ from what stood.
Result<Json> import_labels(Project& project, const ReviewArgs& args, Console& console);

/// The file's labels, as by `by`. Error: an unknown sample or class (names the line and the nearest), the
/// file.
Result<std::vector<Label>> read_labels(const Project& project, const fs::path& file, const std::string& by);

}  // namespace dew
