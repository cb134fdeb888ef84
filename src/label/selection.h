// selection: which samples to ask a teacher about, where not all of them are asked.
#pragma once

#include <cstdint>
#include <vector>

#include "base/base.h"

namespace dew::label {

/// Samples as points: samples x columns, standardised.
struct Points {
  const std::vector<float>& features;
  size_t columns = 0;
  [[nodiscard]] const float* row(size_t sample) const { return features.data() + sample * columns; }
};

/// `count` typical samples of `from` (indices): k-means with as many clusters, and of each the sample nearest
/// to its mean. For a start, when nothing is known: see TypiClust (Hacohen et al. 2022, arXiv 2202.02794).
/// The same seed gives the same samples. Error: interrupted.
Result<std::vector<size_t>> typical_samples(const Points& points, const std::vector<size_t>& from,
                                            size_t count, uint64_t seed, Watch& watch);

/// `count` samples of `from` that a classifier knows least about and that differ from each other: k-means++
/// over the gradients that its own answers would give its last layer (BADGE, Ash et al. 2020, arXiv
/// 1906.03671). `probabilities`: samples x classes. Error: interrupted.
Result<std::vector<size_t>> telling_samples(const Points& points, const std::vector<float>& probabilities,
                                            size_t classes, const std::vector<size_t>& from, size_t count,
                                            uint64_t seed, Watch& watch);

}  // namespace dew::label
