// Batch-norm folding: a trained net as convolutions with biases and nothing else.
#pragma once

#include <vector>

#include "student/layout.h"

namespace dew::student {

/// Weights [out, k, k, in] (depthwise [channel, k, k]) and a bias a channel.
struct FoldedLayer {
  std::vector<float> weights;
  std::vector<float> bias;
};

struct FoldedNet {
  Architecture architecture;
  std::vector<FoldedLayer> layers;
  FoldedLayer dense;  ///< weights [classes, features]
};

/// w' = w * gamma / sqrt(variance + epsilon) and b' = beta - mean * gamma / sqrt(variance + epsilon), in
/// double. `parameters` and `statistics` are laid out as Layout says.
FoldedNet fold(const Architecture& architecture, const float* parameters, const float* statistics);

}  // namespace dew::student
