// AdamW on one flat array.
#pragma once

#include <cstdint>
#include <span>

namespace dew::student {

/// One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101) with beta 0.9 and 0.999, epsilon 1e-8.
struct AdamW {
  double learning_rate = 0;
  double weight_decay = 0;  ///< per unit of learning rate
  int64_t step = 1;         ///< from 1

  void apply(std::span<float> values, std::span<const float> gradients, std::span<float> momentum,
             std::span<float> variance) const;
};

/// average += (1 - decay) * (values - average).
void move_average(std::span<float> average, std::span<const float> values, double decay);

}  // namespace dew::student
