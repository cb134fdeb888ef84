#include "base/statistics.h"

#include <algorithm>
#include <cmath>

namespace dew {

Share share_of(int64_t hits, int64_t of) {
  Share share{hits, of};
  if (of == 0) return share;
  constexpr double kZ = 1.959964;  // the 97.5 % quantile of the normal distribution
  const auto n = static_cast<double>(of);
  const double p = share.value();
  const double middle = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  share.low = std::max(0.0, middle - half);
  share.high = std::min(1.0, middle + half);
  return share;
}

double sign_test(int64_t wins, int64_t losses) {
  const int64_t all = wins + losses;
  const int64_t fewer = std::min(wins, losses);
  // Logarithms of the binomial probabilities, each from the one before it: 2^-n itself underflows from 1075.
  double log_term = -static_cast<double>(all) * std::log(2.0);
  double tail = std::exp(log_term);
  for (int64_t k = 1; k <= fewer; ++k) {
    log_term += std::log(static_cast<double>(all - k + 1)) - std::log(static_cast<double>(k));
    tail += std::exp(log_term);
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace dew
