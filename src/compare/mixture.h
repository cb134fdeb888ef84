// The error-aware mixture model behind holes (Domino, arXiv 2203.14960).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dew::compare {

/// Pictures as the mixture sees them.
struct MixtureData {
  std::vector<float> places;  ///< pictures x columns: where each lies among the features
  size_t columns = 0;
  std::vector<int> gold;  ///< its class
  size_t classes = 0;
  std::vector<float> wrong_a;  ///< share of A's nets that are wrong about it, 0…1
  std::vector<float> wrong_b;
};

struct MixtureSettings {
  size_t slices = 25;
  int rounds = 12;  ///< of expectation and maximisation
  double error_weight =
      4;  ///< of what the nets did against where the picture lies: one answer counts so many times
  uint64_t seed = 1;
};

/// Which slice each picture belongs to, and how surely.
struct Slicing {
  std::vector<int> slice;
  std::vector<float> sureness;  ///< the slice's responsibility for it, 0…1
};

/// A mixture of Gaussians with diagonal covariances over the places, each slice with its own shares of
/// classes and of errors of both arms; begun by k-means on places and errors together. Empty slices remain
/// without pictures.
Slicing slices_of(const MixtureData& data, const MixtureSettings& settings);

/// The directions in which features differ most, pictures x `columns`; the first has deviation 1. Square
/// roots are taken first, since features after a ReLU are skewed. Subspace iteration from a drawn start.
std::vector<float> principal_places(const std::vector<float>& features, size_t from_columns, size_t columns,
                                    uint64_t seed);

}  // namespace dew::compare
