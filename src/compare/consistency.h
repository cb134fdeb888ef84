// Sums from which error consistency is drawn in every world.
#pragma once

#include <cstddef>
#include <vector>

#include "compare/observed.h"
#include "compare/resample.h"

namespace dew::compare {

/// A kappa as a ratio of sums, so that pairs of nets and strata add up.
struct KappaSums {
  double above = 0;                    ///< observed less expected agreement
  double room = 0;                     ///< 1 less expected agreement
  [[nodiscard]] double value() const;  ///< NaN: not defined
};

/// Within strata of pictures (of one class, of one corruption) and over all of them together. Pooling
/// pictures of unequal difficulty inflates kappa: everybody fails on the hard ones.
struct PairSums {
  KappaSums within;
  KappaSums pooled;
};

/// Adds a pair of deciders, by whether each is right about each picture; `counts`: 0 leaves a picture out,
/// empty: all count. `stratum`: of each picture, from 0 to below `strata`.
void add_pair(const std::vector<float>& right, const std::vector<float>& other, const Draw& draw,
              const std::vector<float>& counts, const std::vector<int>& stratum, size_t strata, double weight,
              PairSums& sums);

/// Pairs of nets of different seeds, one of each arm; for an arm with itself each pair once.
PairSums pairs_between(const Right& a, const Right& b, const Draw& draw, const std::vector<int>& stratum,
                       size_t strata);

}  // namespace dew::compare
