// Batch-norm folding.
#include "student/fold.h"

#include <cmath>

#include "student/layout.h"

namespace dew::student {

FoldedNet fold(const Architecture& architecture, const float* parameters, const float* statistics) {
  const Layout layout(architecture);
  FoldedNet net;
  net.architecture = architecture;
  for (size_t i = 0; i < layout.layers.size(); ++i) {
    const LayerLayout& at = layout.layers[i];
    const int channels = architecture.layers[i].out;
    const int64_t per_channel = architecture.layers[i].weights() / channels;
    FoldedLayer folded;
    folded.weights.reserve(channels * per_channel);
    folded.bias.reserve(channels);
    for (int c = 0; c < channels; ++c) {
      const double scale =
          parameters[at.gamma + c] / std::sqrt(statistics[at.variance + c] + kBatchNormEpsilon);
      for (int64_t k = 0; k < per_channel; ++k) {
        folded.weights.push_back(static_cast<float>(parameters[at.weight + c * per_channel + k] * scale));
      }
      folded.bias.push_back(static_cast<float>(parameters[at.beta + c] - statistics[at.mean + c] * scale));
    }
    net.layers.push_back(std::move(folded));
  }
  const float* weight = parameters + layout.dense_weight;
  const float* bias = parameters + layout.dense_bias;
  net.dense.weights.assign(weight, weight + int64_t{architecture.classes} * architecture.features());
  net.dense.bias.assign(bias, bias + architecture.classes);
  return net;
}

}  // namespace dew::student
