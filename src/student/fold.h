// Batch-norm folding: a trained net as convolutions with biases.
#pragma once

#include <vector>

#include "student/architecture.h"

namespace dew::student {

/// Weights [out, k, k, in] (depthwise [channel, k, k]) and one bias per channel.
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
