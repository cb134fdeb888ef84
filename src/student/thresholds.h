// How many pictures a threshold needs.
#pragma once

#include <cstdint>

namespace dew::student {

/// Fewer pictures than this say nothing about a share of, say, 0.95: choose_thresholds() gives such a class
/// none.
constexpr int64_t kLeastForThreshold = 10;

}  // namespace dew::student
