// Where each of the net's numbers is in two flat arrays.
//
// With flat arrays the optimiser, the moving average and a checkpoint take one operation each instead of
// three hundred, and folding and quantisation need no LibTorch.
#pragma once

#include <cstdint>
#include <vector>

#include "student/architecture.h"

namespace dew::student {

/// Offsets of one layer's numbers. Weights are [out, k, k, in], depthwise [channel, k, k]; all else has one
/// number per channel.
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
  int64_t decayed = 0;  ///< the first `decayed` parameters are weights; only these decay
  int64_t parameters = 0;
  int64_t statistics = 0;
};

/// What Keras adds to a batch norm's variance.
constexpr double kBatchNormEpsilon = 1e-3;

}  // namespace dew::student
