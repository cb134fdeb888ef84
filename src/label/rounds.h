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
  double covered = 0;     ///< of the samples not asked about, the share that gets one
  bool believed = false;  ///< the checks show enough to label anything: see least_believed()
};

/// How far down the interval of the checks may reach for `enough` to be believed: three times the faults that
/// are allowed. 0.85 for 0.95: 22 checks without a fault, 37 with one.
double least_believed(double enough);
/// Checks that show it where none of them fails; at least 20.
size_t least_checks(double enough);

/// Of a round of `count` questions how many are drawn at random, as checks: one in four, and up to every
/// second one where `planned` in all (0: unknown) would else give too few.
size_t checks_in(size_t count, size_t planned, double enough);

/// What follows from the answers so far.
struct LocalView {
  std::vector<float> probabilities;  ///< samples x classes, see LocalClassifier
  LocalAgreement agreement;
};

/// `label`: of each sample a class, kNotAsked or kNoAnswer; `audit`: those of the latest() audits. The
/// threshold is the least one above which at least `enough` (0...1) of the labelled samples are labelled the
/// same by the classifier that has not seen them; where the audits do not bear that out, the one for half or
/// a quarter of the faults. Error: interrupted.
Result<LocalView> local_view(const LocalClassifier& classifier, const std::vector<int>& label,
                             const std::vector<size_t>& audit, double enough, Watch& watch);

struct Round {
  std::vector<size_t> audit;   ///< drawn at random from what the choice left
  std::vector<size_t> chosen;  ///< typical, or telling
};

/// The next `count` samples to ask about, or all that are left: `checks` of them at random, the others at
/// first typical ones, then those that the classifier knows least about. Error: interrupted.
Result<Round> next_round(const LocalClassifier& classifier, const LocalView& view,
                         const std::vector<int>& label, size_t count, size_t checks, uint64_t seed,
                         Watch& watch);

/// The audits that still tell, those of three rounds: earlier ones were drawn when harder samples had not
/// been asked about yet. More rounds where these are too few for `enough`.
std::vector<size_t> latest(const std::vector<std::vector<size_t>>& audits, double enough);

/// The class of each sample that was not asked about and is above the threshold; -1 for all others, and for
/// all where the agreement is not believed. `classes`: of the classifier.
std::vector<int> local_labels(const LocalView& view, const std::vector<int>& label, size_t classes);

}  // namespace dew::label
