#include "compare/drift.h"

#include <algorithm>
#include <map>
#include <set>

#include "compare/consistency.h"
#include "compare/means.h"

namespace dew::compare {
namespace {

enum Arm { kA, kB, kNoise };

const Said& said_of(const Condition& condition, Arm arm) {
  return arm == kA ? condition.a : arm == kB ? condition.b : condition.noise;
}

using Chosen = std::vector<const Condition*>;

/// Of each net and picture, the share of these conditions under which it is right.
Right mean_right(const Chosen& conditions, Arm arm, const std::vector<int>& gold) {
  Right sum;
  for (const Condition* one : conditions) {
    const Right right = right_of(said_of(*one, arm), gold);
    if (sum.empty()) sum.assign(right.size(), std::vector<float>(gold.size(), 0.0F));
    for (size_t s = 0; s < right.size(); ++s)
      for (size_t i = 0; i < gold.size(); ++i)
        sum[s][i] += right[s][i] / static_cast<float>(conditions.size());
  }
  return sum;
}

/// The pictures that nets were asked about under these conditions: all, but where a shifted set stands beside
/// the clean one.
std::vector<float> asked(const Chosen& conditions) {
  std::vector<float> counts;
  for (const int said : conditions[0]->a[0]) counts.push_back(said >= 0 ? 1.0F : 0.0F);
  return counts;
}

Means::Id mean_of(Means& means, const Chosen& conditions, Arm arm, const std::vector<int>& gold) {
  return means.mean(mean_right(conditions, arm, gold), asked(conditions));
}

/// The camera's own shifts stand beside ImageNet-C's corruptions and are not in their mean.
Chosen in_mean(const ObservedDrift& seen, int severity) {
  Chosen chosen;
  for (const Condition& one : seen.conditions)
    if (one.family != "camera" && (severity < 0 || one.severity == severity)) chosen.push_back(&one);
  return chosen;
}

Chosen named(const ObservedDrift& seen, const std::string& name) {
  Chosen chosen;
  for (const Condition& one : seen.conditions)
    if (one.name == name) chosen.push_back(&one);
  return chosen;
}

/// Pictures under several conditions one after the other, each condition a stratum.
struct Stacked {
  Right a, b;
  std::vector<int> stratum;
};

Stacked stack(const Chosen& conditions, const std::vector<int>& gold) {
  Stacked all;
  for (size_t c = 0; c < conditions.size(); ++c) {
    const Right a = right_of(conditions[c]->a, gold);
    const Right b = right_of(conditions[c]->b, gold);
    if (all.a.empty()) {
      all.a.resize(a.size());
      all.b.resize(b.size());
    }
    for (size_t s = 0; s < a.size(); ++s) {
      all.a[s].insert(all.a[s].end(), a[s].begin(), a[s].end());
      all.b[s].insert(all.b[s].end(), b[s].begin(), b[s].end());
    }
    all.stratum.insert(all.stratum.end(), gold.size(), static_cast<int>(c));
  }
  return all;
}

void tell_consistency(const ObservedDrift& seen, const Chosen& conditions, uint64_t seed, DriftPoint& point) {
  constexpr int kDraws = 200;  // a severity has fifteen times the pictures
  if (conditions.empty() || conditions[0]->a.size() < 2) return;
  const Stacked all = stack(conditions, seen.gold);
  const std::vector<float> counts = asked(conditions);
  const auto told = estimates({seen.group, all.a.size(), kDraws, seed}, [&](const Draw& draw) {
    Draw repeated{{}, draw.seeds, draw.resampled};
    for (size_t c = 0; c < conditions.size(); ++c)
      for (size_t i = 0; i < counts.size(); ++i) repeated.pictures.push_back(draw.pictures[i] * counts[i]);
    const auto kappa = [&](const Right& one, const Right& other) {
      return pairs_between(one, other, repeated, all.stratum, conditions.size()).within.value();
    };
    return std::vector<double>{kappa(all.a, all.b), kappa(all.a, all.a), kappa(all.b, all.b)};
  });
  point.between = told[0];
  point.within_a = told[1];
  point.within_b = told[2];
}

std::vector<DriftPoint> curve_of(const ObservedDrift& seen, uint64_t seed) {
  std::set<int> severities;
  for (const Condition& one : seen.conditions) severities.insert(one.severity);
  std::vector<std::pair<int, Chosen>> at;
  at.push_back({0, {&seen.clean}});
  for (const int severity : severities) at.push_back({severity, in_mean(seen, severity)});
  std::vector<DriftPoint> curve;
  for (const auto& [severity, conditions] : at) {
    if (conditions.empty()) continue;
    Means means;
    const bool noise = !conditions[0]->noise.empty();
    for (const Arm arm : {kA, kB}) means.figure(mean_of(means, conditions, arm, seen.gold));
    if (noise) means.figure(mean_of(means, conditions, kNoise, seen.gold));
    const auto told = means.told(seen.group, conditions[0]->a.size(), seed);
    DriftPoint point;
    point.severity = severity;
    point.a = told[0];
    point.b = told[1];
    if (noise) point.noise = told[2];
    tell_consistency(seen, conditions, seed, point);
    curve.push_back(point);
  }
  return curve;
}

/// Losses of the arms over some conditions, and their difference.
struct Losses {
  std::optional<Estimate> a, b, noise, difference;
};

Losses losses_of(const ObservedDrift& seen, const Chosen& conditions, uint64_t seed) {
  if (conditions.empty()) return {};
  Means means;
  const bool noise = !conditions[0]->noise.empty();
  const auto mean = [&](const Chosen& some, Arm arm) { return mean_of(means, some, arm, seen.gold); };
  const Chosen clean{&seen.clean};
  const auto drifted_a = mean(conditions, kA);
  const auto drifted_b = mean(conditions, kB);
  const auto drifted_noise = noise ? mean(conditions, kNoise) : drifted_b;
  const auto clean_a = mean(clean, kA);
  const auto clean_b = mean(clean, kB);
  const auto clean_noise = noise ? mean(clean, kNoise) : clean_b;
  means.difference(clean_a, drifted_a);
  means.difference(clean_b, drifted_b);
  means.difference(clean_noise, drifted_noise);
  means.figure({{clean_a, 1}, {drifted_a, -1}, {clean_b, -1}, {drifted_b, 1}});
  const auto told = means.told(seen.group, conditions[0]->a.size(), seed);
  return {told[0], told[1], noise ? told[2] : std::nullopt, told[3]};
}

}  // namespace

DriftFindings drift_of(const ObservedDrift& seen, uint64_t seed) {
  DriftFindings result;
  result.name = seen.name;
  if (seen.gold.empty() || seen.conditions.empty()) return result;
  const std::vector<float> counts = asked({&seen.conditions[0]});
  result.pictures = std::count(counts.begin(), counts.end(), 1.0F);
  result.curve = curve_of(seen, seed);
  std::vector<std::string> names;
  for (const Condition& one : seen.conditions)
    if (std::find(names.begin(), names.end(), one.name) == names.end()) names.push_back(one.name);
  for (const std::string& name : names) {
    const Chosen conditions = named(seen, name);
    const Losses losses = losses_of(seen, conditions, seed);
    result.lines.push_back(
        {name, conditions[0]->family, losses.a, losses.b, losses.noise, losses.difference});
  }
  const Losses all = losses_of(seen, in_mean(seen, -1), seed);
  result.loss_a = all.a;
  result.loss_b = all.b;
  result.loss_noise = all.noise;
  result.area = all.difference;
  return result;
}

}  // namespace dew::compare
