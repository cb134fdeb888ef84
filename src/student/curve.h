// The learning curve: which epoch was best, and what the last ones say.
#pragma once

#include <string>
#include <vector>

#include "student/train.h"

namespace dew::student {

/// The index of the epoch with the highest validation accuracy; among equals the one with the lowest loss,
/// then the latest, so that without validation pictures it is the last. -1 of an empty curve.
int best_epoch(const std::vector<EpochFigures>& curve);

/// The mean of the validation losses of the `count` epochs before `end`, or of those of them that there are.
double mean_validation_loss(const std::vector<EpochFigures>& curve, int end, int count);

/// An epoch in words, for the progress bar.
std::string epoch_note(const EpochFigures& figures, bool validated);

}  // namespace dew::student
