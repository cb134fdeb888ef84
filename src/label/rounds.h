// rounds: asks a teacher about some of the samples, a batch at a time, and labels the rest locally.
//
// A part of each batch, the audit, is drawn at random from the samples that nobody asked about, so that what
// the local classifier says of it measures what it says of such samples; the rest of the batch is what
// teaches it most.
//
// The classifier's last class stands for what the teacher sets aside ("unsure", a tie): it is learned like
// the others, and no local label is given for it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/statistics.h"
#include "label/local.h"

namespace dew::label {

/// What is known of a sample instead of a class.
constexpr int kNotAsked = -1;
constexpr int kNoAnswer = -2;  ///< asked, and nothing came of it

/// How the local classifier compares with the teacher.
struct LocalAgreement {
  double threshold = 1;  ///< the least probability with which a local label is given; above 1: none is
  Share share;  ///< of the audited samples that would get a local label, those that the teacher labels so
  double covered = 0;  ///< of the samples not asked about, the share that gets one
};

/// What follows from the answers so far.
struct LocalView {
  std::vector<float> probabilities;  ///< samples x classes, see LocalClassifier
  LocalAgreement agreement;
};

/// `label`: of each sample a class, kNotAsked or kNoAnswer; `audit`: those of the latest() audits. The
/// threshold is the least one above which at least `enough` (0...1) of the labelled samples are labelled the
/// same by the classifier that has not seen them. Error: interrupted.
Result<LocalView> local_view(const LocalClassifier& classifier, const std::vector<int>& label,
                             const std::vector<size_t>& audit, double enough, Watch& watch);

struct Round {
  std::vector<size_t> audit;   ///< drawn at random from what the choice left
  std::vector<size_t> chosen;  ///< typical, or telling
};

/// The next `count` samples to ask about, or all that are left: one in four at random, the others at first
/// typical ones, then those that the classifier knows least about. Error: interrupted.
Result<Round> next_round(const LocalClassifier& classifier, const LocalView& view,
                         const std::vector<int>& label, size_t count, uint64_t seed, Watch& watch);

/// The audits that still tell: earlier ones were drawn when harder samples had not been asked about yet.
std::vector<size_t> latest(const std::vector<std::vector<size_t>>& audits);

/// The class of each sample that was not asked about and is above the threshold; -1 for all others.
/// `classes`: of the classifier.
std::vector<int> local_labels(const LocalView& view, const std::vector<int>& label, size_t classes);

}  // namespace dew::label
