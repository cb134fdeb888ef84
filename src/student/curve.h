// The learning curve: which epoch was best, and whether going on is of use.
#pragma once

#include <string>
#include <vector>

#include "student/train.h"

namespace dew::student {

/// The index of the epoch with the highest validation accuracy; among equals the one with the lowest loss,
/// then the latest, so that without validation pictures it is the last. -1 of an empty curve.
int best_epoch(const std::vector<EpochFigures>& curve);

/// Whether more than `patience` epochs have passed since either the accuracy or the loss on the validation
/// pictures was at its best. Both count, since the loss goes on falling where the accuracy of few pictures
/// was high by chance once.
bool stopped_improving(const std::vector<EpochFigures>& curve, double patience);

/// The mean of the validation losses of the `count` epochs before `end`, or of those of them that there are.
double mean_validation_loss(const std::vector<EpochFigures>& curve, int end, int count);

/// An epoch in words, for the progress bar.
std::string epoch_note(const EpochFigures& figures, bool validated);

}  // namespace dew::student
