// Random reals, as noise needs them.
#pragma once

#include <cmath>

#include "compare/random.h"

namespace dew::compare {

class RandomStream : public Random {
 public:
  using Random::Random;

  /// In [0, 1).
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24F; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }

  /// Mean 0, deviation 1, by Box and Muller: each pair of uniforms gives two.
  float normal() {
    if (spare_) {
      spare_ = false;
      return other_;
    }
    const float radius = std::sqrt(-2 * std::log(uniform() + 0x1p-25F));
    const float turn = 6.2831853F * uniform();
    other_ = radius * std::sin(turn);
    spare_ = true;
    return radius * std::cos(turn);
  }

 private:
  float other_ = 0;
  bool spare_ = false;
};

}  // namespace dew::compare
