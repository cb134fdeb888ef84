// What a backbone, or an int8 classifier, sees in the samples' pictures.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "label/suspicion.h"
#include "store/store.h"

namespace dew::verbs {

/// Fills the evidence's features, a row a sample in the order of `samples`, from the project's cache
/// (.dewdrop/features); what is missing there is computed and added. Gives the difference hashes of the
/// samples' pictures; a sample whose picture cannot be read is told and has none. Error: no such backbone,
/// none of the pictures can be read, interrupted.
Result<std::map<int64_t, uint64_t>> gather_features(const Project& project,
                                                    const std::vector<Sample>& samples,
                                                    const std::string& backbone, int input,
                                                    label::Evidence& evidence, Watch& watch);

}  // namespace dew::verbs
