// What a project gives to an export.
#pragma once

#include <optional>

#include "exchange/outgoing.h"
#include "label/label_set.h"
#include "store/store.h"

namespace dew::verbs {

/// The samples (of one split), the labels of `labels` with who gave them, and what the data card tells.
/// Memory grows with the samples, and with answers no more than some 100 bytes each.
Result<exchange::OutgoingSet> gather(const Project& project, const label::LabelSet& labels,
                                     const std::optional<Split>& split, Watch& watch);

}  // namespace dew::verbs
