#include "compare/resample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "compare/random.h"

namespace dew::compare {
namespace {

constexpr double kTail = 0.025;  ///< on each side of an interval
constexpr double kMostUndefined =
    0.4;  ///< a third of the worlds of three seeds hold one of them alone: no pair

/// How often each of `count` is drawn when count - 1 are; scaled so that the mean is 1.
std::vector<float> draw_some(size_t count, Random& random) {
  std::vector<float> times(count, 0.0F);
  if (count < 2) return std::vector<float>(count, 1.0F);
  const float one = static_cast<float>(count) / static_cast<float>(count - 1);
  for (size_t i = 0; i + 1 < count; ++i) times[random.below(count)] += one;
  return times;
}

/// Groups by number from 0.
std::vector<size_t> numbered(const std::vector<int64_t>& group, size_t& count) {
  std::map<int64_t, size_t> numbers;
  std::vector<size_t> result;
  for (const int64_t one : group) result.push_back(numbers.emplace(one, numbers.size()).first->second);
  count = numbers.size();
  return result;
}

Estimate estimate_of(double value, std::vector<double>& worlds) {
  std::sort(worlds.begin(), worlds.end());
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(worlds.size() - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, worlds.size() - 1);
    return worlds[below] + (place - static_cast<double>(below)) * (worlds[above] - worlds[below]);
  };
  const auto all = static_cast<double>(worlds.size());
  const auto share = [&](auto test) {
    return (static_cast<double>(std::count_if(worlds.begin(), worlds.end(), test)) + 1) / (all + 1);
  };
  const double chance =
      2 * std::min(share([](double one) { return one <= 0; }), share([](double one) { return one >= 0; }));
  return {value, at(kTail), at(1 - kTail), std::min(1.0, chance)};
}

using Exchange = std::vector<std::vector<size_t>>;

/// All ways to choose `seeds` of 2 * seeds, the first half first.
std::vector<std::vector<size_t>> choices(size_t seeds) {
  std::vector<std::vector<size_t>> all;
  std::vector<bool> chosen(2 * seeds, false);
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(seeds), true);
  do {
    std::vector<size_t> places;
    for (size_t i = 0; i < chosen.size(); ++i)
      if (chosen[i]) places.push_back(i);
    all.push_back(std::move(places));
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return all;
}

std::vector<size_t> drawn_choice(size_t seeds, Random& random) {
  std::vector<size_t> places(2 * seeds);
  std::iota(places.begin(), places.end(), size_t{0});
  shuffle(places, random);
  places.resize(seeds);
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace

std::vector<std::optional<Estimate>> estimates(const Resampling& resampling, const Figures& figures) {
  size_t groups = 0;
  const std::vector<size_t> group = numbered(resampling.group, groups);
  Draw draw{std::vector<float>(group.size(), 1.0F), std::vector<float>(resampling.seeds, 1.0F)};
  const std::vector<double> values = figures(draw);
  draw.resampled = true;
  std::vector<std::vector<double>> worlds(values.size());
  Random random(resampling.seed);
  for (int i = 0; groups >= 2 && i < resampling.draws; ++i) {
    const std::vector<float> times = draw_some(groups, random);
    for (size_t p = 0; p < group.size(); ++p) draw.pictures[p] = times[group[p]];
    draw.seeds = draw_some(resampling.seeds, random);
    const std::vector<double> world = figures(draw);
    for (size_t f = 0; f < world.size(); ++f)
      if (std::isfinite(world[f])) worlds[f].push_back(world[f]);
  }
  std::vector<std::optional<Estimate>> result;
  const auto least = static_cast<size_t>((1 - kMostUndefined) * resampling.draws);
  for (size_t f = 0; f < values.size(); ++f) {
    const bool defined = std::isfinite(values[f]) && !worlds[f].empty() && worlds[f].size() >= least;
    result.push_back(defined ? std::optional(estimate_of(values[f], worlds[f])) : std::nullopt);
  }
  return result;
}

std::vector<std::optional<double>> holm(const std::vector<std::optional<double>>& chances) {
  std::vector<size_t> order;
  for (size_t i = 0; i < chances.size(); ++i)
    if (chances[i]) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) { return *chances[i] < *chances[j]; });
  std::vector<std::optional<double>> together(chances.size());
  double least = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    least = std::max(least, std::min(1.0, static_cast<double>(order.size() - rank) * *chances[order[rank]]));
    together[order[rank]] = least;
  }
  return together;
}

std::vector<Exchange> exchanges(size_t seeds, size_t folds, size_t most, uint64_t seed) {
  const auto all = seeds <= 6 ? choices(seeds) : std::vector<std::vector<size_t>>{};
  std::vector<size_t> own(seeds);
  std::iota(own.begin(), own.end(), size_t{0});
  std::vector<Exchange> result{Exchange(folds, own)};
  if (folds == 1 && !all.empty() && all.size() <= most + 1) {
    for (size_t i = 1; i < all.size(); ++i) result.push_back({all[i]});
    return result;
  }
  Random random(seed);
  for (size_t i = 0; i < most; ++i) {
    Exchange drawn;
    for (size_t f = 0; f < folds; ++f) drawn.push_back(drawn_choice(seeds, random));
    result.push_back(std::move(drawn));
  }
  return result;
}

}  // namespace dew::compare
