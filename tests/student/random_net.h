// A net that nobody trained but whose activations have the sizes of a trained one's.
#pragma once

#include <cmath>

#include "shapes.h"
#include "student/layout.h"
#include "student/random.h"
#include "student/weights.h"

namespace dew::student {

/// Random weights and batch norms, scaled so that the activations keep their size from layer to layer.
inline Weights random_weights(int classes) {
  Weights weights;
  weights.architecture = mobilenet_v2(0.35, kShapeInput, classes);
  const Layout layout(weights.architecture);
  weights.parameters.resize(layout.parameters);
  weights.statistics.resize(layout.statistics);
  Random random(5, 1);
  for (float& value : weights.parameters) value = static_cast<float>(random.normal() * 0.2);
  for (size_t i = 0; i < layout.layers.size(); ++i) {
    const int channels = weights.architecture.layers[i].out;
    const int64_t count = weights.architecture.layers[i].weights();
    const double size = std::sqrt(static_cast<double>(channels) / static_cast<double>(count));
    for (int64_t k = 0; k < count; ++k) {
      weights.parameters[layout.layers[i].weight + k] = static_cast<float>(random.normal() * size);
    }
    for (int c = 0; c < channels; ++c) {
      weights.parameters[layout.layers[i].gamma + c] = static_cast<float>(random.uniform(0.8, 1.2));
      weights.statistics[layout.layers[i].variance + c] = static_cast<float>(random.uniform(0.5, 1.0));
    }
  }
  return weights;
}

}  // namespace dew::student
