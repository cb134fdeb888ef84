// Calibration: what range each activation takes over given pictures.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"
#include "student/fold.h"
#include "student/student.h"

namespace dew::student {

/// The range an int8 tensor shall cover; it always holds 0, which padding needs exactly.
struct Range {
  double low = 0;
  double high = 0;
};

struct Activation {
  Range range;
  std::vector<double> channel_mean;
};

struct Calibration {
  Activation input;
  std::vector<Activation> layers;  ///< after the activation, before a residual's sum
  std::vector<Activation> sums;    ///< empty where the layer adds nothing
  Activation mean;
  Activation logits;
};

/// Runs the net in float over `pictures`, once for min-max ranges and twice for those of histograms. Error:
/// no pictures, a wrong size, a value that is not a number, interrupted. Throws what LibTorch throws.
Result<Calibration> calibrate(const FoldedNet& net, std::span<const std::vector<uint8_t>> pictures,
                              Ranges ranges, Watch& watch);

/// The part of [low, high] that int8 represents best: it minimises the mean squared error of rounding inside
/// and clipping outside, over a histogram of equal bins from `low` to `high`.
Range best_range(const std::vector<int64_t>& histogram, double low, double high);

}  // namespace dew::student
