// Labels with the opinions about them, the most suspicious first: what sessions, lists and scores walk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "label/label.h"
#include "label/suspicion.h"
#include "verbs/review/review.h"

namespace dew::verbs {

/// One label, and why it is where it is in the queue.
struct RankedLabel {
  Sample sample;
  int label = 0;  ///< what stands, an index into the classes
  bool human = false;
  label::Opinion opinion;
  std::string reason;  ///< the newest answer's that the label agrees with; may be empty
  std::optional<double> confidence;
};

/// All labelled samples in the project's order, and the opinions about each; they change with the labels.
struct Ranking {
  std::vector<RankedLabel> labels;
  label::Suspicion suspicion;
};

/// Features come from the project's cache (.dewdrop/features), and are computed where they are missing.
/// Error: no labels, a backbone that does not exist, interrupted.
Result<Ranking> gather_labels(const Project& project, const RankingArgs& args, Watch& watch);

/// Forms opinions; gives the labels' places in the ranking: those by people last, others by falling
/// suspicion.
Result<std::vector<size_t>> rank(Ranking& ranking, Watch& watch);

/// Labels as they stand in the project now, also those that others gave or took back meanwhile. Samples that
/// got their first label are not among them.
Result<void> read_labels_again(const Project& project, Ranking& ranking);

/// What is to be asked about, by its place in the ranking: not what people have decided already, of one split
/// where there is one, at most `limit`.
Result<std::vector<size_t>> review_queue(Ranking& ranking, const std::optional<Split>& split,
                                         const std::optional<int64_t>& limit, Watch& watch);

/// A label as faces see it.
Suspect suspect_of(const RankedLabel& label, const std::vector<std::string>& classes);

/// The file's labels, as by `by`. Error: an unknown sample or class (names the line and the nearest), the
/// file.
Result<label::HumanLabels> read_labels(const Project& project, const fs::path& file, const std::string& by);

}  // namespace dew::verbs
