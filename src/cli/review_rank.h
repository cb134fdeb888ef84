// What `dewdrop review` walks: labels with the opinions about them, the most suspicious first.
#pragma once
#include "cli/bridge.h"

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

/// All labelled samples in the project's order, and the opinions about each; they change with the labels.
struct Ranking {
  std::vector<Suspect> suspects;
  Suspicion suspicion;
};

/// Features come from the project's cache (.dewdrop/features), and are computed where they are missing.
/// Error: no labels, a backbone that does not exist, interrupted.
Result<Ranking> gather_labels(const Project& project, const ReviewArgs& args, Console& console);

/// Forms opinions; gives the places of the suspects, those that people labelled last, others by falling
/// suspicion.
Result<std::vector<size_t>> rank(Ranking& ranking, Watch& watch);

/// Labels as they stand in the project now, also those that others gave or took back meanwhile. Samples that
/// got their first label are not among them.
Result<void> read_labels_again(const Project& project, Ranking& ranking);

/// What is to be asked about, by its place among the suspects: not what people decided already, of one split,
/// so many.
Result<std::vector<size_t>> review_queue(Ranking& ranking, const ReviewArgs& args, Watch& watch);

}  // namespace dew
