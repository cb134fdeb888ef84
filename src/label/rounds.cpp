#include "label/rounds.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "label/selection.h"

namespace dew::label {
namespace {

constexpr size_t kAuditEvery = 4;           // one sample of so many is drawn at random
constexpr size_t kLeastJudged = 20;         // labels above a threshold, or it is not believed
constexpr size_t kMostCandidates = 20'000;  // among which the telling samples are sought

struct Guess {
  int answer_class = 0;
  float probability = 0;
};

Guess guess_of(const std::vector<float>& probabilities, size_t classes, size_t sample) {
  const float* p = &probabilities[sample * classes];
  const auto best = std::max_element(p, p + classes) - p;
  return {static_cast<int>(best), p[best]};
}

/// Whether a local label would be given.
bool gives_label(const Guess& guess, size_t classes, double threshold) {
  return guess.probability >= threshold && guess.answer_class + 1 < static_cast<int>(classes);
}

double find_threshold(const std::vector<float>& probabilities, const std::vector<int>& label, size_t classes,
                      double enough) {
  std::vector<std::pair<float, bool>> judged;
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] < 0) continue;
    const Guess guess = guess_of(probabilities, classes, i);
    if (gives_label(guess, classes, 0))
      judged.emplace_back(guess.probability, guess.answer_class == label[i]);
  }
  std::sort(judged.begin(), judged.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  double threshold = 2;
  size_t same = 0;
  for (size_t i = 0; i < judged.size(); ++i) {
    same += judged[i].second ? 1 : 0;
    const bool whole = i + 1 == judged.size() || judged[i + 1].first < judged[i].first;
    if (whole && i + 1 >= kLeastJudged && static_cast<double>(same) >= enough * static_cast<double>(i + 1))
      threshold = judged[i].first;
  }
  return threshold;
}

/// What the audits say of the labels above a threshold.
LocalAgreement agreement_at(double threshold, const std::vector<float>& probabilities,
                            const std::vector<int>& label, size_t classes, const std::vector<size_t>& audit,
                            double enough) {
  LocalAgreement agreement;
  agreement.threshold = threshold;
  int64_t same = 0;
  int64_t of = 0;
  for (const size_t sample : audit) {
    const Guess guess = guess_of(probabilities, classes, sample);
    if (label[sample] < 0 || !gives_label(guess, classes, threshold)) continue;
    ++of;
    same += guess.answer_class == label[sample] ? 1 : 0;
  }
  agreement.share = share_of(same, of);
  agreement.believed =
      of >= static_cast<int64_t>(kLeastJudged) && agreement.share.low >= least_believed(enough);
  return agreement;
}

/// Audits in which least_checks() are above the threshold, as a rule.
size_t wanted_audits(double enough) {
  return least_checks(enough) * 3 / 2;
}

Result<std::vector<size_t>> choose(const LocalClassifier& classifier, const LocalView& view,
                                   const std::vector<int>& label, std::vector<size_t> open, size_t count,
                                   uint64_t seed, Watch& watch) {
  if (open.size() > kMostCandidates) open.resize(std::max(kMostCandidates, count));
  const Points points{classifier.features(), classifier.columns()};
  if (std::all_of(label.begin(), label.end(), [](int one) { return one < 0; }))
    return typical_samples(points, open, count, seed, watch);
  return telling_samples(points, view.probabilities, classifier.classes(), open, count, seed, watch);
}

}  // namespace

double least_believed(double enough) {
  constexpr double kMoreFaults = 3;
  return std::max(0.5, 1 - kMoreFaults * (1 - enough));
}

size_t least_checks(double enough) {
  size_t checks = kLeastJudged;
  while (share_of(static_cast<int64_t>(checks), static_cast<int64_t>(checks)).low < least_believed(enough))
    ++checks;
  return checks;
}

size_t checks_in(size_t count, size_t planned, double enough) {
  const size_t usual = (count + kAuditEvery - 1) / kAuditEvery;
  if (planned == 0) return usual;
  const double needed =
      static_cast<double>(wanted_audits(enough)) * static_cast<double>(count) / static_cast<double>(planned);
  return std::clamp(static_cast<size_t>(std::ceil(needed)), usual, std::max(usual, (count + 1) / 2));
}

Result<LocalView> local_view(const LocalClassifier& classifier, const std::vector<int>& label,
                             const std::vector<size_t>& audit, double enough, Watch& watch) {
  LocalView view;
  const size_t classes = classifier.classes();
  DEW_TRY(view.probabilities, classifier.probabilities(label, watch));
  for (const double stricter : {1.0, 0.5, 0.25}) {
    const LocalAgreement agreement =
        agreement_at(find_threshold(view.probabilities, label, classes, 1 - stricter * (1 - enough)),
                     view.probabilities, label, classes, audit, enough);
    if (stricter == 1.0 || agreement.believed) view.agreement = agreement;
    if (agreement.believed) break;
  }
  int64_t open = 0;
  int64_t above = 0;
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] != kNotAsked) continue;
    ++open;
    above += gives_label(guess_of(view.probabilities, classes, i), classes, view.agreement.threshold) ? 1 : 0;
  }
  view.agreement.covered = share_of(above, open).value();
  return view;
}

Result<Round> next_round(const LocalClassifier& classifier, const LocalView& view,
                         const std::vector<int>& label, size_t count, size_t checks, uint64_t seed,
                         Watch& watch) {
  std::vector<size_t> open;
  for (size_t i = 0; i < label.size(); ++i)
    if (label[i] == kNotAsked) open.push_back(i);
  count = std::min(count, open.size());
  std::mt19937_64 random(seed);
  std::shuffle(open.begin(), open.end(), random);
  Round round;
  DEW_TRY(round.chosen,
          choose(classifier, view, label, open, count - std::min(checks, count), random(), watch));
  // Drawn from what the choice leaves, the audit is a fair sample of those that are not asked about.
  const std::set<size_t> chosen(round.chosen.begin(), round.chosen.end());
  for (const size_t sample : open)
    if (round.audit.size() < count - chosen.size() && !chosen.contains(sample)) round.audit.push_back(sample);
  return round;
}

std::vector<size_t> latest(const std::vector<std::vector<size_t>>& audits, double enough) {
  constexpr size_t kRounds = 3;
  std::vector<size_t> all;
  for (size_t round = 0; round < audits.size(); ++round) {
    if (round >= kRounds && all.size() >= wanted_audits(enough)) break;
    const std::vector<size_t>& audit = audits[audits.size() - 1 - round];
    all.insert(all.end(), audit.begin(), audit.end());
  }
  return all;
}

std::vector<int> local_labels(const LocalView& view, const std::vector<int>& label, size_t classes) {
  std::vector<int> local(label.size(), -1);
  if (!view.agreement.believed) return local;
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] != kNotAsked) continue;
    const Guess guess = guess_of(view.probabilities, classes, i);
    if (gives_label(guess, classes, view.agreement.threshold)) local[i] = guess.answer_class;
  }
  return local;
}

}  // namespace dew::label
