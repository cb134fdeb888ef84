// How the strangeness that nets of folds measure compares with what the net itself measures.
#pragma once

#include <vector>

namespace dew::student {

/// By how much the strangeness (strangers.h) that the net itself measures differs from what the nets of folds
/// measured, by pictures that none of them had learned from: the median ratio, drawn towards 1 where they are
/// few. Nets of folds learned from fewer pictures, and for another number of epochs.
double strangeness_ratio(const std::vector<double>& by_the_net, const std::vector<double>& by_folds);

}  // namespace dew::student
