// Error consistency: whether two deciders are wrong about the same pictures more often than their accuracies
// make them be. Cohen's kappa of being right (Geirhos, Meding, Wichmann 2020, arXiv 2006.16736), with the
// cautions of Klein et al. 2025 (arXiv 2507.06645).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace dew::compare {

/// (observed - expected) / (1 - expected), shares of 1; nullopt where `expected` is 1, which leaves nothing
/// to explain.
std::optional<double> kappa(double observed, double expected);

/// How often two independent deciders agree in being right or wrong, by their accuracies.
double expected_agreement(double accuracy, double other);

/// Of two deciders about the same pictures. nullopt: both are always right, or both always wrong, or there is
/// none.
std::optional<double> error_consistency(const std::vector<bool>& right, const std::vector<bool>& other);

/// Without the bias that comes from estimating accuracies by the same `pictures`: n k / (n - 1 + k).
double unbiased_kappa(double kappa, double pictures);

/// The largest that two deciders of these accuracies (0 < a < 1) can have.
double largest_kappa(double accuracy, double other);

/// How likely independent deciders, right about `right` and `other_right` of `pictures`, differ more from no
/// consistency than `kappa` does, on either side: exactly up to 60 pictures, by the normal distribution
/// beyond.
double kappa_chance(double kappa, int right, int other_right, int pictures);

}  // namespace dew::compare
