// Features of a frozen backbone, and which backbone a net starts from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "student/train.h"

namespace dew::student {

/// Global-average features of a frozen backbone, one row per picture (each input * input * 3 bytes): what a
/// classifier on top of it reads; 1280 numbers for alpha up to 1. `backbone` is "bundled", "random" (fixed
/// random weights), an imported one's name, or the path of a .dewb, Keras or PyTorch file. Pictures are
/// processed in batches; only the result grows with their number. Error: no such backbone, a damaged file,
/// an input that no net has, a picture of another size, out of memory, interrupted.
Result<std::vector<std::vector<float>>> features(const std::string& backbone, int input,
                                                 std::span<const std::vector<uint8_t>> pictures,
                                                 Watch& watch);

/// "bundled", or "random" in a build without a bundled backbone.
std::string default_backbone();

/// What a net starts from if the user names nothing: the bundled backbone if it is of that net and alpha,
/// else "random".
std::string fitting_backbone(const TrainSettings& settings);

}  // namespace dew::student
