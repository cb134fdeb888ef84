// Calibration: the range that each activation takes over given pictures.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"
#include "student/fold.h"
#include "student/quantise.h"

namespace dew::student {

/// The range that an int8 tensor is to cover. It always includes 0, which padding needs exactly.
struct RealRange {
  double low = 0;
  double high = 0;
};

/// One activation: its range, and the mean of each channel.
struct CalibratedTensor {
  RealRange range;
  std::vector<double> channel_mean;
};

struct Calibration {
  CalibratedTensor input;
  std::vector<CalibratedTensor> layers;  ///< after the activation, before a residual's sum
  std::vector<CalibratedTensor> sums;    ///< empty where the layer adds nothing
  CalibratedTensor mean;
  CalibratedTensor logits;
};

/// Runs the net in float over `pictures`, once for min-max ranges, twice for histograms. Error:
/// no pictures, a wrong size, a value that is not a number, interrupted. Throws what LibTorch throws.
Result<Calibration> calibrate(const FoldedNet& net, std::span<const std::vector<uint8_t>> pictures,
                              Ranges ranges, Watch& watch);

/// The part of [low, high] that int8 represents best: it has the least mean squared error of rounding inside
/// and clipping outside, over a histogram of equal bins from `low` to `high`.
RealRange best_range(const std::vector<int64_t>& histogram, double low, double high);

}  // namespace dew::student
