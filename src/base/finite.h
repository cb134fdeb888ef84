// Whether numbers are numbers.
#pragma once

#include <algorithm>
#include <cmath>

namespace dew {

/// Neither an infinity nor "not a number" among them. `numbers`: a range of float or double.
template <typename Numbers>
bool all_finite(const Numbers& numbers) {
  return std::all_of(std::begin(numbers), std::end(numbers), [](auto value) { return std::isfinite(value); });
}

}  // namespace dew
