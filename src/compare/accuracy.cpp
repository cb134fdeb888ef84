// Accuracies, by class, between runs, and by how many labels taught.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "compare/findings.h"
#include "compare/means.h"

namespace dew::compare {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

std::vector<double> accuracies(const Said& said, const std::vector<int>& gold) {
  std::vector<double> all;
  for (const auto& net : right_of(said, gold))
    all.push_back(std::accumulate(net.begin(), net.end(), 0.0) / static_cast<double>(net.size()));
  return all;
}

/// The 97.5 % quantile of Student's t (Hill 1970's expansion is more than is needed here: a table to 30,
/// then 1.96).
double student_quantile(size_t degrees) {
  constexpr double kTable[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                               2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                               2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  return degrees == 0 ? 0 : degrees <= std::size(kTable) ? kTable[degrees - 1] : 1.96;
}

/// How far two arms of the same labels are apart by their seeds alone in 95 of 100 comparisons, at most.
double floor_of(const std::vector<double>& one, const std::vector<double>& other) {
  const double a = deviation_of(one);
  const double b = deviation_of(other);
  const double pooled = std::sqrt((a * a + b * b) / 2);
  return student_quantile(one.size() + other.size() - 2) * pooled *
         std::sqrt(2.0 / static_cast<double>(one.size()));
}

/// What most of an arm's nets say of a picture; the smaller number of equals.
std::vector<int> majority(const Said& said, size_t classes) {
  std::vector<int> most;
  for (size_t i = 0; i < said[0].size(); ++i) {
    std::vector<int> votes(classes, 0);
    for (const auto& net : said) ++votes[static_cast<size_t>(net[i])];
    most.push_back(static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin()));
  }
  return most;
}

std::vector<ClassAccuracy> by_class(const Observed& seen, uint64_t seed) {
  Means means;
  const Right a = right_of(seen.a, seen.gold);
  const Right b = right_of(seen.b, seen.gold);
  std::vector<ClassAccuracy> classes(seen.classes.size());
  for (size_t c = 0; c < classes.size(); ++c) {
    std::vector<float> counts;
    for (const int gold : seen.gold) counts.push_back(gold == static_cast<int>(c) ? 1.0F : 0.0F);
    classes[c].pictures = std::count(counts.begin(), counts.end(), 1.0F);
    const auto mean_a = means.mean(a, counts);
    const auto mean_b = means.mean(b, counts);
    means.figure(mean_a);
    means.figure(mean_b);
    means.difference(mean_a, mean_b);
  }
  const auto told = means.told(seen.group, seen.a.size(), seed);
  for (size_t c = 0; c < classes.size(); ++c) {
    classes[c].a = told[3 * c];
    classes[c].b = told[3 * c + 1];
    classes[c].difference = told[3 * c + 2];
  }
  return classes;
}

/// Distances from the middle of an arm (Brown and Forsythe 1974).
std::vector<double> spreads(std::vector<double> values) {
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const size_t half = sorted.size() / 2;
  const double middle = sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  for (double& value : values) value = std::abs(value - middle);
  return values;
}

/// How likely the arms' spreads are as different as they are where each net could be of either.
std::optional<double> chance_of_spreads(const std::vector<double>& a, const std::vector<double>& b) {
  constexpr size_t kMost = 2000;
  constexpr double kSame = 1e-12;
  if (a.size() < 3) return std::nullopt;
  std::vector<double> all = spreads(a);
  const std::vector<double> others = spreads(b);
  all.insert(all.end(), others.begin(), others.end());
  const double sum = std::accumulate(all.begin(), all.end(), 0.0);
  std::optional<double> own;
  int64_t as_far = 0;
  int64_t count = 0;
  for (const auto& exchange : exchanges(a.size(), 1, kMost, 1)) {
    double chosen = 0;
    for (const size_t net : exchange[0]) chosen += all[net];
    const double distance = std::abs(2 * chosen - sum);
    if (!own) own = distance;
    as_far += distance >= *own - kSame ? 1 : 0;
    ++count;
  }
  return static_cast<double>(as_far) / static_cast<double>(count);
}

/// Of each pair of an arm's nets, whether they say different classes: [pair][picture] would not be drawn by
/// seeds, so each net stands for its mean over the others.
Right churn_of(const Said& said) {
  Right result(said.size(), std::vector<float>(said[0].size(), 0.0F));
  const auto others = static_cast<float>(said.size() - 1);
  for (size_t s = 0; s < said.size(); ++s)
    for (size_t t = 0; t < said.size(); ++t)
      for (size_t i = 0; s != t && i < said[s].size(); ++i)
        result[s][i] += said[s][i] != said[t][i] ? 1 / others : 0.0F;
  return result;
}

Said first_of(const Said& said, size_t count) {
  return {said.begin(), said.begin() + static_cast<std::ptrdiff_t>(std::min(count, said.size()))};
}

}  // namespace

Accuracy accuracy_of(const Observed& seen, uint64_t seed) {
  Means means;
  const auto arm = [&](const Said& said) { return means.mean(right_of(said, seen.gold)); };
  const auto a = arm(seen.a);
  const auto b = arm(seen.b);
  const auto noise = arm(seen.noise.empty() ? seen.b : seen.noise);
  const auto a_float = arm(seen.a_float.empty() ? seen.a : seen.a_float);
  const auto b_float = arm(seen.b_float.empty() ? seen.b : seen.b_float);
  for (const auto one : {a, b, noise, a_float, b_float}) means.figure(one);
  means.difference(a, b);
  means.difference(a, noise);
  const auto told = means.told(seen.group, seen.a.size(), seed);
  Accuracy result;
  result.a = told[0];
  result.b = told[1];
  result.a_float = told[3];
  result.b_float = told[4];
  result.difference = told[5];
  if (!seen.noise.empty()) {
    result.noise = told[2];
    result.structure = told[6];
  }
  result.floor = floor_of(accuracies(seen.a, seen.gold), accuracies(seen.b, seen.gold));
  result.classes = by_class(seen, seed);
  const auto most_a = majority(seen.a, seen.classes.size());
  const auto most_b = majority(seen.b, seen.classes.size());
  for (size_t i = 0; i < seen.gold.size(); ++i) {
    result.only_a += most_a[i] == seen.gold[i] && most_b[i] != seen.gold[i] ? 1 : 0;
    result.only_b += most_b[i] == seen.gold[i] && most_a[i] != seen.gold[i] ? 1 : 0;
  }
  result.mcnemar = sign_test(result.only_a, result.only_b);
  return result;
}

Variance variance_of(const Observed& seen, uint64_t seed) {
  Variance result;
  const auto a = accuracies(seen.a, seen.gold);
  const auto b = accuracies(seen.b, seen.gold);
  result.deviation_a = deviation_of(a);
  result.deviation_b = deviation_of(b);
  result.chance = chance_of_spreads(a, b);
  if (seen.a.size() < 2) return result;
  Means means;
  const auto churn_a = means.mean(churn_of(seen.a));
  const auto churn_b = means.mean(churn_of(seen.b));
  means.figure(churn_a);
  means.figure(churn_b);
  means.difference(churn_a, churn_b);
  const auto told = means.told(seen.group, seen.a.size(), seed);
  result.churn_a = told[0];
  result.churn_b = told[1];
  result.churn = told[2];
  return result;
}

LearningCurve curve_of(const Observed& seen, const std::vector<SaidByPart>& parts, int64_t whole,
                       uint64_t seed) {
  LearningCurve curve;
  if (parts.empty()) return curve;
  const size_t seeds = parts[0].a.size();
  std::vector<SaidByPart> all = parts;
  all.push_back({1, whole, first_of(seen.a, seeds), first_of(seen.b, seeds)});
  Means means;
  std::vector<Means::Id> of_a;
  std::vector<Means::Id> of_b;
  for (const SaidByPart& part : all) {
    of_a.push_back(means.mean(right_of(part.a, seen.gold)));
    of_b.push_back(means.mean(right_of(part.b, seen.gold)));
    means.figure(of_a.back());
    means.figure(of_b.back());
  }
  const size_t last = all.size() - 1;
  means.difference(of_a[last], of_a[last - 1]);
  means.difference(of_b[last], of_b[last - 1]);
  means.figure({{of_a[last], 1}, {of_a[last - 1], -1}, {of_b[last], -1}, {of_b[last - 1], 1}});
  const auto told = means.told(seen.group, seeds, seed);
  for (size_t i = 0; i < all.size(); ++i)
    curve.parts.push_back({all[i].share, all[i].pictures, told[2 * i], told[2 * i + 1]});
  curve.gain_a = told[2 * all.size()];
  curve.gain_b = told[2 * all.size() + 1];
  curve.gain = told[2 * all.size() + 2];
  return curve;
}

Reviewed reviewed_of(const Observed& seen, const SaidReviewed& said, uint64_t seed) {
  Means means;
  const size_t seeds = said.by_suspicion.size();
  const auto by_suspicion = means.mean(right_of(said.by_suspicion, seen.gold));
  const auto at_random = means.mean(right_of(said.at_random, seen.gold));
  const auto people = means.mean(right_of(first_of(seen.b, seeds), seen.gold));
  means.figure(by_suspicion);
  means.figure(at_random);
  means.difference(people, by_suspicion);
  means.difference(people, at_random);
  const auto told = means.told(seen.group, seeds, seed);
  return {said.share, said.labels, told[0], told[1], told[2], told[3]};
}

}  // namespace dew::compare
