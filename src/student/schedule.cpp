// How the learning rate and the moving average of the weights change over a training.
#include "student/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dew::student {

double CosineSchedule::rate(int64_t done) const {
  const double warm = warm_up * steps;
  const auto step = static_cast<double>(done);
  if (step < warm) return peak * (step + 1) / (warm + 1);
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * (step - warm) / (steps - warm)));
  return peak * (final_rate + (1.0 - final_rate) * cosine);
}

double average_decay(double span, int64_t batches, int epochs, int64_t done) {
  const double steps = span * static_cast<double>(batches) * epochs;
  return 1.0 - 1.0 / std::max(1.0, std::min(steps, static_cast<double>(done) / 9.0));
}

}  // namespace dew::student
