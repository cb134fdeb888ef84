// statistics: shares with confidence intervals, and a test of whether two of them differ.
#pragma once

#include <cstdint>

namespace dew {

/// A share of a whole, with its 95 % confidence interval.
struct Share {
  int64_t hits = 0;
  int64_t of = 0;
  double low = 0;   ///< of the interval, 0...1
  double high = 1;  ///< of the interval, 0...1; with `of` 0 the interval is all of 0...1
  /// 0...1; 0 where `of` is 0.
  [[nodiscard]] double value() const {
    return of == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(of);
  }
};

/// `hits` of `of` (0 <= hits <= of) with the score interval of Wilson 1927, without continuity correction:
/// method 3 of Newcombe 1998, Statistics in Medicine 17:857.
Share share_of(int64_t hits, int64_t of);

/// The exact two-sided sign test: how likely a split at least as uneven as `wins` to `losses` is when both
/// sides are equally likely, 0...1. 1 where both are 0. With the discordant pairs of two classifiers it is
/// McNemar's exact test.
double sign_test(int64_t wins, int64_t losses);

}  // namespace dew
