// Offsets into the flat arrays: first all weights, then what does not decay.
#include "student/layout.h"

namespace dew::student {

Layout::Layout(const Architecture& architecture) {
  const auto take = [](int64_t& end, int64_t count) {
    const int64_t start = end;
    end += count;
    return start;
  };
  layers.resize(architecture.layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].weight = take(parameters, architecture.layers[i].weights());
  }
  dense_weight = take(parameters, int64_t{architecture.classes} * architecture.features());
  decayed = parameters;
  for (size_t i = 0; i < layers.size(); ++i) {
    const int channels = architecture.layers[i].out;
    layers[i].gamma = take(parameters, channels);
    layers[i].beta = take(parameters, channels);
    layers[i].mean = take(statistics, channels);
    layers[i].variance = take(statistics, channels);
  }
  dense_bias = take(parameters, architecture.classes);
}

}  // namespace dew::student
