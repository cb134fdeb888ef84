// Thresholds: how high a score has to be for the net to say its class.
#include "student/thresholds.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace dew::student {
namespace {

/// A picture's highest score, its class, and whether that is the true one.
struct Saying {
  float score = 0;
  int of = 0;
  bool right = false;
};

std::vector<Saying> sayings_of(const std::vector<std::vector<float>>& scores,
                               const std::vector<int>& answers) {
  std::vector<Saying> sayings;
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto top = std::max_element(scores[i].begin(), scores[i].end());
    const int of = static_cast<int>(top - scores[i].begin());
    sayings.push_back({*top, of, of == answers[i]});
  }
  std::stable_sort(sayings.begin(), sayings.end(),
                   [](const Saying& a, const Saying& b) { return a.score > b.score; });
  return sayings;
}

/// One point a score; `sayings` are sorted.
std::vector<ThresholdPoint> curve_of(const std::vector<Saying>& sayings) {
  std::vector<ThresholdPoint> curve;
  int64_t right = 0;
  for (size_t i = 0; i < sayings.size(); ++i) {
    right += sayings[i].right ? 1 : 0;
    if (i + 1 == sayings.size() || sayings[i + 1].score < sayings[i].score)
      curve.push_back({sayings[i].score, static_cast<int64_t>(i + 1), right});
  }
  return curve;
}

double share(const ThresholdPoint& point) {
  return static_cast<double>(point.right) / static_cast<double>(point.said);
}

/// The last point that passes before the first that does not; null: none.
const ThresholdPoint* promised_point(const std::vector<ThresholdPoint>& curve, double precision) {
  const ThresholdPoint* last = nullptr;
  for (const ThresholdPoint& point : curve) {
    if (lowest_likely_share(point.said, point.said) < precision) continue;  // too few even without an error
    if (lowest_likely_share(point.right, point.said) < precision) break;
    last = &point;
  }
  return last;
}

/// Of those with enough pictures the lowest that reaches the precision, or the nearest; null: too few.
const ThresholdPoint* nearest_point(const std::vector<ThresholdPoint>& curve, double precision) {
  const ThresholdPoint* best = nullptr;
  for (const ThresholdPoint& point : curve) {
    if (point.said < kLeastForThreshold) continue;
    if (best == nullptr || share(point) >= precision ||
        (share(*best) < precision && share(point) > share(*best)))
      best = &point;
  }
  return best;
}

/// How many pictures could promise what a point shows, if its shares stay as they are; 0: no number could.
int64_t needed_for(const ThresholdPoint& point, int64_t pictures, double precision) {
  const double right = share(point);
  if (right <= precision) return 0;
  constexpr int64_t kMost = 100'000;
  for (auto said = point.said; said < kMost; said += 1 + said / 50) {
    const auto right_of_said = static_cast<int64_t>(std::floor(right * static_cast<double>(said)));
    if (lowest_likely_share(right_of_said, said) >= precision)
      return std::max(pictures + 1, (said * pictures + point.said - 1) / point.said);
  }
  return 0;
}

/// The class's own threshold, not below the one for all.
Threshold class_threshold(const std::vector<Saying>& own, double score, double precision) {
  Threshold result{score, true, 0, 0};
  std::vector<ThresholdPoint> curve = curve_of(own);
  std::erase_if(curve, [score](const ThresholdPoint& point) { return point.score < score; });
  if (curve.empty()) return result;
  auto chosen = curve.end() - 1;
  if (chosen->said >= kLeastForThreshold && share(*chosen) < precision) {
    const auto higher = std::find_if(curve.rbegin(), curve.rend(), [precision](const ThresholdPoint& point) {
      return share(point) >= precision;
    });
    result.reached = higher != curve.rend();
    if (result.reached) {
      chosen = higher.base() - 1;
      result.score = chosen->score;
    }
  }
  result.said = chosen->said;
  result.right = chosen->right;
  return result;
}

}  // namespace

double lowest_likely_share(int64_t right, int64_t said) {
  if (right <= 0) return 0;
  const auto n = static_cast<double>(said);
  // The chance of `right` or more: a sum of binomial probabilities, each from its logarithm.
  const auto chance = [&](double p) {
    double sum = 0;
    for (int64_t k = right; k <= said; ++k) {
      const auto x = static_cast<double>(k);
      sum += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) + x * std::log(p) +
                      (n - x) * std::log1p(-p));
    }
    return sum;
  };
  double low = 0;
  double high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (chance(middle) < kBrokenPromises ? low : high) = middle;
  }
  return low;
}

Thresholds choose_thresholds(const std::vector<std::vector<float>>& scores, const std::vector<int>& answers,
                             int classes, double precision) {
  const std::vector<Saying> sayings = sayings_of(scores, answers);
  Thresholds result;
  result.pictures = static_cast<int64_t>(sayings.size());
  result.curve = curve_of(sayings);
  const ThresholdPoint* point = promised_point(result.curve, precision);
  result.promised = point != nullptr;
  if (point == nullptr) point = nearest_point(result.curve, precision);
  for (int c = 0; c < classes; ++c) {
    std::vector<Saying> own;
    std::copy_if(sayings.begin(), sayings.end(), std::back_inserter(own),
                 [c](const Saying& one) { return one.of == c; });
    result.classes.push_back(point == nullptr ? Threshold{} : class_threshold(own, point->score, precision));
    result.said += result.classes.back().said;
    result.right += result.classes.back().right;
  }
  if (!result.promised && result.said > 0)
    result.needed = needed_for({0, result.said, result.right}, result.pictures, precision);
  return result;
}

}  // namespace dew::student
