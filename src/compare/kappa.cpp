#include "compare/kappa.h"

#include <algorithm>
#include <cmath>

namespace dew::compare {
namespace {

constexpr int kMostExact = 60;

/// The logarithm of n! / (a! b! c! d!), n = a + b + c + d.
double log_ways(int a, int b, int c, int d) {
  return std::lgamma(a + b + c + d + 1.0) - std::lgamma(a + 1.0) - std::lgamma(b + 1.0) -
         std::lgamma(c + 1.0) - std::lgamma(d + 1.0);
}

double log_power(double base, int exponent) {
  return exponent == 0 ? 0 : exponent * std::log(base);
}

/// Of all tables of `n` pictures (both right, only the first, only the second, neither), the share whose
/// kappa is further from 0 than `k`, by their probability when the two are independent.
double exact_chance(double k, double p, double q, int n) {
  constexpr double kSame = 1e-9;
  double chance = 0;
  for (int both = 0; both <= n; ++both)
    for (int first = 0; first <= n - both; ++first)
      for (int second = 0; second <= n - both - first; ++second) {
        const int neither = n - both - first - second;
        const double mean = double(both + first) / n;
        const double other = double(both + second) / n;
        const auto one = kappa(double(both + neither) / n, expected_agreement(mean, other));
        if (!one || std::abs(*one) <= std::abs(k) + kSame) continue;
        chance += std::exp(log_ways(both, first, second, neither) + log_power(p, both + first) +
                           log_power(1 - p, second + neither) + log_power(q, both + second) +
                           log_power(1 - q, first + neither));
      }
  return std::min(1.0, chance);
}

/// The deviation of kappa under independence (Fleiss, Cohen, Everitt 1969).
double deviation(double p, double q, int n) {
  const double expected = expected_agreement(p, q);
  const double sum = p * q * (p + q) + (1 - p) * (1 - q) * (2 - p - q);
  return std::sqrt(std::max(0.0, expected + expected * expected - sum)) /
         ((1 - expected) * std::sqrt(double(n)));
}

}  // namespace

std::optional<double> kappa(double observed, double expected) {
  if (expected >= 1) return std::nullopt;
  return (observed - expected) / (1 - expected);
}

double expected_agreement(double accuracy, double other) {
  return accuracy * other + (1 - accuracy) * (1 - other);
}

std::optional<double> error_consistency(const std::vector<bool>& right, const std::vector<bool>& other) {
  if (right.empty()) return std::nullopt;
  const auto n = static_cast<double>(right.size());
  double same = 0;
  for (size_t i = 0; i < right.size(); ++i) same += right[i] == other[i] ? 1 : 0;
  const auto share = [n](const std::vector<bool>& some) {
    return static_cast<double>(std::count(some.begin(), some.end(), true)) / n;
  };
  return kappa(same / n, expected_agreement(share(right), share(other)));
}

double unbiased_kappa(double kappa, double pictures) {
  return pictures * kappa / (pictures - 1 + kappa);
}

double largest_kappa(double accuracy, double other) {
  const double observed = std::min(accuracy, other) + std::min(1 - accuracy, 1 - other);
  return *kappa(observed, expected_agreement(accuracy, other));
}

double kappa_chance(double kappa, int right, int other_right, int pictures) {
  const double p = double(right) / pictures;
  const double q = double(other_right) / pictures;
  if (pictures <= kMostExact) return exact_chance(kappa, p, q, pictures);
  const double spread = deviation(p, q, pictures);
  return spread > 0 ? std::erfc(std::abs(kappa) / spread / std::sqrt(2.0)) : 1;
}

}  // namespace dew::compare
