// Pictures whose class is known are drawn class by class: drawn one by one, a class of four pictures would be
// left without one to train on in some data sets, and without one to test on in most.
#pragma once

#include <cstdint>
#include <vector>

#include "store/store.h"

namespace dew::store {

/// Pictures that go into one split together.
struct Unit {
  uint64_t lot = 0;  ///< the least of theirs (see lot_of()): the draw goes by it
  size_t pictures = 1;
};

/// Draws class after class. What a class is too small to give to a split, later ones give in its place, so
/// that both shares hold over all classes.
class Strata {
 public:
  Strata(double test_share, double validation_share)
      : test_share_(test_share), validation_share_(validation_share) {}

  /// The splits of one class's units, in their order. At least one unit trains.
  std::vector<Split> draw(const std::vector<Unit>& units);

 private:
  double test_share_;
  double validation_share_;
  double test_owed_ = 0;
  double validation_owed_ = 0;
};

}  // namespace dew::store
