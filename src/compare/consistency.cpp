#include "compare/consistency.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "compare/findings.h"
#include "compare/kappa.h"
#include "compare/means.h"

namespace dew::compare {
namespace {

struct Counts {
  double pictures = 0;
  double right = 0;
  double other = 0;
  double same = 0;
};

/// By how much agreement above chance is too small where accuracies come from the same pictures:
/// unbiased_kappa() as a ratio of sums. In a resampled world it is too small twice, since its pictures come
/// from a sample already.
double shrinkage(double pictures, bool resampled) {
  const double once = pictures / (pictures - 1);
  return resampled ? once * once : once;
}

void add(const Counts& counts, double weight, KappaSums& sums,
         const std::function<double(double)>& correction) {
  const double n = counts.pictures;
  const double expected = expected_agreement(counts.right / n, counts.other / n);
  const double above = counts.same / n - expected;
  const double more = above * (correction(n) - 1);
  sums.above += weight * n * (above + more);
  sums.room += weight * n * (1 - expected + more);
}

/// A net and its teacher: all seeds against the labels' rightness.
PairSums with_labels(const Right& nets, const std::vector<float>& labels, const std::vector<float>& counts,
                     const Draw& draw, const std::vector<int>& stratum, size_t strata) {
  PairSums sums;
  for (size_t s = 0; s < nets.size(); ++s)
    if (draw.seeds[s] > 0) add_pair(nets[s], labels, draw, counts, stratum, strata, draw.seeds[s], sums);
  return sums;
}

std::vector<float> right_labels(const std::vector<int>& labels, const std::vector<int>& gold) {
  std::vector<float> right;
  for (size_t i = 0; i < labels.size(); ++i) right.push_back(labels[i] == gold[i] ? 1.0F : 0.0F);
  return right;
}

std::vector<float> labelled(const std::vector<int>& labels) {
  std::vector<float> counts;
  for (const int label : labels) counts.push_back(label >= 0 ? 1.0F : 0.0F);
  return counts;
}

}  // namespace

double KappaSums::value() const {
  return room > 0 ? above / room : std::numeric_limits<double>::quiet_NaN();
}

void add_pair(const std::vector<float>& right, const std::vector<float>& other, const Draw& draw,
              const std::vector<float>& counts, const std::vector<int>& stratum, size_t strata, double weight,
              PairSums& sums) {
  std::vector<Counts> all(strata);
  for (size_t i = 0; i < right.size(); ++i) {
    const double times = counts.empty() ? draw.pictures[i] : draw.pictures[i] * counts[i];
    if (times <= 0) continue;
    Counts& own = all[static_cast<size_t>(stratum[i])];
    own.pictures += times;
    own.right += times * right[i];
    own.other += times * other[i];
    own.same += right[i] == other[i] ? times : 0;
  }
  Counts whole;
  for (const Counts& own : all) {
    if (own.pictures > 1)
      add(own, weight, sums.within, [&](double n) { return shrinkage(n, draw.resampled); });
    whole.pictures += own.pictures;
    whole.right += own.right;
    whole.other += own.other;
    whole.same += own.same;
  }
  if (whole.pictures > 0) add(whole, weight, sums.pooled, [](double) { return 1.0; });
}

PairSums pairs_between(const Right& a, const Right& b, const Draw& draw, const std::vector<int>& stratum,
                       size_t strata) {
  PairSums sums;
  for (size_t s = 0; s < a.size(); ++s)
    for (size_t t = 0; t < b.size(); ++t) {
      const double weight = draw.seeds[s] * draw.seeds[t];
      if (s == t || weight <= 0 || (&a == &b && t < s)) continue;
      add_pair(a[s], b[t], draw, {}, stratum, strata, weight, sums);
    }
  return sums;
}

Consistency consistency_of(const Observed& seen, uint64_t seed) {
  const Right a = right_of(seen.a, seen.gold);
  const Right b = right_of(seen.b, seen.gold);
  const auto label_a = right_labels(seen.label_a, seen.gold);
  const auto label_b = right_labels(seen.label_b, seen.gold);
  const auto counts_a = labelled(seen.label_a);
  const auto counts_b = labelled(seen.label_b);
  std::vector<float> both = counts_a;
  for (size_t i = 0; i < both.size(); ++i) both[i] *= counts_b[i];
  const std::vector<int>& stratum = seen.gold;
  const size_t strata = seen.classes.size();
  Resampling resampling{seen.group, seen.a.size(), 1000, seed};
  const auto told = estimates(resampling, [&](const Draw& draw) {
    const PairSums between = pairs_between(a, b, draw, stratum, strata);
    const PairSums in_a = pairs_between(a, a, draw, stratum, strata);
    const PairSums in_b = pairs_between(b, b, draw, stratum, strata);
    const PairSums teacher_a = with_labels(a, label_a, counts_a, draw, stratum, strata);
    const PairSums teacher_b = with_labels(b, label_b, counts_b, draw, stratum, strata);
    PairSums labels;
    add_pair(label_a, label_b, draw, both, stratum, strata, 1, labels);
    const double gap = (in_a.within.value() + in_b.within.value()) / 2 - between.within.value();
    return std::vector<double>{
        between.within.value(),   in_a.within.value(),  in_b.within.value(), gap,
        between.pooled.value(),   in_a.pooled.value(),  in_b.pooled.value(), teacher_a.within.value(),
        teacher_b.within.value(), labels.within.value()};
  });
  const auto never_wrong = [](const std::vector<float>& right, const std::vector<float>& counts) {
    for (size_t i = 0; i < right.size(); ++i)
      if (counts[i] > 0 && right[i] == 0) return false;
    return true;
  };
  // Labels that are never wrong are as consistent as chance has it, which says nothing.
  const bool no_errors_a = never_wrong(label_a, counts_a);
  const bool no_errors_b = never_wrong(label_b, counts_b);
  Consistency result{told[0], told[1], told[2], told[3], told[4],
                     told[5], told[6], told[7], told[8], told[9]};
  if (no_errors_a) result.with_teacher_a = {};
  if (no_errors_b) result.with_teacher_b = {};
  if (no_errors_a || no_errors_b) result.labels = {};
  return result;
}

}  // namespace dew::compare
