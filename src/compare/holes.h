// Holes: slices of pictures about which nets of one arm fail and those of the other do not. An error-aware
// mixture over embeddings (Domino, Eyuboglu et al. 2022, arXiv 2203.14960): each slice has a place among the
// features, the classes that people see in it and what both arms do there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/observed.h"

namespace dew::compare {

/// A slice, the larger gap first.
struct Hole {
  std::vector<size_t> pictures;  ///< those that are likeliest of this slice, the most typical first
  double wrong_a = 0;            ///< share of A's answers there that are wrong
  double wrong_b = 0;
  double gap = 0;  ///< wrong_a less wrong_b
  /// How likely the largest gap among all slices is as large as this where the labels make no difference:
  /// corrects for how many slices there are.
  double chance = 1;
  std::vector<std::pair<int, int64_t>> classes;  ///< people's, with their pictures, most frequent first
  std::string name;                              ///< words of reasons that are frequent here, or classes
};

struct Holes {
  std::vector<Hole> slices;      ///< of at least kLeastInSlice pictures
  std::optional<double> chance;  ///< of the largest; absent: cannot be told
  int64_t exchanges = 0;         ///< that the chances rest on
};

inline constexpr size_t kLeastInSlice = 5;

struct HoleSearch {
  std::vector<float> features;  ///< pictures x columns, of any backbone; not negative
  size_t columns = 0;
  std::vector<std::string> reasons;  ///< what the teacher gave as its reason for each picture; or empty
  size_t most = 200;                 ///< exchanges of nets
  uint64_t seed = 1;
};

/// Finds slices and tests them by exchanging nets between the arms; the slices are found anew for every
/// exchange.
Holes holes_of(const Observed& seen, const HoleSearch& search);

}  // namespace dew::compare
