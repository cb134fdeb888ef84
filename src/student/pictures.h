// Pictures in batches, as the net's reals.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// Passes `pictures` (each input x input x 3 bytes) to `work` in order, in batches of reals [n, input, input,
/// 3]. `watch` sees a stage named `doing` that counts pictures. Error: a picture of another size,
/// interrupted.
Result<void> in_batches(const std::string& doing, std::span<const std::vector<uint8_t>> pictures, int input,
                        Watch& watch, const std::function<void(std::span<const float> batch)>& work);

}  // namespace dew::student
