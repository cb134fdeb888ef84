// The learning curve, epoch by epoch.
#include "student/curve.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew::student {

double mean_validation_loss(const std::vector<EpochFigures>& curve, int end, int count) {
  end = std::min(end, static_cast<int>(curve.size()));
  const int begin = std::max(0, end - count);
  double sum = 0;
  for (int i = begin; i < end; ++i) sum += curve[i].validation_loss;
  return begin < end ? sum / (end - begin) : 0.0;
}

std::string epoch_note(const EpochFigures& figures, bool validated) {
  std::string text =
      fmt::format("loss {:.3f}, right {:.1f} %", figures.train_loss, 100 * figures.train_accuracy);
  if (validated) text += fmt::format(", validation {:.1f} %", 100 * figures.validation_accuracy);
  return text;
}

}  // namespace dew::student
