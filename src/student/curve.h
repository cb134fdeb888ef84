// The learning curve, epoch by epoch.
#pragma once

#include <string>
#include <vector>

#include "student/train.h"

namespace dew::student {

/// The mean of the validation losses of the `count` epochs before `end`, or of those of them that there are.
double mean_validation_loss(const std::vector<EpochFigures>& curve, int end, int count);

/// An epoch in words, for the progress bar.
std::string epoch_note(const EpochFigures& figures, bool validated);

}  // namespace dew::student
