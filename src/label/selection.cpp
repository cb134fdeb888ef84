#include "label/selection.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <random>

namespace dew::label {
namespace {

constexpr int kRounds = 10;  // of k-means; it has settled by then but for a few samples

float product(const float* a, const float* b, size_t count) {
  float sum = 0;
  for (size_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

float squared_distance(const float* a, const float* b, size_t count) {
  float sum = 0;
  for (size_t i = 0; i < count; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

/// An index, drawn in proportion to `weight`; the first one with any if rounding leaves nothing.
size_t draw(const std::vector<float>& weight, std::mt19937_64& random) {
  double sum = 0;
  for (const float one : weight) sum += one;
  double at = std::uniform_real_distribution<double>(0, sum)(random);
  size_t last = 0;
  for (size_t i = 0; i < weight.size(); ++i) {
    if (weight[i] <= 0) continue;
    last = i;
    at -= weight[i];
    if (at < 0) return i;
  }
  return last;
}

/// k-means++ (Arthur & Vassilvitskii 2007): the first drawn by `weight`, each next one in proportion to its
/// squared distance from the nearest of those before it. Gives indices into 0...count - 1; fewer than
/// `wanted` where the rest are copies of them.
Result<std::vector<size_t>> spread_out(size_t count, size_t wanted, std::vector<float> weight,
                                       const std::function<float(size_t, size_t)>& distance,
                                       std::mt19937_64& random, Watch& watch) {
  std::vector<size_t> chosen;
  std::vector<float> nearest(count, std::numeric_limits<float>::infinity());
  while (chosen.size() < std::min(wanted, count)) {
    if (watch.interrupted()) return interrupted_error();
    const bool any = std::any_of(weight.begin(), weight.end(), [](float one) { return one > 0; });
    if (!any) break;
    const size_t next = draw(weight, random);
    chosen.push_back(next);
    for (size_t i = 0; i < count; ++i) nearest[i] = std::min(nearest[i], distance(i, next));
    nearest[next] = 0;
    for (size_t i = 0; i < count; ++i) weight[i] = std::max(0.0F, nearest[i]);
  }
  return chosen;
}

/// k-means over the samples `from`; `means` are clusters x columns.
struct Clusters {
  std::vector<float> means;
  std::vector<size_t> of;  ///< of each of `from`
};

void assign(Clusters& clusters, const Points& points, const std::vector<size_t>& from) {
  const size_t count = clusters.means.size() / points.columns;
  for (size_t i = 0; i < from.size(); ++i) {
    float least = std::numeric_limits<float>::infinity();
    for (size_t k = 0; k < count; ++k) {
      const float away =
          squared_distance(points.row(from[i]), &clusters.means[k * points.columns], points.columns);
      if (away < least) least = away, clusters.of[i] = k;
    }
  }
}

void move_means(Clusters& clusters, const Points& points, const std::vector<size_t>& from) {
  const size_t columns = points.columns;
  const size_t count = clusters.means.size() / columns;
  std::vector<size_t> members(count, 0);
  std::vector<float> sums(clusters.means.size(), 0);
  for (size_t i = 0; i < from.size(); ++i) {
    const float* row = points.row(from[i]);
    float* sum = &sums[clusters.of[i] * columns];
    for (size_t d = 0; d < columns; ++d) sum[d] += row[d];
    ++members[clusters.of[i]];
  }
  for (size_t k = 0; k < count; ++k)
    if (members[k] > 0)
      for (size_t d = 0; d < columns; ++d)
        clusters.means[k * columns + d] = sums[k * columns + d] / static_cast<float>(members[k]);
}

}  // namespace

Result<std::vector<size_t>> typical_samples(const Points& points, const std::vector<size_t>& from,
                                            size_t count, uint64_t seed, Watch& watch) {
  std::mt19937_64 random(seed);
  const auto distance = [&](size_t a, size_t b) {
    return squared_distance(points.row(from[a]), points.row(from[b]), points.columns);
  };
  DEW_TRY(const auto seeds,
          spread_out(from.size(), count, std::vector<float>(from.size(), 1), distance, random, watch));
  Clusters clusters{{}, std::vector<size_t>(from.size(), 0)};
  for (const size_t at : seeds)
    clusters.means.insert(clusters.means.end(), points.row(from[at]), points.row(from[at]) + points.columns);
  for (int round = 0; round < kRounds; ++round) {
    if (watch.interrupted()) return interrupted_error();
    assign(clusters, points, from);
    move_means(clusters, points, from);
  }
  assign(clusters, points, from);
  std::vector<size_t> typical(seeds.size(), from.size());
  std::vector<float> least(seeds.size(), std::numeric_limits<float>::infinity());
  for (size_t i = 0; i < from.size(); ++i) {
    const size_t k = clusters.of[i];
    const float away =
        squared_distance(points.row(from[i]), &clusters.means[k * points.columns], points.columns);
    if (away < least[k]) least[k] = away, typical[k] = i;
  }
  std::vector<size_t> chosen;
  for (const size_t at : typical)
    if (at < from.size()) chosen.push_back(from[at]);
  return chosen;
}

Result<std::vector<size_t>> telling_samples(const Points& points, const std::vector<float>& probabilities,
                                            size_t classes, const std::vector<size_t>& from, size_t count,
                                            uint64_t seed, Watch& watch) {
  std::mt19937_64 random(seed);
  // The gradient of sample i is the outer product of `error` (its probabilities less its own answer) and its
  // features: products of gradients are products of the two factors' products.
  std::vector<float> error(from.size() * classes);
  std::vector<float> length(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const float* p = &probabilities[from[i] * classes];
    float* own = &error[i * classes];
    std::copy(p, p + classes, own);
    own[std::max_element(p, p + classes) - p] -= 1;
    const float* row = points.row(from[i]);
    length[i] = product(own, own, classes) * product(row, row, points.columns);
  }
  const auto distance = [&](size_t a, size_t b) {
    const float dot = product(&error[a * classes], &error[b * classes], classes) *
                      product(points.row(from[a]), points.row(from[b]), points.columns);
    return length[a] + length[b] - 2 * dot;
  };
  DEW_TRY(auto chosen, spread_out(from.size(), count, length, distance, random, watch));
  for (size_t& at : chosen) at = from[at];
  return chosen;
}

}  // namespace dew::label
