// Folders that are named as classes, beside labels that say otherwise.
#pragma once

#include "exchange/exchange.h"

namespace dew::exchange {

/// Where a data set in another form lies in folders that have its classes' names: a note of what they would
/// say otherwise. The data set's word counts.
Result<void> tell_other_folders(const Tree& tree, DataSet& set, Watch& watch);

}  // namespace dew::exchange
