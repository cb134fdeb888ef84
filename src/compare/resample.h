// How sure a figure is: what it would have been with other pictures of the kind, and other seeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace dew::compare {

/// A figure with its 95 % interval, and how likely one as far from 0 is where it is 0 in truth (two-sided).
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
  double chance = 1;
};

/// How often each picture and each seed counts in a drawn world.
struct Draw {
  std::vector<float> pictures;
  std::vector<float> seeds;
  bool resampled = false;  ///< false: the world as it is, in which each counts once
};

/// The figures of a world, in the order of the estimates; NaN where one is not defined in it.
using Figures = std::function<std::vector<double>(const Draw& draw)>;

struct Resampling {
  std::vector<int64_t> group;  ///< of each picture; groups are drawn as a whole
  size_t seeds = 0;
  int draws = 2000;
  uint64_t seed = 1;
};

/// The bootstrap over pictures and over seeds at once (Owen 2007, "The pigeonhole bootstrap": never too
/// narrow in the mean). Of few, one fewer is drawn than there are, which makes the deviation of their mean
/// unbiased (Rao and Wu 1988). Intervals are percentiles; a chance is twice the share of worlds on the other
/// side of 0. nullopt: the figure is not defined as it stands, or in four of ten worlds; or there are fewer
/// than two groups. Worlds in which it is not defined are left out.
std::vector<std::optional<Estimate>> estimates(const Resampling& resampling, const Figures& figures);

/// Holm 1979: chances that hold together. Those that are not there count for nothing.
std::vector<std::optional<double>> holm(const std::vector<std::optional<double>>& chances);

/// Exchanges nets between two arms of `seeds` nets in each of `folds`: [fold] the places, of 2 * seeds nets
/// (A's first), that belong to A. The first is how it is; then all others, or `most` at random. Where labels
/// make no difference, every exchange is as likely as the one that is (an exact test).
std::vector<std::vector<std::vector<size_t>>> exchanges(size_t seeds, size_t folds, size_t most,
                                                        uint64_t seed);

}  // namespace dew::compare
