// Where each of the net's numbers stands in two flat arrays.
//
// Flat arrays make the optimiser, the moving average and a checkpoint one operation each instead of three
// hundred, and let folding and quantising do without LibTorch.
#pragma once

#include <cstdint>
#include <vector>

#include "student/architecture.h"

namespace dew::student {

/// Offsets of one layer's numbers. Weights are [out, k, k, in], depthwise [channel, k, k]; the rest has one
/// number a channel.
struct LayerLayout {
  int64_t weight = 0;  ///< in the parameters, as gamma and beta
  int64_t gamma = 0;
  int64_t beta = 0;
  int64_t mean = 0;  ///< in the statistics, as variance
  int64_t variance = 0;
};

struct Layout {
  explicit Layout(const Architecture& architecture);

  std::vector<LayerLayout> layers;
  int64_t dense_weight = 0;  ///< [classes, features]
  int64_t dense_bias = 0;
  int64_t decayed = 0;  ///< the first `decayed` parameters are weights: decay is for them alone
  int64_t parameters = 0;
  int64_t statistics = 0;
};

/// Everything a trained net consists of.
struct Weights {
  Architecture architecture;
  std::vector<float> parameters;  ///< as Layout says
  std::vector<float> statistics;
};

/// What Keras adds to a batch norm's variance.
constexpr double kBatchNormEpsilon = 1e-3;

}  // namespace dew::student
