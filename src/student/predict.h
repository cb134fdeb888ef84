// What a trained net says about pictures, in float.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// Class probabilities, one row per picture (each input * input * 3 bytes), of the net in
/// `folder`/weights.pt. Error: no usable weights, a picture of another size, out of memory, interrupted.
Result<std::vector<std::vector<float>>> predict(const fs::path& folder,
                                                std::span<const std::vector<uint8_t>> pictures, Watch& watch);

}  // namespace dew::student
