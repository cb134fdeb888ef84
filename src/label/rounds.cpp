#include "label/rounds.h"

#include <algorithm>
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

Result<LocalView> local_view(const LocalClassifier& classifier, const std::vector<int>& label,
                             const std::vector<size_t>& audit, double enough, Watch& watch) {
  LocalView view;
  const size_t classes = classifier.classes();
  DEW_TRY(view.probabilities, classifier.probabilities(label, watch));
  LocalAgreement& agreement = view.agreement;
  agreement.threshold = find_threshold(view.probabilities, label, classes, enough);
  int64_t same = 0;
  int64_t of = 0;
  for (const size_t sample : audit) {
    const Guess guess = guess_of(view.probabilities, classes, sample);
    if (label[sample] < 0 || !gives_label(guess, classes, agreement.threshold)) continue;
    ++of;
    same += guess.answer_class == label[sample] ? 1 : 0;
  }
  agreement.share = share_of(same, of);
  int64_t open = 0;
  int64_t above = 0;
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] != kNotAsked) continue;
    ++open;
    above += gives_label(guess_of(view.probabilities, classes, i), classes, agreement.threshold) ? 1 : 0;
  }
  agreement.covered = share_of(above, open).value();
  return view;
}

Result<Round> next_round(const LocalClassifier& classifier, const LocalView& view,
                         const std::vector<int>& label, size_t count, uint64_t seed, Watch& watch) {
  std::vector<size_t> open;
  for (size_t i = 0; i < label.size(); ++i)
    if (label[i] == kNotAsked) open.push_back(i);
  count = std::min(count, open.size());
  const size_t audits = (count + kAuditEvery - 1) / kAuditEvery;
  std::mt19937_64 random(seed);
  std::shuffle(open.begin(), open.end(), random);
  Round round;
  DEW_TRY(round.chosen, choose(classifier, view, label, open, count - audits, random(), watch));
  // Drawn from what the choice leaves, the audit is a fair sample of those that are not asked about.
  const std::set<size_t> chosen(round.chosen.begin(), round.chosen.end());
  for (const size_t sample : open)
    if (round.audit.size() < count - chosen.size() && !chosen.contains(sample)) round.audit.push_back(sample);
  return round;
}

std::vector<size_t> latest(const std::vector<std::vector<size_t>>& audits) {
  constexpr size_t kRounds = 3;
  std::vector<size_t> all;
  for (size_t i = audits.size() - std::min(audits.size(), kRounds); i < audits.size(); ++i)
    all.insert(all.end(), audits[i].begin(), audits[i].end());
  return all;
}

std::vector<int> local_labels(const LocalView& view, const std::vector<int>& label, size_t classes) {
  std::vector<int> local(label.size(), -1);
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] != kNotAsked) continue;
    const Guess guess = guess_of(view.probabilities, classes, i);
    if (gives_label(guess, classes, view.agreement.threshold)) local[i] = guess.answer_class;
  }
  return local;
}

}  // namespace dew::label
