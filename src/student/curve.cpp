// The learning curve: which epoch was best, and what the last ones say.
#include "student/curve.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew::student {
namespace {

/// Equals count as no worse: of two the later one is kept.
bool no_worse(const EpochFigures& now, const EpochFigures& before) {
  if (now.validation_accuracy != before.validation_accuracy)
    return now.validation_accuracy > before.validation_accuracy;
  return now.validation_loss <= before.validation_loss;
}

}  // namespace

int best_epoch(const std::vector<EpochFigures>& curve) {
  int best = -1;
  for (int i = 0; i < static_cast<int>(curve.size()); ++i)
    if (best < 0 || no_worse(curve[i], curve[best])) best = i;
  return best;
}

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
