// What `dewdrop review` walks: labels with the opinions about them, the most suspicious first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/verbs.h"
#include "label/label.h"
#include "label/suspicion.h"

namespace dew {

/// One label, and why it is where it is in the queue.
struct Suspect {
  Sample sample;
  int label = 0;  ///< what stands, an index into the classes
  bool human = false;
  Opinion opinion;
  std::string reason;  ///< the newest answer's; may be empty
  std::optional<double> confidence;
};

/// All labelled samples, those that people labelled last, others by falling suspicion. Features come from the
/// project's cache (.dewdrop/features), and are computed where they are missing.
/// Error: no labels, a backbone that does not exist, interrupted.
Result<std::vector<Suspect>> rank_labels(const Project& project, const ReviewArgs& args, Console& console);

}  // namespace dew
