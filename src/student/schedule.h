// How the learning rate and the moving average of the weights change over a training.
#pragma once

#include <cstdint>

namespace dew::student {

/// A linear warm-up, then half a cosine (Loshchilov and Hutter, arXiv 1608.03983): early steps must be small
/// where the weights are random, and small steps at the end let the net settle.
struct CosineSchedule {
  double peak = 0;        ///< learning rate
  double steps = 0;       ///< of the whole training
  double warm_up = 0;     ///< share of the steps in which the rate rises
  double final_rate = 0;  ///< where the cosine ends, as a share of `peak`

  /// The learning rate after `done` steps.
  [[nodiscard]] double rate(int64_t done) const;
};

/// The decay of the moving average after `done` steps, for move_average(). The average spans the share `span`
/// of all steps, so that short and long trainings end alike, but at most a ninth of those done so far, so
/// that nothing of the start lingers in it.
double average_decay(double span, int64_t batches, int epochs, int64_t done);

}  // namespace dew::student
