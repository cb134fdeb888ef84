// AdamW and the moving average: one pass each over all of the net's numbers.
#include "student/optimiser.h"

#include <cmath>

namespace dew::student {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr float kEpsilon = 1e-8F;

}  // namespace

void AdamW::apply(std::span<float> values, std::span<const float> gradients, std::span<float> momentum,
                  std::span<float> variance) const {
  const double correction1 = 1.0 - std::pow(kBeta1, static_cast<double>(step));
  const double correction2 = 1.0 - std::pow(kBeta2, static_cast<double>(step));
  const auto rate = static_cast<float>(learning_rate / correction1);
  const auto root = static_cast<float>(1.0 / std::sqrt(correction2));
  const auto kept = static_cast<float>(1.0 - learning_rate * weight_decay);
  const auto beta1 = static_cast<float>(kBeta1);
  const auto beta2 = static_cast<float>(kBeta2);
  for (size_t i = 0; i < values.size(); ++i) {
    const float gradient = gradients[i];
    momentum[i] = beta1 * momentum[i] + (1.0F - beta1) * gradient;
    variance[i] = beta2 * variance[i] + (1.0F - beta2) * gradient * gradient;
    values[i] = kept * values[i] - rate * momentum[i] / (std::sqrt(variance[i]) * root + kEpsilon);
  }
}

void move_average(std::span<float> average, std::span<const float> values, double decay) {
  const auto rate = static_cast<float>(1.0 - decay);
  for (size_t i = 0; i < average.size(); ++i) average[i] += rate * (values[i] - average[i]);
}

}  // namespace dew::student
